import type { CaseFile, CaseState } from './case-file.js';
import type { Duty, DutyKey } from './duty.js';
import type { Event, OnwardEvent } from './event.js';
import type { CalendarRules, ServiceLevels } from './law-pack.js';
import type { Mandate } from './mandate.js';
import type { Message } from './message.js';

/** Why a message does not fit the case it is about. */
export const caseRefusals = [
  'not-mandatable', 'no-mandate', 'already-imposed', 'not-imposed', 'minor', 'after-expiry', 'too-long', 'too-short-extension', 'ended',
  'not-requested', 'out-of-order', 'no-proposal', 'consult-missing', 'wrong-case', 'in-the-future', 'help-not-accepted',
] as const;
/** One of `caseRefusals`. */
export type CaseRefusalCode = (typeof caseRefusals)[number];

/** A message that cannot be: the case stays as it was. `article` is the law it would go against. */
export interface CaseRefusal {
  readonly kind: 'refused';
  readonly code: CaseRefusalCode;
  readonly article: string;
  readonly public: string;
  readonly detail: string;
}

/** What a message did to its case. */
export interface Applied {
  readonly kind: 'applied';
  readonly file: CaseFile;
  readonly event: Event;
  /** Events on earlier messages of the case that now become due, such as the file for the court. */
  readonly onward: readonly OnwardEvent[];
  readonly duties: readonly Duty[];
  readonly closes: readonly DutyKey[];
}

/** What applying depends on besides case and message. */
export interface ApplyContext {
  readonly mandates: readonly Mandate[];
  readonly serviceLevels: ServiceLevels;
  readonly calendar: CalendarRules;
  readonly at: Date;
}

/** The case a first message opens: nothing has happened in it yet, `applyMessage` follows. */
export const openCase = (message: Message): CaseFile => {
  throw new Error(`bug: not built yet for ${message.type}`);
};

/** The case after the message with the duties it opens and closes, or the reason why it cannot be. */
export const applyMessage = (file: CaseFile, message: Message, context: ApplyContext): Applied | CaseRefusal => {
  throw new Error(`bug: not built yet for ${file.state} ${message.type} ${context.at.toISOString()}`);
};

/** Where the case stands at a moment: the stored state, or EXPIRED once the end of the ban has passed (Wth art. 2(1)). */
export const stateAt = (file: CaseFile, at: Date): CaseState =>
  (file.state === 'IMPOSED_ORAL' || file.state === 'IMPOSED' || file.state === 'EXTENDED') && file.endsAt !== null && at.getTime() >= Date.parse(file.endsAt)
    ? 'EXPIRED'
    : file.state;
