import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { parseVerifierKey, verifyLog } from '@ketensluis/tlog';
import { startEmbeddedPostgres } from '../../libs/platform/postgres/embedded.js';
import { exportLog } from '../../libs/store/log/export-log.js';
import { loadProof } from '../../libs/store/log/load-proof.js';
import { recordEntries } from '../../libs/store/log/record-entries.js';
import { sequence } from '../../libs/store/log/sequence.js';
import { signHead } from '../../libs/store/log/sign-head.js';
import { loadConsistency } from '../../libs/store/log/tree-hashes.js';
import { migrate } from '../../libs/store/migrate.js';
import { inTransaction, openPool } from '../../libs/store/pool.js';
import { disclosureEntry, openTestSigner, plainEntries } from '../harness/log-entries.js';

// For a look in passing: fewer and shorter rounds, smaller logs; the ratios scatter more.
const isQuick = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined;
const roundMs = isQuick ? 500 : 1_500;
const rounds = isQuick ? 3 : 5;
const tickMs = 200;
const writersTried = [1, 8, 32];

/** One way to write an entry: one statement, one commit, the same leaf; or one hub transaction. */
interface Contender {
  readonly name: string;
  readonly isLog: boolean;
  readonly write: (client: pg.PoolClient) => Promise<unknown>;
}

// What the log is compared with: the leaf in an ordinary table, and in one where each row is chained to the one before.
const baseline = `
  create table bench_plain (id uuid primary key, at timestamptz(3) not null, kind text not null, leaf bytea not null);
  create table bench_outbox (mid uuid primary key, entry_id uuid not null unique, sealed bytea not null);
  create table bench_chain (id uuid primary key, at timestamptz(3) not null, kind text not null, leaf bytea not null, h bytea not null);
  create table bench_chain_head (h bytea not null);
  insert into bench_chain_head values (sha256(''));
  create function bench_append(id uuid, at timestamptz, leaf bytea) returns void language plpgsql as $$
  declare chained bytea;
  begin
    select h into chained from bench_chain_head for update;
    chained := sha256(chained || leaf);
    insert into bench_chain values (id, at, 'disclosure', leaf, chained);
    update bench_chain_head set h = chained;
  end $$;`;

const contenders: readonly Contender[] = [
  { name: 'plain insert', isLog: false, write: (client) => onEntry(({ id, at, leaf }) => client.query("insert into bench_plain values ($1, $2, 'disclosure', $3)", [id, at, leaf])) },
  { name: 'log', isLog: true, write: (client) => recordEntries(client, [{ ...disclosureEntry(new Date()), detail: null, pseudonyms: [], outbox: null }]) },
  { name: 'inline chain', isLog: false, write: (client) => onEntry(({ id, at, leaf }) => client.query('select bench_append($1, $2, $3)', [id, at, leaf])) },
];
const transactions: readonly Contender[] = [
  { name: 'outbox only', isLog: false, write: (client) => inOne(client, () => onEntry(({ id, mid, sealed }) => client.query('insert into bench_outbox values ($1, $2, $3)', [mid, id, sealed]))) },
  { name: 'outbox + log + personal part + subject', isLog: true, write: (client) => inOne(client, () => recordEntries(client, [disclosureEntry(new Date())])) },
];

interface MadeEntry {
  readonly id: string;
  readonly at: Date;
  readonly leaf: Uint8Array;
  readonly mid: string;
  readonly sealed: Uint8Array;
}
const onEntry = (use: (entry: MadeEntry) => Promise<unknown>): Promise<unknown> => {
  const at = new Date();
  const { leaf, outbox } = disclosureEntry(at);
  const id = /"id":"([^"]+)"/.exec(Buffer.from(leaf).toString())?.[1] ?? '';
  return use({ id, at, leaf, mid: outbox?.mid ?? '', sealed: outbox?.sealed ?? leaf });
};
const inOne = async (client: pg.PoolClient, work: () => Promise<unknown>): Promise<void> => {
  await client.query('begin');
  await work();
  await client.query('commit');
};

/** Prints what the log costs beside a plain insert and an inline hash chain, and what ticks, proofs and verification cost as it grows. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-log-bench-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ directory: folder, log: () => undefined });
  const pool = openPool(server.connectionString, 40);
  try {
    await migrate(server.connectionString);
    await pool.query(baseline);
    await pool.query("select ensure_partitions(date_trunc('month', now())::date, 12)");
    const { rows } = await pool.query("select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit, current_setting('server_version') as version");
    console.log(`PostgreSQL ${rows[0].version}, fsync ${rows[0].fsync}, synchronous_commit ${rows[0].commit}; database, sequencer and writers share this computer.`);
    console.log(`Included: making the leaf (700 bytes), the statement, the commit; for the log also partitions, four indexes, triggers and a sequencer every ${tickMs} ms.`);
    await compare(pool, 'one entry, one statement', contenders);
    await compare(pool, 'one hub transaction', transactions);
    await growth(pool, folder);
  } finally {
    await pool.end();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every contender in every round, in turn, so that the noise of the machine hits all of them; ratios are within the round. */
