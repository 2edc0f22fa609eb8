import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { append, emptyRange, leafHash, parseVerifierKey, rootOf, verifyLog, verifyProof } from '@ketensluis/tlog';
import type { VerifyReport } from '@ketensluis/tlog';
import { openTestDatabase } from '../../../test/harness/database.js';
import type { TestDatabase } from '../../../test/harness/database.js';
import { disclosureEntry, openTestSigner, plainEntries, plainEntry, testStart } from '../../../test/harness/log-entries.js';
import { inTransaction } from '../pool.js';
import { checkColumns, exportLog, loadProof, recordEntries, sealedChannel, sequence, signHead } from './index.js';
import type { LogSigner, NewEntry } from './index.js';

let database: TestDatabase;
let signer: LogSigner;
let removeSigner: () => Promise<void>;
let directory: string;
beforeEach(async () => {
  database = await openTestDatabase();
  await database.pool.query("select ensure_partitions('2026-02-01', 3)");
  ({ signer, remove: removeSigner } = await openTestSigner());
  directory = await mkdtemp(join(tmpdir(), 'ketensluis-export-'));
});
afterEach(async () => {
  await database.close();
  await removeSigner();
  await rm(directory, { recursive: true, force: true });
});

const record = (entries: readonly NewEntry[]) => inTransaction(database.pool, (client) => recordEntries(client, entries));
const later = (seconds: number): Date => new Date(testStart.getTime() + seconds * 1000);
const seal = async (seconds = 60) => {
  while ((await sequence(database.pool)).added > 0);
  return signHead(database.pool, signer, later(seconds));
};
const keys = () => {
  const key = parseVerifierKey(signer.vkey);
  if ('kind' in key) throw new Error(key.detail);
  return [key];
};
const verify = (folder: string, since: Uint8Array | null = null): VerifyReport => verifyLog({
  read: (path) => {
    try {
      return readFileSync(join(folder, path));
    } catch {
      return null;
    }
  },
  trust: keys(), since, scope: 'entries', progress: () => undefined,
});
const exported = () => exportLog(database.pool, { directory, vkey: signer.vkey });
const count = async (table: string): Promise<number> => Number((await database.pool.query(`select count(*) from ${table}`)).rows[0].count);

describe('recording', () => {
  test('keeps entry, personal part, pseudonym and outgoing body together, and queues the entry for the tree', async () => {
    const [recorded] = await record([disclosureEntry(testStart)]);
    expect(await Promise.all(['entry', 'entry_detail', 'entry_subject', 'outbox', 'pending'].map(count))).toEqual([1, 1, 1, 1, 1]);
    const { rows } = await database.pool.query('select id, at, kind, recipient from entry');
    expect(rows).toEqual([{ id: recorded?.id, at: testStart, kind: 'disclosure', recipient: '00000009902000000002' }]);
  });

  test('keeps nothing when the transaction of the caller fails', async () => {
    await expect(inTransaction(database.pool, async (client) => {
      await recordEntries(client, [disclosureEntry(testStart)]);
      throw new Error('caller');
    })).rejects.toThrow('caller');
    expect(await Promise.all(['entry', 'outbox', 'pending'].map(count))).toEqual([0, 0, 0]);
  });

  test('refuses a body that is not the one the entry names', async () => {
    const entry = disclosureEntry(testStart);
    const other = { ...entry, outbox: { mid: entry.outbox?.mid ?? '', sealed: Buffer.from('something else'), twin: Buffer.alloc(1) } };
    await expect(record([other])).rejects.toThrow('violates foreign key');
    expect(await count('entry')).toBe(0);
  });

  test('lets nothing hang on an entry that is no disclosure', async () => {
    const plain = plainEntry(testStart);
    await expect(record([{ ...plain, outbox: disclosureEntry(testStart).outbox }])).rejects.toThrow('violates foreign key');
  });

  test('refuses a body without an entry, and a second body on one entry', async () => {
    const [recorded] = await record([disclosureEntry(testStart, Buffer.from('body'))]);
    const insert = 'insert into outbox (mid, entry_id, entry_at, leaf, sealed, twin) values (gen_random_uuid(), $1, $2, $3, $3, $3)';
    await expect(database.pool.query(insert, ['019ca945-0a00-7000-8000-000000000001', testStart, Buffer.from('body')])).rejects.toThrow('violates foreign key');
    await expect(database.pool.query(insert, [recorded?.id, testStart, Buffer.from('body')])).rejects.toThrow('duplicate key');
  });

  test('refuses a leaf that is not canonical', async () => {
    await expect(record([{ ...plainEntry(testStart), leaf: Buffer.from('{"v": 1}') }])).rejects.toThrow('bug: leaf refused');
  });

  test('refuses the same id twice, whatever the time says', async () => {
    const entry = plainEntry(testStart);
    await record([entry]);
    await expect(record([entry])).rejects.toThrow('duplicate key');
    await expect(database.pool.query(
      "insert into entry (id, at, kind, leaf) select id, at + interval '1 day', kind, leaf from entry",
    )).rejects.toThrow('violates check constraint');
  });

  test('finds a place for a month that has no partition', async () => {
    await record([disclosureEntry(new Date('2031-07-01T00:00:00.000Z'))]);
    expect(await count('entry_default')).toBe(1);
    // The range that stays in the default partition does no harm to the others.
    await database.pool.query("select ensure_partitions('2031-06-01', 3)");
    await record([plainEntry(new Date('2031-06-30T23:59:59.999Z')), plainEntry(new Date('2031-07-01T00:00:00.000Z'))]);
    expect(await Promise.all(['entry_203106', 'entry_default'].map(count))).toEqual([1, 2]);
  });
});

