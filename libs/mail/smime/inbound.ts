import type { KeyPair, PathEvidence, SignerIdentity, Trust } from './identity.js';
import { refuseMail, type MailRefusal } from './refusal.js';

/** Our decryption keys, whom we trust, and the instant of judgement. */
export interface OpenContext {
  readonly keys: readonly KeyPair[];
  readonly trust: Trust;
  readonly at: Date;
}

/** One leaf of the signed body, its transfer encoding removed. `contentType` is lower-case type/subtype. */
export interface MailPart {
  readonly contentType: string;
  readonly charset: string | null;
  readonly disposition: 'inline' | 'attachment' | null;
  readonly name: string | null;
  readonly content: Uint8Array;
}

/** A mail of which sender and contents are proven: every part was covered by the signature of `signer`. */
export interface OpenedMail {
  readonly kind: 'opened';
  /** The addr-spec proven by the signer's certificate. */
  readonly from: string;
  readonly messageId: string | null;
  readonly subject: string;
  readonly date: Date | null;
  /** How the headers were protected (RFC 9788); with 'none' subject, date and messageId are hearsay. */
  readonly headerProtection: 'none' | 'clear' | 'cipher';
  readonly signer: SignerIdentity;
  readonly evidence: PathEvidence;
  /** SHA-256 (hex) of the signature value, for replay detection (rule 9). */
  readonly signatureSha256: string;
  /** SHA-256 (hex) of the signed bytes; unlike an ECDSA signature nobody can vary it. */
  readonly contentSha256: string;
  readonly algorithms: { readonly signature: string; readonly content: string; readonly keyTransport: string };
  readonly parts: readonly MailPart[];
}

/** Opens a received mail under the nine rules; whatever is not signed-then-encrypted and proven is refused. */
export const openMail = (_raw: Uint8Array, _context: OpenContext): OpenedMail | MailRefusal =>
  refuseMail('malformed', 'not a mail');
