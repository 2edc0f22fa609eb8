import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeLeaf, parseLeaf } from '@ketensluis/tlog';
import { logVerify } from '../../apps/cli/log/verify.js';
import { openTestDatabase } from '../harness/database.js';
import type { TestDatabase } from '../harness/database.js';
import { disclosureEntry, openTestSigner, plainEntries, testStart } from '../harness/log-entries.js';
import {
  checkColumns, createFileSigner, exportLog, inTransaction, loadProof, recordEntries, sequence, signHead, uuidV7,
} from '@ketensluis/store';
import type { ColumnReport, FileSignerPlace, LogSigner, NewEntry, RecordedEntry } from '@ketensluis/store';

// What somebody can do who is master of the database: every trigger and foreign key is switched off first.
let database: TestDatabase;
let signer: LogSigner;
let place: FileSignerPlace;
let removeSigner: () => Promise<void>;
let folder: string;
let kept: string;
let recorded: readonly RecordedEntry[];

const size = 700;
const later = (seconds: number): Date => new Date(testStart.getTime() + seconds * 1000);
const record = (entries: readonly NewEntry[]) => inTransaction(database.pool, (client) => recordEntries(client, entries));
const run = (sql: string, values: readonly unknown[] = []) => database.pool.query(sql, [...values]);
const idAt = (index: number): string => recorded[index]?.id ?? '';

beforeEach(async () => {
  database = await openTestDatabase();
  ({ signer, place, remove: removeSigner } = await openTestSigner());
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-tamper-'));
  kept = join(folder, 'kept-checkpoint');
  recorded = [...await record(plainEntries(size - 1)), ...await record([disclosureEntry(later(1))])];
  await sequence(database.pool);
  await signHead(database.pool, signer, later(60));
  const { rows } = await run('select note from tlog_checkpoint');
  await writeFile(kept, rows[0].note);
  await run('alter table outbox drop constraint outbox_entry_id_entry_at_sealed_sha256_fkey; alter table entry_detail drop constraint entry_detail_id_at_fkey');
  for (const table of ['entry', 'tlog_leaf', 'tlog_tile', 'tlog_head', 'tlog_checkpoint', 'outbox']) await run(`alter table ${table} disable trigger user`);
});
afterEach(async () => {
  await database.close();
  await removeSigner();
  await rm(folder, { recursive: true, force: true });
});

interface Verdict {
  readonly exit: number;
  readonly findings: readonly { readonly code: string; readonly index: number | null }[];
}

/** Exports what the database now holds and has the offline command judge it, as an auditor would. */
const judge = async (checkpoint: string | null = null): Promise<Verdict> => {
  const directory = await mkdtemp(join(folder, 'export-'));
  await exportLog(database.pool, { directory, vkey: signer.vkey });
  let printed = '';
  const io = { out: (text: string) => { printed += text; }, err: () => undefined, isTerminal: false };
  const exit = await logVerify([directory, '--json', ...(checkpoint === null ? [] : ['--since', checkpoint])], io);
  return { exit, findings: JSON.parse(printed).findings };
};

/** The leaf of an entry with another purpose, canonical as if the hub had made it. */
const otherLeaf = async (index: number): Promise<Uint8Array> => {
  const { rows } = await run('select leaf from entry where id = $1', [idAt(index)]);
  const parsed = parseLeaf(rows[0].leaf);
  if (parsed.kind === 'refused') throw new Error(parsed.problem);
  return encodeLeaf({ ...parsed.leaf, purpose: 'iets.anders' });
};

/** What a forger with the key file but without the signer's memory does: a new tree over what is in the table, signed. */
const rebuild = async (): Promise<void> => {
  await run('truncate tlog_leaf, tlog_tile, tlog_checkpoint; update tlog_head set size = 0, stack = \'\', signed_size = 0, released_size = 0');
  await run('insert into pending (id, at, h) select id, at, h from entry order by at, id');
  await writeFile(place.stateFile, (await readFile(place.stateFile, 'utf8')).replace(/size \d+/, 'size 0'));
  await sequence(database.pool);
  await signHead(database.pool, await createFileSigner(place), later(120));
};

const problems = (report: ColumnReport) => report.findings.map(({ index, problem }) => [index, problem]);

test('a log nobody touched is good, also for someone who kept a checkpoint', async () => {
  expect(await judge(kept)).toEqual({ exit: 0, findings: [] });
  expect(await checkColumns(database.pool)).toEqual({ checked: size, findings: [] });
});

