import { describe, expect, test } from '@jest/globals';
import { civilDay } from '@ketensluis/domain';
import { Temporal } from 'temporal-polyfill';
import { clockText, dayText, momentText, nearText } from './moment.js';

const now = new Date('2026-11-22T11:00:00Z');
const hourMs = 3_600_000;

describe('a moment in words', () => {
  test.each([
    ['2026-11-22T13:05:59.999Z', '22 nov 14:05', 'vandaag 14:05'], ['2026-11-22T23:00:00Z', '23 nov 00:00', 'morgen 00:00'], ['2026-11-21T22:59:59Z', '21 nov 23:59', '21 nov 23:59'],
    ['2026-07-01T22:30:00Z', '2 jul 00:30', '2 jul 00:30'], ['2025-12-31T23:00:00Z', '1 jan 00:00', '1 jan 00:00'], ['2025-12-31T22:59:59Z', '31 dec 2025 23:59', '31 dec 2025 23:59'],
  ])('%s is %s', (at, text, near) => {
    expect(momentText(new Date(at), 'nl', now)).toBe(text);
    expect(nearText(new Date(at), 'nl', now)).toBe(near);
  });

  test('is that of the wall clock in Amsterdam, also in the hour that is skipped and the one that comes twice', () => {
    for (const day of ['2026-03-29T00:00:00Z', '2026-10-25T00:00:00Z', '2027-12-31T20:00:00Z', '1999-12-31T20:00:00Z']) {
      for (let half = 0; half < 12; half += 1) {
        const at = new Date(Date.parse(day) + (half * hourMs) / 2);
        const wall = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO('Europe/Amsterdam');
        expect([civilDay(at), clockText(at)]).toEqual([wall.toPlainDate().toString(), wall.toPlainTime().toString({ smallestUnit: 'minute' })]);
        expect(dayText(at, 'en', at)).toMatch(new RegExp(`^${wall.day} [A-Z][a-z]{2}$`));
      }
    }
  });
});
