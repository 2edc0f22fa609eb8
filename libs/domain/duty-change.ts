import type { ApplyContext } from './case-step.js';
import type { Duty, DutyKey } from './duty.js';
import type { DutyClock, DutyTerm } from './duty-open.js';
import { groupsOf, textOf } from './field-read.js';
import type { Message } from './message.js';

/** Duties a message opens, and keys of those it does. */
export interface DutyChange {
  readonly duties: readonly Duty[];
  readonly closes: readonly DutyKey[];
}

/** What the deadlines of a message are computed with. */
export const clockOf = (message: Message, { serviceLevels, calendar }: ApplyContext): DutyClock => ({ serviceLevels, calendar, openedAt: message.receivedAt });
/** Without delay: the law gives no number, the service level does. */
export const onverwijld: DutyTerm = { kind: 'level', level: 'onverwijld' };
/** Within 24 hours of an act, by law. */
export const within24Hours = (since: Date): DutyTerm => ({ kind: 'hours', hours: 24, since });
/** Before a moment; null while nobody knows it. */
export const noLaterThan = (at: Date | null, authority: 'law' | 'policy', warnHours: number): DutyTerm => ({ kind: 'at', at, authority, warnHours });

/** Keys of what a message says was told already, by word of mouth or on paper. */
export const told = (message: Message, list: string, keys: Readonly<Record<string, string>>): readonly DutyKey[] =>
  groupsOf(message.fields, list).flatMap((notice) => keys[textOf(notice, 'aan') ?? ''] ?? []);

/** What was done already is not opened, and closes what was open. */
export const change = (duties: readonly Duty[], closes: readonly DutyKey[]): DutyChange =>
  ({ duties: duties.filter((duty) => !closes.includes(duty.key)), closes: [...new Set(closes)] });

/**
 * Rules whose duties are opened by the event itself (`case-duties.ts`, `court-duties.ts`), whether or not a disclosure under them waits. A duty with a rule of its own event
 * (`E3`, `E13`) is not done by a delivery: what it asks is an answer, or more than one document.
 */
export const guardedRules: readonly string[] = [
  'WTH-03', 'WTH-05', 'WTH-06', 'WTH-07', 'WTH-08', 'WTH-09', 'WTH-12', 'WTH-15', 'WTH-16', 'WTH-17', 'WTH-18', 'WTH-19', 'WTH-19b', 'WTH-20', 'WTH-21',
  'WTH-22', 'WTH-24', 'WTH-26', 'WTH-30',
];