describe('the master of the database is found out when he', () => {
  test('changes an entry', async () => {
    await run('update entry set leaf = $2, purpose = $3 where id = $1', [idAt(300), await otherLeaf(300), 'iets.anders']);
    const { exit, findings } = await judge();
    expect([exit, findings[0]]).toMatchObject([1, { code: 'entry-hash', index: 300 }]);
    expect(problems(await checkColumns(database.pool))).toEqual([[300, 'hash']]);
    await expect(loadProof(database.pool, idAt(300))).rejects.toThrow('entry 300 does not lead to the signed root');
  });

  test('changes an entry and its hash in the tree', async () => {
    await run('update entry set leaf = $2 where id = $1', [idAt(300), await otherLeaf(300)]);
    await run('update tlog_leaf set h = (select h from entry where id = $1) where id = $1', [idAt(300)]);
    const { exit, findings } = await judge();
    expect([exit, findings[0]]).toMatchObject([1, { code: 'entry-hash', index: 300 }]);
  });

  test('changes an entry in the tile that is not full yet, hash and all', async () => {
    await run('update entry set leaf = $2 where id = $1', [idAt(690), await otherLeaf(690)]);
    await run('update tlog_leaf set h = (select h from entry where id = $1) where id = $1', [idAt(690)]);
    expect(await judge()).toMatchObject({ exit: 1, findings: [{ code: 'root' }] });
  });

  test('changes a column, so that a search misses the entry', async () => {
    await run("update entry set recipient = '00000009903000000003' where id = $1", [idAt(size - 1)]);
    expect(problems(await checkColumns(database.pool))).toEqual([[size - 1, 'recipient']]);
  });

  test('deletes an entry', async () => {
    await run('delete from entry where id = $1', [idAt(300)]);
    expect(await judge()).toMatchObject({ exit: 2, findings: [{ code: 'missing', index: 256 }] });
    expect(problems(await checkColumns(database.pool))).toEqual([[300, 'missing-entry']]);
    await expect(loadProof(database.pool, idAt(300))).rejects.toThrow('entry 300');
  });

  test('swaps two entries', async () => {
    await run('update tlog_leaf set seq = -1 where seq = 300; update tlog_leaf set seq = 300 where seq = 310; update tlog_leaf set seq = 310 where seq = -1');
    const { exit, findings } = await judge();
    expect([exit, findings.filter(({ code }) => code === 'entry-hash').map(({ index }) => index)]).toEqual([1, [300, 310]]);
  });

  test('inserts an entry', async () => {
    await run('update tlog_leaf set seq = -1 - seq where seq >= 300; update tlog_leaf set seq = -seq where seq < 0');
    const id = uuidV7(later(2));
    const leaf = encodeLeaf({ v: 1, id, kind: 'consultation', at: later(2).toISOString(), purpose: 'avg.inzage' });
    await run("insert into entry (id, at, kind, leaf) values ($1, $2, 'consultation', $3)", [id, later(2), leaf]);
    await run('insert into tlog_leaf (seq, id, at, h) select 300, id, at, h from entry where id = $1', [id]);
    const { exit, findings } = await judge();
    expect([exit, findings[0]]).toMatchObject([1, { code: 'entry-hash', index: 300 }]);
  });

  test('cuts the last entries off', async () => {
    await run('delete from tlog_leaf where seq >= 600');
    expect(await judge()).toMatchObject({ exit: 2, findings: [{ code: 'missing', index: 512 }, { code: 'missing', index: 512 }] });
    const [next] = await record(plainEntries(1, later(3)));
    await run('insert into pending (id, at, h) select id, at, h from entry where id = $1', [next?.id]);
    await expect(sequence(database.pool)).rejects.toThrow('entries between 512 and 700 are missing');
  });

  test('puts the head back: the signer does not go with it', async () => {
    await run('delete from tlog_leaf where seq >= 512');
    await run("update tlog_head set size = 512, signed_size = 0, released_size = 0, stack = substr(stack, 1, 32)");
    expect(await signHead(database.pool, signer, later(120))).toMatchObject({ kind: 'refused', code: 'smaller' });
  });

  test('rebuilds the tree over a changed entry, with the real key: whoever kept a checkpoint sees it', async () => {
    await run('update entry set leaf = $2, purpose = $3 where id = $1', [idAt(300), await otherLeaf(300), 'iets.anders']);
    await rebuild();
    expect(await judge()).toMatchObject({ exit: 0 });
    expect(await judge(kept)).toMatchObject({ exit: 1, findings: [{ code: 'fork' }] });
  });

  test('rebuilds the tree without its last entries: whoever kept a checkpoint sees it', async () => {
    await run('delete from entry where id = any($1::uuid[])', [recorded.slice(600).map(({ id }) => id)]);
    await rebuild();
    expect(await judge()).toMatchObject({ exit: 0 });
    expect(await judge(kept)).toMatchObject({ exit: 1, findings: [{ code: 'shrunk', index: 600 }] });
  });

  test('rebuilds the tree, but the signer still has its memory', async () => {
    const state = await readFile(place.stateFile, 'utf8');
    await run('update entry set leaf = $2, purpose = $3 where id = $1', [idAt(300), await otherLeaf(300), 'iets.anders']);
    await rebuild();
    await writeFile(place.stateFile, state);
    await run('truncate tlog_checkpoint; update tlog_head set signed_size = 0, released_size = 0');
    expect(await signHead(database.pool, signer, later(180))).toMatchObject({ kind: 'refused', code: 'fork' });
  });

  test('signs with a key of his own', async () => {
    const other = await openTestSigner();
    await run('truncate tlog_checkpoint; update tlog_head set signed_size = 0, released_size = 0');
    await signHead(database.pool, other.signer, later(120));
    await other.remove();
    expect(await judge()).toMatchObject({ exit: 1, findings: [{ code: 'checkpoint' }] });
  });

  test('takes an entry out before it reaches the tree', async () => {
    // With the triggers off the entry is not even queued.
    const [lost] = await record(plainEntries(1, later(3)));
    expect(await checkColumns(database.pool)).toMatchObject({ findings: [{ id: lost?.id, problem: 'not-in-tree' }] });
  });

  test('hangs another body on a disclosure', async () => {
    await run("update outbox set sealed = 'something else'");
    expect(await checkColumns(database.pool)).toMatchObject({ findings: [{ id: idAt(size - 1), problem: 'body' }] });
  });

  test('changes a tile', async () => {
    await run("update tlog_tile set hashes = overlay(hashes placing '\\x00' from 1000) where level = 0 and idx = 1");
    const { exit, findings } = await judge();
    expect([exit, findings]).toMatchObject([1, [{ code: 'entry-hash', index: 256 + Math.floor(999 / 32) }]]);
  });
});
