import { readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { inTransaction, recordEntries, sequence } from '@ketensluis/store';
import pg from 'pg';
import { openWitnessedLog, type WitnessedLog } from '../../test/faults/witnessed-log.js';
import { openCopyOf, type TestDatabase } from '../../test/harness/database.js';
import { plainEntries } from '../../test/harness/log-entries.js';
import { logMemories } from './log-memories.js';
import { witnessClient } from './witness-client.js';

describe('the log of a database, held against who remembers it', () => {
  let log: WitnessedLog;
  let copy: TestDatabase | null = null;
  beforeEach(async () => {
    log = await openWitnessedLog();
    await log.database.pool.query('insert into hub_mark (vkey, wrapped) values ($1, $2)', [log.signer.vkey, Buffer.from('00', 'hex')]);
    await grow(4);
  });
  afterEach(async () => {
    await copy?.close();
    copy = null;
    await log.close();
  });

  const grow = async (count: number): Promise<void> => {
    await log.grow(plainEntries(count, log.now()));
    await log.cosign();
    log.pass(1);
  };
  const ask = async (database: TestDatabase = log.database) => {
    const { memories } = await logMemories({ pool: database.pool, signer: log.place, policy: log.witnesses.policy, client: witnessClient() });
    return memories.map(({ witness, kind, size }) => [witness, kind, size]);
  };
  /** A backup of now; PostgreSQL copies a database that nobody is connected to. */
  const backUp = async (): Promise<TestDatabase> => {
    const client = new pg.Client({ connectionString: log.database.connectionString });
    await client.connect();
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()');
    await client.end();
    return openCopyOf(log.database);
  };

  test('was put back to an earlier moment: signer and witnesses say by how much', async () => {
    copy = await backUp();
    expect(await ask(copy)).toEqual([[null, 'same', 4], ['w0', 'same', 4], ['w1', 'same', 4]]);
    await grow(3);
    expect(await ask(copy)).toEqual([[null, 'put-back', 7], ['w0', 'put-back', 7], ['w1', 'put-back', 7]]);
    // With other entries after the backup it is as long, and another history.
    await inTransaction(copy.pool, (client) => recordEntries(client, plainEntries(5, log.now())));
    while ((await sequence(copy.pool)).added > 0);
    expect((await ask(copy))[0]).toEqual([null, 'other', 7]);
  });

  test('is the same for all while nothing was put back', async () => {
    expect(await ask()).toEqual([[null, 'same', 4], ['w0', 'same', 4], ['w1', 'same', 4]]);
    // Recorded and not signed yet: the signer has seen less, and what it saw is there.
    await inTransaction(log.database.pool, (client) => recordEntries(client, plainEntries(3, log.now())));
    while ((await sequence(log.database.pool)).added > 0);
    expect(await ask()).toEqual([[null, 'same', 4], ['w0', 'same', 4], ['w1', 'same', 4]]);
  });

  test('a witness that is away is told as such, and one that missed a round is not wrong', async () => {
    await log.witnesses.stop(1);
    await grow(2);
    expect(await ask()).toEqual([[null, 'same', 6], ['w0', 'same', 6], ['w1', 'unknown', null]]);
    await log.witnesses.start(1);
    expect((await ask())[2]).toEqual(['w1', 'same', 4]);
  });

  test('a signer that forgot is told, and so is one of another log', async () => {
    const state = await readFile(log.place.stateFile, 'utf8');
    await rm(log.place.stateFile);
    expect((await ask())[0]).toEqual([null, 'lost', null]);
    await writeFile(log.place.stateFile, 'half');
    expect((await ask())[0]).toEqual([null, 'lost', null]);
    await writeFile(log.place.stateFile, state.replace(/root .*/, `root ${'A'.repeat(43)}=`));
    expect((await ask())[0]).toEqual([null, 'other', 4]);
    await writeFile(log.place.stateFile, state);
    await rm(log.place.keyFile);
    expect((await ask())[0]).toEqual([null, 'lost', null]);
  });
});
