import { isInForce, type CaseFile } from './case-file.js';
import { groupOf, groupsOf, textOf } from './field-read.js';
import type { FieldValues } from './messages/field.js';
import { clockOf, dueAt, type RetentionClock, type RetentionRules } from './retention.js';
import { banEnd, banLimit } from './terms.js';

/** Moments of one measure that a municipality reckons with; nobody is named. */
export interface MeasureTerms {
  readonly imposedAt: Date | null;
  /** The end by the first order; null when that is the end that holds. */
  readonly firstEndsAt: Date | null;
  readonly endsAt: Date | null;
  /** No extension goes beyond this (Wth art. 9(1)). */
  readonly limitAt: Date | null;
  /** Until when the burgemeester can decide to extend: while the ban runs, and once (Wth art. 9(1)). Null when there is nothing to decide. */
  readonly decideBy: Date | null;
}

/** The terms of a case at a moment. */
export const measureTerms = (file: CaseFile, at: Date): MeasureTerms => {
  const imposedAt = file.imposedAt === null ? null : new Date(file.imposedAt);
  const endsAt = file.endsAt === null ? null : new Date(file.endsAt);
  const first = imposedAt === null ? null : banEnd(imposedAt);
  const limitAt = imposedAt === null ? null : banLimit(imposedAt);
  return {
    imposedAt, endsAt, limitAt,
    firstEndsAt: first !== null && endsAt !== null && first < endsAt ? first : null,
    decideBy: isInForce(file) && file.state !== 'EXTENDED' && endsAt !== null && at < endsAt ? endsAt : null,
  };
};

/** When a case was last decided about and heard of. */
export interface CaseMoments {
  readonly lastDecisionAt: Date | null;
  readonly lastMessageAt: Date | null;
}

/** From when on a case is to be destroyed, and by which clock: five years after the last decision, or sooner where no ban followed. */
export const destructionOf = (rules: RetentionRules, law: string, { lastDecisionAt, lastMessageAt }: CaseMoments): { readonly at: Date; readonly clock: RetentionClock } | null => {
  const clock = clockOf(rules, lastDecisionAt === null ? 'no-ban-file' : 'ban-file', law);
  const startedAt = clock?.from === 'last-decision' ? lastDecisionAt : lastMessageAt;
  const at = clock === null || startedAt === null ? null : dueAt(clock, startedAt);
  return clock === null || at === null ? null : { at, clock };
};

/** Somebody of a case, by what a party was told or said itself. */
export interface CasePerson {
  readonly part: 'evicted' | 'adult' | 'minor';
  readonly name: string;
  readonly birthDate: string | null;
}

/** The persons messages name, each once; of a person sent out the given names stand first. Contact data stay where they are. */
export const personsIn = (messages: readonly FieldValues[]): readonly CasePerson[] => {
  const found = new Map<string, CasePerson>();
  const add = (part: CasePerson['part'], values: FieldValues, name: string): void => {
    if (name === '') return;
    const before = found.get(`${part} ${name.toLowerCase()}`);
    found.set(`${part} ${name.toLowerCase()}`, { part, name, birthDate: textOf(values, 'geboortedatum') ?? before?.birthDate ?? null });
  };
  for (const fields of messages) {
    const evicted = groupOf(fields, 'uithuisgeplaatste');
    add('evicted', evicted, [textOf(evicted, 'voornamen'), textOf(evicted, 'naam')].filter((text) => text !== null).join(' '));
    for (const list of ['contactverbod_personen', 'huisgenoten']) for (const adult of groupsOf(fields, list)) add('adult', adult, textOf(adult, 'naam') ?? '');
    for (const minor of groupsOf(fields, 'minderjarigen')) add('minor', minor, textOf(minor, 'naam') ?? '');
  }
  return [...found.values()];
};
