import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { checkColumns, createFileSigner, inTransaction, recordEntries, sequence, signHead } from '@ketensluis/store';
import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { openCopyOf, openTestDatabase, type TestDatabase } from '../harness/database.js';
import { plainEntries } from '../harness/log-entries.js';
import { buildOnce, type HubChild } from './hub-child.js';
import { judgeLog } from './judge.js';
import { isDone, readiness, startNight, until, type Night } from './night.js';
import { openWitnessedLog, type WitnessedLog } from './witnessed-log.js';

// What an operator may do to a log that runs, in good faith: put a backup back, start it twice, let a disk run full.
const doneMaxMs = 90_000;
const quietMs = 2_500;
const sealWaitMs = 35_000;

/** On Linux every byte written to /dev/full meets a full disk (ENOSPC); elsewhere a folder in the way will do. */
const fillUp = (file: string): Promise<unknown> => (existsSync('/dev/full') ? symlink('/dev/full', file) : mkdir(file));

describe('a backup of the database put back under a signer that remembers more', () => {
  let first: TestDatabase;
  let restored: TestDatabase;
  let night: Night;
  beforeEach(async () => {
    await buildOnce();
    first = await openTestDatabase();
    night = await startNight(first);
  }, 120_000);
  afterEach(async () => {
    await night.close();
    await restored.close();
  });

  const deliverOne = async (hub: HubChild, caseNumber: string, pool: pg.Pool): Promise<void> => {
    expect(await night.submit(night.newMail(caseNumber), hub)).toBe(250);
    expect(await until(() => isDone(pool), doneMaxMs)).toBe(true);
  };
  /** PostgreSQL copies a database that nobody is connected to. */
  const leaveAlone = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: first.connectionString });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    await client.end();
  };

  test('is not signed: nothing leaves, the hub is not ready, and the cause is told', async () => {
    const before = await night.startHub();
    await deliverOne(before, 'LR-2026-0001', first.pool);
    before.kill();
    await before.died;
    await leaveAlone();
    restored = await openCopyOf(first);
    const between = await night.startHub();
    await deliverOne(between, 'LR-2026-0002', first.pool);
    between.kill();
    await between.died;
    expect(night.arrivals).toHaveLength(6);
    const after = await night.startHub({ connectionString: restored.connectionString });
    // Enough entries to come past what was signed: another history of the same length and more is refused as well.
    for (const number of ['LR-2026-0003', 'LR-2026-0004']) expect(await night.submit(night.newMail(number), after)).toBe(250);
    const decided = async () => Number((await restored.pool.query("select count(*) from delivery where state = 'waiting'")).rows[0].count) === 6;
    expect(await until(decided, doneMaxMs)).toBe(true);
    await pause(quietMs);
    expect(night.arrivals).toHaveLength(6);
    expect((await restored.pool.query('select from attempt where mid in (select mid from delivery where state = $1)', ['waiting'])).rowCount).toBe(0);
    await after.setClock(sealWaitMs);
    expect(await readiness(after)).toBe(503);
    const told = await readFile(join(night.folder, 'hub.log'), 'utf8');
    expect(told).toMatch(/"event":"seal\.failed".*"name":"LogNotSigned","code":"(smaller|inconsistent)"/);
  }, 300_000);
});

describe('a log with two witnesses', () => {
  let log: WitnessedLog;
  beforeEach(async () => {
    log = await openWitnessedLog();
  });
  afterEach(() => log.close());
  const released = async (): Promise<number> => Number((await log.database.pool.query('select released_size from tlog_head')).rows[0].released_size);

  test('of which the disk of one is full releases nothing, names it, and goes on when there is room', async () => {
    await log.grow(plainEntries(3, log.now()));
    await log.cosign();
    const blocked = join(log.witnesses.folder, '1', 'memory.new');
    await fillUp(blocked);
    log.pass(1);
    await log.grow(plainEntries(2, log.now()));
    expect(await log.cosign()).toMatchObject({ kind: 'lost', changed: [{ name: 'w1', problem: 'answered 500' }] });
    expect(await released()).toBe(3);
    await rm(blocked, { recursive: true });
    expect(await log.cosign()).toMatchObject({ kind: 'cosigned', size: 5, changed: [{ name: 'w1', problem: null }] });
    expect(await released()).toBe(5);
  });

  test('whose signer cannot write its memory signs nothing, and signs the same head when there is room', async () => {
    await log.grow(plainEntries(3, log.now()));
    const blocked = `${log.place.stateFile}.new`;
    await fillUp(blocked);
    await expect(log.grow(plainEntries(2, log.now()))).rejects.toMatchObject({ code: existsSync('/dev/full') ? 'ENOSPC' : 'EISDIR' });
    expect((await log.database.pool.query('select size, signed_size from tlog_head')).rows).toEqual([{ size: '5', signed_size: '3' }]);
    expect(await readFile(log.place.stateFile, 'utf8')).toContain('size 3\n');
    await rm(blocked, { recursive: true });
    expect(await signHead(log.database.pool, log.signer, log.now())).toMatchObject({ kind: 'sealed', size: 5, added: 2 });
  });

  test('with four sequencers and signers at once, each with the key, has one history without gap or double', async () => {
    const [writers, rounds, each] = [6, 12, 5];
    const signers = await Promise.all(Array.from({ length: 4 }, () => createFileSigner(log.place)));
    let writing = true;
    const sequencing = signers.map(async (signer) => {
      while (writing) {
        await sequence(log.database.pool, { max: 7 });
        expect(await signHead(log.database.pool, signer, log.now())).toMatchObject({ kind: 'sealed' });
        await log.cosign();
      }
    });
    await Promise.all(Array.from({ length: writers }, async () => {
      for (let round = 0; round < rounds; round += 1) await inTransaction(log.database.pool, (client) => recordEntries(client, plainEntries(each, log.now())));
    }));
    writing = false;
    await Promise.all(sequencing);
    await log.grow([]);
    await log.cosign();
    const size = writers * rounds * each;
    expect(await released()).toBe(size);
    expect(await checkColumns(log.database.pool)).toEqual({ checked: size, findings: [] });
    expect(await judgeLog(await log.exportTo(join(log.folder, 'export')), '--policy', log.policyFile)).toEqual({ exit: 0, findings: [] });
  }, 120_000);
});
