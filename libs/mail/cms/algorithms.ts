import { der, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import type { AlgorithmIdentifier } from '../x509/signature.js';
import { tags } from './fields.js';
import { refuse } from './refusal.js';

// The one allow-list. What is not in these tables is refused: SHA-1, MD5, 3DES, RC2, DSA and every curve but P-256, P-384 and Curve25519
// (RFC 8551 §2.1-2.7 as minimum, without its historic algorithms).

/** Refuses parameters other than absent or NULL: bytes in unread parameters once forged signatures. */
export function expectNoParameters(algorithm: AlgorithmIdentifier): void {
  if (algorithm.parameters !== null && algorithm.parameters.tag !== tags.null) refuse('algorithm', 'parameters where none belong');
}

export type DigestName = 'sha256' | 'sha384' | 'sha512';

const digestByOid: Readonly<Record<string, DigestName>> = { [oids.sha256]: 'sha256', [oids.sha384]: 'sha384', [oids.sha512]: 'sha512' };

/** Sizes of the digests in octets. */
export const digestBytes: Readonly<Record<DigestName, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** The digest that `algorithm` names; refused when weaker than SHA-256. */
export function digestOf(algorithm: AlgorithmIdentifier): DigestName {
  expectNoParameters(algorithm);
  return digestByOid[algorithm.id] ?? refuse('algorithm', `digest ${algorithm.id}`);
}

/** A digest as AlgorithmIdentifier without parameters (RFC 5754 §2). */
export const digestIdentifier: Readonly<Record<DigestName, Der>> = {
  sha256: der.sequence(der.oid(oids.sha256)),
  sha384: der.sequence(der.oid(oids.sha384)),
  sha512: der.sequence(der.oid(oids.sha512)),
};

/** A digest inside OAEP and PSS parameters, where RFC 4055 §2.1 wants NULL. */
export const digestIdentifierWithNull: Readonly<Record<DigestName, Der>> = {
  sha256: der.sequence(der.oid(oids.sha256), der.null()),
  sha384: der.sequence(der.oid(oids.sha384), der.null()),
  sha512: der.sequence(der.oid(oids.sha512), der.null()),
};

/** MGF1 over a digest as AlgorithmIdentifier (RFC 8017 appendix A.2.1). */
export function maskGeneration(digest: DigestName): Der {
  return der.sequence(der.oid(oids.mgf1), digestIdentifierWithNull[digest]);
}

/** A content cipher that authenticates; `id` is Node's name for it. */
export interface GcmCipher {
  readonly mode: 'gcm';
  readonly oid: string;
  readonly id: 'aes-128-gcm' | 'aes-256-gcm';
  readonly keyBytes: 16 | 32;
}

/** A content cipher that proves nothing about who wrote the content; `id` is Node's name for it. */
export interface CbcCipher {
  readonly mode: 'cbc';
  readonly oid: string;
  readonly id: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';
  readonly keyBytes: 16 | 24 | 32;
}

/** The content ciphers that are read (RFC 8551 §2.7). */
export const contentCiphers: readonly (GcmCipher | CbcCipher)[] = [
  { oid: oids.aes256Gcm, id: 'aes-256-gcm', mode: 'gcm', keyBytes: 32 },
  { oid: oids.aes128Gcm, id: 'aes-128-gcm', mode: 'gcm', keyBytes: 16 },
  { oid: oids.aes256Cbc, id: 'aes-256-cbc', mode: 'cbc', keyBytes: 32 },
  { oid: oids.aes192Cbc, id: 'aes-192-cbc', mode: 'cbc', keyBytes: 24 },
  { oid: oids.aes128Cbc, id: 'aes-128-cbc', mode: 'cbc', keyBytes: 16 },
];

/** A key wrap (RFC 3394): `id` is Node's name for it. */
export interface KeyWrap {
  readonly oid: string;
  readonly id: 'id-aes128-wrap' | 'id-aes192-wrap' | 'id-aes256-wrap';
  readonly keyBytes: 16 | 24 | 32;
}

/** The key wraps that are read; we write the one as long as the content key (RFC 8551 §2.3). */
export const keyWraps: readonly KeyWrap[] = [
  { oid: oids.aes256Wrap, id: 'id-aes256-wrap', keyBytes: 32 },
  { oid: oids.aes192Wrap, id: 'id-aes192-wrap', keyBytes: 24 },
  { oid: oids.aes128Wrap, id: 'id-aes128-wrap', keyBytes: 16 },
];

/** A key agreement: X9.63 derivation for the NIST curves (RFC 5753 §7.1.4), HKDF for Curve25519 (RFC 8418 §2). */
export interface KeyAgreement {
  readonly oid: string;
  readonly derivation: 'x963' | 'hkdf';
  readonly digest: DigestName;
}

/** The key agreements that are read and written. */
export const keyAgreements: readonly KeyAgreement[] = [
  { oid: oids.dhSinglePassStdDhSha256Kdf, derivation: 'x963', digest: 'sha256' },
  { oid: oids.dhSinglePassStdDhSha384Kdf, derivation: 'x963', digest: 'sha384' },
  { oid: oids.dhSinglePassStdDhHkdfSha256, derivation: 'hkdf', digest: 'sha256' },
];
