import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeLeaf, parseLeaf } from '@ketensluis/tlog';
import { createFileSigner, findSignedCheckpoint, loadProof, sequence, signHead } from '@ketensluis/store';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disclosureEntry, plainEntries, plainEntry } from '../harness/log-entries.js';
import { judgeLog, judgeReceipts } from './judge.js';
import { openWitnessedLog, type WitnessedLog } from './witnessed-log.js';

// Whoever has the database, the key of the log and the memory of its signer can make a log that is whole in itself. What is outside shows it: the
// witnesses, what recipients kept, a checkpoint that was kept; and the clocks of the witnesses show an entry that says another time.
let log: WitnessedLog;
let ids: readonly string[];
let kept: string;
let receipts: string;

const size = 700;
const changedIndex = 300;
const disclosureIndex = size - 1;
const idAt = (index: number): string => ids[index] ?? '';
const run = (sql: string, values: readonly unknown[] = []) => log.database.pool.query(sql, [...values]);

beforeEach(async () => {
  log = await openWitnessedLog();
  const first = await log.grow(plainEntries(400, log.now()));
  await log.cosign();
  log.pass(60);
  const second = await log.grow([...plainEntries(299, log.now()), disclosureEntry(log.now())]);
  expect(await log.cosign()).toMatchObject({ kind: 'cosigned', size });
  ids = [...first, ...second];
  [kept, receipts] = [join(log.folder, 'kept-checkpoint'), join(log.folder, 'receipts')];
  await mkdir(receipts);
  await writeFile(kept, (await findSignedCheckpoint(log.database.pool))?.note ?? '');
  for (const index of [changedIndex, disclosureIndex]) await keepProof(index);
});
afterEach(() => log.close());

/** What a recipient or an auditor keeps of one entry. */
const keepProof = async (index: number, name = `entry-${index}`): Promise<void> => {
  const proof = await loadProof(log.database.pool, idAt(index));
  if (proof === null) throw new Error(`no proof of entry ${index}`);
  await writeFile(join(receipts, `${name}.tlog-proof`), proof.file);
  await writeFile(join(receipts, `${name}.leaf.json`), proof.leaf);
};

const openDatabase = async (): Promise<void> => {
  await run('alter table outbox drop constraint outbox_entry_id_entry_at_sealed_sha256_fkey; alter table entry_detail drop constraint entry_detail_id_at_fkey');
  for (const table of ['entry', 'tlog_leaf', 'tlog_tile', 'tlog_head', 'tlog_checkpoint', 'tlog_cosigned']) await run(`alter table ${table} disable trigger user`);
};

const changeEntry = async (index: number): Promise<void> => {
  const { rows } = await run('select leaf from entry where id = $1', [idAt(index)]);
  const parsed = parseLeaf(rows[0].leaf);
  if (parsed.kind === 'refused') throw new Error(parsed.problem);
  await run('update entry set leaf = $2, purpose = $3 where id = $1', [idAt(index), encodeLeaf({ ...parsed.leaf, purpose: 'iets.anders' }), 'iets.anders']);
};

/** A new tree over what is in the table, signed with the real key by a signer whose memory was wiped. */
const rebuild = async (): Promise<void> => {
  await run("truncate tlog_leaf, tlog_tile, tlog_checkpoint, tlog_cosigned; update tlog_head set size = 0, stack = '', signed_size = 0, released_size = 0");
  await run('insert into pending (id, at, h) select id, at, h from entry order by at, id');
  await writeFile(log.place.stateFile, (await readFile(log.place.stateFile, 'utf8')).replace(/size \d+/, 'size 0'));
  await sequence(log.database.pool);
  expect(await signHead(log.database.pool, await createFileSigner(log.place), log.now())).toMatchObject({ kind: 'sealed' });
};

/** The same without a new signature: entries, hashes and tiles agree, and the checkpoints are the true ones. */
const rewrite = async (): Promise<void> => {
  const { rows: [head] } = await run('select signed_size, released_size from tlog_head');
  await run("truncate tlog_leaf, tlog_tile; update tlog_head set size = 0, stack = '', signed_size = 0, released_size = 0");
  await run('insert into pending (id, at, h) select id, at, h from unnest($1::uuid[]) with ordinality as was (id, place) join entry using (id) order by place', [ids]);
  await sequence(log.database.pool);
  await run('update tlog_head set signed_size = $1, released_size = $2', [head.signed_size, head.released_size]);
};

/** Makes the database hand out what the witnesses would not sign. */
const releaseAnyway = () => run('update tlog_head set released_size = signed_size, needs_quorum = false');
const judge = async (...words: readonly string[]) => judgeLog(await log.exportTo(join(log.folder, `export-${words.length}`)), ...words);
const released = async (): Promise<number> => Number((await run('select released_size from tlog_head')).rows[0].released_size);

