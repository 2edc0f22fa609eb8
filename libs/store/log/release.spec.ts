import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { releaseOf } from '@ketensluis/domain';
import { cosign, cosignerOf, parseNote, parsePolicy, openCosigned } from '@ketensluis/tlog';
import { openTestDatabase } from '../../../test/harness/database.js';
import type { TestDatabase } from '../../../test/harness/database.js';
import { openTestSigner, plainEntries, testStart } from '../../../test/harness/log-entries.js';
import { inTransaction } from '../pool.js';
import { demandQuorum, findCheckpoint, findSignedCheckpoint, loadProof, recordEntries, releaseStore, sequence, signHead } from './index.js';
import type { LogSigner } from './index.js';

let database: TestDatabase;
let signer: LogSigner;
let removeSigner: () => Promise<void>;
beforeEach(async () => {
  database = await openTestDatabase();
  ({ signer, remove: removeSigner } = await openTestSigner());
});
afterEach(async () => {
  await database.close();
  await removeSigner();
});

const later = (ms: number): Date => new Date(testStart.getTime() + ms);
const grow = async (count: number, ms: number): Promise<readonly string[]> => {
  const recorded = await inTransaction(database.pool, (client) => recordEntries(client, plainEntries(count, later(ms))));
  await sequence(database.pool);
  await signHead(database.pool, signer, later(ms + 1_000));
  return recorded.map(({ id }) => id);
};
const isReleased = async (id: string | undefined, acute: boolean, at: Date): Promise<boolean> =>
  (await database.pool.query('select is_released($1, $2, $3)', [id, acute, at])).rows[0].is_released;
const cosigner = cosignerOf('witness.example', Buffer.alloc(32, 5));
const cosigned = (note: Uint8Array, at: Date): Uint8Array => {
  const parsed = parseNote(note);
  if ('kind' in parsed) throw new Error(parsed.detail);
  return Buffer.concat([note, Buffer.from(cosign(cosigner, parsed.text, at))]);
};
const save = async (at: Date): Promise<void> => {
  const head = await findSignedCheckpoint(database.pool);
  if (head === null) throw new Error('nothing signed');
  await releaseStore(database.pool).saveCosigned({ at, size: head.size, note: cosigned(head.note, at), witnesses: [{ name: 'w', size: head.size, problem: null }] });
};

describe('without a witness policy', () => {
  test('the signature of the log releases at once', async () => {
    const [first] = await grow(3, 0);
    expect(await isReleased(first, false, later(0))).toBe(true);
    expect((await findCheckpoint(database.pool))?.size).toBe(3);
  });
});

