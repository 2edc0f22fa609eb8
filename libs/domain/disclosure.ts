import type { Attachment, CaseReference, Message, Omission } from './message.js';
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
  throw new Error(`bug: not built yet for ${message.type} ${permit.kind}`);
};
