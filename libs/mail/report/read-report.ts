import { readAddress } from '../mime/address.js';
import { headerOf, readHeaders, type Header } from '../mime/headers.js';
import { isMalformed, malformed, type Malformed } from '../mime/malformed.js';
import { decodeBody, readEntity, readParts } from '../mime/parse.js';

/** What a status notification may say of one recipient (RFC 3464 §2.3.3). */
const dsnActions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
/** One of `dsnActions`. */
export type DsnAction = (typeof dsnActions)[number];

/** One recipient of a status notification; addresses in lower case. */
export interface ReportedRecipient {
  readonly finalRecipient: string;
  readonly originalRecipient: string | null;
  readonly action: DsnAction;
  /** RFC 3463, such as 5.1.1. */
  readonly status: string;
}

/**
 * What a mail system (RFC 3464) or a recipient (RFC 8098) reports about a mail of ours. Nothing of it is proven: whoever knows the identifiers can write
 * one. Texts for people in it are not read.
 */
export type MailReport =
  | {
      readonly kind: 'dsn';
      /** ENVID of our transaction, as it came. */
      readonly envelopeId: string | null;
      /** Message-ID in the returned headers. */
      readonly messageId: string | null;
      readonly recipients: readonly ReportedRecipient[];
    }
  | {
      readonly kind: 'mdn';
      readonly messageId: string | null;
      readonly finalRecipient: string;
      readonly originalRecipient: string | null;
      /** As `displayed`, `processed`, `deleted`. */
      readonly disposition: string;
      /** Nobody looked: a machine wrote and sent it. */
      readonly isAutomatic: boolean;
    };

/** Bounds on a report; a real one has one group of fields per recipient and a kilobyte of them. */
const reportLimits = { fieldsMaxBytes: 64 * 1024, groupsMax: 50, valueMaxLength: 300 } as const;

/** True for a mail that says of itself that it is a report (RFC 6522). */
export const isReport = (raw: Uint8Array): boolean => {
  const entity = readEntity(raw);
  return !('kind' in entity) && entity.contentType.value === 'multipart/report';
};

/** Reads a report; refuses whatever could be read two ways. Never throws. */
export const readReport = (raw: Uint8Array): MailReport | Malformed => {
  const entity = readEntity(raw);
  if ('kind' in entity) return entity;
  if (entity.contentType.value !== 'multipart/report') return malformed('not a report');
  const parts = readParts(entity);
  if (isMalformed(parts)) return parts;
  // RFC 6522 §3: text for people, what a machine reads, and perhaps what is returned.
  const [, machine, returned, ...more] = parts;
  if (machine === undefined || more.length > 0) return malformed('a report has two or three parts');
  const type = entity.contentType.parameters.get('report-type')?.toLowerCase();
  if (type === 'delivery-status') return readStatus(machine, returned);
  if (type === 'disposition-notification') return readDisposition(machine);
  return malformed('report of another type');
};

/** The groups of fields of the part of this type. */
const groupsOf = (raw: Uint8Array, type: string): readonly (readonly Header[])[] | Malformed => {
  const part = readEntity(raw);
  if ('kind' in part) return part;
  if (part.contentType.value !== type) return malformed(`second part is not ${type}`);
  const body = decodeBody(part);
  if (isMalformed(body)) return body;
  if (body.length > reportLimits.fieldsMaxBytes) return malformed('report too large');
  const groups: (readonly Header[])[] = [];
  for (let rest = body; rest.length > 0; ) {
    const section = readHeaders(rest);
    if ('kind' in section) return section;
    if (section.headers.length > 0) groups.push(section.headers);
    if (groups.length > reportLimits.groupsMax) return malformed('too many groups of fields');
    rest = rest.subarray(section.bodyStart);
  }
  return groups;
};

const readStatus = (machine: Uint8Array, returned: Uint8Array | undefined): MailReport | Malformed => {
  const groups = groupsOf(machine, 'message/delivery-status');
  if (isMalformed(groups)) return groups;
  const [message, ...each] = groups;
  if (message === undefined || each.length === 0) return malformed('status without a recipient');
  const envelopeId = fieldOf(message, 'original-envelope-id');
  if (isFault(envelopeId)) return envelopeId;
  const recipients: ReportedRecipient[] = [];
  for (const group of each) {
    const recipient = recipientOf(group);
    if ('kind' in recipient) return recipient;
    recipients.push(recipient);
  }
  const messageId = returned === undefined ? null : returnedId(returned);
  if (isFault(messageId)) return messageId;
  return { kind: 'dsn', envelopeId, messageId, recipients };
};

