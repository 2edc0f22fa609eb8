import { describe, expect, test } from '@jest/globals';
import { periodOf } from './quarter.js';
import { askedName, subjectNames } from './subject-name.js';

describe('a period on the calendar of Amsterdam', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['2026', '2025-12-31T23:00:00.000Z', '2026-12-31T23:00:00.000Z'],
    ['2026-Q2', '2026-03-31T22:00:00.000Z', '2026-06-30T22:00:00.000Z'],
    ['2026-10', '2026-09-30T22:00:00.000Z', '2026-10-31T23:00:00.000Z'],
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2028-02-29', '2028-02-28T23:00:00.000Z', '2028-02-29T23:00:00.000Z'],
  ];
  test.each(cases)('%s', (text, from, to) => expect(periodOf(text)).toEqual({ from: new Date(from), to: new Date(to) }));
  test.each(['2026-Q5', '2026-13', '2026-02-29', '26', '2026-1', '', '2026-Q1 '])('%s is none', (text) => expect(periodOf(text)).toBeNull());
});

describe('the names the log knows a person by', () => {
  const person = { bsn: '999900018', name: 'Brammert Test Uithuizer', birthDate: '1985-06-14' };
  test('number first, then name and day of birth', () => expect(subjectNames(person)).toEqual(['bsn:999900018', 'person:brammert test uithuizer|1985-06-14']));
  test('nobody is nameless', () => expect(subjectNames({ bsn: null, name: null, birthDate: null })).toHaveLength(1));

  const same: readonly (readonly [string, string])[] = [
    ['José  van den Bérg', 'jose van den berg'], ['J. de Vries', 'J de vries'], [' Uithuizer ', 'uithuizer'], ['Müller', 'Mu\u0308ller'],
  ];
  test.each(same)('%s is found as %s', (one, other) => {
    const birthDate = '1990-01-01';
    expect(askedName({ kind: 'name', name: other, birthDate })).toBe(subjectNames({ bsn: null, name: one, birthDate })[0]);
  });
});
