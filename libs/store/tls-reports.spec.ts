import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { createTlsSessions } from './mail-route.js';
import { createTlsReports } from './tls-reports.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.pool.query('truncate tls_session, tls_report'));

const count = (domain: string, at: string) =>
  createTlsSessions(database.pool).count({ at: new Date(at), domain, policyType: 'no-policy-found', policyText: [], result: null, server: `mx.${domain}`, address: '8.8.8.8' });
const claim = (at: string) => createTlsReports(database.pool).claim(new Date(at));

test('a day is due after it ended, each domain at a moment of its own within four hours', async () => {
  const domains = Array.from({ length: 12 }, (_, index) => `party-${index}.example`);
  for (const domain of domains) await count(domain, '2026-11-21T23:59:00Z');
  expect(await claim('2026-11-21T23:59:59Z')).toBeNull();
  const moments = new Map<string, number>();
  for (let minute = 0; minute <= 240; minute += 1) {
    const at = new Date(Date.parse('2026-11-22T00:00:00Z') + minute * 60_000).toISOString();
    for (let due = await claim(at); due !== null; due = await claim(at)) {
      if (due.attempt === 1) moments.set(due.domain, minute);
    }
  }
  expect([...moments.keys()].sort()).toEqual([...domains].sort());
  expect(new Set(moments.values()).size).toBeGreaterThan(6);
});

test('of many that ask at once one gets it, and nobody after it ended', async () => {
  await count('vt.example', '2026-11-21T10:00:00Z');
  const reports = createTlsReports(database.pool);
  const claimed = await Promise.all(Array.from({ length: 8 }, () => reports.claim(new Date('2026-11-22T05:00:00Z'))));
  const [due, ...others] = claimed.filter((one) => one !== null);
  expect([due, others]).toEqual([{ day: '2026-11-21', domain: 'vt.example', attempt: 1 }, []]);
  if (due === undefined || due === null) throw new Error('nothing was due');
  // Who took it up and died: somebody else does after half an hour.
  expect(await claim('2026-11-22T05:29:00Z')).toBeNull();
  expect(await claim('2026-11-22T05:31:00Z')).toEqual({ ...due, attempt: 2 });
  await reports.postpone(due, new Date('2026-11-22T09:00:00Z'));
  expect(await claim('2026-11-22T08:59:00Z')).toBeNull();
  expect(await claim('2026-11-22T09:00:00Z')).toEqual({ ...due, attempt: 3 });
  await reports.end(due, 'sent');
  await reports.end(due, 'given-up');
  expect(await claim('2026-11-23T05:00:00Z')).toBeNull();
  expect(await reports.list(5)).toEqual([{ ...due, attempt: 3, outcome: 'sent' }]);
});

test('a day that is long over is not reported, and what became of it goes after two months', async () => {
  await count('vt.example', '2026-11-18T10:00:00Z');
  expect(await claim('2026-11-21T05:00:00Z')).toBeNull();
  expect(await claim('2026-11-20T05:00:00Z')).toMatchObject({ day: '2026-11-18' });
  await count('vt.example', '2027-02-18T10:00:00Z');
  expect(await claim('2027-02-19T05:00:00Z')).toMatchObject({ day: '2027-02-18' });
  expect((await createTlsReports(database.pool).list(5)).map(({ day }) => day)).toEqual(['2027-02-18']);
});
