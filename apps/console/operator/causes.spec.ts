import { describe, expect, test } from '@jest/globals';
import { causeOf } from './causes.js';

const at = new Date('2026-11-22T09:00:00Z');
const tried = (outcome: string | null, code: string | null = null) => ({ at, outcome, code, reply: null });
const rows = [
  ['a try that is under way', { state: 'again', cause: null, last: tried(null) }, null],
  ['what arrived before and is offered again', { state: 'again', cause: null, last: tried('delivered', '250') }, null],
  ['a try that failed', { state: 'again', cause: null, last: tried('deferred', 'peer-busy') }, 'peer-busy'],
  ['a try that failed without saying why', { state: 'again', cause: null, last: tried('unknown') }, 'unknown'],
  ['what stands still', { state: 'stuck', cause: 'no-certificate', last: null }, 'no-certificate'],
  ['what arrived', { state: 'delivered', cause: null, last: tried('delivered', '250') }, null],
] as const;

describe('why a delivery is where it is', () => {
  test.each(rows)('%s', (_what, row, cause) => expect(causeOf(row)).toBe(cause));
});
