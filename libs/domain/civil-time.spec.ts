import { expect, test } from '@jest/globals';
import { wallClock } from './civil-time.js';

test.each([
  ['2026-11-22T10:00:00.999Z', '2026-11-22T11:00:00'],
  ['2026-07-01T22:30:00Z', '2026-07-02T00:30:00'],
  // The hour that comes twice: two moments an hour apart look the same.
  ['2026-10-25T00:30:00Z', '2026-10-25T02:30:00'],
  ['2026-10-25T01:30:00Z', '2026-10-25T02:30:00'],
  // The hour that does not come.
  ['2026-03-29T00:59:59Z', '2026-03-29T01:59:59'],
  ['2026-03-29T01:00:00Z', '2026-03-29T03:00:00'],
])('at %s a clock on a Dutch wall shows %s', (at, shown) => {
  expect(wallClock(new Date(at))).toBe(shown);
});
