import { deskRoles, type DeskRole } from '@ketensluis/domain';
import { deskStore, findRunningPostgres, openPool } from '@ketensluis/platform';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { parse } from 'yaml';
import { keepRunning } from '../../apps/cli/drill/fleet.js';
import { accountsSchema, practiceLevel } from '../../apps/practice/identity/accounts.js';
import { freePort } from '../../apps/practice/free-port.js';
import { walk } from '../console/walk.js';
import { visitorOf, type Visitor } from '../harness/console.js';
import { configFolder } from './hub-bench.js';
import { familyTimeMs, loadAverage, parentOf, processorTimeMs } from './processor-time.js';
import { fillBackground } from './questions-fill.js';

const isQuick = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined;
const entries = isQuick ? 50_000 : 1_000_000;
const timesEach = isQuick ? 5 : 20;
const perSecond = 20;
const paceSeconds = isQuick ? 10 : 60;
const waterveen = '00000001900000000101';

/** One page of one person. */
interface Looked {
  readonly role: DeskRole;
  readonly href: string;
  readonly visitor: Visitor;
}

/** Prints what each page costs and how long it takes at twenty a second, on a practice hub with a log of a million entries. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-console-bench-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const ports = { SMTP: await freePort(), HTTP: await freePort(), API: await freePort(), CONSOLE: port, SIGN_IN: await freePort() };
  const hub = keepRunning({
    name: 'hub', words: ['up', '--practice'], log: join(folder, 'said.log'),
    environment: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', KETENSLUIS_DATA: folder, ...Object.fromEntries(Object.entries(ports).map(([name, value]) => [`KETENSLUIS_${name}_PORT`, String(value)])) },
  });
  try {
    await hub.running;
    const pool = openPool((await findRunningPostgres(join(folder, 'postgres'))) ?? '', 4);
    await measure(pool, new URL(`http://localhost:${port}`), hub.pid() ?? 0);
    await pool.end();
  } finally {
    await hub.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const measure = async (pool: pg.Pool, url: URL, hub: number): Promise<void> => {
  const startMs = performance.now();
  await fillBackground(pool, entries, new Date(), waterveen);
  await pool.query('vacuum analyze');
  const { rows: [head] } = await pool.query<{ size: string; pid: number }>('select size, pg_backend_pid() as pid from tlog_head');
  console.log(`${head?.size} entries over five years, one in sixty of the municipality that looks (filled in ${((performance.now() - startMs) / 1_000).toFixed(0)} s); load ${loadAverage()}`);
  const pages = await pagesOf(pool, url);
  const postgres = parentOf(head?.pid ?? 0);
  console.log(`${pages.length} pages of ${new Set(pages.map(({ role }) => role)).size} roles, each looked at ${timesEach} times, one after the other. CPU: the whole hub process, and PostgreSQL.`);
  const costs: { readonly page: Looked; readonly hubMs: number; readonly postgresMs: number; readonly p50: number }[] = [];
  for (const page of pages) costs.push({ page, ...(await costOf(page, hub, postgres)) });
  const by = [...costs].sort((one, other) => other.hubMs - one.hubMs);
  for (const { page, hubMs, postgresMs, p50 } of by.slice(0, 12)) console.log(`  ${page.role} ${page.href.split('?')[0]}: hub ${hubMs.toFixed(1)} ms, PostgreSQL ${postgresMs.toFixed(1)} ms, p50 ${p50.toFixed(0)} ms`);
  const over = costs.filter(({ hubMs }) => hubMs > 10).length;
  console.log(`  median page: hub ${at(costs.map(({ hubMs }) => hubMs), 0.5).toFixed(1)} ms, PostgreSQL ${at(costs.map(({ postgresMs }) => postgresMs), 0.5).toFixed(1)} ms; over 10 ms in the hub: ${over} of ${costs.length} (target 0)`);
  const taken = await paced(pages);
  console.log(`  at ${perSecond} pages a second for ${paceSeconds} s, every page in turn: p50 ${at(taken, 0.5).toFixed(0)} ms, p95 ${at(taken, 0.95).toFixed(0)} ms; target p95 under 150 ms (load ${loadAverage()})`);
};

/** Every page that somebody of a role can come to, one address for each route. */
const pagesOf = async (pool: pg.Pool, url: URL): Promise<readonly Looked[]> => {
  const accounts = accountsSchema.parse(parse(await readFile(join(configFolder, 'sign-in', 'practice.yaml'), 'utf8')));
  const sessions = deskStore.createSessions(pool);
  const pages: Looked[] = [];
  for (const role of deskRoles) {
    const known = accounts.find(({ roles }) => roles.includes(role));
    if (known === undefined) continue;
    const visitor = visitorOf(url, await sessions.begin({ ...known, level: practiceLevel }, null, new Date()));
    pages.push(...(await walk(visitor, role)).map(({ href }) => ({ role, href, visitor })));
  }
  return pages;
};

const costOf = async ({ href, visitor }: Looked, hub: number, postgres: number): Promise<{ readonly hubMs: number; readonly postgresMs: number; readonly p50: number }> => {
  await visitor.get(href);
  const before = [processorTimeMs(hub), familyTimeMs(postgres)] as const;
  const taken: number[] = [];
  for (let round = 0; round < timesEach; round += 1) taken.push(await timed(href, visitor));
  return { hubMs: (processorTimeMs(hub) - before[0]) / timesEach, postgresMs: (familyTimeMs(postgres) - before[1]) / timesEach, p50: at(taken, 0.5) };
};

const timed = async (href: string, visitor: Visitor): Promise<number> => {
  const startedAt = performance.now();
  await visitor.get(href);
  return performance.now() - startedAt;
};

/** The pace does not wait for answers. */
const paced = async (pages: readonly Looked[]): Promise<readonly number[]> => {
  const begun = performance.now();
  return Promise.all(Array.from({ length: perSecond * paceSeconds }, async (_, place) => {
    await pause(Math.max(0, begun + (place * 1_000) / perSecond - performance.now()));
    const page = pages[place % pages.length];
    return page === undefined ? 0 : timed(page.href, page.visitor);
  }));
};

const at = (values: readonly number[], part: number): number => [...values].sort((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
