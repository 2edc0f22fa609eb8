import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DisclosureJob, DisclosurePlan } from '@ketensluis/flow';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { loadMark } from './current-mark.js';
import { uuidV7 } from './ids.js';
import { openKeyShares } from './key-shares.js';
import { createStore, type Store } from './store.js';
import { createVault } from './vault.js';

const at = new Date('2026-11-02T09:00:00Z');
const plan: DisclosurePlan = { outcome: 'applied', file: null, decisions: [], entries: [], duties: [], moved: [], closes: [], onward: [], replaces: null, tasks: [] };

describe('messages that are decided together', () => {
  let database: TestDatabase;
  let store: Store;
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-decide-'));
  beforeAll(async () => {
    database = await openTestDatabase();
    store = createStore(database.pool, createVault(randomBytes(32), openKeyShares(folder)));
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => database.pool.query('delete from queue'));

  const take = async (number: string): Promise<string> => {
    const id = uuidV7(at);
    const sha256 = createHash('sha256').update(id).digest('hex');
    await store.intake.saveAccepted({
      id, receivedAt: at, raw: Buffer.from(id), attachments: [], signatureSha256: sha256, signerSha256: sha256,
      message: {
        id: randomUUID(), type: 'huisverbod.opgelegd', version: 1, case: { law: 'WTH', municipality: '9901', number }, sentAt: at,
        sender: { oin: '00000001900000000101', role: 'BM', function: null }, fields: {}, attachments: [],
      },
    });
    return id;
  };
  const claim = async (mark?: string): Promise<readonly DisclosureJob[]> => store.cases.claim(at, { most: 8, mark: mark ?? (await loadMark(database.pool)).registers });
  const states = async (ids: readonly string[]): Promise<readonly string[]> => {
    const { rows } = await database.pool.query<{ id: string; state: string }>('select id, state from message');
    return ids.map((id) => rows.find((row) => row.id === id)?.state ?? 'gone');
  };

  test('are each of another case, in the order they came, and never two of one', async () => {
    const first = await take('A-1');
    await take('A-1');
    const other = await take('A-2');
    expect((await claim()).map(({ messageId }) => messageId)).toEqual([first, other]);
    expect(await claim()).toEqual([]);
  });

  test('are all decided but the one whose plan cannot be made', async () => {
    const ids = [await take('B-1'), await take('B-2'), await take('B-3')];
    const decided = await store.cases.disclose(await claim(), at, async ({ id }) => {
      if (id === ids[1]) throw new Error('no plan');
      return plan;
    });
    expect(decided.map(({ result }) => result?.kind)).toEqual(['planned', 'fault', 'planned']);
    expect(await states(ids)).toEqual(['applied', 'accepted', 'applied']);
    expect((await database.pool.query<{ ref: string }>('select ref from queue')).rows).toEqual([{ ref: ids[1] }]);
  });

  test('are all decided but the one whose plan cannot be written', async () => {
    const ids = [await take('C-1'), await take('C-2')];
    const decided = await store.cases.disclose(await claim(), at, async ({ id }) =>
      (id === ids[0] ? { ...plan, entries: [{ facts: { id: 'no id', kind: 'refusal', at: at.toISOString() }, subjects: [], reason: null, payload: null, detail: {} }] } : plan));
    expect(decided.map(({ result }) => result?.kind)).toEqual(['fault', 'planned']);
    expect(await states(ids)).toEqual(['accepted', 'applied']);
  });

  test('tell which one somebody else had done', async () => {
    const ids = [await take('D-1'), await take('D-2')];
    const jobs = await claim();
    await database.pool.query('delete from queue where ref = $1', [ids[0]]);
    expect((await store.cases.disclose(jobs, at, async () => plan)).map(({ result }) => result?.kind ?? null)).toEqual([null, 'planned']);
  });

  test('are not taken up under registers that no longer hold, and planned with the mark of those that do', async () => {
    await take('E-1');
    const { registers: before } = await loadMark(database.pool);
    const insert = `insert into register_version (kind, key, version, body, sha256, applied_at, applied_by, entry_id)
      values ('party', 'x', $1, '{}', '\\x${'00'.repeat(32)}', now(), 'test', gen_random_uuid())`;
    await database.pool.query(insert, [1]);
    expect(await claim(before)).toEqual([]);
    const jobs = await claim();
    await database.pool.query(insert, [2]);
    const marks: string[] = [];
    await store.cases.disclose(jobs, at, async (_loaded, mark) => {
      marks.push(mark);
      return plan;
    });
    expect(jobs).toHaveLength(1);
    expect(marks).toEqual([(await loadMark(database.pool)).registers]);
  });
});
