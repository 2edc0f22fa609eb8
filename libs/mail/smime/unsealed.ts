import { joinBytes, writeMixed } from '../mime/build.js';
import { formatAddress, readMailboxes } from '../mime/address.js';
import { headerOf } from '../mime/headers.js';
import { readEntity } from '../mime/parse.js';
import { believedHeaders } from './headers.js';
import { partsOf, type MailPart } from './inbound.js';
import { fieldsOf, type MailHead, type SealAttachment } from './outbound.js';
import { refuseMail, type MailRefusal } from './refusal.js';

/** A mail that nothing but its way protects. */
export interface UnsealedInput extends MailHead {
  readonly text: string;
  readonly attachments: readonly SealAttachment[];
}

/**
 * Text and attachments as one mail in ASCII, neither signed nor encrypted: only for a way that was proven to be safe (I12). Throws RangeError when an
 * address, subject, name or Message-ID could inject a header.
 */
export const unsealedMail = (input: UnsealedInput): Uint8Array =>
  joinBytes(writeMixed({ fields: fieldsOf(input), parameters: '', text: input.text, attachments: input.attachments, fileEncoding: 'base64', seed: input.messageId }));

/**
 * Word from the hub itself, with nothing of a case in it: sent by a machine and in answer to nothing (RFC 3834 §5), so that no absence message comes back.
 * Throws as `unsealedMail` does.
 */
export const noticeMail = (input: UnsealedInput): Uint8Array =>
  joinBytes(writeMixed({ fields: [...fieldsOf(input), ['Auto-Submitted', 'auto-generated']], parameters: '', text: input.text, attachments: input.attachments, fileEncoding: 'base64', seed: input.messageId }));

/** A mail that came as anybody could read it. Nothing in it is proven: who believes it believes the way it came. */
export interface UnsealedMail {
  readonly kind: 'read';
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly messageId: string | null;
  readonly parts: readonly MailPart[];
}

/** Reads such a mail, as `unsealedMail` and `noticeMail` write it. Never throws. */
export const readUnsealed = (raw: Uint8Array): UnsealedMail | MailRefusal => {
  const message = readEntity(raw);
  if ('kind' in message) return refuseMail('malformed', message.detail);
  const headers = believedHeaders(message, message);
  if ('kind' in headers) return headers;
  const parts = partsOf(message, false);
  return 'kind' in parts ? parts : { kind: 'read', from: formatAddress(headers.from), to: readMailboxes(headerOf(message.headers, 'to') ?? '').map(formatAddress), subject: headers.subject, messageId: headers.messageId, parts };
};
