import type { Duty } from './duty.js';
import type { CalendarRules, ServiceLevelName, ServiceLevels } from './law-pack.js';
import type { Decision, Fulfilment } from './decision.js';
import type { Role } from './role.js';
import { dayTerm, hoursLater, minutesLater, type DayLength } from './terms.js';

/** What a duty's deadline follows from. */
export type DutyTerm =
  | { readonly kind: 'level'; readonly level: ServiceLevelName }
  | { readonly kind: 'hours'; readonly hours: number; readonly since: Date }
  | { readonly kind: 'days'; readonly length: DayLength; readonly since: Date }
  | { readonly kind: 'at'; readonly at: Date | null; readonly authority: 'law' | 'policy'; readonly warnHours: number };

/** One duty before its deadline is computed. */
export interface DutyDraft {
  readonly event: string;
  readonly rule: string | null;
  readonly article: string;
  readonly bearer: Role;
  readonly toward: Role;
  readonly term: DutyTerm;
}

/** What deadlines are computed with. */
export interface DutyClock {
  readonly serviceLevels: ServiceLevels;
  readonly calendar: CalendarRules;
  readonly openedAt: Date;
}

/** The key of a duty: event and addressee, and from the second time on a number. */
export const dutyKey = (event: string, toward: Role, time = 1): string => `${event}:${toward}${time > 1 ? `#${time}` : ''}`;

/** The duty with its deadlines. Service levels count from when the hub knew; terms of law from the act itself. */
export const openDuty = (draft: DutyDraft, clock: DutyClock, time = 1): Duty => ({
  key: dutyKey(draft.event, draft.toward, time),
  rule: draft.rule ?? draft.event,
  article: draft.article,
  bearer: draft.bearer,
  toward: draft.toward,
  recipient: null,
  openedAt: clock.openedAt,
  ...datesOf(draft.term, clock),
});

const datesOf = (term: DutyTerm, clock: DutyClock): Pick<Duty, 'authority' | 'dueAt' | 'warnAt'> => {
  switch (term.kind) {
    case 'level': {
      const level = clock.serviceLevels[term.level];
      return { authority: 'policy', dueAt: minutesLater(clock.openedAt, level.breachMinutes), warnAt: minutesLater(clock.openedAt, level.warnMinutes) };
    }
    case 'hours':
      return { authority: 'law', dueAt: hoursLater(term.since, term.hours), warnAt: hoursLater(term.since, term.hours - 2) };
    case 'days': {
      // The legal date is the extended one; people are warned on calendar days (law.md 10.4).
      const { alarmAt, legalAt } = dayTerm(term.since, term.length, clock.calendar);
      return { authority: 'law', dueAt: legalAt, warnAt: hoursLater(alarmAt, -12) };
    }
    case 'at':
      return { authority: term.authority, dueAt: term.at, warnAt: term.at === null ? null : hoursLater(term.at, -term.warnHours) };
  }
};

/** True when a delivery that fulfils these rules toward these roles does what the duty asks. */
export const isFulfilledBy = (duty: Pick<Duty, 'rule' | 'toward'>, fulfils: readonly Fulfilment[]): boolean =>
  fulfils.some(({ rule, role }) => rule === duty.rule && role === duty.toward);

/**
 * Duties toward a role, toward each party the same message is to be given to in it: two designated instances are both told (Wth art. 2(8)).
 * One of several is enough only where the duty is to find one (E12, a raadsman, Wth art. 5(1)) or the answer of one is waited for (E3, E13):
 * these are done by no delivery, and stay duties toward the role.
 */
export const owedToEach = (duties: readonly Duty[], decisions: readonly Decision[]): readonly Duty[] => duties.flatMap((duty) => {
  const parties = decisions.filter((decision) => concerns(decision, duty)).flatMap(({ recipient: { oin } }) => oin ?? []);
  return parties.length === 0 ? [duty] : parties.map((recipient) => ({ ...duty, recipient }));
});

const concerns = (decision: Decision, duty: Duty): boolean => {
  switch (decision.kind) {
    case 'permit': return isFulfilledBy(duty, decision.fulfils);
    case 'hold': return decision.ruleId !== null && isFulfilledBy(duty, [{ rule: decision.ruleId, role: decision.recipient.role }]);
    case 'refuse': return false;
  }
};
