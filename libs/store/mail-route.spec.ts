import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { createStsPolicies, createTlsSessions } from './mail-route.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
const at = new Date('2026-11-22T12:00:00Z');
const later = (days: number): Date => new Date(at.getTime() + days * 86_400_000);

test('of a domain the policy that was fetched last is kept', async () => {
  const policies = createStsPolicies(database.pool);
  const policy = { domain: 'gemeente.example', id: '1', text: 'version: STSv1', fetchedAt: at, expiresAt: later(7) };
  expect(await policies.find('gemeente.example')).toBeNull();
  await policies.save(policy);
  await policies.save({ ...policy, id: '2', fetchedAt: later(1) });
  await policies.save({ ...policy, id: '0', fetchedAt: later(-1) });
  expect(await policies.find('gemeente.example')).toEqual({ ...policy, id: '2', fetchedAt: later(1) });
});

test('sessions are counted per UTC day and go after two months', async () => {
  const sessions = createTlsSessions(database.pool);
  const session = { at, domain: 'gemeente.example', policyType: 'tlsa', policyText: ['3 1 1 ab'], result: null, server: 'mx.gemeente.example', address: '8.8.8.8' } as const;
  await Promise.all([session, session, { ...session, result: 'tlsa-invalid' as const }, { ...session, server: null, address: null, result: 'dnssec-invalid' as const, policyText: [] }].map(sessions.count));
  const { at: _at, ...counted } = session;
  expect(await sessions.ofDay('2026-11-22')).toHaveLength(3);
  expect(await sessions.ofDay('2026-11-22')).toContainEqual({ ...counted, count: 2 });
  expect(await sessions.ofDay('2026-11-21')).toEqual([]);
  await sessions.count({ ...session, at: later(61) });
  expect(await sessions.ofDay('2026-11-22')).toEqual([]);
});

test('no policy is longer than it may be', async () => {
  await expect(createStsPolicies(database.pool).save({ domain: 'a.example', id: '1', text: 'x'.repeat(65_537), fetchedAt: at, expiresAt: at })).rejects.toThrow('sts_policy');
});