const compare = async (pool: pg.Pool, title: string, tried: readonly Contender[]): Promise<void> => {
  console.log(`\n${title}: median of ${rounds} interleaved rounds of ${roundMs} ms; ratio to ${tried[0]?.name ?? ''}`);
  for (const writers of writersTried) {
    const perSecond = tried.map((): number[] => []);
    for (const one of tried) await writeFor(pool, one, { writers, ms: 200 });
    for (let round = 0; round < rounds; round += 1) {
      for (const [i, one] of tried.entries()) perSecond[i]?.push(await writeFor(pool, one, { writers, ms: roundMs }));
    }
    const cells = tried.map((one, i) => {
      const ratios = perSecond[i]?.map((value, round) => value / (perSecond[0]?.[round] ?? value)) ?? [];
      return `${one.name} ${median(perSecond[i] ?? []).toFixed(0)}/s (${median(ratios).toFixed(2)})`;
    });
    console.log(`  ${String(writers).padStart(2)} writers: ${cells.join(', ')}`);
    const [log, chain] = ['log', 'inline chain'].map((name) => perSecond[tried.findIndex((one) => one.name === name)]);
    if (log === undefined || chain === undefined) continue;
    const over = median(log.map((value, round) => value / (chain[round] ?? value)));
    // T2 of log.md 10; with one writer nobody waits for the head of the chain.
    console.log(`             log / inline chain: ${over.toFixed(2)}${writers === 32 ? ` (target 3: ${over >= 3 ? 'reached' : 'not reached'})` : ''}`);
  }
};

const writeFor = async (pool: pg.Pool, one: Contender, { writers, ms }: { readonly writers: number; readonly ms: number }): Promise<number> => {
  const clients = await Promise.all(Array.from({ length: writers }, () => pool.connect()));
  const startMs = performance.now();
  const isOver = (): boolean => performance.now() >= startMs + ms;
  const writer = async (client: pg.PoolClient): Promise<number> => {
    let written = 0;
    for (; !isOver(); written += 1) await one.write(client);
    return written;
  };
  const sequencer = one.isLog ? tickUntil(pool, isOver) : Promise.resolve();
  const written = await Promise.all(clients.map(writer));
  await sequencer;
  for (const client of clients) client.release();
  // Whatever the sequencer left is its debt: the time to pay it counts against the log.
  if (one.isLog) while ((await sequence(pool)).added > 0);
  return (written.reduce((sum, n) => sum + n, 0) * 1000) / (performance.now() - startMs);
};

const tickUntil = async (pool: pg.Pool, isOver: () => boolean): Promise<void> => {
  while (!isOver()) {
    await sequence(pool);
    for (let waited = 0; waited < tickMs && !isOver(); waited += 20) await pause(20);
  }
};

const growth = async (pool: pg.Pool, folder: string): Promise<void> => {
  const { signer, remove } = await openTestSigner();
  const sizes = [...(isQuick ? [2_000, 10_000] : [10_000, 100_000]), ...(process.env['KETENSLUIS_BENCH_LARGE'] === undefined ? [] : [1_000_000])];
  console.log('\nas the log grows: tick of 200 entries, signing a head, proof of one entry, consistency over the last tenth; p50 / p95 ms');
  for (const size of sizes) {
    await fill(pool, size);
    const ticks: number[] = [];
    const heads: number[] = [];
    for (let i = 0; i < 15; i += 1) {
      await inTransaction(pool, (client) => recordEntries(client, plainEntries(200, new Date(Date.now() + i * 1_000))));
      ticks.push(await timed(() => sequence(pool)));
      heads.push(await timed(() => signHead(pool, signer, new Date())));
    }
    const now = (await sequence(pool)).size;
    const { rows } = await pool.query<{ id: string }>('select id from tlog_leaf where seq = any($1::bigint[])', [Array.from({ length: 200 }, (_, i) => Math.floor((i * now) / 200))]);
    const proofs: number[] = [];
    for (const { id } of rows) proofs.push(await timed(() => loadProof(pool, id)));
    const consistency: number[] = [];
    for (let i = 0; i < 50; i += 1) consistency.push(await timed(() => loadConsistency(pool, Math.floor(now * 0.9) + i, now)));
    console.log(`  ${now}: tick ${spread(ticks)}, head ${spread(heads)}, proof ${spread(proofs)}, consistency ${spread(consistency)}`);
  }
  await remainder(pool, signer.vkey, join(folder, 'export'));
  await remove();
};

const fill = async (pool: pg.Pool, size: number): Promise<void> => {
  const start = (await sequence(pool)).size;
  for (let at = start; at < size; at += 1_000) {
    await inTransaction(pool, (client) => recordEntries(client, plainEntries(Math.min(1_000, size - at), new Date(Date.now() + at * 10))));
    await sequence(pool);
  }
};

/** Space in the database, and the price of checking everything. */
const remainder = async (pool: pg.Pool, vkey: string, directory: string): Promise<void> => {
  const { rows } = await pool.query<{ bytes: string }>("select (pg_total_relation_size('tlog_leaf') + pg_total_relation_size('tlog_tile')) / (select size from tlog_head) as bytes");
  const exportMs = await timed(() => exportLog(pool, { directory, vkey }));
  const key = parseVerifierKey(vkey);
  if ('kind' in key) throw new Error(key.detail);
  const before = process.memoryUsage().rss;
  const startMs = performance.now();
  const report = verifyLog({
    read: (path) => {
      try {
        return readFileSync(join(directory, path));
      } catch {
        return null;
      }
    },
    trust: [key], since: null, scope: 'entries', progress: () => undefined,
  });
  const verifyMs = performance.now() - startMs;
  const memory = (process.memoryUsage().rss - before) / 1e6;
  console.log(`  tree ${rows[0]?.bytes ?? ''} bytes an entry; ${report.size} entries: export ${(exportMs / 1000).toFixed(1)} s, `
    + `verify (${report.verdict}) ${(verifyMs / 1000).toFixed(1)} s = ${((verifyMs / report.size) * 1000).toFixed(1)} s per million, ${memory.toFixed(0)} MB more`);
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
};
const at = (values: readonly number[], part: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
const median = (values: readonly number[]): number => at(values, 0.5);
const spread = (values: readonly number[]): string => `${median(values).toFixed(1)} / ${at(values, 0.95).toFixed(1)}`;
