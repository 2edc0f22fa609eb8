import type { Certificate } from './certificate.js';

/** Why a path was refused; the list is closed, so that callers decide on each (`revocation-unknown` may pass later, the others will not by waiting). */
export type PathRefusalCode =
  | 'no-path'
  | 'bad-signature'
  | 'weak-algorithm'
  | 'weak-key'
  | 'not-yet-valid'
  | 'expired'
  | 'not-an-authority'
  | 'path-too-long'
  | 'key-usage'
  | 'extended-key-usage'
  | 'name-constraints'
  | 'policy'
  | 'critical-extension'
  | 'profile'
  | 'revoked'
  | 'revocation-unknown'
  | 'budget';

/** A path refused. `detail` names certificates by the start of their SHA-256 and holds no personal data. */
export interface PathRefusal {
  readonly kind: 'refused';
  readonly code: PathRefusalCode;
  readonly detail: string;
}

/** A refusal on account of one certificate. */
export function refusePath(code: PathRefusalCode, certificate: Certificate, reason: string): PathRefusal {
  return { kind: 'refused', code, detail: `certificate ${certificate.sha256.slice(0, 16)}: ${reason}` };
}
