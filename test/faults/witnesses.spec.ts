import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { askWitnesses, type WitnessRound } from '@ketensluis/flow';
import { demandQuorum, findCheckpoint, inTransaction, recordEntries, releaseStore, sequence, signHead, type FileSignerPlace, type LogSigner } from '@ketensluis/store';
import { openCosigned, type LogPolicy } from '@ketensluis/tlog';
import { witnessClient } from '../../libs/platform/witness-client.js';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';
import { openTestSigner, plainEntries, testStart } from '../harness/log-entries.js';
import { startWitnesses, type TestWitnesses } from '../harness/witnesses.js';

// Witnesses that are away, slow, wrong or cheated: named, and never a reason to release anything.
let database: TestDatabase;
let signer: LogSigner;
let place: FileSignerPlace;
let removeSigner: () => Promise<void>;
let witnesses: TestWitnesses;
let at: Date;
const timeoutMs = 2_000;

const open = async (count: number, enough: number): Promise<void> => {
  witnesses = await startWitnesses({ vkey: signer.vkey, count, enough, now: () => at });
};
beforeEach(async () => {
  at = new Date(testStart.getTime() + 10_000);
  database = await openTestDatabase();
  ({ signer, place, remove: removeSigner } = await openTestSigner());
  await demandQuorum(database.pool, true);
});
afterEach(async () => {
  await witnesses.close();
  await database.close();
  await removeSigner();
});

const pass = (seconds: number): void => {
  at = new Date(at.getTime() + seconds * 1000);
};
const grow = async (count: number, from = database): Promise<void> => {
  await inTransaction(from.pool, (client) => recordEntries(client, plainEntries(count, at)));
  await sequence(from.pool);
  expect(await signHead(from.pool, signer, at)).toMatchObject({ kind: 'sealed' });
};
const ask = (policy: LogPolicy = witnesses.policy, from = database): Promise<WitnessRound> =>
  askWitnesses(policy, { clock: { now: () => at }, client: witnessClient(timeoutMs), releases: releaseStore(from.pool) });
const released = async (): Promise<number> => Number((await database.pool.query('select released_size from tlog_head')).rows[0].released_size);
const alarm = async (): Promise<string | null> => (await database.pool.query("select cause from task where kind = 'witness' and closed_at is null")).rows[0]?.cause ?? null;

