import { isIssued } from './decision-issue.js';
import { cut, type Attachment, type CaseReference, type Message, type Omission } from './message.js';
import type { FieldValues } from './messages/field.js';
import type { MessageType } from './messages/type.js';
import type { Permit, Recipient } from './decision.js';

/** The permitted part of one message for one recipient (I2). */
export interface Disclosure {
  readonly messageId: string;
  readonly type: MessageType;
  readonly version: number;
  readonly case: CaseReference;
  readonly sentAt: Date;
  readonly receivedAt: Date;
  readonly recipient: Recipient;
  readonly permit: Permit;
  readonly fields: FieldValues;
  readonly attachments: readonly Attachment[];
  readonly omitted: readonly Omission[];
}

/** The part of the message its permit allows. Throws `bug:` for a permit that `decide` did not make, or made for another message. */
export const extract = (message: Message, permit: Permit): Disclosure => {
  if (!isIssued(permit)) throw new Error('bug: a permit that no decision made');
  if (permit.messageId !== message.id) throw new Error('bug: a permit for another message');
  const without = permit.fieldsOnly ? message.attachments : [];
  const excerpt = cut(permit.fieldsOnly ? { ...message, attachments: [] } : message, permit.categories);
  const left = without.map((attachment, index): Omission => ({ path: `bijlagen[${index + 1}]`, category: attachment.category }));
  return {
    messageId: message.id,
    type: message.type,
    version: message.version,
    case: message.case,
    sentAt: message.sentAt,
    receivedAt: message.receivedAt,
    recipient: permit.recipient,
    permit,
    fields: excerpt.fields,
    attachments: excerpt.attachments,
    omitted: [...excerpt.omitted, ...left],
  };
};
