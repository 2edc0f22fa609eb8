/** Why a mail or a certificate was refused; closed, for our own log and metrics only. */
export type MailRefusalCode =
  | 'malformed'
  | 'too-large'
  | 'not-encrypted'
  | 'not-signed'
  | 'signed-outside'
  | 'type-mismatch'
  | 'unsupported'
  | 'cannot-open'
  | 'bad-signature'
  | 'unknown-signer'
  | 'revocation-unknown' // may pass when our revocation lists are fresh again: ask the sender to retry
  | 'wrong-from'
  | 'wrong-recipient'
  | 'unusable-certificate'
  | 'wrong-address';

/** A refusal: `public` may be told to the other side, `detail` is for us; neither holds personal data or contents. */
export interface MailRefusal {
  readonly kind: 'refused';
  readonly code: MailRefusalCode;
  readonly public: string;
  readonly detail: string;
  /** With 'revocation-unknown': the certificates (DER) of which somebody must be asked, that of the signer first. */
  readonly unproven?: readonly Uint8Array[];
}

const needsProtection = 'message refused: it must be signed and then encrypted with S/MIME';
const notProven = 'message refused: it could not be opened and verified';

// Rule 3: whatever was learned with a private key gets one and the same answer, or the answer becomes an oracle
// (Bleichenbacher, Vaudenay, EFAIL). Only what anyone can see from outside gets the first text.
const publicText: Readonly<Record<MailRefusalCode, string>> = {
  malformed: notProven,
  'too-large': 'message refused: it is too large',
  'not-encrypted': needsProtection,
  'signed-outside': needsProtection,
  'not-signed': notProven,
  'type-mismatch': notProven,
  unsupported: notProven,
  'cannot-open': notProven,
  'bad-signature': notProven,
  'unknown-signer': notProven,
  'revocation-unknown': notProven,
  'wrong-from': notProven,
  'wrong-recipient': notProven,
  'unusable-certificate': 'certificate refused',
  'wrong-address': 'certificate refused',
};

/** The refusal for `code`; its public text depends on nothing but what an outsider can see. */
export const refuseMail = (code: MailRefusalCode, detail: string): MailRefusal => ({
  kind: 'refused',
  code,
  public: publicText[code],
  detail,
});
