import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { clockOf, dueAt, endOfPeriod, isDue, parseRetention, retentionObjects, startedBefore, type RetentionClock } from './retention.js';

const folder = new URL('../../config/retention/', import.meta.url);
const files = readdirSync(folder).sort().map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
const values = files.map(({ name, text }) => ({ name, value: parse(text) as Record<string, unknown> }));
const sha256 = createHash('sha256').update(files.map(({ text }) => text).join('')).digest('hex');
const read = parseRetention(values, sha256);
if ('kind' in read) throw new Error(read.problems.join('\n'));
const keep = (length: RetentionClock['keep']) => ({ keep: length });

describe('the terms of config/retention', () => {
  test('cover every object the hub keeps, each with its article', () => {
    expect(new Set(read.clocks.map(({ object }) => object))).toEqual(new Set(retentionObjects));
    expect(read.clocks.filter(({ basis }) => !/(Wth|AVG|Wpg) art\. \d/.test(basis))).toEqual([]);
  });

  test('keep a ban five years by law, and what led to no ban shorter, as a policy nobody verified', () => {
    expect(clockOf(read, 'ban-file', 'WTH')).toMatchObject({ keep: { years: 5 }, from: 'last-decision', authority: 'law', basis: 'Wth art. 10(1)' });
    expect(clockOf(read, 'no-ban-file', 'WTH')).toMatchObject({ authority: 'policy', unverified: true });
    const start = new Date('2026-03-01T10:00:00Z');
    const [ban, none] = [clockOf(read, 'ban-file', 'WTH'), clockOf(read, 'no-ban-file', 'WTH')];
    expect(none !== null && ban !== null && (dueAt(none, start) ?? 0) < (dueAt(ban, start) ?? 0)).toBe(true);
  });

  test('are refused when an object is unknown, has two clocks, none, or one that nobody can tell', () => {
    const changed = (change: (clocks: Record<string, unknown>[]) => unknown[]): unknown => {
      const [hub, wth] = values;
      return parseRetention([hub ?? { name: '', value: {} }, { name: 'wth.yaml', value: { ...wth?.value, clocks: change(wth?.value['clocks'] as Record<string, unknown>[]) } }], sha256);
    };
    const first = (change: Record<string, unknown>) => changed(([one, ...others]) => [{ ...one, ...change }, ...others]);
    expect(first({ object: 'photographs' })).toMatchObject({ kind: 'refused', problems: expect.arrayContaining([expect.stringContaining('wth.yaml: clocks.0.object')]) });
    expect(first({ from: 'received' })).toMatchObject({ kind: 'refused' });
    expect(first({ keep: 'always' })).toMatchObject({ kind: 'refused' });
    expect(first({ keep: { years: 0 } })).toMatchObject({ kind: 'refused' });
    expect(changed((clocks) => clocks.slice(1))).toMatchObject({ kind: 'refused' });
    expect(changed((clocks) => [...clocks, ...clocks.slice(0, 1)])).toMatchObject({ kind: 'refused' });
    expect(parseRetention(values.slice(1), sha256)).toMatchObject({ kind: 'refused', problems: [expect.stringContaining('no clock for')] });
  });
});

describe('a term ends', () => {
  test.each([
    ['at the midnight after its last day, in Amsterdam', { years: 5 }, '2026-11-22T14:05:00Z', '2031-11-22T23:00:00.000Z'],
    ['when the evening in UTC is the next day in Amsterdam', { years: 5 }, '2026-06-30T22:30:00Z', '2031-07-01T22:00:00.000Z'],
    ['on 28 February when the year has no 29th', { years: 5 }, '2024-02-29T12:00:00Z', '2029-02-28T23:00:00.000Z'],
    ['on 29 February when the year has one', { years: 4 }, '2024-02-29T12:00:00Z', '2028-02-29T23:00:00.000Z'],
    ['on the last day of a shorter month', { months: 6 }, '2026-08-31T12:00:00Z', '2027-02-28T23:00:00.000Z'],
    ['in summer, when it began in winter', { months: 6 }, '2026-01-15T23:30:00Z', '2026-07-16T22:00:00.000Z'],
    ['on the day the clock goes forward', { days: 10 }, '2026-03-19T12:00:00Z', '2026-03-29T22:00:00.000Z'],
    ['on the day the clock goes back', { days: 10 }, '2026-10-15T12:00:00Z', '2026-10-25T23:00:00.000Z'],
  ] as const)('%s', (_name, length, start, due) => {
    expect(dueAt(keep(length), new Date(start))?.toISOString()).toBe(due);
  });

  test('never, for what is kept always', () => {
    expect([dueAt(keep(null), new Date(0)), startedBefore(keep(null), new Date(0)), isDue(keep(null), new Date(0), new Date('2999-01-01'))]).toEqual([null, null, false]);
  });

  test('at once at its moment, and not a millisecond before', () => {
    const due = dueAt(keep({ years: 5 }), new Date('2026-11-22T14:05:00Z')) ?? new Date(0);
    expect([isDue(keep({ years: 5 }), new Date('2026-11-22T14:05:00Z'), due), isDue(keep({ years: 5 }), new Date('2026-11-22T14:05:00Z'), new Date(due.getTime() - 1))]).toEqual([true, false]);
  });

  const moments = fc.date({ min: new Date('2000-01-01'), max: new Date('2080-01-01'), noInvalidDate: true });
  const lengths = fc.oneof(fc.record({ years: fc.integer({ min: 1, max: 30 }) }), fc.record({ months: fc.integer({ min: 1, max: 60 }) }), fc.record({ days: fc.integer({ min: 1, max: 4_000 }) }));

  test('later for what began later, and the first choice of a database leaves nothing out', () => {
    fc.assert(fc.property(moments, moments, lengths, (one, other, length) => {
      const [early, late] = one <= other ? [one, other] : [other, one];
      const due = dueAt(keep(length), early)?.getTime() ?? 0;
      expect(due).toBeLessThanOrEqual(dueAt(keep(length), late)?.getTime() ?? 0);
      expect(due).toBeGreaterThan(early.getTime());
      // Whatever is due at a moment began before what `startedBefore` says of that moment.
      expect(early.getTime()).toBeLessThan(startedBefore(keep(length), new Date(due))?.getTime() ?? 0);
    }));
  });
});

describe('a period of the log', () => {
  test.each([['2026-11', '2026-11-30T23:59:59.999Z'], ['2024-02', '2024-02-29T23:59:59.999Z'], ['2026-12', '2026-12-31T23:59:59.999Z'], ['2026', '2026-12-31T23:59:59.999Z']])('%s ends at %s', (period, end) => {
    expect(endOfPeriod(period).toISOString()).toBe(end);
  });
});