const recipientOf = (group: readonly Header[]): ReportedRecipient | Malformed => {
  const addresses = addressesOf(group);
  if ('kind' in addresses) return addresses;
  const action = fieldOf(group, 'action');
  if (isFault(action)) return action;
  const known = dsnActions.find((one) => one === withoutComment(action ?? '').toLowerCase());
  if (known === undefined) return malformed('status without a known action');
  const status = fieldOf(group, 'status');
  if (isFault(status)) return status;
  const code = withoutComment(status ?? '');
  if (!/^[245]\.\d{1,3}\.\d{1,3}$/.test(code)) return malformed('status is no code');
  return { ...addresses, action: known, status: code };
};

const readDisposition = (machine: Uint8Array): MailReport | Malformed => {
  const groups = groupsOf(machine, 'message/disposition-notification');
  if (isMalformed(groups)) return groups;
  const [fields, ...more] = groups;
  if (fields === undefined || more.length > 0) return malformed('disposition in several groups');
  const addresses = addressesOf(fields);
  if ('kind' in addresses) return addresses;
  const messageId = fieldOf(fields, 'original-message-id');
  if (isFault(messageId)) return messageId;
  const disposition = fieldOf(fields, 'disposition');
  if (isFault(disposition)) return disposition;
  // RFC 8098 §3.2.6: action mode, sending mode; type, and modifiers behind a slash.
  const [, action, type] = /^(manual|automatic)-action\/MDN-sent-(?:manually|automatically);(displayed|deleted|dispatched|processed)(?:\/[a-z,-]{1,100})?$/i.exec(
    withoutComment(disposition ?? '').replace(/[ \t]/g, ''),
  ) ?? [];
  if (action === undefined || type === undefined) return malformed('not a disposition');
  return { kind: 'mdn', messageId, ...addresses, disposition: type.toLowerCase(), isAutomatic: action.toLowerCase() === 'automatic' };
};

const addressesOf = (fields: readonly Header[]): Pick<ReportedRecipient, 'finalRecipient' | 'originalRecipient'> | Malformed => {
  const [final, original] = [addressOf(fields, 'final-recipient'), addressOf(fields, 'original-recipient')];
  if (isFault(final)) return final;
  if (isFault(original)) return original;
  return final === null ? malformed('no final recipient') : { finalRecipient: final, originalRecipient: original };
};

// RFC 3464 §2.3.1: the type of the address, then the address; other types than that of the internet are nobody's here.
const addressOf = (fields: readonly Header[], name: string): string | null | Malformed => {
  const value = fieldOf(fields, name);
  if (value === null || isFault(value)) return value;
  const [, type, text] = /^\s*([A-Za-z0-9-]{1,40})\s*;\s*<?([^<>\s]{1,254})>?\s*$/.exec(withoutComment(value)) ?? [];
  if (type?.toLowerCase() !== 'rfc822' || text === undefined || readAddress(text) === null) return malformed(`${name} is no address`);
  return text.toLowerCase();
};

/** A comment at the end of a value (RFC 3464 §2.1.1), as some mail systems write. */
const withoutComment = (value: string): string => value.replace(/\s*\([^()]*\)\s*$/, '').trim();

const isFault = (value: string | null | Malformed): value is Malformed => value !== null && typeof value !== 'string';

/** The value of a field; two of them mean two things to two readers. */
const fieldOf = (fields: readonly Header[], name: string): string | null | Malformed => {
  const found = fields.filter((field) => field.name === name);
  if (found.length > 1) return malformed(`${name} occurs twice`);
  const value = found[0]?.value ?? null;
  return value !== null && value.length > reportLimits.valueMaxLength ? malformed(`${name} is too long`) : value;
};

const returnedTypes = ['message/rfc822', 'text/rfc822-headers', 'message/rfc822-headers'];

/** The Message-ID of the mail that is returned, or of its headers; the rest of it is not looked at. */
const returnedId = (raw: Uint8Array): string | null | Malformed => {
  const part = readEntity(raw);
  if ('kind' in part) return part;
  if (!returnedTypes.includes(part.contentType.value)) return null;
  const body = decodeBody(part);
  if (isMalformed(body)) return body;
  const section = readHeaders(body);
  return 'kind' in section ? section : headerOf(section.headers, 'message-id');
};
