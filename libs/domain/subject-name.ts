import type { Subject } from './case-file.js';

/** How somebody asks for a person: by number, or by name and day of birth (`YYYY-MM-DD`). */
export type PersonAsked =
  | { readonly kind: 'bsn'; readonly bsn: string }
  | { readonly kind: 'name'; readonly name: string; readonly birthDate: string };

/**
 * Every name the log knows a person by: the one it commits to first, BSN before name and birth date. Whoever has only the other finds the
 * person as well (AVG art. 15: somebody who asks need not have the number the police used). The person is found by any of them.
 */
export const subjectNames = ({ bsn, name, birthDate }: Pick<Subject, 'bsn' | 'name' | 'birthDate'>): readonly string[] => {
  const named = name === null && birthDate === null ? [] : [personName(name ?? '', birthDate ?? '')];
  const all = bsn === null ? named : [`bsn:${bsn}`, ...named];
  return all.length > 0 ? all : [personName('', '')];
};

/** The one name in the log that this question means. */
export const askedName = (asked: PersonAsked): string => (asked.kind === 'bsn' ? `bsn:${asked.bsn}` : personName(asked.name, asked.birthDate));

const personName = (name: string, birthDate: string): string => `person:${sameName(name)}|${birthDate}`;

/** Capitals, accents and double spaces differ from form to form; order and spelling of the names do not. */
const sameName = (name: string): string => name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[\s.]+/gu, ' ').trim();
