import type { LogFilter, PageRequest } from '@ketensluis/flow';
import type { Leaf } from '@ketensluis/tlog';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { openTestSigner, plainEntry } from '../../../test/harness/log-entries.js';
import { recordEntries } from '../log/record-entries.js';
import { sequence } from '../log/sequence.js';
import { signHead } from '../log/sign-head.js';
import type { LogSigner } from '../log/signer.js';
import { inTransaction } from '../pool.js';
import { countFigures, searchPage } from './search.js';

const controller = '00000009901000000001';
const anything: LogFilter = {
  controller: null, from: new Date('2020-01-01T00:00:00Z'), to: new Date('2030-01-01T00:00:00Z'), subjects: null, recipient: null, sender: null, kind: null, decision: null, type: null,
  category: null, basis: null, rule: null, policy: null, reason: null, purpose: null, outcome: null, channel: null, outsideHours: null,
};

describe('searching the log', () => {
  let database: TestDatabase;
  let signer: LogSigner;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    database = await openTestDatabase();
    await database.pool.query("select ensure_partitions('2026-01-01', 14)");
    ({ signer, remove } = await openTestSigner());
  });
  afterEach(async () => {
    await database.close();
    await remove();
  });

  /** Records consultations at these moments and returns their ids in that order. */
  const record = async (...entries: readonly (readonly [string, Partial<Leaf>?])[]): Promise<readonly string[]> =>
    (await inTransaction(database.pool, (client) => recordEntries(client, entries.map(([at, change]) => plainEntry(new Date(at), { controller, ...change }))))).map(({ id }) => id);
  const seal = async (): Promise<void> => {
    while ((await sequence(database.pool)).added > 0);
    await signHead(database.pool, signer, new Date('2027-01-01T00:00:00Z'));
  };
  const page = (filter: Partial<LogFilter>, request: Partial<PageRequest> = {}) =>
    searchPage(database.pool, { filter: { ...anything, ...filter }, size: null, after: null, limit: 100, order: 'oldest', ...request }, null);
  const ids = async (filter: Partial<LogFilter>) => (await page(filter)).rows.map(({ leaf }) => leaf.id);

  test('outside office hours is evening, night, weekend and holiday on the clock of Amsterdam, summer and winter', async () => {
    const inside = await record(['2026-11-23T07:00:00.000Z'], ['2026-11-23T16:59:59.999Z'], ['2026-07-06T06:00:00.000Z'], ['2026-07-06T15:59:00.000Z']);
    const outside = await record(
      ['2026-11-23T06:59:59.999Z'], ['2026-11-23T17:00:00.000Z'], ['2026-11-21T11:00:00.000Z'], ['2026-11-22T11:00:00.000Z'], ['2026-12-25T10:00:00.000Z'],
      ['2026-07-06T05:59:00.000Z'], ['2026-07-06T16:00:00.000Z'], ['2026-12-24T23:30:00.000Z'],
    );
    await seal();
    for (const narrow of [null, controller]) expect(new Set(await ids({ controller: narrow, outsideHours: { holidays: ['2026-12-25'] } }))).toEqual(new Set(outside));
    expect(new Set(await ids({}))).toEqual(new Set([...inside, ...outside]));
  });

  test('the last outcome counts, also when it came months later', async () => {
    const [held, none] = await record(['2026-01-05T10:00:00.000Z', { kind: 'hold', code: 'outside-hub' }], ['2026-01-05T11:00:00.000Z', { kind: 'hold', code: 'outside-hub' }]);
    const outcome = (code: string): Partial<Leaf> => ({ kind: 'outcome', code, ref: held, controller: undefined });
    await record(['2026-01-05T10:01:00.000Z', outcome('held')], ['2026-09-01T10:00:00.000Z', outcome('done-outside-hub')]);
    await seal();
    const found = (await page({ controller })).rows.map(({ leaf, outcome: last }) => [leaf.id, last?.code ?? null]);
    expect(found).toEqual([[held, 'done-outside-hub'], [none, null]]);
    expect(await ids({ controller, outcome: 'done-outside-hub' })).toEqual([held]);
    expect(await ids({ controller, outcome: 'held' })).toEqual([]);
  });

  test('what is not released yet is neither shown nor counted', async () => {
    const [first] = await record(['2026-03-01T10:00:00.000Z']);
    await seal();
    await record(['2026-03-01T10:00:01.000Z']);
    const counted = async () => (await countFigures(database.pool, { filter: anything, pseudonyms: null, by: [] }))[0]?.count;
    expect([await ids({}), await counted()]).toEqual([[first], 1]);
    await sequence(database.pool);
    expect([await ids({}), await counted()]).toEqual([[first], 1]);
    await seal();
    expect([(await ids({})).length, await counted()]).toEqual([2, 2]);
  });

  test('what comes in later, even with an earlier time, moves no page that was begun', async () => {
    const made = await record(...Array.from({ length: 7 }, (_, i) => [`2026-03-01T10:00:0${i}.000Z`] as const));
    await seal();
    for (const order of ['newest', 'oldest'] as const) {
      const first = await page({}, { limit: 3, order });
      const seen = first.rows.map(({ leaf }) => leaf.id);
      await record(['2026-03-01T10:00:01.500Z'], ['2026-03-01T10:00:04.500Z']);
      await seal();
      for (let after = first.rows.at(-1)?.index ?? null; after !== null;) {
        const next = await page({}, { limit: 3, order, size: first.size, after });
        seen.push(...next.rows.map(({ leaf }) => leaf.id));
        after = next.isLast ? null : (next.rows.at(-1)?.index ?? null);
      }
      expect(seen.filter((id) => made.includes(id))).toEqual(order === 'oldest' ? made : [...made].reverse());
      expect(seen).toHaveLength(first.size);
    }
  });

  test('entries of one millisecond come once each, whatever the size of the page', async () => {
    const made = await record(...Array.from({ length: 9 }, () => ['2026-03-01T10:00:00.000Z'] as const));
    await seal();
    const seen: string[] = [];
    for (let after: number | null = null; ;) {
      const next = await page({ controller }, { limit: 2, after });
      seen.push(...next.rows.map(({ leaf }) => leaf.id));
      after = next.rows.at(-1)?.index ?? null;
      if (next.isLast) break;
    }
    expect([...seen].sort()).toEqual([...made].sort());
  });
});
