import { applyLawPack, ask, everything, matrix, reportPerson, reportQuarter, type AccessDraft, type Asker, type AuditPorts, type FilterAsked, type FigureKey } from '@ketensluis/flow';
import { encodeLeaf } from '@ketensluis/tlog';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { createAudit } from '../../libs/platform/audit.js';
import { openVault } from '../../libs/platform/master-key.js';
import { startEmbeddedPostgres } from '../../libs/platform/postgres/embedded.js';
import { uuidV7 } from '../../libs/store/ids.js';
import { recordEntries } from '../../libs/store/log/record-entries.js';
import { sequence } from '../../libs/store/log/sequence.js';
import { signHead } from '../../libs/store/log/sign-head.js';
import { migrate } from '../../libs/store/migrate.js';
import { periodKeys } from '../../libs/store/period-keys.js';
import { openPool } from '../../libs/store/pool.js';
import { createStore } from '../../libs/store/store.js';
import { openTestSigner } from '../harness/log-entries.js';
import { crowd, fillBackground, fillProbes, oinOf, startOf } from './questions-fill.js';

const operator: Asker = { account: 'bench', function: 'fg', purpose: 'toezicht.fg', controller: null };
const fgOf = (n: number): Asker => ({ ...operator, controller: oinOf(1, n % crowd.controllers) });
const people = 60;
const dayMs = 86_400_000;

/** One question, asked again and again with other values; `mostMs` is the limit of log.md T10 for 1e7 entries, null where there is none. */
interface Asked {
  readonly name: string;
  readonly times: number;
  readonly mostMs: number | null;
  readonly run: (round: number) => Promise<{ readonly kind: string }>;
}