describe('two witnesses of two', () => {
  beforeEach(() => open(2, 2));

  test('cosign, and only then is anything released; the note proves it to who knows the policy', async () => {
    await grow(3);
    expect(await released()).toBe(0);
    expect(await ask()).toMatchObject({ kind: 'cosigned', size: 3, released: 3 });
    expect(await released()).toBe(3);
    const note = (await findCheckpoint(database.pool))?.note ?? Buffer.alloc(0);
    expect(openCosigned(note, witnesses.policy)).toMatchObject({ kind: 'opened', hasQuorum: true, cosignatures: [{ witness: 'w0', at }, { witness: 'w1', at }] });
    for (const count of [1, 255, 2]) {
      await grow(count);
      expect(await ask()).toMatchObject({ kind: 'cosigned', released: count });
    }
  });

  test('say once a minute that nothing was added, also without entries', async () => {
    await grow(3);
    await ask();
    expect(await ask()).toEqual({ kind: 'idle' });
    pass(50);
    expect(await ask()).toMatchObject({ kind: 'cosigned', released: 0 });
    const { rows } = await database.pool.query('select size from tlog_cosigned order by minute');
    expect(rows).toEqual([{ size: '3' }, { size: '3' }]);
  });

  test('are not asked to say so while an entry waits for its signature', async () => {
    await grow(3);
    await ask();
    await inTransaction(database.pool, (client) => recordEntries(client, plainEntries(1, at)));
    pass(50);
    expect(await ask()).toEqual({ kind: 'idle' });
  });

  test('of which one is switched off hold everything, name it, and let go when it is back', async () => {
    await witnesses.stop(1);
    await grow(3);
    expect(await ask()).toMatchObject({ kind: 'lost', mode: 'waiting', changed: [{ name: 'w1', problem: 'no-connection' }] });
    expect([await released(), await alarm()]).toEqual([0, null]);
    pass(60);
    expect(await ask()).toMatchObject({ kind: 'lost', mode: 'acute-only', changed: [] });
    expect(await alarm()).toMatch(/^no quorum since 2026-03-01T12:00:10.000Z: w1 no-connection$/);
    pass(4 * 3_600 - 61);
    expect(await ask()).toMatchObject({ mode: 'acute-only' });
    pass(1);
    expect(await ask()).toMatchObject({ mode: 'stopped' });
    await witnesses.start(1);
    expect(await ask()).toMatchObject({ kind: 'cosigned', released: 3, changed: [{ name: 'w1', problem: null }] });
    expect([await released(), await alarm()]).toEqual([3, null]);
  });

  test('of which one says nothing are not waited for longer than agreed, and it gets no second request meanwhile', async () => {
    witnesses.behave(1, 'silent');
    await grow(3);
    const client = witnessClient(timeoutMs);
    const round = () => askWitnesses(witnesses.policy, { clock: { now: () => at }, client, releases: releaseStore(database.pool) });
    const [first, second] = await Promise.all([round(), round()]);
    expect([first, second].map((one) => (one.kind === 'lost' ? one.changed.map(({ problem }) => problem).sort() : one.kind)).flat()).toEqual(expect.arrayContaining(['timeout', 'busy']));
    expect(await released()).toBe(0);
  });

  const lies: readonly (readonly [string, RegExp, Parameters<TestWitnesses['behave']>[1]])[] = [
    ['signs another checkpoint', /not over our/, async (body, honest) => {
      const answer = await honest(body);
      const line = Buffer.from(answer.body).toString();
      const bytes = Buffer.from(line.split(' ')[2] ?? '', 'base64');
      bytes[30] = (bytes[30] ?? 0) ^ 1;
      return { ...answer, body: Buffer.from(`${line.split(' ').slice(0, 2).join(' ')} ${bytes.toString('base64')}\n`) };
    }],
    ['answers 200 and nothing', /without its signature/, async () => ({ status: 200, contentType: null, body: Buffer.alloc(0) })],
    ['answers 500', /answered 500/, async () => ({ status: 500, contentType: null, body: Buffer.alloc(0) })],
    ['answers more than anybody reads', /answer-too-large/, async () => ({ status: 200, contentType: null, body: Buffer.alloc(5_000_000, 0x41) })],
    ['does not know the log', /does not know our log/, async () => ({ status: 404, contentType: null, body: Buffer.alloc(0) })],
    ['tells another size each time', /another size each time/, async (body) => ({ status: 409, contentType: 'text/x.tlog.size', body: Buffer.from(`${((body[4] ?? 0) + 1) % 2}\n`) })],
  ];
  test.each(lies)('of which one %s release nothing', async (_, problem, behaviour) => {
    witnesses.behave(0, behaviour);
    await grow(3);
    expect(await ask()).toMatchObject({ kind: 'lost', mode: 'waiting', changed: [{ name: 'w0', problem: expect.stringMatching(problem) }] });
    expect(await released()).toBe(0);
    witnesses.behave(0, 'honest');
    expect(await ask()).toMatchObject({ kind: 'cosigned', released: 3 });
  });

  test('of which the clock of one went back release nothing until it has caught up', async () => {
    await grow(3);
    await ask();
    pass(50);
    await grow(1);
    const now = at;
    pass(-51);
    expect(await ask()).toMatchObject({ kind: 'lost', changed: [{ problem: 'answered 503' }, { problem: 'answered 503' }] });
    at = now;
    expect(await ask()).toMatchObject({ kind: 'cosigned', released: 1 });
  });

  test('stop everything when the database went back and its signer with it', async () => {
    const before = await openTestDatabase();
    await demandQuorum(before.pool, true);
    await grow(5);
    await ask();
    // The same key with its memory wiped, over a database of fewer entries: what a backup that was put back looks like.
    await writeFile(place.stateFile, (await readFile(place.stateFile, 'utf8')).replace('size 5', 'size 0'));
    await grow(3, before);
    expect(await ask(witnesses.policy, before)).toMatchObject({ kind: 'lost', mode: 'stopped', changed: [{ problem: 'has seen 5 entries, we have 3' }, { problem: 'has seen 5 entries, we have 3' }] });
    // It grows beyond what the witnesses saw, and is still another history.
    await grow(4, before);
    expect(await ask(witnesses.policy, before)).toMatchObject({ kind: 'lost', mode: 'stopped' });
    pass(120);
    expect((await before.pool.query("select contradicted, released_size, (select cause from task where kind = 'witness') as cause from tlog_head")).rows).toEqual([
      { contradicted: true, released_size: '0', cause: expect.stringMatching(/has seen 5 entries/) },
    ]);
    await before.close();
  });
});

describe('two witnesses of three', () => {
  beforeEach(() => open(3, 2));

  test('do without one that is slow, and do not wait for it', async () => {
    witnesses.behave(2, 'silent');
    await grow(3);
    expect(await ask()).toMatchObject({ kind: 'cosigned', released: 3 });
  });

  test('do without one that missed a while, and take it up again from where it was', async () => {
    await grow(3);
    await ask();
    await witnesses.stop(0);
    for (let i = 0; i < 3; i += 1) {
      await grow(2);
      expect(await ask()).toMatchObject({ kind: 'cosigned', released: 2 });
    }
    await witnesses.start(0);
    await witnesses.stop(1);
    await grow(2);
    expect(await ask()).toMatchObject({ kind: 'cosigned', released: 2 });
  });
});

describe('an address that redirects', () => {
  test('is not followed', async () => {
    await open(1, 1);
    const elsewhere = createServer((_, response) => void response.writeHead(307, { location: witnesses.policy.witnesses[0]?.url ?? '' }).end());
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const address = elsewhere.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await grow(1);
    const moved = { ...witnesses.policy, witnesses: witnesses.policy.witnesses.map((one) => ({ ...one, url })) };
    expect(await ask(moved)).toMatchObject({ kind: 'lost', changed: [{ problem: 'answered 307' }] });
    elsewhere.close();
  });
});