describe('a log that was rebuilt with its own key', () => {
  test('over a changed entry, at the same size: witnesses, receipts and a kept checkpoint show it; nothing leaves', async () => {
    await openDatabase();
    await changeEntry(changedIndex);
    await rebuild();
    log.pass(1);
    expect(await log.cosign()).toMatchObject({ kind: 'lost', mode: 'stopped', changed: [{ name: 'w0' }, { name: 'w1' }] });
    expect(await released()).toBe(0);
    expect((await run("select cause from task where kind = 'witness' and closed_at is null")).rows).toMatchObject([{ cause: expect.stringMatching(/w0 .+; w1 /) }]);
    await releaseAnyway();
    // By itself it is a good log.
    expect(await judge()).toMatchObject({ exit: 0 });
    expect(await judge('--policy', log.policyFile)).toMatchObject({ exit: 1, findings: [{ code: 'quorum' }] });
    expect(await judge('--since', kept)).toMatchObject({ exit: 1, findings: [{ code: 'fork' }] });
    const shown = await log.exportTo(join(log.folder, 'shown'));
    const { exit, findings } = await judgeReceipts(receipts, '--log', shown);
    expect([exit, findings]).toEqual([1, expect.arrayContaining([expect.objectContaining({ code: 'changed', index: changedIndex })])]);
    // Entries the forger left alone are where they were, under another root.
    expect(findings.filter(({ index }) => index === disclosureIndex).map(({ code }) => code)).toEqual(expect.arrayContaining(['fork']));
  });

  test('and shown beside the true one to another reader: their two proofs contradict each other without any log at hand', async () => {
    await openDatabase();
    await changeEntry(changedIndex);
    await rebuild();
    await releaseAnyway();
    await keepProof(changedIndex, 'of-another-reader');
    const vkey = join(log.folder, 'log.vkey');
    await writeFile(vkey, `${log.signer.vkey}\n`);
    const { exit, findings } = await judgeReceipts(receipts, '--vkey', vkey);
    expect([exit, findings.map(({ code, index }) => [code, index])]).toEqual([1, expect.arrayContaining([['fork', changedIndex], ['changed', changedIndex]])]);
    // Who asks for witnesses does not believe the second proof in the first place.
    expect(await judgeReceipts(receipts, '--policy', log.policyFile)).toMatchObject({ exit: 2, findings: [{ code: 'no-quorum' }] });
  });

  test('without its last entries: witnesses, receipts and a kept checkpoint show it, and where it ends', async () => {
    await openDatabase();
    await run('delete from entry where id = any($1::uuid[])', [ids.slice(600)]);
    await rebuild();
    log.pass(1);
    expect(await log.cosign()).toMatchObject({ kind: 'lost', mode: 'stopped', changed: [{ problem: 'has seen 700 entries, we have 600' }, { problem: 'has seen 700 entries, we have 600' }] });
    await releaseAnyway();
    expect(await judge('--since', kept)).toMatchObject({ exit: 1, findings: [{ code: 'shrunk', index: 600 }] });
    const shown = await log.exportTo(join(log.folder, 'shown'));
    expect(await judgeReceipts(receipts, '--log', shown)).toMatchObject({ exit: 2, findings: expect.arrayContaining([expect.objectContaining({ code: 'ahead', index: disclosureIndex })]) });
  });

  test('with the checkpoint that the witnesses did sign put over it', async () => {
    const note = (await run('select note from tlog_cosigned order by minute desc limit 1')).rows[0].note;
    await openDatabase();
    await changeEntry(changedIndex);
    await rebuild();
    await releaseAnyway();
    const shown = await log.exportTo(join(log.folder, 'shown'));
    await writeFile(join(shown, 'checkpoint'), note);
    expect(await judgeLog(shown, '--policy', log.policyFile)).toMatchObject({ exit: 1, findings: expect.arrayContaining([expect.objectContaining({ code: 'root' })]) });
    // The root tells that, a proof that was kept tells which.
    const { findings } = await judgeReceipts(receipts, '--log', shown, '--policy', log.policyFile);
    expect(findings).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'changed', index: changedIndex })]));
  });
});

