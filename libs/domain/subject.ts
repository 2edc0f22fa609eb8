import type { CaseFile, Subject } from './case-file.js';
import { groupOf, groupsOf, textOf } from './field-read.js';
import type { FieldValues } from './messages/field.js';

const person = (role: Subject['role'], fields: FieldValues): Subject => ({
  role,
  bsn: textOf(fields, 'bsn'),
  name: [textOf(fields, 'voornamen'), textOf(fields, 'naam')].filter((part) => part !== null).join(' ') || null,
  birthDate: textOf(fields, 'geboortedatum'),
  isProtected: false,
});

const subjectsMax = 60;
const same = (a: Subject, b: Subject): boolean => a.role === b.role && (a.bsn !== null && b.bsn !== null ? a.bsn === b.bsn : a.name === b.name && a.birthDate === b.birthDate);

/** Everybody the case is about, with those this message names: one line a person, so that the log can name each by pseudonym. */
export const subjectsWith = (file: Pick<CaseFile, 'subjects'>, fields: FieldValues): readonly Subject[] => {
  const uhg = groupOf(fields, 'uithuisgeplaatste');
  const named = [
    ...(textOf(uhg, 'naam') === null ? [] : [person('UHG', uhg)]),
    ...groupsOf(fields, 'huisgenoten').map((each) => person('PART', each)),
    ...groupsOf(fields, 'contactverbod_personen').map((each) => ({ ...person('PART', each), isProtected: true })),
    ...groupsOf(fields, 'minderjarigen').map((each) => person('KIND', each)),
  ];
  const merged = named.reduce<readonly Subject[]>((all, each) => {
    const known = all.findIndex((other) => same(other, each));
    if (known < 0) return [...all, each];
    return all.map((other, index) => (index === known ? { ...other, bsn: other.bsn ?? each.bsn, birthDate: other.birthDate ?? each.birthDate, isProtected: other.isProtected || each.isProtected } : other));
  }, file.subjects);
  return merged.slice(0, subjectsMax);
};
