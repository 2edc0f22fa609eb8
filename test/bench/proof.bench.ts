import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { foldRight, foldTile, formatOpening, hashesAt, leafHash, signCheckpoint, subtreesOf, tileWidth, tilesAt } from '@ketensluis/tlog';
import { startEmbeddedPostgres } from '../../libs/platform/postgres/embedded.js';
import { findCheckpoint, loadProof, loadProofs } from '../../libs/store/log/load-proof.js';
import { createTileCache, loadConsistency } from '../../libs/store/log/tree-hashes.js';
import { migrate } from '../../libs/store/migrate.js';
import { openPool } from '../../libs/store/pool.js';
import { disclosureEntry } from '../harness/log-entries.js';
import { fillerSigner } from './log-filler.js';
import { loadAverage } from './processor-time.js';

const sizes = [10_000, 1_000_000, ...(process.env['KETENSLUIS_BENCH_LARGE'] === undefined ? [] : [10_000_000])];
const samples = 200;
const claimed = 32;

/** Prints what a proof costs as the log grows: alone, with tiles in memory, for a claim of many, and of consistency. */
export async function run(): Promise<void> {
  console.log(`Included: statements, hashes, check against the root. Leaves and tiles are real in form; all leaves hash alike, so that ten million need not be made (load ${loadAverage()}). p50 / p95 ms`);
  // A log only grows, so each size has a server of its own.
  for (const size of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'ketensluis-proof-bench-'));
    await chmod(folder, 0o755);
    const server = await startEmbeddedPostgres({ directory: folder, log: () => undefined });
    const pool = openPool(server.connectionString, 2);
    try {
      await migrate(server.connectionString);
      await measure(pool, size);
    } finally {
      await pool.end();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

const leaf = disclosureEntry(new Date('2026-01-01T00:00:00Z')).leaf;
const hash = Buffer.from(leafHash(leaf));

/** A tree of equal leaves: every full tile of a level is the same. */
const fill = async (pool: pg.Pool, size: number): Promise<readonly string[]> => {
  const tops = [hash];
  for (let level = 0; hashesAt(level, size) > 0; level += 1) {
    const full = Buffer.concat(Array.from({ length: tileWidth }, () => tops[level] ?? hash));
    tops.push(Buffer.from(foldTile(full, 0, tileWidth)));
    const last = [...tilesAt(level, size)].at(-1);
    const complete = Math.floor(hashesAt(level, size) / tileWidth);
    await pool.query('insert into tlog_tile (level, idx, hashes) select $1, i, $2 from generate_series(0, $3::bigint - 1) i', [level, full, complete]);
    if (level > 0 && last !== undefined && last.width < tileWidth) await pool.query('insert into tlog_tile values ($1, $2, $3)', [level, last.index, full.subarray(0, last.width * 32)]);
  }
  const heightHash = (height: number): Uint8Array => foldTile(Buffer.concat(Array.from({ length: 2 ** (height % 8) }, () => tops[Math.floor(height / 8)] ?? hash)), 0, 2 ** (height % 8));
  const root = foldRight(subtreesOf(0, size).map(({ level }) => heightHash(level)));
  const open = size - (size % tileWidth);
  await pool.query("select ensure_partitions('2026-01-01', 3)");
  // Only what is asked for and what is not yet a tile stands among the leaves and entries.
  const { rows } = await pool.query<{ id: string }>(
    `with wanted as (select seq, gen_random_uuid() as random, timestamptz '2026-01-05T00:00:00Z' + seq * interval '100 microseconds' as exact
         from (select distinct (i * $1::bigint / $2::bigint) as seq from generate_series(0, $2::bigint - 1) i union select generate_series($3::bigint, $1::bigint - 1)) places),
       timed as (select seq, random, date_trunc('milliseconds', exact) as at from wanted),
       named as (select seq, at, (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7000' || substr(replace(random::text, '-', ''), 17))::uuid as id from timed),
       leaves as (insert into tlog_leaf (seq, id, at, h) select seq, id, at, $4 from named returning id, at),
       entries as (insert into entry (id, at, kind, sealed_sha256, leaf) select id, at, 'disclosure', sha256('x'), $5 from leaves returning id)
     select named.id from named where (select count(*) from entries) > 0 order by seq`,
    [size, samples, open, hash, leaf],
  );
  const note = signCheckpoint({ origin: fillerSigner.name, size, root }, fillerSigner);
  await pool.query('insert into tlog_checkpoint (size, root, signed_at, note) values ($1, $2, now(), $3)', [size, root, note]);
  await pool.query('update tlog_head set size = $1, stack = $2, signed_size = $1, released_size = $1', [size, Buffer.concat(subtreesOf(0, size).map(({ level }) => heightHash(level)))]);
  await pool.query('analyze');
  return rows.map(({ id }) => id);
};

const measure = async (pool: pg.Pool, size: number): Promise<void> => {
  const ids = (await fill(pool, size)).slice(0, samples);
  for (const id of ids.slice(0, 20)) await loadProof(pool, id);
  const alone = await each(ids, (id) => loadProof(pool, id));
  const cache = createTileCache();
  const warm = await each(ids, (id) => loadProof(pool, id, cache));
  const checkpoint = await findCheckpoint(pool);
  if (checkpoint === null) throw new Error('bug: no checkpoint');
  const newest = Array.from({ length: claimed }, (_, place) => ({ index: size - 1 - place, leaf }));
  await loadProofs(pool, newest, checkpoint, cache);
  const before = process.cpuUsage();
  const claims = await each(ids.slice(0, 50), async () => {
    const proofs = await loadProofs(pool, newest, (await findCheckpoint(pool)) ?? checkpoint, cache);
    if (proofs.includes(null)) throw new Error('bug: a proof does not hold');
    for (const _proof of proofs) formatOpening({ label: 'payload', salt: Buffer.alloc(32), text: null });
  });
  const own = process.cpuUsage(before);
  const consistency = await each(ids.slice(0, 50), (_id, place) => loadConsistency(pool, Math.floor(size * 0.9) + place, size));
  console.log(`  ${size}: alone ${spread(alone)}, tiles in memory ${spread(warm)}, claim of ${claimed} ${spread(claims)}`
    + ` (CPU of the hub ${((own.user + own.system) / 1_000 / 50 / claimed).toFixed(2)} ms a delivery), consistency ${spread(consistency)}`);
};

const each = async <T>(items: readonly T[], work: (item: T, place: number) => Promise<unknown>): Promise<readonly number[]> => {
  const taken: number[] = [];
  for (const [place, item] of items.entries()) {
    const startMs = performance.now();
    await work(item, place);
    taken.push(performance.now() - startMs);
  }
  return taken;
};
const at = (values: readonly number[], part: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
const spread = (values: readonly number[]): string => `${at(values, 0.5).toFixed(2)} / ${at(values, 0.95).toFixed(2)}`;
