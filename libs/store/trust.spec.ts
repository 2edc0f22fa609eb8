import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OwnKey, PartyCertificate } from '@ketensluis/domain';
import type { KeptCertificate, TrustChange, TrustExtras, TrustStore } from '@ketensluis/flow';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { uuidV7 } from './ids.js';
import { openKeyShares } from './key-shares.js';
import { periodKeys } from './period-keys.js';
import { createTrustStore } from './trust.js';
import { openTasks } from './upkeep.js';
import { createVault } from './vault.js';

const at = new Date('2026-03-02T09:00:00Z');
const later = new Date(at.getTime() + 60_000);
let database: TestDatabase;
let folder: string;
let store: TrustStore;
beforeAll(async () => {
  [database, folder] = await Promise.all([openTestDatabase(), mkdtemp(join(tmpdir(), 'trust-store-'))]);
  store = createTrustStore(database.pool, periodKeys(createVault(randomBytes(32), openKeyShares(folder))));
  await database.pool.query('select ensure_partitions($1::date, 13)', [at]);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const save = async (changes: readonly TrustChange[], extras: TrustExtras): Promise<boolean> => store.save(changes, extras, (await store.load()).head);
const nothing: TrustExtras = { certificates: [], task: null, done: [] };
const change = (document: OwnKey | PartyCertificate, version = 1, code = 'own-key.new'): TrustChange => ({ document, version, code, at, by: 'beheer-1', entryId: uuidV7(at) });
const kept = (): KeptCertificate => {
  const der = randomBytes(300);
  return {
    sha256: createHash('sha256').update(der).digest('hex'), der, subject: 'CN=Ketensluis', issuer: 'CN=TSP', serial: randomBytes(8).toString('hex'), ski: randomBytes(20),
    notBefore: at, notAfter: new Date(at.getTime() + 1e10), usages: ['digitalSignature'], policies: [],
  };
};
const ownKey = (certificate: string | null): OwnKey => ({
  kind: 'own-key', id: randomUUID(), role: 'sign', algorithm: 'p-256', state: certificate === null ? 'made' : 'active', certificate, chain: [], madeAt: at.toISOString(), announcedAt: null,
  activeAt: at.toISOString(), retiringAt: null, decryptOnlyAt: null, keepUntil: null, destroyedAt: null,
});

describe('own keys and certificates of parties', () => {
  test('are versions in the database, each with its entry in the log and the certificates it names', async () => {
    const before = await store.mark();
    const certificate = kept();
    const key = ownKey(certificate.sha256);
    await save([change(key)], { ...nothing, certificates: [certificate] });
    expect(await store.mark()).not.toBe(before);
    const { documents, certificates } = await store.load();
    expect(documents).toContainEqual({ ...key, version: 1 });
    expect(certificates.get(certificate.sha256)?.serial).toBe(certificate.serial);
    await save([change({ ...key, state: 'retiring' }, 2, 'own-key.changed')], nothing);
    expect((await store.load()).documents.find((one) => one.id === key.id)).toMatchObject({ state: 'retiring', version: 2 });
    await expect(save([change(key, 2)], nothing)).rejects.toThrow(/duplicate key/);
    await expect(database.pool.query('update trust_version set version = 9')).rejects.toThrow(/never changed/);
    await expect(database.pool.query('delete from certificate')).rejects.toThrow(/never changed/);
  });

  test('of two who saw the same, one writes; the other has to look again, and nothing of his is kept', async () => {
    const { head } = await store.load();
    const both = [ownKey(null), ownKey(null)];
    const saved = await Promise.all(both.map((key) => store.save([change(key)], nothing, head)));
    expect(saved.toSorted()).toEqual([false, true]);
    const { documents } = await store.load();
    expect(both.map(({ id }) => documents.some((one) => one.id === id))).toEqual(saved);
    expect(await store.save([change(ownKey(null))], nothing, head)).toBe(false);
  });

  test('written by hand are not believed: neither a new one, nor another text, nor the one before the last', async () => {
    const key = ownKey(null);
    await save([change(key)], nothing);
    const tamper = (sql: string, values: readonly unknown[]): Promise<unknown> => inReplica(sql, values);
    await tamper('insert into trust_version (kind, id, version, body, sha256, changed_at, changed_by, entry_id) values ($1, $2, 1, $3, $4, $5, $6, $7)',
      ['own-key', randomUUID(), JSON.stringify(ownKey(null)), randomBytes(32), at, 'x', randomUUID()]);
    await expect(store.load()).rejects.toMatchObject({ code: 'trust-not-as-logged', message: expect.stringMatching(/has no entry/) });
    await tamper('delete from trust_version where changed_by = $1', ['x']);
    await tamper("update trust_version set body = jsonb_set(body, '{state}', '\"destroyed\"') where id = $1", [key.id]);
    await expect(store.load()).rejects.toThrow(/of something else/);
    await tamper("update trust_version set body = jsonb_set(body, '{state}', '\"made\"') where id = $1", [key.id]);
    await store.load();
    await save([change({ ...key, state: 'destroyed' }, 2)], nothing);
    await tamper('delete from trust_version where id = $1 and version = 2', [key.id]);
    await expect(store.load()).rejects.toThrow(/not in the database/);
    await tamper("delete from trust_version where id = $1", [key.id]);
    await expect(store.load()).rejects.toThrow(/not in the database|in the log/);
  });

  // As somebody with every right of the database would: the triggers are switched off for this session.
  const inReplica = async (sql: string, values: readonly unknown[]): Promise<void> => {
    await database.pool.query('alter table trust_version disable trigger user');
    await database.pool.query(sql, [...values]);
    await database.pool.query('alter table trust_version enable trigger user');
  };
});

describe('what was fetched', () => {
  const list = (number: bigint, change: object = {}) =>
    ({ url: 'http://crl.example/tsp.crl', issuer: 'tsp', number, thisUpdate: at, nextUpdate: later, der: randomBytes(10), ...change });

  test('a list does not go back to an earlier number, nor to an earlier moment', async () => {
    expect(await store.saveList(list(7n), at)).toBe(true);
    expect(await store.saveList(list(6n), at)).toBe(false);
    expect(await store.saveList(list(7n, { thisUpdate: new Date(at.getTime() - 1) }), at)).toBe(false);
    expect(await store.saveList(list(12345678901234567890123456789n, { thisUpdate: later }), at)).toBe(true);
    expect(await store.saveList(list(1n, { issuer: 'another' }), at)).toBe(true);
  });

  test('an answer does not go back, nor do capabilities', async () => {
    const answer = { certificate: 'ab'.repeat(32), thisUpdate: at, nextUpdate: later, der: randomBytes(10) };
    expect(await store.saveAnswer(answer, at)).toBe(true);
    expect(await store.saveAnswer({ ...answer, thisUpdate: new Date(at.getTime() - 1) }, at)).toBe(false);
    await store.saveCapabilities({ address: 'a@politie.example', algorithms: ['1.2.3'], signedAt: later }, at);
    await store.saveCapabilities({ address: 'a@politie.example', algorithms: ['1.2.4'], signedAt: at }, at);
  });
});

test('a warning is one task for each step, and stays closed until the next', async () => {
  const warning = { ref: 'own-certificate-aa', party: null, what: 'own-certificate' as const, endsAt: later, step: 30 };
  const open = async (): Promise<readonly string[]> => (await openTasks(database.pool)).filter(({ kind }) => kind === 'expiry').map(({ ref }) => ref);
  expect(await store.saveWarnings([warning], at)).toBe(1);
  expect(await store.saveWarnings([warning], at)).toBe(0);
  expect(await open()).toEqual(['own-certificate-aa/30']);
  await database.pool.query("update task set closed_at = $1 where kind = 'expiry'", [at]);
  expect(await store.saveWarnings([warning], later)).toBe(0);
  expect(await open()).toEqual([]);
  expect(await store.saveWarnings([{ ...warning, step: 14 }], later)).toBe(1);
  expect(await open()).toEqual(['own-certificate-aa/14']);
  // Another hub, whose clock is a moment behind: it must not close what it would then never tell.
  expect(await store.saveWarnings([warning], at)).toBe(0);
  expect(await open()).toEqual(['own-certificate-aa/14']);
  expect(await store.saveWarnings([], later)).toBe(0);
  expect(await open()).toEqual([]);
  // A list that was made anew comes to its last day again.
  const list = { ref: 'revocation-list-http://crl.example/tsp.crl', party: null, what: 'revocation-list' as const, endsAt: later, step: 1 };
  expect(await store.saveWarnings([list], at)).toBe(1);
  expect(await store.saveWarnings([], at)).toBe(0);
  expect(await store.saveWarnings([list], at)).toBe(0);
  expect(await store.saveWarnings([{ ...list, endsAt: new Date(later.getTime() + 60_000) }], later)).toBe(1);
  expect(await open()).toEqual([`${list.ref}/1`]);
});
