import { describe, expect, test } from '@jest/globals';
import { periods, readPeriod, thisQuarter } from './period.js';

describe('the periods that are offered', () => {
  test.each([
    ['2026-11-22T11:00:00Z', '2026-Q4'], ['2026-12-31T22:59:59Z', '2026-Q4'], ['2026-12-31T23:00:00Z', '2027-Q1'], ['2026-03-31T21:59:59Z', '2026-Q1'], ['2026-03-31T22:00:00Z', '2026-Q2'],
  ])('at %s begin with the quarter %s, by the calendar of Amsterdam', (now, quarter) => {
    expect(thisQuarter(new Date(now))).toBe(quarter);
    expect(periods(new Date(now), 'nl')[0]?.[0]).toBe(quarter);
  });

  test('go back over the years without a gap, each of them one that can be asked for', () => {
    const offered = periods(new Date('2027-01-15T12:00:00Z'), 'en').map(([period]) => period);
    expect(offered.slice(0, 6)).toEqual(['2027-Q1', '2026-Q4', '2026-Q3', '2026-Q2', '2026-Q1', '2025-Q4']);
    expect(offered.slice(8, 11)).toEqual(['2027-01', '2026-12', '2026-11']);
    expect(offered.slice(-3)).toEqual(['2027', '2026', '2025']);
    expect(offered.filter((period) => readPeriod(period) === null)).toEqual([]);
  });

  test('are read as the months they have', () => {
    expect(readPeriod('2026-Q4')).toMatchObject({ first: '2026-10', last: '2026-12' });
    expect(readPeriod('2026')).toMatchObject({ first: '2026-01', last: '2026-12' });
    expect(readPeriod('2026-02')).toMatchObject({ first: '2026-02', last: '2026-02' });
    expect(readPeriod('2026-02-03')).toBeNull();
  });
});