/** Prints p50 and p95 of every question as the log grows, and what the index of outcomes costs whoever appends. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-questions-bench-'));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), log: () => undefined });
  const pool = openPool(server.connectionString, 40);
  const { signer, remove } = await openTestSigner();
  try {
    await migrate(server.connectionString);
    await price(pool);
    const vault = await openVault(join(folder, 'keys'));
    const keys = periodKeys(vault);
    const now = new Date();
    const ports = timedPorts({ ...(await createAudit(pool, { dataFolder: folder })), clock: { now: () => new Date() } });
    await applyLawPack({ key: 'wth', text: await readFile(join(process.cwd(), 'config', 'law', 'wth.yaml'), 'utf8') }, 'bench', { clock: ports.clock, ids: ports.ids, register: createStore(pool, vault).register });
    const sizes = [10_000, 1_000_000, ...(process.env['KETENSLUIS_BENCH_LARGE'] === undefined ? [] : [10_000_000])];
    for (const [round, size] of sizes.entries()) {
      const end = new Date(now.getTime() - (sizes.length - round) * 1_000);
      const startMs = performance.now();
      await fillBackground(pool, size, end);
      const probes = await fillProbes(pool, keys, round === 0 ? people : 0, end);
      await signHead(pool, signer, new Date());
      await pool.query('vacuum analyze');
      const known = probes.length > 0 ? probes : Array.from({ length: people }, (_, n) => ({ name: `Proef Persoon ${n}`, birthDate: '1990-01-01' }));
      console.log(`\n${(await pool.query('select signed_size as n from tlog_head')).rows[0].n} entries over five years (filled in ${((performance.now() - startMs) / 1000).toFixed(0)} s); p50 / p95 ms of looking, and of the whole with its record`);
      for (const one of [busy(ports, pool), ...questions(ports, known, end)]) await measure(one, ports);
    }
  } finally {
    await pool.end();
    await server.stop();
    await remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

const questions = (ports: AuditPorts, known: readonly { readonly name: string; readonly birthDate: string }[], end: Date): readonly Asked[] => {
  const years = everything(startOf(end), end);
  const back = (round: number, days: number): FilterAsked => {
    const to = new Date(end.getTime() - ((round * 37) % 1_700) * dayMs);
    return everything(new Date(to.getTime() - days * dayMs), to);
  };
  const person = (round: number) => {
    const { name, birthDate } = known[round % known.length] ?? { name: '', birthDate: '' };
    return [{ kind: 'name' as const, name, birthDate }];
  };
  const page = (filter: FilterAsked, asker: Asker, limit = 50) => ask({ filter, cursor: null, limit }, asker, ports);
  const totals = (round: number, by: readonly FigureKey[]) => ports.audit.consult(
    look(ports),
    async (log) => ({ value: { kind: `${(await log.figures(filterOf(back(round, 30)), by)).length}` }, question: {}, objects: [] }),
  );
  return [
    { name: 'one person, five years: search', times: 120, mostMs: 50, run: (round) => page({ ...years, persons: person(round) }, operator) },
    { name: 'one person, five years: report with proofs', times: 120, mostMs: 50, run: (round) => reportPerson({ from: years.from, to: years.to, persons: person(round) }, operator, ports) },
    { name: 'a recipient, newest page', times: 100, mostMs: 15, run: (round) => page({ ...years, recipient: oinOf(2, round % crowd.recipients) }, operator) },
    { name: 'a municipality, newest page', times: 100, mostMs: null, run: (round) => page(years, fgOf(round)) },
    { name: 'a municipality, five years, one rule and category', times: 30, mostMs: null, run: (round) => page({ ...years, rule: 'WTH-08', category: 'C-GROUND' }, fgOf(round)) },
    { name: 'one day of everybody, all its pages', times: 30, mostMs: 200, run: (round) => wholeDay(back(round, 1), ports) },
    { name: 'totals of a month by kind and recipient', times: 40, mostMs: 500, run: (round) => totals(round, ['kind', 'recipient']) },
    { name: 'quarterly report of a municipality', times: 10, mostMs: null, run: (round) => reportQuarter(back(round, 91), fgOf(round), ports) },
    { name: 'who shares what, a municipality, a quarter, by category', times: 10, mostMs: null, run: (round) => matrix({ filter: back(round, 91), perCategory: 'each' }, fgOf(round), ports) },
  ];
};

const look = ({ trace }: AuditPorts): AccessDraft => {
  const now = new Date();
  const facts = { id: uuidV7(now), kind: 'consultation', at: now.toISOString(), purpose: operator.purpose } as const;
  return { asker: operator, action: 'report', at: now, trace: trace(), entry: { facts, subjects: [], reason: null, payload: null, detail: {} } };
};

const filterOf = ({ persons: _persons, law: _law, outsideHours: _outside, channel: _channel, ...asked }: FilterAsked) =>
  ({ ...asked, controller: null, subjects: null, policy: null, channel: null, outsideHours: null });

/** Every row of a day, in one look: what a day costs the database, the record of looking once. */
const wholeDay = (day: FilterAsked, ports: AuditPorts) => ports.audit.consult(
  look(ports),
  async (log) => {
    const found = await log.page({ filter: filterOf(day), size: null, after: null, limit: 100_000, order: 'newest' });
    return { value: { kind: `${found.rows.length} rows` }, question: {}, objects: [] };
  },
);

/** What the computer does beside us shows here: nothing is looked up. */
const busy = (ports: AuditPorts, pool: pg.Pool): Asked => ({
  name: 'nothing at all, for comparison', times: 100, mostMs: null,
  run: () => ports.audit.consult(look(ports), async () => ({ value: { kind: `${(await pool.query('select 1')).rowCount}` }, question: {}, objects: [] })),
});

/** Ports that keep how long the last look took, without the record of it. */
interface TimedPorts extends AuditPorts {
  readonly lookedMs: () => number;
}

const timedPorts = (ports: AuditPorts): TimedPorts => {
  let lookedMs = 0;
  return {
    ...ports,
    lookedMs: () => lookedMs,
    audit: {
      consult: (access, look) => ports.audit.consult(access, async (log) => {
        const startMs = performance.now();
        const looked = await look(log);
        lookedMs = performance.now() - startMs;
        return looked;
      }),
    },
  };
};

