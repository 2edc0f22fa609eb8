import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holidaysOf } from './holidays.js';
import type { CalendarRules } from './law-pack.js';
import { ageAt, banEnd, banLimit, civilDay, dayTerm, hoursLater, sameHourLater, showMoment } from './terms.js';

const calendar: CalendarRules = { koningsdag: { month: 4, day: 27, ifSunday: 'day-before' }, equated: [] };
const hoursBetween = (from: Date, to: Date): number => (to.getTime() - from.getTime()) / 3_600_000;

describe('ten days and four weeks on the wall clock', () => {
  test.each([
    // ECLI:NL:RBMID:2011:BP2167: "27 maart 2010, 20.00 uur tot 6 april 2010, 20.00 uur"; the clock went forward on 28 March.
    ['the ban of BP2167 across the start of summer time', '2010-03-27T20:00:00+01:00', '2010-04-06T20:00:00+02:00', 239],
    ['a ban across the end of summer time', '2026-10-20T21:30:00+02:00', '2026-10-30T21:30:00+01:00', 241],
    ['a ban with no change of the clock', '2026-06-01T03:15:00+02:00', '2026-06-11T03:15:00+02:00', 240],
    // art. 13 Wth: no extension, although 2026-04-06 is Tweede Paasdag and 2026-04-05 a Sunday (law.md trap 1).
    ['a ban that ends on Tweede Paasdag', '2026-03-27T12:00:00+01:00', '2026-04-06T12:00:00+02:00', 239],
    ['a ban that ends on a Sunday', '2026-11-05T08:00:00+01:00', '2026-11-15T08:00:00+01:00', 240],
  ])('%s', (_name, from, to, hours) => {
    const end = banEnd(new Date(from));
    expect(end).toEqual(new Date(to));
    expect(hoursBetween(new Date(from), end)).toBe(hours);
  });

  test('four weeks end at the same hour, 28 days after imposition and not after the extension', () => {
    expect(banLimit(new Date('2010-03-27T20:00:00+01:00'))).toEqual(new Date('2010-04-24T20:00:00+02:00'));
    // RBMNE:2023:2813: imposed 12 September 2022, extended on day ten by 18 days.
    const imposed = new Date('2022-09-12T14:00:00+02:00');
    expect(sameHourLater(banEnd(imposed), 18)).toEqual(banLimit(imposed));
  });

  test('an hour the clock skips ends one hour later on the clock, an hour that comes twice ends the first time', () => {
    expect(banEnd(new Date('2026-03-19T02:30:00+01:00'))).toEqual(new Date('2026-03-29T03:30:00+02:00'));
    expect(banEnd(new Date('2026-10-15T02:30:00+02:00'))).toEqual(new Date('2026-10-25T02:30:00+02:00'));
  });

  test('a ban never runs outside 239 to 241 hours, whenever it starts', () => {
    fc.assert(fc.property(fc.date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2090-01-01T00:00:00Z'), noInvalidDate: true }), (at) => {
      const hours = hoursBetween(at, banEnd(at));
      return hours >= 239 && hours <= 241;
    }));
  });
});

describe('terms that the Algemene termijnenwet extends', () => {
  const days = (amount: number) => ({ amount, unit: 'days' as const });
  const endOf = (day: string, offset: string) => new Date(`${day}T23:59:59.999${offset}`);

  test.each([
    ['a request on Monday gives until Thursday', '2026-11-16T09:00:00+01:00', '2026-11-19', '2026-11-19', '+01:00'],
    ['a request on Wednesday would end on Saturday, so on Monday', '2026-11-18T09:00:00+01:00', '2026-11-21', '2026-11-23', '+01:00'],
    ['a request on Friday needs two working days, so until Tuesday (art. 2)', '2026-11-20T09:00:00+01:00', '2026-11-23', '2026-11-24', '+01:00'],
    ['a request before Easter passes Goede Vrijdag, Saturday and both Easter days', '2026-04-02T09:00:00+02:00', '2026-04-05', '2026-04-08', '+02:00'],
  ])('%s', (_name, from, alarm, legal, offset) => {
    const term = dayTerm(new Date(from), days(3), calendar);
    expect(term.alarmAt).toEqual(endOf(alarm, offset));
    expect(term.legalAt).toEqual(endOf(legal, offset));
  });

  test('without the Act the alarm is the end', () => {
    const term = dayTerm(new Date('2026-11-18T09:00:00+01:00'), days(3), null);
    expect(term.legalAt).toEqual(term.alarmAt);
  });

  test('two weeks after the date of a ruling end past Christmas', () => {
    const term = dayTerm(new Date('2026-12-11T10:00:00+01:00'), { amount: 2, unit: 'weeks' }, calendar);
    expect(term.alarmAt).toEqual(endOf('2026-12-25', '+01:00'));
    expect(term.legalAt).toEqual(endOf('2026-12-28', '+01:00'));
  });

  test('a term in hours is never extended', () => {
    expect(hoursLater(new Date('2026-03-28T20:00:00+01:00'), 24)).toEqual(new Date('2026-03-29T21:00:00+02:00'));
  });
});

describe('holidays of Atw article 3', () => {
  test.each([
    [2026, ['2026-01-01', '2026-04-03', '2026-04-06', '2026-04-27', '2026-05-05', '2026-05-14', '2026-05-25', '2026-12-25', '2026-12-26']],
    [2024, ['2024-01-01', '2024-03-29', '2024-04-01', '2024-04-27', '2024-05-05', '2024-05-09', '2024-05-20', '2024-12-25', '2024-12-26']],
    // Koningsdag moves to the Saturday when the 27th is a Sunday; in 2011 Easter was late.
    [2025, ['2025-01-01', '2025-04-18', '2025-04-21', '2025-04-26', '2025-05-05', '2025-05-29', '2025-06-09', '2025-12-25', '2025-12-26']],
    [2011, ['2011-01-01', '2011-04-22', '2011-04-25', '2011-04-27', '2011-05-05', '2011-06-02', '2011-06-13', '2011-12-25', '2011-12-26']],
  ])('in %i', (year, expected) => {
    expect(holidaysOf(year, calendar)).toEqual(expected);
  });

  test('the rule for Koningsdag and days equated by royal decree come from configuration', () => {
    const other: CalendarRules = { koningsdag: { month: 4, day: 27, ifSunday: 'same-day' }, equated: ['2025-05-30'] };
    expect(holidaysOf(2025, other)).toContain('2025-04-27');
    expect(holidaysOf(2025, other)).toContain('2025-05-30');
    expect(holidaysOf(2026, other)).not.toContain('2025-05-30');
  });
});

test('age counts whole years on the civil day', () => {
  expect(ageAt('2008-11-22', new Date('2026-11-21T23:30:00Z'))).toBe(18);
  expect(ageAt('2008-11-22', new Date('2026-11-21T22:30:00Z'))).toBe(17);
});

test('moments are shown on the wall clock', () => {
  expect(showMoment(new Date('2026-11-22T13:05:00Z'), 'nl')).toBe('22-11-2026 14.05 uur');
  expect(showMoment(new Date('2026-07-22T13:05:00Z'), 'en')).toBe('22 July 2026, 15:05');
});

test('a day is that of the Netherlands: an end at midnight is no day early, summer and winter', () => {
  const days = ['2031-11-22T22:59:59Z', '2031-11-22T23:00:00Z', '2026-06-30T21:59:59Z', '2026-06-30T22:00:00Z'].map((at) => civilDay(new Date(at)));
  expect(days).toEqual(['2031-11-22', '2031-11-23', '2026-06-30', '2026-07-01']);
});