describe('the tables of the log', () => {
  const statements = [
    "update entry set kind = 'hold'", 'delete from entry', 'truncate entry cascade',
    "update entry_202603 set kind = 'hold'", 'delete from entry_202603', 'truncate entry_202603 cascade',
    "update entry_default set kind = 'hold'", 'delete from entry_default', 'truncate entry_default cascade',
    'update tlog_leaf set seq = seq + 1', 'delete from tlog_leaf', 'truncate tlog_leaf',
    'update tlog_tile set hashes = substr(hashes, 1, 32)', 'delete from tlog_tile', 'truncate tlog_tile',
    'update tlog_head set size = size - 1', 'update tlog_head set signed_size = 0, released_size = 0', 'update tlog_head set released_size = 0', 'delete from tlog_head', 'truncate tlog_head',
    'update tlog_checkpoint set size = size - 1',
  ];

  test('refuse to be changed, emptied or cut, also a partition by its own name (I6)', async () => {
    await record([...plainEntries(300), plainEntry(new Date('2031-07-01T00:00:00.000Z'))]);
    await seal();
    for (const statement of statements) {
      await expect(database.pool.query(statement)).rejects.toThrow('(I6)');
    }
    expect(await exported()).toMatchObject({ kind: 'exported', size: 301, missing: [] });
    expect(verify(directory).verdict).toBe('good');
  });
});