describe('entry, hash and tiles written over together, under the checkpoints that were signed', () => {
  beforeEach(async () => {
    log.pass(60);
    ids = [...ids, ...(await log.grow(plainEntries(100, log.now())))];
    expect(await log.cosign()).toMatchObject({ kind: 'cosigned', size: size + 100 });
    await openDatabase();
  });

  // Checkpoints of 400, 700 and 800 entries were signed.
  const changed: readonly (readonly [number, number, number])[] = [[0, 0, 400], [399, 0, 400], [400, 400, 700], [699, 400, 700], [700, 700, 800], [799, 700, 800]];
  test.each(changed)('entry %i: it is among entries %i to just before %i', async (index, from, to) => {
    await changeEntry(index);
    await rewrite();
    const directory = await log.exportTo(join(log.folder, 'shown'));
    const where = expect.stringContaining(`begins among entries ${from} to ${to - 1}`);
    for (const words of [['--policy', log.policyFile], []]) {
      const { exit, findings } = await judgeLog(directory, ...words);
      expect([exit, findings.map(({ code }) => code)]).toEqual([1, to > size ? ['root'] : ['fork', 'root']]);
      expect(findings[0]).toMatchObject({ index: from, detail: where });
    }
  });

  test('a checkpoint that was kept elsewhere makes the range smaller', async () => {
    log.pass(60);
    await run('delete from tlog_cosigned where size = 400');
    await changeEntry(500);
    await rewrite();
    const directory = await log.exportTo(join(log.folder, 'shown'));
    expect((await judgeLog(directory, '--policy', log.policyFile)).findings[0]).toMatchObject({ code: 'fork', index: 0 });
    const early = join(log.folder, 'early');
    await writeFile(early, (await run('select note from tlog_checkpoint where size = 400')).rows[0].note);
    expect((await judgeLog(directory, '--policy', log.policyFile, '--since', early)).findings[0]).toMatchObject({ code: 'fork', index: 400, detail: expect.stringContaining('400 to 699') });
  });
});

describe('a checkpoint of an earlier minute in an export', () => {
  const bundle = (directory: string) => join(directory, 'checkpoints', '000.p', '2');
  let directory: string;
  beforeEach(async () => {
    log.pass(60);
    await log.grow(plainEntries(100, log.now()));
    await log.cosign();
    directory = await log.exportTo(join(log.folder, 'shown'));
  });

  /** One character of the second checkpoint is another. */
  const damage = async (part: RegExp, other: (char: string) => string): Promise<void> => {
    const bytes = await readFile(bundle(directory));
    const text = bytes.toString('latin1');
    // Laid out as a bundle of entries: length and note, length and note.
    const second = bytes.readUInt16BE(0) + 2;
    const found = part.exec(text.slice(second));
    if (found === null) throw new Error('nothing to damage');
    const at = second + found.index + found[0].length - 1;
    bytes[at] = other(text[at] ?? '').charCodeAt(0);
    await writeFile(bundle(directory), bytes);
  };

  test('nobody touched is good, with and without witnesses', async () => {
    expect(await judgeLog(directory, '--policy', log.policyFile)).toEqual({ exit: 0, findings: [] });
    expect(await judgeLog(directory)).toEqual({ exit: 0, findings: [] });
  });

  const damaged: readonly (readonly [string, RegExp, string])[] = [
    ['the name of a witness', / witness-0/, 'quorum'],
    ['the key of a witness', / witness-0\.example [A-Za-z0-9+/]{2}/, 'quorum'],
    ['the signature of a witness', / witness-0\.example [A-Za-z0-9+/]{40}/, 'checkpoint'],
    ['the signature of the log', /\n\n\S+ \S+ [A-Za-z0-9+/]{40}/, 'checkpoint'],
    ['its root', /\n700\n[A-Za-z0-9+/]{9}/, 'checkpoint'],
  ];
  test.each(damaged)('with %s changed is found', async (_name, part, code) => {
    await damage(part, (char) => (char === 'x' ? 'y' : 'x'));
    expect(await judgeLog(directory, '--policy', log.policyFile)).toMatchObject({ exit: 1, findings: [{ code, path: expect.stringMatching(/^checkpoints\//) }] });
  });
});

describe('an entry that says another time than it came', () => {
  const dated: readonly (readonly [string, number])[] = [['before the last checkpoint without it', -600], ['after the first checkpoint with it', 600]];
  test.each(dated)('%s is named', async (_, seconds) => {
    log.pass(60);
    const at = new Date(log.now().getTime() + seconds * 1000);
    await log.grow([...plainEntries(2, log.now()), plainEntry(at), ...plainEntries(2, new Date(log.now().getTime() + 10))]);
    expect(await log.cosign()).toMatchObject({ kind: 'cosigned', size: size + 5 });
    expect(await judge('--policy', log.policyFile)).toMatchObject({ exit: 1, findings: [{ code: 'time', index: size + 2 }] });
    // Without witnesses there is no clock but the hub's own.
    expect(await judge()).toMatchObject({ exit: 0 });
  });
});
