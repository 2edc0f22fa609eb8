import { describe, expect, test } from '@jest/globals';
import { nextTry } from './retry.js';

const start = new Date('2026-11-22T02:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);

describe('retry', () => {
  const steps: readonly (readonly [number, number])[] = [
    [1, 5_000],
    [2, 60_000],
    [3, 300_000],
    [4, 1_800_000],
    [5, 7_200_000],
    [6, 21_600_000],
    [7, 43_200_000],
    [30, 43_200_000],
  ];
  test.each(steps)('waits the agreed time after try %i', (tries, ms) => {
    expect(nextTry(tries, start, start, 0)).toEqual(after(ms));
  });

  test('stretches a step by at most a fifth', () => {
    expect(nextTry(1, start, start, 0.999)?.getTime()).toBeLessThanOrEqual(start.getTime() + 6_000);
  });

  test('still tries just before five days, and gives up from five days on', () => {
    const fiveDays = 5 * 86_400_000;
    expect(nextTry(12, start, after(fiveDays - 1), 0)).not.toBeNull();
    expect(nextTry(12, start, after(fiveDays), 0)).toBeNull();
  });
});
