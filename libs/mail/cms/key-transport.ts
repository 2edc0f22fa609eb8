import { constants, createHmac, privateDecrypt, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { der, type Der, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { readAlgorithm, type AlgorithmIdentifier } from '../x509/signature.js';
import { digestIdentifierWithNull, digestOf, expectNoParameters, maskGeneration, type DigestName } from './algorithms.js';
import { fieldsOf, inner, tags } from './fields.js';
import { refuse } from './refusal.js';

/** How a content key is wrapped for an RSA key. */
export type KeyTransport = { readonly kind: 'rsaes-pkcs1' } | { readonly kind: 'oaep'; readonly digest: DigestName | 'sha1' };

/** OAEP with SHA-256 for the hash and for the mask, as AlgorithmIdentifier (RFC 4055 §4.1): what we send and what we say we read. */
export const oaepIdentifier: Der = der.sequence(
  der.oid(oids.rsaesOaep),
  der.sequence(der.explicit(0, digestIdentifierWithNull.sha256), der.explicit(1, maskGeneration('sha256'))),
);

const pkcs1Identifier: Der = der.sequence(der.oid(oids.rsaEncryption), der.null());

/** The key transport that `algorithm` names; refused when it is neither RSAES-PKCS1-v1_5 nor OAEP with one hash. */
export function keyTransportOf(algorithm: AlgorithmIdentifier): KeyTransport {
  if (algorithm.id === oids.rsaEncryption) {
    expectNoParameters(algorithm);
    return { kind: 'rsaes-pkcs1' };
  }
  return algorithm.id === oids.rsaesOaep ? oaep(algorithm.parameters) : refuse('algorithm', `key transport ${algorithm.id}`);
}

/**
 * OAEP does not lean on collision resistance, so its SHA-1 defaults (RFC 4055 §4.1, and what many senders leave standing) are read, as it would
 * be odd to refuse them while RSAES-PKCS1-v1_5 is read; they are never sent. A mask with another hash than the label is refused: Node cannot.
 */
function oaep(parameters: DerNode | null): KeyTransport {
  if (parameters === null) return { kind: 'oaep', digest: 'sha1' };
  const fields = fieldsOf(parameters);
  const hash = fields.optional(0xa0);
  const mask = fields.optional(0xa1);
  const label = fields.optional(0xa2);
  fields.end();
  const digest = hash === null ? 'sha1' : oaepDigest(readAlgorithm(inner(hash, tags.sequence)));
  if (maskDigest(mask) !== digest) return refuse('algorithm', 'OAEP mask with another digest');
  if (label !== null && !isEmptyLabel(label)) return refuse('algorithm', 'OAEP with a label');
  return { kind: 'oaep', digest };
}

function oaepDigest(algorithm: AlgorithmIdentifier): DigestName | 'sha1' {
  if (algorithm.id !== oids.sha1) return digestOf(algorithm);
  expectNoParameters(algorithm);
  return 'sha1';
}

function maskDigest(node: DerNode | null): DigestName | 'sha1' {
  if (node === null) return 'sha1';
  const mask = readAlgorithm(inner(node, tags.sequence));
  if (mask.id !== oids.mgf1 || mask.parameters === null) return refuse('algorithm', `OAEP mask ${mask.id}`);
  return oaepDigest(readAlgorithm(mask.parameters));
}

function isEmptyLabel(node: DerNode): boolean {
  const source = readAlgorithm(inner(node, tags.sequence));
  return source.id === oids.pSpecified && source.parameters?.tag === tags.octets && source.parameters.content.length === 0;
}

/** What the log calls a key transport. */
export function keyTransportName(transport: KeyTransport): string {
  return transport.kind === 'oaep' ? `rsaes-oaep-${transport.digest}` : 'rsaes-pkcs1';
}

/** A content key wrapped for one RSA key. */
export interface TransportedKey {
  readonly identifier: Der;
  readonly encryptedKey: Uint8Array;
}

/** The content key wrapped for `recipient`, with the AlgorithmIdentifier that says how. */
export function transportKey(recipient: KeyObject, contentKey: Uint8Array, transport: 'oaep' | 'rsaes-pkcs1'): TransportedKey {
  if (transport === 'oaep') {
    const key = { key: recipient, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
    return { identifier: oaepIdentifier, encryptedKey: publicEncrypt(key, contentKey) };
  }
  const key = { key: recipient, padding: constants.RSA_PKCS1_PADDING };
  return { identifier: pkcs1Identifier, encryptedKey: publicEncrypt(key, contentKey) };
}

/** The content key, or null when it cannot be had; for RSAES-PKCS1 never null for a well-formed ciphertext, but then a key that opens nothing. */
export function unwrapTransported(privateKey: KeyObject, transport: KeyTransport, encryptedKey: Uint8Array, keyBytes: number): Uint8Array | null {
  try {
    if (transport.kind === 'rsaes-pkcs1') return unwrapPkcs1(privateKey, encryptedKey, keyBytes);
    const key = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: transport.digest };
    return privateDecrypt(key, encryptedKey);
  } catch {
    return null; // one outcome for a number above the modulus and for OAEP that does not fit (Manger 2001)
  }
}

const rejectionSecret = randomBytes(32);

/**
 * RSAES-PKCS1-v1_5 (RFC 8017 §7.2.2) with implicit rejection: bad padding gives a key that depends on the ciphertext alone, without a branch on
 * secret octets, so that nobody learns which ciphertexts were well padded (Bleichenbacher 1998). Node refuses this padding, OpenSSL 3.0 would tell.
 */
function unwrapPkcs1(privateKey: KeyObject, encryptedKey: Uint8Array, keyBytes: number): Uint8Array | null {
  // RFC 8017 §7.2.2 step 1: as long as the modulus, or one with a leading zero cut off would pass. Its length is no secret.
  if (encryptedKey.length !== (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8) return null;
  const message = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encryptedKey);
  const size = message.length;
  const separator = size - keyBytes - 1;
  const at = (i: number): number => message[i] ?? 0;
  let bad = at(0) | (at(1) ^ 2);
  for (let i = 2; i < separator; i += 1) bad |= ((at(i) - 1) >> 8) & 1; // a zero inside the padding string
  bad |= at(separator);
  const rejection = createHmac('sha512', rejectionSecret).update(encryptedKey).digest();
  const mask = ((bad | -bad) >> 31) & 0xff;
  const key = Buffer.alloc(keyBytes);
  for (let i = 0; i < keyBytes; i += 1) key[i] = (at(separator + 1 + i) & ~mask) | ((rejection[i] ?? 0) & mask);
  return key;
}
