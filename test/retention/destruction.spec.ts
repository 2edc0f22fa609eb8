import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseLeaf } from '@ketensluis/tlog';
import { defer, runDestruction, approveDestruction, proposeDestruction, addLegalHold, liftLegalHold, type DestructionCertificate, type RetentionPorts } from '@ketensluis/flow';
import { createAudit, openEventLog, openHub, openVault, readRetention, retentionPorts } from '@ketensluis/platform';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingOpenings, openingStates, openErasedList, replayErased, type Vault } from '../../libs/store/index.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { openCopyOf, type TestDatabase } from '../harness/database.js';
import type { TestHub } from '../harness/hub.js';
import { oin } from '../cases/steps.js';
import { everythingThatOpens } from './opening.js';

const rulesFolder = fileURLToPath(new URL('../../config/retention', import.meta.url));
const dayMs = 86_400_000;

/** Everything retention works with, beside a running test hub. */
const openRetention = async (hub: TestHub): Promise<{ readonly ports: RetentionPorts; readonly vault: Vault; readonly folder: string; readonly keys: string }> => {
  const home = join(hub.practiceFolder, '..');
  const [keys, folder] = [join(home, 'keys'), join(home, 'destruction')];
  const vault = await openVault(keys);
  return { ports: retentionPorts({ pool: hub.hub.pool, vault, folder }, { now: hub.now }, await readRetention(rulesFolder)), vault, folder, keys };
};

/** Proposes, has two persons approve, runs; returns the certificates. */
const destroyDue = async (ports: RetentionPorts): Promise<readonly DestructionCertificate[]> => {
  const { proposals } = await proposeDestruction('archivist', ports);
  const certificates: DestructionCertificate[] = [];
  for (const { id, sha256 } of proposals) {
    for (const [person, code] of [['Anna Test', 'archivist'], ['Bert Test', 'privacy-officer']] as const) await approveDestruction({ proposalId: id, person, function: code, sha256 }, ports);
    const run = await runDestruction(id, ports);
    if (run.kind === 'refused') throw new Error(run.detail);
    certificates.push(JSON.parse(Buffer.from(run.certificate).toString('utf8')) as DestructionCertificate);
  }
  return certificates;
};

// A statement that takes a whole table can lock itself against the running hub; what the database ends for that it has not judged yet.
const refusalOf = async (pool: TestHub['hub']['pool'], sql: string, tries = 5): Promise<string> => {
  const code = await pool.query(sql).then(() => 'done', ({ code: own }: { code?: string }) => own ?? 'no code');
  return code === '40P01' && tries > 1 ? refusalOf(pool, sql, tries - 1) : code;
};

