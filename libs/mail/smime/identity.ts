import type { KeyObject } from 'node:crypto';

/** A certificate with its private key and the intermediates that lead to (but do not include) the root; all DER. */
export interface KeyPair {
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
  readonly chain: readonly Uint8Array[];
}

/** One trusted root, with the certificate policies (dotted OIDs) accepted under it; null accepts any policy. */
export interface TrustAnchor {
  readonly certificate: Uint8Array;
  readonly policies: readonly string[] | null;
}

/**
 * Whom we believe: roots, intermediates and revocation lists (all DER).
 * 'require' refuses a path of which any level has no fresh revocation list; 'if-available' uses what is there.
 */
export interface Trust {
  readonly anchors: readonly TrustAnchor[];
  readonly intermediates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  readonly revocation: 'require' | 'if-available';
}

/** Who signed, proven by a certificate path: hashes are lower-case hex SHA-256 over DER. */
export interface SignerIdentity {
  readonly sha256: string;
  readonly subject: string;
  readonly addresses: readonly string[];
  readonly notAfter: Date;
}

/** What was checked to believe the signer; kept so that the check can be repeated years later. */
export interface PathEvidence {
  /** SHA-256 (hex) of every certificate from the anchor down to the signer. */
  readonly pathSha256: readonly string[];
  /** SHA-256 (hex) of the revocation lists that were consulted. */
  readonly crlSha256: readonly string[];
  readonly signingTime: Date | null;
}
