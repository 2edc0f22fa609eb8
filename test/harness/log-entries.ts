import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { encodeLeaf } from '@ketensluis/tlog';
import type { Leaf } from '@ketensluis/tlog';
import { createFileSigner, ensureLogKey } from '../../libs/store/log/file-signer.js';
import type { FileSignerPlace } from '../../libs/store/log/file-signer.js';
import { recordEntries } from '../../libs/store/log/record-entries.js';
import type { NewEntry } from '../../libs/store/log/record-entries.js';
import type { LogSigner } from '../../libs/store/log/signer.js';
import { uuidV7 } from '../../libs/store/ids.js';
import { inTransaction } from '../../libs/store/pool.js';

/** Origin of the logs that tests make. */
export const testOrigin = 'hub.example/log/1';

/** When the entries of a test begin. */
export const testStart = new Date('2026-03-01T12:00:00.000Z');

/** A consultation of the log: the plainest entry. `change` replaces or adds keys. */
export const plainEntry = (at: Date, change: Partial<Leaf> = {}): NewEntry => ({
  leaf: encodeLeaf({ v: 1, id: uuidV7(at), kind: 'consultation', at: at.toISOString(), purpose: 'avg.inzage', from: '00000009901000000001', ...change }),
  detail: null, pseudonyms: [], outbox: null,
});

/** A disclosure with everything that hangs on it; `sealed` stands for the ciphertext of the outgoing body. */
export const disclosureEntry = (at: Date, sealed: Uint8Array = Buffer.from(`ciphertext ${randomUUID()}`)): NewEntry => {
  const commitment = createHash('sha256').update('commitment').digest('base64');
  const leaf: Leaf = {
    v: 1, id: uuidV7(at), kind: 'disclosure', at: at.toISOString(), from: '00000009901000000001', to: '00000009902000000002',
    controller: '00000009901000000001', fromRole: 'POL', toRole: 'VT', law: 'WTH', purpose: 'wth.huisverbod', basis: 'wth.art-9',
    cat: ['C-ADDR', 'C-HH', 'C-ID', 'C-REF'], decision: 'permit', rule: 'WTH-08', policy: 'ab'.repeat(32), schema: 'huisverbod.opgelegd@1',
    msg: randomUUID(), c: { payload: commitment, subject: [commitment] }, sealed: createHash('sha256').update(sealed).digest('base64'),
  };
  return {
    leaf: encodeLeaf(leaf),
    detail: { caseId: randomUUID(), keyId: at.toISOString().slice(0, 7), sealed: Buffer.alloc(300, 1) },
    pseudonyms: [createHash('sha256').update(leaf.id).digest().subarray(0, 16)],
    outbox: { mid: randomUUID(), sealed, twin: sealed },
  };
};

/** Consultations one millisecond apart. */
export const plainEntries = (count: number, from: Date = testStart): readonly NewEntry[] =>
  Array.from({ length: count }, (_, i) => plainEntry(new Date(from.getTime() + i)));

/** A signer with a fresh key in a folder of its own; `remove` deletes the folder. */
export const openTestSigner = async (): Promise<{ readonly signer: LogSigner; readonly place: FileSignerPlace; readonly remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-signer-'));
  const place = { keyFile: join(folder, 'log.skey'), stateFile: join(folder, 'log.state'), origin: testOrigin };
  await ensureLogKey(place);
  return { signer: await createFileSigner(place), place, remove: () => rm(folder, { recursive: true, force: true }) };
};

/** Records entries in one transaction, in this order; returns their ids. */
export const recordAll = async (pool: pg.Pool, entries: readonly NewEntry[]): Promise<readonly string[]> =>
  (await inTransaction(pool, (client) => recordEntries(client, entries))).map(({ id }) => id);
