import { candidates } from './candidate.js';
import type { CaseFile } from './case-file.js';
import { decide } from './decide.js';
import type { Necessity } from './decision-grounds.js';
import { recipientKey, type Decision } from './decision.js';
import { eventOf, type Event, type OnwardEvent } from './event.js';
import type { LawPack } from './law-pack.js';
import type { Message } from './message.js';
import type { MessageType } from './messages/type.js';
import type { Registers } from './registers.js';
import type { Role } from './role.js';

/** A message that was decided before, with its case as it stands now. */
export interface PastMessage {
  /** The id the hub gave it. */
  readonly id: string;
  readonly message: Message;
  readonly file: CaseFile;
  readonly necessity: readonly Necessity[];
  /** What it was decided for: its own event is null. */
  readonly events: readonly (OnwardEvent | null)[];
}

/** What a change would have done to one message for one recipient: it would have gone too, not have gone, or gone with other data. */
const trialKinds = ['goes', 'stops', 'differs'] as const;
/** One of `trialKinds`. */
export type TrialKind = (typeof trialKinds)[number];

/** One message that would have gone differently; ids and types only. */
export interface TrialChange {
  readonly kind: TrialKind;
  readonly messageId: string;
  readonly type: MessageType;
  readonly event: Event;
  /** OIN of the party, or the role of a natural person. */
  readonly recipient: string;
  readonly role: Role;
  readonly rule: string | null;
}

/** The two sets of registers that are held against each other, at one moment. */
export interface TrialGround {
  readonly pack: LawPack;
  readonly before: Registers;
  readonly after: Registers;
  readonly at: Date;
}

/** The outcome of a trial over a period; kept with the proposal it belongs to. */
export interface Trial {
  readonly since: string;
  readonly at: string;
  /** How many messages were tried; the newest ones when there were more. */
  readonly messages: number;
  readonly isBounded: boolean;
  readonly counts: readonly (Pick<TrialChange, 'kind' | 'recipient' | 'role' | 'rule'> & { readonly count: number })[];
  /** The first ones of those counted. */
  readonly changes: readonly TrialChange[];
}

/** Days of past traffic, messages, and rows kept, at most. */
export const trialLimits = { days: 90, messagesMax: 1_000, rowsMax: 200 } as const;

/**
 * What would have gone differently of one message: decided twice by the same rules at the same moment, and compared. Nothing is recorded and nothing
 * goes out; only what would leave counts, so a hold for another reason is no difference.
 */
export const trialOf = (past: PastMessage, ground: TrialGround): readonly TrialChange[] =>
  past.events.flatMap((onward) => {
    const [before, after] = [decisionsUnder(past, onward, ground.before, ground), decisionsUnder(past, onward, ground.after, ground)];
    return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => changeOf(past, onward, before.get(key), after.get(key)));
  });

const decisionsUnder = ({ message, file, necessity }: PastMessage, onward: OnwardEvent | null, registers: Registers, { pack, at }: TrialGround): ReadonlyMap<string, Decision> => {
  const { parties, designations } = registers;
  const found = candidates({ message, file, pack, parties, designations, at, ...(onward === null ? {} : { onward }) });
  return new Map(found.map((candidate) => decide({ message, file, candidate, pack, registers, necessity, at })).map((decision) => [recipientKey(decision), decision]));
};

const changeOf = ({ id, message }: PastMessage, onward: OnwardEvent | null, before: Decision | undefined, after: Decision | undefined): readonly TrialChange[] => {
  const kind = kindOf(before, after);
  const shown = after?.kind === 'permit' ? after : before;
  if (kind === null || shown === undefined) return [];
  return [{ kind, messageId: id, type: message.type, event: onward ?? eventOf[message.type], recipient: recipientKey(shown), role: shown.recipient.role, rule: shown.ruleId }];
};

const kindOf = (before: Decision | undefined, after: Decision | undefined): TrialKind | null => {
  const [went, goes] = [before?.kind === 'permit', after?.kind === 'permit'];
  if (went !== goes) return goes ? 'goes' : 'stops';
  return went && before?.categories.join() !== after?.categories.join() ? 'differs' : null;
};

/** Changes counted per recipient, rule and kind, most first. */
export const trialCounts = (changes: readonly TrialChange[]): Trial['counts'] => {
  const counted = new Map<string, Trial['counts'][number]>();
  for (const { kind, recipient, role, rule } of changes) {
    const name = [kind, recipient, role, rule].join(' ');
    counted.set(name, { kind, recipient, role, rule, count: (counted.get(name)?.count ?? 0) + 1 });
  }
  return [...counted.values()].sort((a, b) => b.count - a.count);
};
