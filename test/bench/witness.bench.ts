import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { askWitnesses } from '@ketensluis/flow';
import { startEmbeddedPostgres } from '@ketensluis/platform';
import { demandQuorum, inTransaction, migrate, openPool, recordEntries, releaseStore, sequence, signHead, type LogSigner } from '@ketensluis/store';
import type { LogPolicy } from '@ketensluis/tlog';
import { witnessClient } from '../../libs/platform/witness-client.js';
import { openTestSigner, plainEntries } from '../harness/log-entries.js';
import { startWitnesses } from '../harness/witnesses.js';
import { loadAverage } from './processor-time.js';

const tickMs = 200;
const perSecond = 100;
const seconds = process.env['KETENSLUIS_BENCH_QUICK'] === undefined ? 20 : 5;

/**
 * Prints how long an entry waits from its commit until it may leave: on the signature of the log alone, and cosigned by two of two witnesses over HTTP,
 * in turn on the same database. Included: the tick, the tree, the signer's fsync, two witnesses with theirs, the transaction that releases.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-witness-bench-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ directory: folder, log: () => undefined });
  const pool = openPool(server.connectionString, 20);
  const { signer, remove } = await openTestSigner();
  const witnesses = await startWitnesses({ vkey: signer.vkey, count: 2, enough: 2, now: () => new Date() });
  try {
    await migrate(server.connectionString);
    await pool.query("select ensure_partitions(date_trunc('month', now())::date, 2)");
    console.log(`${perSecond} entries a second for ${seconds} s, a tick every ${tickMs} ms; everything on this computer, load ${loadAverage()}. Target: cosigned p95 <= 300 ms.`);
    for (const round of [1, 2]) {
      for (const policy of [null, witnesses.policy]) {
        await demandQuorum(pool, policy !== null);
        const waits = await measure(pool, signer, policy);
        console.log(`  round ${round}, ${policy === null ? 'signed alone        ' : 'two witnesses of two'}: ${describe(waits)} (${waits.length} entries)`);
      }
    }
  } finally {
    await witnesses.close();
    await pool.end();
    await server.stop();
    await remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from commit to release, for each entry. */
const measure = async (pool: pg.Pool, signer: LogSigner, policy: LogPolicy | null): Promise<readonly number[]> => {
  const ports = { clock: { now: () => new Date() }, client: witnessClient(), releases: releaseStore(pool) };
  const endMs = performance.now() + seconds * 1000;
  const committed: { readonly id: string; readonly atMs: number }[] = [];
  const waits: number[] = [];
  let isOver = false;
  const writer = async (): Promise<void> => {
    for (let next = performance.now(); next < endMs; next += 1000 / perSecond) {
      await pause(Math.max(0, next - performance.now()));
      const [entry] = await inTransaction(pool, (client) => recordEntries(client, plainEntries(1, new Date())));
      if (entry !== undefined) committed.push({ id: entry.id, atMs: performance.now() });
    }
    isOver = true;
  };
  const ticker = async (): Promise<void> => {
    while (!isOver || committed.length > 0) {
      const startMs = performance.now();
      await sequence(pool);
      const signed = await signHead(pool, signer, new Date());
      if (signed.kind === 'refused') throw new Error(signed.detail);
      const round = policy === null ? null : await askWitnesses(policy, ports);
      if (round?.kind === 'lost') console.log(`    lost: ${JSON.stringify(round.changed)}`);
      const releasedMs = performance.now();
      const { rows } = await pool.query<{ id: string }>('select id from unnest($1::uuid[]) as asked (id) where is_released(id, false, now())', [committed.map(({ id }) => id)]);
      const released = new Set(rows.map(({ id }) => id));
      for (const one of committed.splice(0)) {
        if (released.has(one.id)) waits.push(releasedMs - one.atMs);
        else committed.push(one);
      }
      await pause(Math.max(0, tickMs - (performance.now() - startMs)));
    }
  };
  await Promise.all([writer(), ticker()]);
  return waits;
};

const describe = (waits: readonly number[]): string => {
  const sorted = [...waits].sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`;
};
