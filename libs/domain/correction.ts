import { canonicalJson } from './canonical-json.js';
import { cannot, type CaseRefusal } from './case-refusal.js';
import type { Category } from './category.js';
import type { Duty } from './duty.js';
import type { OnwardEvent } from './event.js';
import type { LawPack } from './law-pack.js';
import { cut, type Message, type MessageBody } from './message.js';
import { successorsOf, type Registers } from './registers.js';
import type { Role } from './role.js';
import { minutesLater } from './terms.js';

/** Somebody who, by the log, received a message: a party with the id of its disclosure, or (oin null) somebody who was told outside the hub. */
export interface EarlierRecipient {
  readonly oin: string | null;
  readonly role: Role;
  readonly disclosureId: string | null;
}

/** A message that is corrected or withdrawn, and who has it. */
export interface OriginalMessage {
  readonly id: string;
  readonly message: MessageBody;
  readonly recipients: readonly EarlierRecipient[];
  /** Events of the hub it was given for besides its own. */
  readonly events: readonly OnwardEvent[];
  /** True when it was corrected or withdrawn before. */
  readonly isReplaced: boolean;
}

/** The sender's id of the message this one corrects or withdraws; null for a message of its own. */
export const originalOf = (message: MessageBody): string | null => {
  const named = message.type === 'bericht.ingetrokken' ? message.fields['betreft'] : message.replaces;
  return typeof named === 'string' ? named : null;
};

const article = 'Wpg art. 4(4); AVG art. 19';
// What an order says is decided, not typed: another duration or another moment needs another decision.
const decided: readonly Category[] = ['C-ORDER', 'C-RULOUT'];

/** Why a message cannot correct or withdraw the other; null when it can. Only its own sender puts a message right, as the message it was. */
export const correctionProblem = (message: Message, original: OriginalMessage | null): CaseRefusal | null => {
  if (original === null || original.message.sender.oin !== message.sender.oin) return cannot('unknown-original', article);
  if (original.isReplaced) return cannot('replaced-before', article);
  if (message.type === 'bericht.ingetrokken') return original.message.type === 'bericht.ingetrokken' ? cannot('unknown-original', article) : null;
  if (original.message.type !== message.type) return cannot('unknown-original', article);
  const orderOf = (one: MessageBody): string => canonicalJson(cut({ ...one, attachments: [] }, decided).fields);
  return orderOf(message) === orderOf(original.message) ? null : cannot('decision-differs', 'Wth art. 2(4), 8, 9(1)');
};

/** The rule of these duties: a delivery of the correction does not do them, only its recipient's word does. */
export const confirmationRule = 'WPG-07';

/**
 * What is owed to everybody who received the original: that it knows. Open until the recipient, or whoever came in its place, confirms, or until a person
 * records that it was told outside the hub. `told`: recipients the correction itself goes to or waits for.
 */
export const confirmationDuties = (input: {
  readonly message: Message; readonly original: OriginalMessage; readonly registers: Pick<Registers, 'parties'>; readonly pack: LawPack; readonly at: Date;
}): readonly Duty[] => {
  const { message, original, registers, pack, at } = input;
  const level = pack.serviceLevels.onverwijld;
  return original.recipients.flatMap(({ oin, role }) => {
    const answering = oin === null ? [] : successorsOf(registers, oin, at);
    return (answering.length === 0 ? [oin] : answering.map((party) => party.oin)).map((recipient): Duty => ({
      key: `${confirmationRule}:${role}:${message.id.slice(-12)}`,
      rule: confirmationRule,
      article,
      bearer: message.sender.role,
      toward: role,
      recipient,
      authority: 'law',
      openedAt: at,
      dueAt: minutesLater(message.receivedAt, level.breachMinutes),
      warnAt: minutesLater(message.receivedAt, level.warnMinutes),
    }));
  });
};

/** True when a decision on a withdrawal is for somebody who has the message: nobody else hears that there was one. */
export const hasReceived = (recipients: readonly EarlierRecipient[], registers: Pick<Registers, 'parties'>, at: Date) => (one: { readonly oin: string | null; readonly role: Role }): boolean =>
  recipients.some(({ oin, role }) => (oin === null || one.oin === null ? oin === one.oin && role === one.role : oin === one.oin || successorsOf(registers, oin, at).some((party) => party.oin === one.oin)));
