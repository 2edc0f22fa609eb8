import { describe, expect, test } from '@jest/globals';
import { daysLeft, warningsOf, warningStep } from './expiry.js';

const at = new Date('2026-03-02T09:00:00Z');
const inDays = (days: number): Date => new Date(at.getTime() + days * 86_400_000);

describe('what ends is told', () => {
  const rows: readonly (readonly [number, number | null])[] = [[61, null], [60.5, null], [60, 60], [31, 60], [30, 30], [14.1, 30], [14, 14], [8, 14], [7, 7], [1.5, 7], [1, 1], [0.1, 1], [0, 0], [-3, 0]];
  test.each(rows)('with %s days left at step %s', (days, step) => expect(warningStep(inDays(days), at)).toBe(step));

  test('by whole days that are left', () => expect([daysLeft(inDays(60), at), daysLeft(inDays(0.1), at), daysLeft(inDays(-2), at)]).toEqual([60, 1, -2]));

  test('a list only on its last day, as it is made anew all the time', () => {
    const ending = { ref: 'x', party: null, what: 'revocation-list' as const, endsAt: inDays(5) };
    expect(warningsOf([ending], at)).toEqual([]);
    expect(warningsOf([{ ...ending, endsAt: inDays(0.5) }, { ...ending, what: 'own-certificate', endsAt: inDays(29) }], at).map(({ step }) => step)).toEqual([1, 30]);
  });
});