describe('five years later', () => {
  let hub: TestHub;
  let retention: Awaited<ReturnType<typeof openRetention>>;
  let ban: Situation;
  let none: Situation;
  // What the moved clock brings about stands in the log before the next look, not in a later year.
  const later = async (ms: number): Promise<void> => {
    await hub.advance(ms);
    await hub.settle();
  };
  const entryIds = async (): Promise<readonly string[]> => (await hub.hub.pool.query<{ id: string }>('select id from tlog_leaf order by seq')).rows.map(({ id }) => id);

  beforeAll(async () => {
    hub = await openRegion();
    retention = await openRetention(hub);
    none = openSituation(hub);
    await none.send('rihg.afgerond', 'hovj1');
    await none.send('rihg.geen-verbod', 'hovj1');
    ban = openSituation(hub);
    await ban.send('rihg.afgerond', 'hovj1');
    await ban.send('huisverbod.opgelegd', 'waterveen');
    await ban.send('huisverbod.verlengd', 'waterveen');
    const audit = await createAudit(hub.hub.pool, { dataFolder: join(hub.practiceFolder, '..') });
    const asker = { account: 'test', function: 'fg', purpose: 'avg.inzage', controller: oin.waterveen } as const;
    await defer({ target: { kind: 'case', municipality: '9901', number: ban.number }, until: new Date(hub.now().getTime() + 30 * dayMs), reason: 'Opsporing loopt.' }, asker, audit);
    await hub.hub.pool.query(`insert into reader (id, name, role, token_sha256, valid_from, valid_until, added_by, entry_id)
      values (gen_random_uuid(), 'Auditdienst', 'auditor', decode(repeat('ab', 32), 'hex'), now(), now() + interval '1 day', 'test', gen_random_uuid())`);
    await hub.hub.pool.query("insert into program_read (at, way, reader_id, question, first, outcome, entries) select $1, 'reader', id, 'bundle', 0, 'given', 12 from reader", [hub.now()]);
    await hub.checkLog();
  });
  afterAll(() => hub.close());

  test('nothing is due while every term runs, and the preview says when the first ones end', async () => {
    const { lines, proposals } = await proposeDestruction('archivist', retention.ports);
    expect(proposals).toEqual([]);
    expect(lines.map(({ due }) => due)).toEqual(lines.map(() => 0));
    const file = lines.find(({ object }) => object === 'ban-file');
    expect(file?.nextDueAt?.getTime()).toBeGreaterThan(hub.now().getTime() + 5 * 365 * dayMs);
    expect(lines.find(({ object }) => object === 'no-ban-file')?.nextDueAt?.getTime()).toBeLessThan(hub.now().getTime() + 190 * dayMs);
  });

  test('after half a year the assessment without a ban goes by itself, and the ban stays', async () => {
    await later(190 * dayMs);
    const { proposals } = await proposeDestruction('archivist', retention.ports);
    expect(proposals.map(({ body }) => [body.controller, body.items.map(({ kind, object, basis }) => [kind, object, basis])])).toEqual([[oin.waterveen, [['case', 'no-ban-file', 'AVG art. 5(1)(e)']]]]);
    const [certificate] = await destroyDue(retention.ports);
    expect(certificate?.items).toMatchObject([{ outcome: 'destroyed', object: 'no-ban-file', authority: 'policy' }]);
    const { rows } = await hub.hub.pool.query<{ number: string }>('select number from case_file order by number');
    expect(rows.map(({ number }) => number)).toEqual([ban.number]);
    await hub.checkLog();
  });

  test('the database refuses whatever was not approved', async () => {
    const { pool } = hub.hub;
    for (const sql of [
      'delete from case_file', 'delete from message', 'delete from attachment', 'delete from delivery', 'delete from entry_detail', 'delete from entry_subject',
      'update message set raw = null, raw_key = null', 'update outbox set sealed = null, twin = null', "update entry_detail set sealed = ''", "update data_key set wrapped = null",
      'delete from deferral', 'truncate deferral', "update deferral set until = now()", 'delete from program_read',
      'delete from data_key', "update case_file set wrapped_key = ''", 'truncate outbox cascade', 'delete from erased', 'delete from destruction_proposal',
      "insert into erased (kind, ref, source, proposal_id, shares, erased_at) select 'case', id::text, 'proposal', (select id from destruction_proposal limit 1), '{}', now() from case_file",
    ]) {
      expect(await refusalOf(pool, sql)).toMatch(/^(23001|23503|2F)/);
    }
  });

  test('approval takes two persons in two functions, of the bytes that were shown, in time', async () => {
    await later(200 * dayMs);
    const { proposals: [made] } = await proposeDestruction('archivist', retention.ports);
    const { id = '', sha256 = '' } = made ?? {};
    const approve = (person: string, code: string, hash: string | null = sha256) => approveDestruction({ proposalId: id, person, function: code, sha256: hash }, retention.ports);
    expect(await runDestruction(id, retention.ports)).toMatchObject({ kind: 'refused', code: 'not-approved' });
    expect(await approve('Anna Test', 'archivist', 'ab'.repeat(32))).toMatchObject({ code: 'changed' });
    expect(await approve('Anna Test', 'archivist')).toMatchObject({ kind: 'approved', approvers: ['archivist'] });
    expect(await approve(' ANNA test ', 'privacy-officer')).toMatchObject({ code: 'same-person' });
    expect(await approve('Bert Test', 'archivist')).toMatchObject({ code: 'same-person' });
    expect(await runDestruction(id, retention.ports)).toMatchObject({ kind: 'refused', code: 'not-approved' });
    await later(15 * dayMs);
    expect(await approve('Bert Test', 'privacy-officer')).toMatchObject({ code: 'expired' });
    expect(await runDestruction('0190a6de-0000-7000-8000-000000000000', retention.ports)).toMatchObject({ kind: 'refused', code: 'unknown' });
  });

  test('a legal hold keeps the case and its part of the log until it ends, with an entry', async () => {
    await later((5 * 365 + 60) * dayMs);
    const hold = { controller: oin.waterveen, reason: 'appeal', byFunction: 'legal-officer', untilAt: new Date(hub.now().getTime() + 90 * dayMs) } as const;
    const target = { kind: 'case', law: 'WTH', municipality: '9901', number: ban.number } as const;
    expect(await addLegalHold({ ...hold, untilAt: hub.now() }, target, retention.ports)).toMatchObject({ kind: 'refused' });
    expect(await addLegalHold(hold, { ...target, number: 'nobody' }, retention.ports)).toMatchObject({ kind: 'refused' });
    const added = await addLegalHold(hold, target, retention.ports);
    expect(added).toMatchObject({ kind: 'held', cases: 1 });
    const { lines } = await proposeDestruction('archivist', retention.ports);
    expect(lines.find(({ object }) => object === 'ban-file')).toMatchObject({ due: 0, held: 1 });
    // The month goes but for what is held.
    const certificates = await destroyDue(retention.ports);
    expect(certificates.flatMap(({ items }) => items).map(({ kind }) => kind)).not.toContain('case');
    expect(certificates.flatMap(({ items }) => items).map(({ kind }) => kind)).toContain('month-part');
    const { rows } = await hub.hub.pool.query('select from entry_detail where case_id = (select id from case_file)');
    expect(rows.length).toBeGreaterThan(0);
    expect((await missingOpenings(hub.hub.pool)).count).toBe(0);
    const entries = await hub.entries();
    expect(entries.filter(({ code }) => code === 'legal-hold.added')).toMatchObject([{ kind: 'policy', reasons: ['appeal'], role: 'legal-officer', controller: oin.waterveen }]);
    if (added.kind === 'held') expect(await liftLegalHold(added.id, 'legal-officer', retention.ports)).toBe(true);
    if (added.kind === 'held') expect(await liftLegalHold(added.id, 'legal-officer', retention.ports)).toBe(false);
    await hub.checkLog();
  });

  test('everything goes, log and proofs stand, and nothing opens: not from the database, and not from a backup beside the keys', async () => {
    await hub.settle();
    const before = await everythingThatOpens(hub.hub.pool, retention.vault);
    expect(before.cases + before.details).toBeGreaterThan(0);
    const copy = await copyOf(hub);
    await later(2 * 366 * dayMs);
    const certificates = await destroyDue(retention.ports);
    await hub.checkLog();
    const items = certificates.flatMap(({ items: own }) => own);
    expect(new Set(items.map(({ kind }) => kind))).toEqual(new Set(['case', 'month', 'year', 'raw'].filter((kind) => items.some((item) => item.kind === kind))));
    expect(items.filter(({ kind }) => kind === 'case')).toMatchObject([{ outcome: 'destroyed', basis: 'Wth art. 10(1)', authority: 'law' }]);
    const ids = await entryIds();
    const states = await openingStates(hub.hub.pool, ids);
    const closed = [...states.values()].filter(({ kind }) => kind === 'closed');
    expect(closed.length).toBeGreaterThan(10);
    for (const state of closed) expect(state).toMatchObject({ by: 'destruction', index: expect.any(Number) });
    expect(await missingOpenings(hub.hub.pool)).toEqual({ count: 0, first: null });
    // Only what was recorded since the first month can still be opened, and none of it is about a person.
    expect(await everythingThatOpens(hub.hub.pool, retention.vault)).toMatchObject({ cases: 0, messages: 0, raws: 0, bodies: 0, subjects: 0, pseudonyms: 0 });
    const backup = copy.pool;
    expect((await backup.query('select from case_file')).rowCount).toBe(1);
    expect(await everythingThatOpens(backup, retention.vault)).toMatchObject({ cases: 0, messages: 0, raws: 0, bodies: 0, subjects: 0, pseudonyms: 0 });
    // The log says it, without naming anybody: two functions, what, how much, which keys.
    const told = (await hub.entries()).filter(({ kind }) => kind === 'destruction');
    expect(told.map(({ approvers }) => approvers)).toEqual(told.map(() => ['archivist', 'privacy-officer']));
    expect(told.find(({ code }) => code === 'ban-file')).toMatchObject({ controller: oin.waterveen, law: 'WTH', keys: expect.arrayContaining([expect.stringMatching(/^key:[0-9a-f]{20}$/)]) });
    expect(told.find(({ code }) => code === 'log-detail')).toMatchObject({ first: expect.any(Number), last: expect.any(Number) });

    // A restore of that backup: the rows are back, and the start erases them again before anything else.
    const list = openErasedList(join(retention.folder, 'erased.jsonl'));
    const place = { pool: backup, vault: retention.vault, list };
    const lines: string[] = [];
    const again = await openHub({
      connectionString: copy.connectionString, folders: { keys: retention.keys, signer: join(retention.folder, '..', 'signer'), destruction: retention.folder }, origin: 'hub.example/log/cases',
      identity: hub.chain.identity, trust: () => hub.chain.trust, route: () => null, clock: { now: hub.now }, mail: { open: () => Promise.reject(new Error('no mail here')), seal: () => Promise.reject(new Error('no mail here')), close: async () => undefined },
      events: openEventLog('info', { write: (line: string) => void lines.push(line) }),
    });
    await again.close();
    expect(JSON.parse(lines.find((line) => line.includes('erased.replayed')) ?? '{}')).toMatchObject({ count: expect.any(Number) });
    expect((await backup.query('select from case_file')).rowCount).toBe(0);
    expect(await replayErased(place, hub.now())).toEqual({ erasedAgain: 0, keysAgain: 0, addedToList: 0 });
    await copy.close();
  });

  test('what withheld access goes after what it withheld, and what programs read with its month of the access log', async () => {
    const { pool } = hub.hub;
    expect((await pool.query('select from deferral')).rowCount).toBe(1);
    const items = (await destroyDue(retention.ports)).flatMap(({ items: own }) => own);
    expect(items.filter(({ kind }) => kind === 'deferral')).toMatchObject([{ object: 'deferral', outcome: 'destroyed', authority: 'policy' }]);
    expect((await pool.query('select from deferral')).rowCount).toBe(0);
    expect((await pool.query('select from program_read')).rowCount).toBe(0);
    expect((await pool.query("select from erased where kind in ('deferral', 'access')")).rowCount).toBeGreaterThan(1);
    // Brought back by a restore they go again.
    const backup = await copyOf(hub);
    await backup.pool.query(`insert into deferral (case_id, until, by, at, key_id, reason, trace) select gen_random_uuid(), now(), 'fg', now(), '2026-11', '', ref from erased where kind = 'deferral'`);
    const place = { pool: backup.pool, vault: retention.vault, list: openErasedList(join(retention.folder, 'erased.jsonl')) };
    expect(await replayErased(place, hub.now())).toMatchObject({ erasedAgain: 1 });
    expect((await backup.pool.query('select from deferral')).rowCount).toBe(0);
    await backup.close();
    await hub.checkLog();
  });

  test('the certificates are on disk, speak of functions and ids, and are what the log holds the root of', async () => {
    const { rows } = await hub.hub.pool.query<{ id: string; certificate: Buffer; sha256: Buffer; body: Buffer }>('select id, certificate, sha256, body from destruction_proposal where done_at is not null');
    expect(rows.length).toBeGreaterThan(2);
    for (const { id, certificate, sha256, body } of rows) {
      expect(await readFile(join(retention.folder, `${id}.json`))).toEqual(certificate);
      expect(createHash('sha256').update(body).digest()).toEqual(sha256);
      const text = certificate.toString('utf8');
      for (const name of ['Anna', 'Bert', 'Voorbeeld', '999900018']) expect(text).not.toContain(name);
      for (const { id: entryId, root } of (JSON.parse(text) as DestructionCertificate).entries) {
        const leaf = (await hub.hub.pool.query<{ leaf: Buffer }>('select leaf from entry where id = $1', [entryId])).rows[0]?.leaf;
        expect(parseLeaf(leaf ?? Buffer.alloc(0))).toMatchObject({ leaf: { kind: 'destruction', root } });
      }
    }
  });
});

/** Copied while nobody is connected; the hub goes on afterwards. */
const copyOf = async (hub: TestHub): Promise<TestDatabase> => {
  await hub.denyDatabase();
  const made = await openCopyOf(hub.database).finally(() => hub.allowDatabase());
  await hub.settle().catch(() => hub.settle());
  return made;
};
