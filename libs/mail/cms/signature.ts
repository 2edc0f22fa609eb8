import { constants, sign as signBytes, verify as verifyBytes, type KeyObject } from 'node:crypto';
import { der, integer, readDer, sequence, smallInteger, type Der, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { readAlgorithm, type AlgorithmIdentifier } from '../x509/signature.js';
import { digestBytes, digestIdentifier, digestIdentifierWithNull, digestOf, expectNoParameters, maskGeneration } from './algorithms.js';
import type { DigestName } from './algorithms.js';
import type { KnownCertificate } from './certificates.js';
import { fieldsOf, inner, tags } from './fields.js';
import { refuse } from './refusal.js';

/** How a signature is made: always over one digest, which the signed attributes use as well. */
export type SignatureScheme =
  | { readonly family: 'rsa-pkcs1' | 'ecdsa' | 'ed25519'; readonly digest: DigestName }
  | { readonly family: 'rsa-pss'; readonly digest: DigestName; readonly saltBytes: number };

const fixedSchemes: Readonly<Record<string, { readonly family: 'rsa-pkcs1' | 'ecdsa' | 'ed25519'; readonly digest: DigestName }>> = {
  [oids.sha256WithRsa]: { family: 'rsa-pkcs1', digest: 'sha256' },
  [oids.sha384WithRsa]: { family: 'rsa-pkcs1', digest: 'sha384' },
  [oids.sha512WithRsa]: { family: 'rsa-pkcs1', digest: 'sha512' },
  [oids.ecdsaWithSha256]: { family: 'ecdsa', digest: 'sha256' },
  [oids.ecdsaWithSha384]: { family: 'ecdsa', digest: 'sha384' },
  [oids.ecdsaWithSha512]: { family: 'ecdsa', digest: 'sha512' },
  // With signed attributes Ed25519 goes with SHA-512 and nothing else (RFC 8419).
  [oids.ed25519]: { family: 'ed25519', digest: 'sha512' },
};

/** The scheme that `algorithm` names; refused when unknown, too weak, or when its digest is not the `digest` of the SignerInfo (rule 7). */
export function schemeOf(algorithm: AlgorithmIdentifier, digest: DigestName): SignatureScheme {
  const scheme = namedScheme(algorithm, digest);
  if (scheme.digest !== digest) return refuse('algorithm', `signature over ${scheme.digest}, attributes over ${digest}`);
  return scheme;
}

function namedScheme(algorithm: AlgorithmIdentifier, digest: DigestName): SignatureScheme {
  if (algorithm.id === oids.rsaPss) return pssScheme(algorithm);
  expectNoParameters(algorithm);
  // RFC 3370 §3.2 lets senders name only the key's algorithm; the digest is then that of the SignerInfo.
  if (algorithm.id === oids.rsaEncryption) return { family: 'rsa-pkcs1', digest };
  return fixedSchemes[algorithm.id] ?? refuse('algorithm', `signature ${algorithm.id}`);
}

const pssSaltMaxBytes = 1024;

/** RFC 4055 §3.1; the defaults are SHA-1 and therefore refused, and the mask must use the same digest (rule 7). */
function pssScheme(algorithm: AlgorithmIdentifier): SignatureScheme {
  if (algorithm.parameters === null) return refuse('algorithm', 'PSS without parameters means SHA-1');
  const fields = fieldsOf(algorithm.parameters);
  const digest = explicitAlgorithm(fields.optional(0xa0));
  const mask = explicitAlgorithm(fields.optional(0xa1));
  const salt = fields.optional(0xa2);
  const trailer = fields.optional(0xa3);
  fields.end();
  if (digest === null || mask === null) return refuse('algorithm', 'PSS with SHA-1');
  const name = digestOf(digest);
  const maskName = mask.id === oids.mgf1 && mask.parameters !== null ? digestOf(readAlgorithm(mask.parameters)) : null;
  if (maskName !== name) return refuse('algorithm', 'PSS mask with another digest');
  const saltBytes = salt === null ? 20 : smallInteger(inner(salt, tags.integer));
  const isTrailerKnown = trailer === null || smallInteger(inner(trailer, tags.integer)) === 1;
  if (saltBytes > pssSaltMaxBytes || !isTrailerKnown) return refuse('algorithm', 'PSS parameters');
  return { family: 'rsa-pss', digest: name, saltBytes };
}

function explicitAlgorithm(node: DerNode | null): AlgorithmIdentifier | null {
  return node === null ? null : readAlgorithm(inner(node, tags.sequence));
}

/** Whether `signature` over `signed` was made with the private key of `signer`; a scheme that its key cannot have is refused. */
export function isSignedBy(signer: KnownCertificate, scheme: SignatureScheme, signed: Uint8Array, signature: Uint8Array): boolean {
  if (!familiesOfKey[signer.keyKind].includes(scheme.family)) return refuse('algorithm', `${scheme.family} with a ${signer.keyKind} key`);
  const { digest, key } = primitive(scheme, signer.publicKey);
  try {
    return verifyBytes(digest, signed, key, signature);
  } catch {
    return false; // OpenSSL throws on some signatures that are no signature at all, such as salts longer than the key
  }
}

const familiesOfKey: Readonly<Record<KnownCertificate['keyKind'], readonly SignatureScheme['family'][]>> = {
  rsa: ['rsa-pkcs1', 'rsa-pss'],
  'rsa-pss': ['rsa-pss'],
  p256: ['ecdsa'],
  p384: ['ecdsa'],
  ed25519: ['ed25519'],
  x25519: [],
};

interface RsaOrOtherKey {
  readonly key: KeyObject;
  readonly padding?: number;
  readonly saltLength?: number;
}

function primitive(scheme: SignatureScheme, key: KeyObject): { readonly digest: DigestName | null; readonly key: RsaOrOtherKey } {
  switch (scheme.family) {
    case 'rsa-pkcs1':
      return { digest: scheme.digest, key: { key, padding: constants.RSA_PKCS1_PADDING } };
    case 'rsa-pss':
      return { digest: scheme.digest, key: { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.saltBytes } };
    case 'ecdsa':
      return { digest: scheme.digest, key: { key } };
    case 'ed25519':
      return { digest: null, key: { key } };
  }
}

/** The scheme a key signs with: PKCS#1 unless PSS is asked for, the digest as strong as the curve (design: default algorithms). */
export function ownScheme(signer: KnownCertificate, wanted: 'default' | 'rsa-pss'): SignatureScheme {
  const pss = { family: 'rsa-pss', digest: 'sha256', saltBytes: digestBytes.sha256 } as const;
  switch (signer.keyKind) {
    case 'rsa':
      return wanted === 'rsa-pss' ? pss : { family: 'rsa-pkcs1', digest: 'sha256' };
    case 'rsa-pss':
      return pss;
    case 'p256':
      return { family: 'ecdsa', digest: 'sha256' };
    case 'p384':
      return { family: 'ecdsa', digest: 'sha384' };
    case 'ed25519':
      return { family: 'ed25519', digest: 'sha512' };
    case 'x25519':
      return refuse('algorithm', 'an X25519 key does not sign');
  }
}

/** The signature of `signed` with our own key. */
export function signWith(privateKey: KeyObject, scheme: SignatureScheme, signed: Uint8Array): Uint8Array {
  const { digest, key } = primitive(scheme, privateKey);
  return signBytes(digest, signed, key);
}

const ecdsaOid = { sha256: oids.ecdsaWithSha256, sha384: oids.ecdsaWithSha384, sha512: oids.ecdsaWithSha512 } as const;
const rsaOid = { sha256: oids.sha256WithRsa, sha384: oids.sha384WithRsa, sha512: oids.sha512WithRsa } as const;

/** A scheme as AlgorithmIdentifier (RFC 5754 §3, RFC 4055 §3.1, RFC 8419). */
export function schemeIdentifier(scheme: SignatureScheme): Der {
  switch (scheme.family) {
    case 'rsa-pkcs1':
      return der.sequence(der.oid(rsaOid[scheme.digest]), der.null());
    case 'rsa-pss': {
      const digest = der.explicit(0, digestIdentifierWithNull[scheme.digest]);
      const mask = der.explicit(1, maskGeneration(scheme.digest));
      return der.sequence(der.oid(oids.rsaPss), der.sequence(digest, mask, der.explicit(2, der.integer(scheme.saltBytes))));
    }
    case 'ecdsa':
      return der.sequence(der.oid(ecdsaOid[scheme.digest]));
    case 'ed25519':
      return der.sequence(der.oid(oids.ed25519));
  }
}

/** The digest of a scheme as AlgorithmIdentifier. */
export function schemeDigestIdentifier(scheme: SignatureScheme): Der {
  return digestIdentifier[scheme.digest];
}

/** What the log calls a signature: `rsa-sha256`, `rsa-pss-sha384`, `ecdsa-p256-sha256`, `ed25519`. */
export function schemeName(scheme: SignatureScheme, signer: KnownCertificate): string {
  switch (scheme.family) {
    case 'rsa-pkcs1':
      return `rsa-${scheme.digest}`;
    case 'rsa-pss':
      return `rsa-pss-${scheme.digest}`;
    case 'ecdsa':
      return `ecdsa-${signer.keyKind}-${scheme.digest}`;
    case 'ed25519':
      return 'ed25519';
  }
}

const curveOrder: Readonly<Record<'p256' | 'p384', bigint>> = {
  p256: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  p384: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
};

/**
 * The octets by which a repeated signature is known (rule 9). Anyone can turn an ECDSA signature (r, s) into the equally valid (r, n-s), so
 * the smaller s counts; the other schemes have one valid form. Call only after the signature was verified.
 */
export function replayIdentity(signer: KnownCertificate, signature: Uint8Array): Uint8Array {
  if (signer.keyKind !== 'p256' && signer.keyKind !== 'p384') return signature;
  const order = curveOrder[signer.keyKind];
  const [r, s] = sequence(readDer(signature));
  if (r === undefined || s === undefined) return refuse('signature', 'not an ECDSA signature');
  const value = integer(s);
  return value * 2n > order ? der.sequence(r.raw, der.integer(order - value)) : signature;
}
