import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EntryDraft } from '@ketensluis/flow';
import { inTransaction, sequence } from '@ketensluis/store';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logOpen } from '../../apps/cli/log/open.js';
import { checkDetails } from '../../libs/store/audit/check-details.js';
import { openingsOf } from '../../libs/store/audit/openings.js';
import { uuidV7 } from '../../libs/store/ids.js';
import { openKeyShares } from '../../libs/store/key-shares.js';
import { periodKeys, monthOf, type PeriodKeys } from '../../libs/store/period-keys.js';
import { recordDrafts } from '../../libs/store/record.js';
import { openPersonal, sealPersonal, type Personal } from '../../libs/store/retention/personal.js';
import { createVault, type DataKey } from '../../libs/store/vault.js';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';
import { testStart } from '../harness/log-entries.js';

// The personal part of an entry is outside the tree, so that it can be destroyed. Only the commitment in the leaf holds it to what was recorded; here
// somebody has the database, and the keys as well.
const name = 'bsn:999990019';
const changedAt = 5;
let database: TestDatabase;
let folder: string;
let keys: PeriodKeys;
let key: DataKey;
let ids: readonly string[];

beforeEach(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-detail-'));
  keys = periodKeys(createVault(randomBytes(32), openKeyShares(folder)));
  const drafts = Array.from({ length: 8 }, (_, place): EntryDraft => {
    const at = new Date(testStart.getTime() + place);
    return {
      facts: { id: uuidV7(at), kind: 'refusal', at: at.toISOString(), purpose: 'wth.huisverbod', decision: 'refuse', code: 'no-agreement' },
      subjects: [[name], ['naam:proef:1980-01-01']], reason: 'geen overeenkomst', payload: null, detail: {},
    };
  });
  ids = drafts.map(({ facts }) => facts.id);
  await inTransaction(database.pool, (client) => recordDrafts(client, keys, drafts.map((draft) => ({ draft, caseId: null, outgoing: null }))));
  await sequence(database.pool);
  const month = await keys.find(monthOf(testStart), database.pool);
  if (month === null) throw new Error('no key of the month');
  key = month;
  await database.pool.query('alter table entry_detail disable trigger user');
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const idAt = (place: number): string => ids[place] ?? '';
const sealedAt = async (place: number): Promise<Buffer> => (await database.pool.query<{ sealed: Buffer }>('select sealed from entry_detail where id = $1', [idAt(place)])).rows[0]?.sealed ?? Buffer.alloc(0);
const put = (place: number, sealed: Uint8Array) => database.pool.query('update entry_detail set sealed = $2 where id = $1', [idAt(place), sealed]);
const forge = async (place: number, change: (personal: Personal) => Personal) => put(place, sealPersonal(key, change(openPersonal(key, await sealedAt(place), idAt(place))), idAt(place)));
const openings = () => openingsOf(database.pool, keys, { ids, names: [name] });

describe('a personal part that', () => {
  test('nobody touched opens what its entry commits to, and so does what is handed out of it', async () => {
    expect(await checkDetails(database.pool, keys)).toEqual([]);
    expect((await openings()).size).toBe(ids.length);
  });

  const forgeries: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['names another person', () => forge(changedAt, (one) => ({ ...one, subjects: one.subjects.map((subject) => ({ ...subject, value: 'bsn:999990020' })) }))],
    ['gives another reason', () => forge(changedAt, (one) => ({ ...one, reason: one.reason === null ? null : { ...one.reason, value: 'op verzoek' } }))],
    ['has another salt', () => forge(changedAt, (one) => ({ ...one, subjects: one.subjects.map((subject) => ({ ...subject, salt: randomBytes(32).toString('base64') })) }))],
    ['is that of another entry', async () => put(changedAt, await sealedAt(2))],
    ['has one bit turned', async () => put(changedAt, (await sealedAt(changedAt)).map((byte, at) => (at === 20 ? byte ^ 1 : byte)))],
  ];
  test.each(forgeries)('%s is found by the nightly check, which names the entry', async (_, change) => {
    await change();
    expect(await checkDetails(database.pool, keys)).toEqual([changedAt]);
  });

  test('has another salt is not handed out as proof', async () => {
    await forge(changedAt, (one) => ({ ...one, subjects: one.subjects.map((subject) => ({ ...subject, salt: randomBytes(32).toString('base64') })) }));
    await expect(openings()).rejects.toThrow(`entry ${changedAt} does not commit to its personal part`);
  });

  test('had one person taken out, as the law asks, is good', async () => {
    await forge(changedAt, (one) => ({ ...one, subjects: one.subjects.slice(1) }));
    expect(await checkDetails(database.pool, keys)).toEqual([]);
    expect((await openings()).size).toBe(ids.length - 1);
  });

  test('is handed out can be held against its entry by who gets it, and against no other', async () => {
    const { rows } = await database.pool.query<{ leaf: Buffer }>('select leaf from entry order by id');
    const [leaf, other, opening] = ['leaf', 'other', 'opening'].map((file) => join(folder, file));
    await writeFile(leaf ?? '', rows[0]?.leaf ?? '');
    await writeFile(other ?? '', rows[1]?.leaf ?? '');
    await writeFile(opening ?? '', (await openings()).get(idAt(0)) ?? '');
    const io = { out: () => undefined, err: () => undefined, isTerminal: false };
    expect([await logOpen([leaf ?? '', opening ?? ''], io), await logOpen([other ?? '', opening ?? ''], io)]).toEqual([0, 1]);
  });
});