describe('sequencing', () => {
  test('gives the root of RFC 6962 over the entries in the order they were recorded', async () => {
    const entries = plainEntries(777);
    for (let i = 0; i < entries.length; i += 100) await record(entries.slice(i, i + 100));
    while ((await sequence(database.pool, { max: 130 })).added > 0);
    await signHead(database.pool, signer, later(60));
    const root = rootOf(entries.reduce((range, entry) => append(range, leafHash(entry.leaf)), emptyRange));
    const { rows } = await database.pool.query('select size, root from tlog_checkpoint');
    expect(rows).toEqual([{ size: '777', root: Buffer.from(root) }]);
  });

  test('in ticks of any size leads to a log that verifies', async () => {
    await record(plainEntries(1_100));
    for (const max of [1, 254, 1, 1, 511, 300]) await sequence(database.pool, { max });
    await seal();
    expect(await exported()).toMatchObject({ kind: 'exported', size: 1_068 + 32, missing: [] });
    expect(verify(directory)).toMatchObject({ verdict: 'good', entries: 1_100 });
  });

  test('by four processes at once gives each entry one place', async () => {
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; i < 20; i += 1) await record(plainEntries(7, later(writer * 100 + i)));
    });
    const done = Promise.all(writers).then(() => true);
    const sequencers = Array.from({ length: 4 }, async () => {
      let finished = false;
      while (!finished) {
        finished = await Promise.race([done, new Promise<false>((resolve) => setTimeout(() => resolve(false), 5))]);
        await sequence(database.pool, { max: 50 });
      }
    });
    await Promise.all(sequencers);
    await seal();
    const { rows } = await database.pool.query('select count(*), count(distinct id) as ids, min(seq), max(seq) from tlog_leaf');
    expect(rows).toEqual([{ count: '560', ids: '560', min: '0', max: '559' }]);
    await exported();
    expect(verify(directory)).toMatchObject({ verdict: 'good', entries: 560 });
  });

  test('that fails halfway leaves everything as it was', async () => {
    await record(plainEntries(300));
    await database.pool.query("create function fail() returns trigger language plpgsql as $$ begin raise exception 'crash'; end $$");
    await database.pool.query('create trigger crash before update on tlog_head for each row execute function fail()');
    await expect(sequence(database.pool)).rejects.toThrow('crash');
    expect(await Promise.all(['tlog_leaf', 'tlog_tile', 'pending'].map(count))).toEqual([0, 0, 300]);
    await database.pool.query('drop trigger crash on tlog_head');
    await seal();
    await exported();
    expect(verify(directory)).toMatchObject({ verdict: 'good', entries: 300 });
  });
});

describe('signing', () => {
  test('seals what is in the tree and tells who listens', async () => {
    const [first] = await record(plainEntries(3));
    await sequence(database.pool);
    const isSealed = async () => (await database.pool.query('select is_released($1, false, now())', [first?.id])).rows[0].is_released;
    expect(await isSealed()).toBe(false);
    const listener = await database.pool.connect();
    await listener.query(`listen ${sealedChannel}`);
    const heard = new Promise((resolve) => listener.once('notification', (message) => resolve(message.payload)));
    expect(await signHead(database.pool, signer, later(1))).toEqual({ kind: 'sealed', size: 3, added: 3, awaitsWitnesses: false });
    expect(await heard).toBe('3');
    listener.release(true);
    expect(await isSealed()).toBe(true);
    expect(await signHead(database.pool, signer, later(2))).toMatchObject({ kind: 'sealed', size: 3, added: 0 });
  });

  test('after a crash between tree and signature, or between signature and storing, seals the same head', async () => {
    await record(plainEntries(3));
    await sequence(database.pool);
    const lost: LogSigner = { ...signer, sign: async (request) => signer.sign(request).then(() => { throw new Error('crash'); }) };
    await expect(signHead(database.pool, lost, later(1))).rejects.toThrow('crash');
    expect(await count('tlog_checkpoint')).toBe(0);
    expect(await signHead(database.pool, signer, later(2))).toMatchObject({ kind: 'sealed', size: 3, added: 3 });
    // Signed and lost, and the log grew meanwhile: the signer's own size is the one to continue from.
    await record(plainEntries(2, later(3)));
    await sequence(database.pool);
    await expect(signHead(database.pool, lost, later(4))).rejects.toThrow('crash');
    await record(plainEntries(4, later(5)));
    expect(await seal()).toMatchObject({ kind: 'sealed', size: 9, added: 6 });
    await exported();
    expect(verify(directory).verdict).toBe('good');
  });

  test('is refused for a database that is behind the signer, and nothing becomes sealed', async () => {
    await record(plainEntries(3));
    await signer.sign({ size: 5, root: Buffer.alloc(32, 1), proof: [], at: testStart });
    expect(await seal()).toMatchObject({ kind: 'refused', code: 'smaller' });
    await record(plainEntries(4, later(1)));
    expect(await seal()).toMatchObject({ kind: 'refused', code: 'inconsistent' });
    expect((await database.pool.query('select signed_size from tlog_head')).rows).toEqual([{ signed_size: '0' }]);
  });

  test('of no entries at all does nothing', async () => {
    expect(await seal()).toMatchObject({ kind: 'sealed', size: 0, added: 0 });
    expect(await exported()).toMatchObject({ kind: 'refused', code: 'nothing-signed' });
  });
});

