import type { RevocationEvidence } from '../x509/revocation.js';

export type { KeyPair } from '../cms/keys.js';
export type { PathTrust as Trust } from '../x509/trust.js';

/** Who signed, proven by a certificate path: `sha256` in lower-case hex over DER, `subject` for logs only. */
export interface SignerIdentity {
  readonly sha256: string;
  readonly subject: string;
  readonly addresses: readonly string[];
  readonly notAfter: Date;
}

/** What was checked to believe the signer; kept so that the check can be repeated years later. */
export interface PathEvidence {
  /** SHA-256 (hex) of every certificate of the path, anchor first, signer last. */
  readonly pathSha256: readonly string[];
  /** Certificate policies (dotted OIDs) that held for the whole path. */
  readonly policies: readonly string[];
  /** Name of the trust set the path leads to; null where anchors have none. */
  readonly trustSet: string | null;
  /** The revocation lists and OCSP responses that were relied on. */
  readonly revocation: readonly RevocationEvidence[];
  /** When the sender says it signed. */
  readonly signingTime: Date | null;
}
