import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { FleetHub } from './fleet-load.js';
import { familyTimeMs, loadAverage, memoryMegabytes, processorTimeMs } from './processor-time.js';

/** Processes whose time is told together; the first group is the one whose memory is told. */
export interface Group {
  readonly name: string;
  readonly pids: readonly number[];
  readonly isFamily?: boolean;
}

/** What working off a number of webhooks took. */
export interface Measured {
  readonly perSecond: number;
  /** CPU of all groups for one webhook. */
  readonly cpuMs: number;
  /** Of the first group. */
  readonly firstMs: number;
  /** Cores that were left for all groups by whatever else ran on this computer. */
  readonly coresFree: number;
  /** Of the process with the most, at the end of this part. */
  readonly megabytes: number;
  readonly told: string;
}

interface Sample {
  readonly atMs: number;
  readonly count: number;
  readonly groups: readonly number[];
  readonly busyMs: number;
  readonly megabytes: number;
  readonly waits: readonly string[];
}

const sampleMs = 250;
const ticksPerSecond = 100;
const stuckMs = 120_000;

/** Everything all processors did so far but rest (proc(5), the line `cpu`). */
const machineBusyMs = (): number => {
  const [user = 0, nice = 0, system = 0, , , irq = 0, soft = 0, steal = 0] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.trim().split(/\s+/).slice(1).map(Number) ?? [];
  return ((user + nice + system + irq + soft + steal) * 1_000) / ticksPerSecond;
};

/** Follows webhooks as they arrive until `wanted` of them have, and tells of all of them and of each of `parts` parts. */
export const measureArrivals = async ({ hub, endpoint }: FleetHub, groups: readonly Group[], wanted: number, parts = 1): Promise<{ readonly whole: Measured; readonly parts: readonly Measured[] }> => {
  const take = async (): Promise<Sample> => {
    const times = groups.map(({ pids, isFamily }) => pids.reduce((sum, pid) => sum + (isFamily === true ? familyTimeMs(pid) : processorTimeMs(pid)), 0));
    const { rows } = await hub.pool.query<{ wait: string }>("select coalesce(wait_event_type || '/' || wait_event, 'CPU') as wait from pg_stat_activity where state = 'active' and application_name = 'ketensluis' and pid <> pg_backend_pid()");
    return {
      atMs: performance.now(), count: endpoint.arrived.size, groups: times, busyMs: machineBusyMs(), megabytes: Math.max(...(groups[0]?.pids ?? []).map((pid) => memoryMegabytes(pid, 'VmRSS'))),
      waits: rows.map(({ wait }) => wait),
    };
  };
  const samples = [await take()];
  let grewAt = performance.now();
  while ((samples.at(-1)?.count ?? 0) < wanted) {
    await pause(sampleMs);
    const before = samples.at(-1)?.count ?? 0;
    samples.push(await take());
    if ((samples.at(-1)?.count ?? 0) > before) grewAt = performance.now();
    if (performance.now() - grewAt > stuckMs) throw new Error(`${wanted - endpoint.arrived.size} webhooks did not arrive`);
  }
  const begun = samples[0]?.count ?? 0;
  const at = (share: number): number => begun + (wanted - begun) * share;
  return {
    // The beginning and the end have only some of what runs in between.
    whole: between(groups, samples, at(0.1), at(0.9)),
    parts: Array.from({ length: parts }, (_none, place) => between(groups, samples, at(place / parts), at((place + 1) / parts))),
  };
};

const between = (groups: readonly Group[], samples: readonly Sample[], from: number, to: number): Measured => {
  const first = samples.findLast(({ count }) => count <= from) ?? samples[0];
  const last = samples.find(({ count }) => count >= to) ?? samples.at(-1);
  if (first === undefined || last === undefined) throw new Error('nothing was measured');
  const [count, ms] = [last.count - first.count, last.atMs - first.atMs];
  const spent = groups.map((_group, place) => (last.groups[place] ?? 0) - (first.groups[place] ?? 0));
  const own = spent.reduce((sum, one) => sum + one, 0);
  const others = Math.max(0, last.busyMs - first.busyMs - own) / ms;
  const perSecond = (count * 1_000) / ms;
  const shares = groups.map(({ name }, place) => `${name} ${((spent[place] ?? 0) / ms).toFixed(2)}`).join(', ');
  const waits = new Map<string, number>();
  for (const wait of samples.slice(samples.indexOf(first), samples.indexOf(last) + 1).flatMap((sample) => sample.waits)) waits.set(wait, (waits.get(wait) ?? 0) + 1);
  const all = [...waits.values()].reduce((sum, one) => sum + one, 0);
  const most = [...waits].sort((a, b) => b[1] - a[1]).slice(0, 4).map(([name, many]) => `${name} ${Math.round((many / all) * 100)} %`).join(', ');
  return {
    perSecond, cpuMs: own / count, firstMs: (spent[0] ?? 0) / count, coresFree: Math.max(own / ms, availableParallelism() - others), megabytes: last.megabytes,
    told: `${Math.round(perSecond)} webhooks a second, ${(own / count).toFixed(2)} ms of CPU each; cores in use: ${shares}, anything else ${others.toFixed(2)}; sessions of PostgreSQL were at: ${most} (load ${loadAverage()})`,
  };
};