const measure = async ({ name, times, mostMs, run: once }: Asked, ports: TimedPorts): Promise<void> => {
  const [looked, spent]: [number[], number[]] = [[], []];
  // The first of each is the plan being made, on each connection of the pool.
  for (let warm = 0; warm < 3; warm += 1) await once(warm);
  for (let round = 0; round < times; round += 1) {
    const startMs = performance.now();
    const answer = await once(round);
    spent.push(performance.now() - startMs);
    looked.push(ports.lookedMs());
    if (answer.kind === 'refused') throw new Error(`${name}: refused`);
  }
  const p95 = at(looked, 0.95);
  console.log(`  ${name.padEnd(56)} ${spread(looked)}   ${spread(spent)}${mostMs === null ? '' : `   limit ${mostMs}${p95 > mostMs ? '  OVER' : ''}`}`);
};

const roundMs = 1_500;
const rounds = 5;
const writers = 32;

/** What finding an outcome costs whoever appends one: a row beside it (chosen), an index on every month instead, or nothing. Ratio to the plain insert of the round. */
const price = async (pool: pg.Pool): Promise<void> => {
  await pool.query("select ensure_partitions(date_trunc('month', now())::date, 12)");
  await pool.query('create table bench_plain (id uuid primary key, at timestamptz(3) not null, kind text not null, leaf bytea not null)');
  const outcome = (): Uint8Array => {
    const now = new Date();
    return encodeLeaf({ v: 1, id: uuidV7(now), kind: 'outcome', at: now.toISOString(), to: oinOf(2, 1), ref: uuidV7(now), msg: randomUUID(), code: 'delivered' });
  };
  const asEntry = (client: pg.PoolClient): Promise<unknown> => recordEntries(client, [{ leaf: outcome(), detail: null, pseudonyms: [], outbox: null }]);
  const contenders = [
    { name: 'plain insert', before: 'select 1', after: 'select 1', write: (client: pg.PoolClient): Promise<unknown> => client.query("insert into bench_plain values ($1, $2, 'outcome', $3)", [uuidV7(new Date()), new Date(), outcome()]) },
    { name: 'log, outcomes not found', before: 'alter table entry disable trigger entry_outcome_is_indexed', after: 'alter table entry enable trigger entry_outcome_is_indexed', write: asEntry },
    { name: 'log, a row beside it', before: 'select 1', after: 'select 1', write: asEntry },
    {
      name: 'log, an index on ref', before: 'alter table entry disable trigger entry_outcome_is_indexed; create index bench_by_ref on entry (ref, at) where ref is not null',
      after: 'drop index bench_by_ref; alter table entry enable trigger entry_outcome_is_indexed', write: asEntry,
    },
  ];
  const ratios = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    let plain = 1;
    for (const [place, { before, after, write }] of contenders.entries()) {
      await pool.query(before);
      const perSecond = await writeFor(pool, write);
      await pool.query(after);
      if (place === 0) plain = perSecond;
      ratios[place]?.push(perSecond / plain);
    }
  }
  console.log(`appending outcomes at ${writers} writers, ratio to plain insert, median of ${rounds} rounds: ${contenders.map(({ name }, place) => `${name} ${at(ratios[place] ?? [], 0.5).toFixed(2)}`).join(', ')}`);
};

const writeFor = async (pool: pg.Pool, write: (client: pg.PoolClient) => Promise<unknown>): Promise<number> => {
  const clients = await Promise.all(Array.from({ length: writers }, () => pool.connect()));
  const startMs = performance.now();
  const counts = await Promise.all(clients.map(async (client) => {
    let written = 0;
    for (; performance.now() < startMs + roundMs; written += 1) await write(client);
    return written;
  }));
  for (const client of clients) client.release();
  while ((await sequence(pool)).added > 0);
  return (counts.reduce((sum, n) => sum + n, 0) * 1_000) / (performance.now() - startMs);
};

const spread = (values: readonly number[]): string => `${at(values, 0.5).toFixed(1).padStart(8)} / ${at(values, 0.95).toFixed(1).padStart(8)}`;
const at = (values: readonly number[], part: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;