describe('with a witness policy', () => {
  test('what was released stays so, and what comes waits for a cosigned checkpoint', async () => {
    const [first] = await grow(3, 0);
    await demandQuorum(database.pool, true);
    const [second] = await grow(2, 10_000);
    expect([await isReleased(first, false, later(0)), await isReleased(second, false, later(0))]).toEqual([true, false]);
    expect([await findCheckpoint(database.pool), await loadProof(database.pool, second ?? '')]).toMatchObject([{ size: 3 }, null]);
    await save(later(20_000));
    expect(await isReleased(second, false, later(0))).toBe(true);
    const policy = parsePolicy(Buffer.from(`log ${signer.vkey}\nwitness w ${cosigner.vkey}\nquorum w\n`));
    if ('kind' in policy) throw new Error(policy.detail);
    const proof = await loadProof(database.pool, second ?? '');
    expect(openCosigned(proof?.checkpoint.note ?? Buffer.alloc(0), policy)).toMatchObject({ size: 5, hasQuorum: true });
  });

  test('of which there is none any more, all that is signed is released', async () => {
    await demandQuorum(database.pool, true);
    const [first] = await grow(3, 0);
    await demandQuorum(database.pool, false);
    expect(await isReleased(first, false, later(0))).toBe(true);
    await grow(1, 10_000);
    expect((await findCheckpoint(database.pool))?.size).toBe(4);
  });

  test('the database refuses to release what is not cosigned, and a cosigned checkpoint that is not the signed one', async () => {
    await demandQuorum(database.pool, true);
    await grow(3, 0);
    const { note } = (await findSignedCheckpoint(database.pool)) ?? { note: Buffer.alloc(0) };
    const insert = (size: number, bytes: Uint8Array) => database.pool.query('insert into tlog_cosigned (cosigned_at, size, note) values ($1, $2, $3)', [later(0), size, bytes]);
    await expect(database.pool.query('update tlog_head set released_size = 3')).rejects.toThrow('no cosigned checkpoint of size 3');
    await expect(insert(3, note)).rejects.toThrow('with lines added');
    await expect(insert(2, cosigned(note, later(0)))).rejects.toThrow('with lines added');
    await expect(insert(3, Buffer.concat([Buffer.from(' '), note]))).rejects.toThrow('with lines added');
    await save(later(0));
    for (const statement of ['delete from tlog_cosigned', 'truncate tlog_cosigned', 'update tlog_cosigned set size = 2', "update tlog_cosigned set cosigned_at = cosigned_at - interval '1 second'", 'update tlog_head set released_size = 2']) {
      await expect(database.pool.query(statement)).rejects.toThrow(/I1|I6/);
    }
  });

  test('one cosigned checkpoint is kept for each minute, the last', async () => {
    await demandQuorum(database.pool, true);
    for (const [place, ms] of [1_000, 2_000, 59_000, 61_000].entries()) {
      await grow(1, place * 100);
      await save(later(ms));
    }
    expect((await database.pool.query('select size, cosigned_at from tlog_cosigned order by minute')).rows).toEqual([
      { size: '3', cosigned_at: later(59_000) }, { size: '4', cosigned_at: later(61_000) },
    ]);
  });

  test('a round that ends late, over an older head and in the next minute, takes nothing away from what was released', async () => {
    await demandQuorum(database.pool, true);
    await grow(2, 0);
    const older = (await findSignedCheckpoint(database.pool))?.note ?? Buffer.alloc(0);
    const [last] = await grow(2, 1_000);
    await save(later(59_000));
    await releaseStore(database.pool).saveCosigned({ at: later(61_000), size: 2, note: cosigned(older, later(58_000)), witnesses: [] });
    const policy = parsePolicy(Buffer.from(`log ${signer.vkey}\nwitness w ${cosigner.vkey}\nquorum w\n`));
    if ('kind' in policy) throw new Error(policy.detail);
    const proof = await loadProof(database.pool, last ?? '');
    expect(openCosigned(proof?.checkpoint.note ?? Buffer.alloc(0), policy)).toMatchObject({ size: 4, hasQuorum: true });
  });

  test('the moment the quorum was lost is kept from the first time on, with one task, and falls away when it is back', async () => {
    await demandQuorum(database.pool, true);
    await grow(1, 0);
    const store = releaseStore(database.pool);
    const witnesses = [{ name: 'w', size: 0, problem: 'timeout' }];
    await store.saveLost({ at: later(1_000), isContradicted: false, witnesses, alarm: null });
    await store.saveLost({ at: later(70_000), isContradicted: false, witnesses, alarm: 'no quorum' });
    await store.saveLost({ at: later(80_000), isContradicted: false, witnesses, alarm: 'no quorum still' });
    expect(await store.head(later(90_000))).toMatchObject({ quorumLostAt: later(1_000), isContradicted: false, witnesses: new Map([['w', { size: 0, problem: 'timeout' }]]) });
    const tasks = async () => (await database.pool.query("select ref, cause, closed_at is null as open from task where kind = 'witness'")).rows;
    expect(await tasks()).toEqual([{ ref: 'quorum', cause: 'no quorum', open: true }]);
    await save(later(100_000));
    expect(await store.head(later(100_000))).toMatchObject({ quorumLostAt: null, cosignedAt: later(100_000), releasedSize: 1, witnesses: new Map([['w', { size: 1, problem: null }]]) });
    expect(await tasks()).toMatchObject([{ open: false }]);
  });

  test('a contradiction stays until a quorum has cosigned again', async () => {
    await demandQuorum(database.pool, true);
    await grow(1, 0);
    const store = releaseStore(database.pool);
    await store.saveLost({ at: later(0), isContradicted: true, witnesses: [], alarm: null });
    await store.saveLost({ at: later(1_000), isContradicted: false, witnesses: [], alarm: null });
    expect(await store.head(later(0))).toMatchObject({ isContradicted: true });
    await save(later(2_000));
    expect(await store.head(later(0))).toMatchObject({ isContradicted: false });
  });
});

describe('the database and the domain', () => {
  test('say the same about what may leave', async () => {
    await demandQuorum(database.pool, true);
    const ids = [...await grow(2, 0)];
    await save(later(5_000));
    ids.push(...await grow(2, 10_000));
    const waiting = await inTransaction(database.pool, (client) => recordEntries(client, plainEntries(1, later(20_000))));
    await sequence(database.pool);
    ids.push(waiting[0]?.id ?? '');
    const lostAt = later(60_000);
    const moments = [-1, 0, 59_999, 60_000, 60_001, 14_399_999, 14_400_000, 14_400_001];
    const state = fc.record({ isLost: fc.boolean(), isContradicted: fc.boolean(), acute: fc.boolean(), index: fc.nat(ids.length - 1), ms: fc.constantFrom(...moments) });
    await fc.assert(fc.asyncProperty(state, async ({ isLost, isContradicted, acute, index, ms }) => {
      const quorumLostAt = isLost ? lostAt : null;
      await database.pool.query('update tlog_head set quorum_lost_at = $1, contradicted = $2', [quorumLostAt, isContradicted]);
      const at = new Date(lostAt.getTime() + ms);
      const says = releaseOf({ index, isAcute: acute }, { releasedSize: 2, signedSize: 4, quorumLostAt, isContradicted }, at);
      expect([await isReleased(ids[index], acute, at), await isReleased(ids[index], false, at)]).toEqual([says !== 'wait', says === 'cosigned']);
    }), { numRuns: 300 });
  });

  test('release nothing that is not in the tree', async () => {
    const recorded = await inTransaction(database.pool, (client) => recordEntries(client, plainEntries(1)));
    expect(await isReleased(recorded[0]?.id, true, later(0))).toBe(false);
    expect(await isReleased('00000000-0000-7000-8000-000000000000', true, later(0))).toBe(false);
  });
});
