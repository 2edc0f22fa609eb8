import type { CaseFile } from './case-file.js';
import type { CaseRefusal } from './case-refusal.js';
import type { Duty, DutyKey } from './duty.js';
import type { OnwardEvent } from './event.js';
import type { CalendarRules, ServiceLevels } from './law-pack.js';
import type { Mandate } from './mandate.js';
import type { Message } from './message.js';

/** What applying depends on besides case and message. */
export interface ApplyContext {
  readonly mandates: readonly Mandate[];
  readonly serviceLevels: ServiceLevels;
  readonly calendar: CalendarRules;
  readonly at: Date;
}

/** What one step changes. */
export interface StepResult {
  readonly file: CaseFile;
  readonly duties?: readonly Duty[];
  readonly moved?: readonly Duty[];
  readonly closes?: readonly DutyKey[];
  readonly onward?: readonly OnwardEvent[];
}

/** One transition of the state machine: the new case, or why it cannot be. */
export type Step = (file: CaseFile, message: Message, context: ApplyContext) => StepResult | CaseRefusal;
