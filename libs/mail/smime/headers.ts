import type { Field } from '../mime/build.js';
import { isSameAddress, readMailbox, readMailboxes, type Address } from '../mime/address.js';
import { readDate } from '../mime/date.js';
import { headerOf, type Header } from '../mime/headers.js';
import type { Entity } from '../mime/parse.js';
import { decodeWords } from '../mime/words.js';
import { refuseMail, type MailRefusal } from './refusal.js';

/** What the headers say once we know which of them to believe (RFC 9788 §4). */
export interface BelievedHeaders {
  readonly from: Address;
  /** To whom the sender says it wrote; empty when the headers are not protected, for then nobody says it. */
  readonly to: readonly Address[];
  readonly subject: string;
  readonly messageId: string | null;
  readonly date: Date | null;
  /** Who asks to be told that the mail was read or processed (RFC 8098 §2.1): one address, and only where the headers are protected. */
  readonly notifyTo: Address | null;
  readonly protection: 'none' | 'clear' | 'cipher';
}

// RFC 9788 §2.1.1: the parameter counts at the root of the signed payload and nowhere else; other values mean nothing.
const protectionOf = (payload: Entity): BelievedHeaders['protection'] => {
  const hp = payload.contentType.parameters.get('hp')?.toLowerCase();
  return hp === 'cipher' || hp === 'clear' ? hp : 'none';
};

const fromOf = (headers: readonly Header[], where: string): Address | MailRefusal => {
  const value = headerOf(headers, 'from');
  if (value === null) return refuseMail('wrong-from', `no From in the ${where} headers`);
  const from = readMailbox(value);
  if ('kind' in from) return refuseMail('wrong-from', `From in the ${where} headers: ${from.detail}`);
  const senderValue = headerOf(headers, 'sender');
  if (senderValue === null) return from;
  const sender = readMailbox(senderValue);
  const isSame = !('kind' in sender) && isSameAddress(sender, from);
  return isSame ? from : refuseMail('wrong-from', `Sender is not From in the ${where} headers`);
};

/** The sender of a message that nobody has proven yet: exactly one From, with one mailbox, and Sender absent or equal (rule 5). */
export const claimedFrom = (message: Entity): Address | MailRefusal => fromOf(message.headers, 'outer');

const onlyMailbox = (value: string | null): Address | null => {
  const mailbox = value === null ? null : readMailbox(value);
  return mailbox === null || 'kind' in mailbox ? null : mailbox;
};

// Fields that were given outside only are hearsay, and with protection on they are not taken (RFC 9788 §4.2).
const read = (headers: readonly Header[], from: Address, protection: BelievedHeaders['protection']): BelievedHeaders => ({
  from,
  to: protection === 'none' ? [] : ['to', 'cc'].flatMap((name) => readMailboxes(headerOf(headers, name) ?? '')),
  subject: decodeWords(headerOf(headers, 'subject') ?? ''),
  messageId: headerOf(headers, 'message-id'),
  date: readDate(headerOf(headers, 'date') ?? ''),
  notifyTo: protection === 'none' ? null : onlyMailbox(headerOf(headers, 'disposition-notification-to')),
  protection,
});

// RFC 9788 §4.4: other software shows or authenticates the outer From, so two of them are an attempt to deceive. What the
// sender wrote outside (HP-Outer) must be what we see outside; relays may change other fields, never this one.
const mismatchOf = (inner: Address, outer: Address, payload: Entity): string | null => {
  if (!isSameAddress(inner, outer)) return 'protected From differs from the outer From';
  const recorded = payload.headers.filter(({ name, value }) => name === 'hp-outer' && /^from\s*:/i.test(value));
  const isKept = recorded.every(({ value }) => {
    const mailbox = readMailbox(value.slice(value.indexOf(':') + 1).trim());
    return !('kind' in mailbox) && isSameAddress(mailbox, outer);
  });
  return isKept ? null : 'outer From differs from the one the sender wrote';
};

/** Headers to believe: those of the signed payload when it says `hp=`, else those of the message. Two different senders are refused. */
export const believedHeaders = (message: Entity, payload: Entity): BelievedHeaders | MailRefusal => {
  const outer = claimedFrom(message);
  if ('kind' in outer) return outer;
  const protection = protectionOf(payload);
  if (protection === 'none') return read(message.headers, outer, 'none');
  const inner = fromOf(payload.headers, 'protected');
  if ('kind' in inner) return inner;
  const mismatch = mismatchOf(inner, outer, payload);
  return mismatch === null ? read(payload.headers, inner, protection) : refuseMail('wrong-from', mismatch);
};

/** Whether a part begins with a visible copy of protected headers for old readers (RFC 9788 §4.5.3). */
export const hasLegacyDisplay = (part: Entity): boolean =>
  part.contentType.value === 'text/plain' && part.contentType.parameters.get('hp-legacy-display') === '1';

/** The text without that copy: everything behind the first empty line. */
export const withoutLegacyDisplay = (content: Uint8Array): Uint8Array => {
  const text = Buffer.from(content.buffer, content.byteOffset, content.length);
  const ends = ['\r\n\r\n', '\n\n'].flatMap((end) => (text.includes(end) ? [text.indexOf(end) + end.length] : []));
  return ends.length === 0 ? content : content.subarray(Math.min(...ends));
};

/**
 * Splits the headers to write in two by the policy hcp_baseline (RFC 9788 §3.2.2): the real ones for the payload, followed by
 * a record of the outer ones; and the outer ones, with `[...]` for the Subject and without Comments and Keywords.
 */
export const protectFields = (fields: readonly Field[]): { readonly inner: readonly Field[]; readonly outer: readonly Field[] } => {
  const outer = fields.flatMap(([name, value]): readonly Field[] => {
    switch (name.toLowerCase()) {
      case 'subject':
        return [[name, '[...]']];
      case 'comments':
      case 'keywords':
        return [];
      default:
        return [[name, value]];
    }
  });
  return { inner: [...fields, ...outer.map(([name, value]): Field => ['HP-Outer', `${name}: ${value}`])], outer };
};

