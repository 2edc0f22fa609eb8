import type { Trust } from './identity.js';
import { refuseMail, type MailRefusal } from './refusal.js';

/** For whom a certificate should serve, whom we trust, and when. */
export interface RecipientContext {
  readonly trust: Trust;
  readonly address: string;
  readonly at: Date;
}

/** Whether mail to `address` may be encrypted to this certificate now (I12). */
export const checkRecipient = (
  _certificate: Uint8Array,
  _context: RecipientContext,
): { readonly kind: 'usable' } | MailRefusal => refuseMail('unusable-certificate', 'not checked');