describe('a proof from the database', () => {
  test('verifies for every entry, with the key alone', async () => {
    const entries = plainEntries(600);
    const recorded = await record(entries);
    await seal();
    for (const index of [0, 1, 255, 256, 511, 512, 598, 599]) {
      const proof = await loadProof(database.pool, recorded[index]?.id ?? '');
      const leaf = leafHash(entries[index]?.leaf ?? Buffer.alloc(0));
      expect(verifyProof(proof?.file ?? Buffer.alloc(0), leaf, keys())).toMatchObject({ kind: 'proven', index });
    }
  });

  test('does not exist before the entry is sealed', async () => {
    await record(plainEntries(2));
    await seal();
    const [waiting] = await record(plainEntries(1, later(1)));
    expect(await loadProof(database.pool, waiting?.id ?? '')).toBeNull();
    await sequence(database.pool);
    expect(await loadProof(database.pool, waiting?.id ?? '')).toBeNull();
    await signHead(database.pool, signer, later(99));
    expect(await loadProof(database.pool, waiting?.id ?? '')).toMatchObject({ index: 2, checkpoint: { size: 3 } });
  });
});

describe('an export', () => {
  test('is taken up where it was left, and follows the log as it grows', async () => {
    await record(plainEntries(300));
    await seal();
    await exported();
    const before = await readFile(join(directory, 'checkpoint'));
    await rm(join(directory, 'tile/entries/000'));
    await record(plainEntries(300, later(61)));
    await seal(120);
    const steps: number[] = [];
    expect(await exportLog(database.pool, { directory, vkey: signer.vkey, progress: (done) => steps.push(done) })).toMatchObject({ size: 600 });
    expect(steps).toEqual([256, 512, 600]);
    expect(verify(directory, before)).toMatchObject({ verdict: 'good', entries: 600 });
    expect(await readFile(join(directory, 'tile/0/001.p/44')).catch(() => 'gone')).toBe('gone');
    expect(await readFile(join(directory, 'log.vkey'), 'utf8')).toBe(`${signer.vkey}\n`);
  });

  test('does not write over the export of another history', async () => {
    await record(plainEntries(300));
    await seal();
    await exported();
    const other = await openTestDatabase();
    const { pool } = other;
    await inTransaction(pool, (client) => recordEntries(client, plainEntries(200)));
    await sequence(pool);
    // The same key with a memory that was wiped: what the signer's own refusals are there to prevent.
    const forgetful: LogSigner = { ...signer, last: async () => ({ size: 0, root: Buffer.alloc(32) }), sign: async (request) => {
      const fresh = await openTestSigner();
      const answer = await fresh.signer.sign(request);
      await fresh.remove();
      return answer;
    } };
    await signHead(pool, forgetful, later(60));
    expect(await exportLog(pool, { directory, vkey: signer.vkey })).toMatchObject({ kind: 'refused', code: 'shrunk' });
    await inTransaction(pool, (client) => recordEntries(client, plainEntries(200)));
    await sequence(pool);
    await signHead(pool, forgetful, later(60));
    expect(await exportLog(pool, { directory, vkey: signer.vkey })).toMatchObject({ kind: 'refused', code: 'fork' });
    expect(verify(directory).verdict).toBe('good');
    await other.close();
  });
});

describe('columns', () => {
  test('that repeat their leaves are in order', async () => {
    await record([...plainEntries(5), disclosureEntry(later(1))]);
    await seal();
    expect(await checkColumns(database.pool)).toEqual({ checked: 6, findings: [] });
  });
});
