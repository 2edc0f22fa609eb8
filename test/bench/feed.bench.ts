import { writeFeed, writeListing, type FeedLine, type FeedListing } from '@ketensluis/contract';
import { readFeed, type ReadFeedPorts } from '@ketensluis/flow';
import { createFileSigner, createLogStore, createStore, createVault, demandQuorum, ensureLogKey, migrate, openKeyShares, openPool, uuidV7, type Vault } from '@ketensluis/store';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { startEmbeddedPostgres } from '../../libs/platform/postgres/embedded.js';
import { encrypt } from '../../libs/store/vault.js';
import { loadAverage, parentOf, processorTimeMs, familyTimeMs } from './processor-time.js';

const party = '00000001900000000001';
const pages = 300;
const entries = 100;

const listing = (index: number): FeedListing => ({
  type: 'uitspraak.voorziening', law: 'WTH', municipality: '9901', outcome: 'afgewezen', effect: 'blijft', courtCase: `NWD 26/${1_000 + index}`, court: 'RBNWD', ecli: `ECLI:NL:RBNWD:2026:${index}`, mayHaveEcli: true,
});

/** A page of `count` entries as text, from listings in memory: what writing alone costs. */
export const feedPageOf = (count: number): Uint8Array => {
  const at = new Date('2026-11-22T10:00:00Z');
  const lines = Array.from({ length: count }, (_, index): FeedLine => ({ kind: 'entry', mid: `0193b1a2-0000-7000-8000-${String(index).padStart(12, '0')}`, at, listing: listing(index) }));
  return writeFeed({
    id: '5b0f2c1e-1111-4222-8333-444455556666', address: 'https://hub.example/feeds/uitspraken', fetchAddress: 'https://hub.example/api/v1/verstrekkingen',
    archive: null, previous: 3, next: null, updatedAt: at, lines,
  });
};

/** Prints what a page of 100 entries costs a hub and its PostgreSQL, each entry of a case with a key of its own, beside what it costs to read 100 rows at all. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-feed-bench-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ directory: folder, log: () => undefined });
  const pool = openPool(server.connectionString, 2);
  try {
    await migrate(server.connectionString);
    await measure(pool, join(folder, 'keys'));
  } finally {
    await pool.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const measure = async (pool: pg.Pool, keys: string): Promise<void> => {
  const vault = createVault(randomBytes(32), openKeyShares(keys));
  await fill(pool, vault);
  const place = { keyFile: join(keys, 'log.skey'), stateFile: join(keys, 'state'), origin: 'hub.example/log/bench' };
  await ensureLogKey(place);
  await demandQuorum(pool, false);
  const log = createLogStore(pool, await createFileSigner(place));
  await pool.query("select ensure_partitions(current_date, 3)");
  const { feeds } = createStore(pool, vault);
  const ports: ReadFeedPorts = { clock: { now: () => new Date() }, ids: { next: uuidV7 }, feeds, nameOf: (text) => createHash('sha256').update(text).digest('base64url') };
  const sealing = setInterval(() => void log.seal(new Date()).catch((fault: unknown) => console.error(fault)), 200);
  const read = async (known: string | null): Promise<string> => {
    const verdict = await readFeed({ archive: null, isKnown: (name) => name === known, address: 'https://hub.example/feeds/uitspraken', fetchAddress: 'https://hub.example/api/v1/verstrekkingen' },
      { oin: party, way: 'certificate', sha256: 'ab'.repeat(32) }, ports);
    if (verdict.kind === 'given' || verdict.kind === 'same') return verdict.name;
    throw new Error(`no page: ${verdict.kind}`);
  };
  const name = await read(null);
  clearInterval(sealing);
  const cost = costOf(await serverOf(pool));
  console.log(`A page of ${entries} entries, CPU ms a page, mean of ${pages} (load ${loadAverage()}); target: under 10`);
  console.log('                                                     hub   PostgreSQL   together');
  await cost('read again: marks, rows, keys, Atom, row of access', () => read(null));
  await cost('the reader has it already (304)', () => read(name));
  await cost('writing the Atom alone', async () => feedPageOf(entries));
  await cost('floor: 100 sealed rows read, JSON instead of Atom', async () => {
    const { rows } = await pool.query('select seq, kind, mid, at, sealed from feed_item where party = $1 order by seq', [party]);
    return JSON.stringify(rows);
  });
};

/** The server a session belongs to. */
const serverOf = async (pool: pg.Pool): Promise<number> => {
  const { rows: [row] } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  return parentOf(row?.pid ?? 0);
};

const costOf = (server: number) => async (what: string, one: () => Promise<unknown>): Promise<void> => {
  for (let time = 0; time < 50; time += 1) await one();
  const [hub, postgres] = [processorTimeMs(process.pid), familyTimeMs(server)];
  for (let time = 0; time < pages; time += 1) await one();
  const [own, theirs] = [(processorTimeMs(process.pid) - hub) / pages, (familyTimeMs(server) - postgres) / pages];
  console.log(`  ${what.padEnd(50)} ${own.toFixed(2).padStart(5)}   ${theirs.toFixed(2).padStart(10)}   ${(own + theirs).toFixed(2).padStart(8)}`);
};

/** Only what a page is made of; that there are no messages and no bodies behind it costs a reader nothing. */
const fill = async (pool: pg.Pool, vault: Vault): Promise<void> => {
  const client = await pool.connect();
  try {
    await client.query('alter table delivery drop constraint delivery_mid_fkey, drop constraint delivery_message_id_fkey');
    for (let index = 0; index < entries; index += 1) {
      const [caseId, mid] = [randomUUID(), randomUUID()];
      const { key, wrapped } = vault.newKey();
      await client.query("insert into case_file (id, law, municipality, number, wrapped_key, created_at) values ($1, 'WTH', '9901', $2, $3, now())", [caseId, `B-${index}`, wrapped]);
      await client.query(
        "insert into delivery (mid, entry_id, case_id, message_id, recipient, rules, roles, number, attachments, created_at) values ($1, $2, $3, $1, $4, '{}', '{}', 1, '{}', now())",
        [mid, uuidV7(new Date()), caseId, party]);
      await client.query("select add_feed_item($1, 'entry', $2, now(), $3)", [party, mid, encrypt(key, writeListing(listing(index)), `feed:${party}:${mid}`)]);
    }
  } finally {
    client.release(true);
  }
};
