import type { CaseFile } from './case-file.js';
import { guardedRules } from './duty-change.js';
import type { Decision, Hold } from './decision.js';
import type { Duty } from './duty.js';
import { dutyKey } from './duty-open.js';
import type { Event } from './event.js';
import type { LawPack, SharingRule } from './law-pack.js';
import { isMunicipalRole } from './party.js';
import { hoursLater, minutesLater } from './terms.js';

/** What the duties of held disclosures follow from. */
export interface HeldInput {
  readonly decisions: readonly Decision[];
  /** The case after the message. */
  readonly file: CaseFile;
  readonly pack: LawPack;
  readonly receivedAt: Date;
  readonly at: Date;
}

/**
 * What waits with a deadline, as duties: the data route is blocked, the task is not (law.md 4.3). Rules whose duties the case itself opens are
 * left out, and so is what nobody has switched on: policy that is off is nobody's duty. The same message gives the same keys, so that a
 * hold decided anew opens nothing twice.
 */
export const heldDuties = (input: HeldInput): readonly Duty[] => input.decisions.flatMap((decision) => {
  const rule = input.pack.rules.find(({ id }) => id === decision.ruleId);
  if (decision.kind !== 'hold' || rule === undefined || guardedRules.includes(rule.id)) return [];
  const isOff = (rule.authority === 'policy' || rule.mode === 'permitted') && decision.setting === null;
  return isOff || decision.dutyDeadline === null ? [] : [dutyOf(input, decision, { rule, dueAt: decision.dutyDeadline })];
});

const dutyOf = ({ file, pack, receivedAt, at }: HeldInput, hold: Hold, { rule, dueAt }: { readonly rule: SharingRule; readonly dueAt: Date }): Duty => ({
  key: dutyKey(rule.id, hold.recipient.role, timeOf(hold.event, file)),
  rule: rule.id,
  article: rule.basis,
  bearer: isMunicipalRole(hold.from) ? 'BM' : hold.from,
  toward: hold.recipient.role,
  recipient: hold.recipient.oin,
  authority: hold.deadlineAuthority ?? 'policy',
  openedAt: at,
  dueAt,
  warnAt: rule.term?.kind === 'policy' ? minutesLater(receivedAt, pack.serviceLevels[rule.term.level].warnMinutes) : hoursLater(dueAt, -4),
});

// What can happen more than once has a duty each time.
const timeOf = (event: Event, { extensions, violations, procedure }: CaseFile): number => {
  switch (event) {
    case 'ENDS_IN_48_HOURS': case 'ENDS_IN_24_HOURS': case 'EXPIRED': return extensions + 1;
    case 'EXTENDED': return Math.max(1, extensions);
    case 'VIOLATED': return Math.max(1, violations);
    case 'RULED_VV': case 'RULED_MAIN': case 'RULED_HIGHER': case 'RULING_ONWARD': return Math.max(1, procedure.rulings);
    case 'VV_REQUESTED': case 'HEARING_SET': return Math.max(1, procedure.requests);
    default: return 1;
  }
};
