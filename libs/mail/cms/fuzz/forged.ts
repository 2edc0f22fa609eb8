import { constants, createCipheriv, createHash, publicEncrypt, randomBytes, sign, X509Certificate } from 'node:crypto';
import { der, tlv, type Der } from '../../asn1/der.js';
import { oids } from '../../asn1/oid.js';
import { parseCertificate } from '../../x509/certificate.js';
import type { KeyPair } from '../keys.js';

// Messages that no honest sender makes: every part can be bent, and the signature is then made over the bent parts, so that only the rule under
// test can refuse them.

/** The attribute `type` with these values. */
export const attribute = (type: string, ...values: readonly Der[]): Der => der.sequence(der.oid(type), der.set(...values));

/** What a forged SignedData says; the defaults are those of an honest RSA or ECDSA signer with SHA-256. */
export interface Forgery {
  readonly signer: KeyPair;
  readonly content: Uint8Array;
  readonly embedded?: Uint8Array | null;
  readonly encapsulatedType?: string;
  /** Bends the attributes; null leaves them out and signs the content itself. */
  readonly attributes?: (honest: readonly Der[]) => readonly Der[] | null;
  /** Encodes the attributes as SET OF. */
  readonly encode?: (attributes: readonly Der[]) => Uint8Array;
  readonly hash?: string;
  readonly digest?: Der;
  readonly signature?: Der;
  readonly certificates?: readonly Uint8Array[];
  readonly signerInfos?: (one: Der) => readonly Der[];
  readonly version?: number;
}

/** A SignedData message with a good signature over whatever was bent. */
export function forgedSignedData(forgery: Forgery): Der {
  const { signer, content, embedded = content, hash = 'sha256', version = 1 } = forgery;
  const messageDigest = createHash(hash).update(content).digest();
  const honest = [attribute(oids.contentType, der.oid(oids.data)), attribute(oids.messageDigest, der.octets(messageDigest))];
  const attributes = forgery.attributes === undefined ? honest : forgery.attributes(honest);
  const encoded = attributes === null ? null : (forgery.encode ?? ((values) => der.setOf(...values)))(attributes);
  const field = encoded === null ? [] : [Uint8Array.of(0xa0, ...encoded.subarray(1))];
  const { issuer, serialRaw } = parseCertificate(signer.certificate);
  const digest = forgery.digest ?? der.sequence(der.oid(oids.sha256));
  const signerInfo = der.sequence(
    der.integer(1),
    der.sequence(issuer.raw, serialRaw),
    digest,
    ...field,
    forgery.signature ?? der.sequence(der.oid(oids.rsaEncryption), der.null()),
    der.octets(sign(hash, encoded ?? content, signer.privateKey)),
  );
  const encapsulated = embedded === null ? [] : [der.explicit(0, der.octets(embedded))];
  const signedData = der.sequence(
    der.integer(version),
    der.set(digest),
    der.sequence(der.oid(forgery.encapsulatedType ?? oids.data), ...encapsulated),
    tlv(0xa0, ...(forgery.certificates ?? [signer.certificate])),
    der.set(...(forgery.signerInfos ?? ((one) => [one]))(signerInfo)),
  );
  return der.sequence(der.oid(oids.signedData), der.explicit(0, signedData));
}

/** What a forged envelope for an RSA recipient says; the defaults are those of an honest sender. */
export interface ForgedEnvelope {
  readonly recipient: KeyPair;
  readonly content: Uint8Array;
  readonly mode: 'gcm' | 'cbc';
  readonly type?: string;
  readonly contentKey?: Uint8Array;
  /** The wrapped content key. */
  readonly encryptedKey?: Uint8Array;
  readonly tagBytes?: number;
  readonly announcedTagBytes?: number;
  readonly recipientInfos?: (one: Der) => readonly Der[];
  /** Whether the padding of CBC is what RFC 5652 §6.3 wants. */
  readonly isPadded?: boolean;
}

/** An envelope, encrypted as the cipher wants it, in whichever content type. */
export function forgedEnvelope(forgery: ForgedEnvelope): Der {
  const { recipient, mode, contentKey = randomBytes(32), tagBytes = 16 } = forgery;
  const type = forgery.type ?? (mode === 'gcm' ? oids.authEnvelopedData : oids.envelopedData);
  const { issuer, serialRaw } = parseCertificate(recipient.certificate);
  const wrapped = forgery.encryptedKey ?? wrapPkcs1(recipient, contentKey);
  const one = der.sequence(der.integer(0), der.sequence(issuer.raw, serialRaw), der.sequence(der.oid(oids.rsaEncryption), der.null()), der.octets(wrapped));
  const { identifier, ciphertext, tag } = mode === 'gcm' ? gcm(forgery, contentKey, tagBytes) : cbc(forgery, contentKey);
  const info = der.sequence(der.oid(oids.data), identifier, der.implicit(0, ciphertext));
  const recipientInfos = der.set(...(forgery.recipientInfos ?? ((honest) => [honest]))(one));
  const mac = type === oids.authEnvelopedData ? [der.octets(tag)] : [];
  return der.sequence(der.oid(type), der.explicit(0, der.sequence(der.integer(0), recipientInfos, info, ...mac)));
}

/** `contentKey` under RSAES-PKCS1-v1_5 for the recipient. */
export function wrapPkcs1(recipient: KeyPair, contentKey: Uint8Array): Uint8Array {
  const { publicKey } = new X509Certificate(recipient.certificate);
  return publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, contentKey);
}

/** Any octets of the size of the modulus under the recipient's bare RSA: wrong paddings are made with this. */
export function wrapBare(recipient: KeyPair, message: Uint8Array): Uint8Array {
  const { publicKey } = new X509Certificate(recipient.certificate);
  return publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, message);
}

interface Ciphertext {
  readonly identifier: Der;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

function gcm({ content, announcedTagBytes }: ForgedEnvelope, key: Uint8Array, tagBytes: number): Ciphertext {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]);
  const parameters = der.sequence(der.octets(nonce), der.integer(announcedTagBytes ?? tagBytes));
  return { identifier: der.sequence(der.oid(oids.aes256Gcm), parameters), ciphertext, tag: cipher.getAuthTag() };
}

function cbc({ content, isPadded = true }: ForgedEnvelope, key: Uint8Array): Ciphertext {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(isPadded);
  const ciphertext = Buffer.concat([cipher.update(content), cipher.final()]);
  return { identifier: der.sequence(der.oid(oids.aes256Cbc), der.octets(iv)), ciphertext, tag: new Uint8Array(16) };
}
