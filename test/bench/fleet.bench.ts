import { availableParallelism } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { startBroker, type Broker } from '../../apps/cli/drill/broker.js';
import { deliveriesPerMessage } from './fleet-fill.js';
import { drained, openFleetHub, type FleetHub } from './fleet-load.js';
import { measureArrivals, type Group, type Measured } from './fleet-meter.js';
import type { BenchWorker } from './hub-bench.js';
import { loadAverage } from './processor-time.js';

/** One part of it alone: `scale`, `scaleSlow` or `pile`. */
const only = process.env['KETENSLUIS_BENCH_PART'];
const isQuick = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined;
/** Messages of which the same backlog is made for one worker and for two. */
const backlogMessages = isQuick ? 300 : 2_000;
const warmUpMessages = isQuick ? 100 : 400;
/** Deliveries that wait while nobody delivers. */
const pileDeliveries = Number(process.env['KETENSLUIS_BENCH_PILE'] ?? (isQuick ? 1_000 : 100_000));
const steadyDeliveries = isQuick ? 400 : 4_000;
/** Parties that take their time: what bounds the rate then is how much a worker has under way, and not the processor. */
const slowMs = 500;
const slowMessages = isQuick ? 60 : 300;
const target = { ratio: 1.7, drain: 0.8 } as const;

/** Prints how much faster two workers are than one, what stands in the way, and how a large backlog is worked off. */
export async function run(): Promise<void> {
  const broker = await startBroker();
  try {
    for (const [name, part] of Object.entries({ scale, scaleSlow, pile })) if (only === undefined || only === name) for (const queue of [null, broker]) await part(queue);
  } finally {
    await broker.stop();
  }
}

const nameOf = (broker: Broker | null): string => (broker === null ? 'PostgreSQL alone' : 'RabbitMQ');

const withFleet = async (answerMs: number, work: (fleet: FleetHub) => Promise<void>): Promise<void> => {
  const fleet = await openFleetHub(answerMs);
  try {
    await work(fleet);
  } finally {
    await fleet.close();
  }
};

/** The same backlog by one worker process and by two, all of them warm; by turns, so that a computer that is busy is so for both. */
const scale = async (broker: Broker | null): Promise<void> => withFleet(0, async (fleet) => {
  console.log(`${nameOf(broker)}: ${backlogMessages} bans that wait to be decided, ${deliveriesPerMessage} webhooks each; load ${loadAverage()}.`);
  const [one, two] = await byTurns(fleet, broker, { turns: isQuick ? [1, 2] : [1, 2, 2, 1], warmUp: warmUpMessages, messages: backlogMessages });
  const cores = availableParallelism();
  const [alone, all] = [Math.min(1_000 / one.firstMs, (cores * 1_000) / one.cpuMs), (cores * 1_000) / one.cpuMs];
  console.log(`  ${verdict(two.perSecond / one.perSecond)}. With the ${two.coresFree.toFixed(2)} cores that other programs left, no ratio above ${((two.coresFree * 1_000) / two.cpuMs / one.perSecond).toFixed(2)} could be seen.`);
  console.log(`  With nothing else on its ${cores} cores: a worker takes ${one.firstMs.toFixed(2)} ms of its one thread a webhook, the rest ${(one.cpuMs - one.firstMs).toFixed(2)} ms, so one does ${Math.round(alone)} a second at most and any number ${Math.round(all)}: no ratio above ${(all / alone).toFixed(2)}.`);
});

/** The same where the parties take their time, so that it is not the processor that the workers share. */
const scaleSlow = async (broker: Broker | null): Promise<void> => withFleet(slowMs, async (fleet) => {
  console.log(`${nameOf(broker)}: ${slowMessages} bans, parties that answer after ${slowMs} ms; load ${loadAverage()}.`);
  const [one, two] = await byTurns(fleet, broker, { turns: [1, 2], warmUp: slowMessages / 6, messages: slowMessages });
  console.log(`  ${verdict(two.perSecond / one.perSecond)}`);
});

const verdict = (ratio: number): string => `ratio ${ratio.toFixed(2)}, target ${target.ratio}: ${ratio >= target.ratio ? 'met' : 'MISSED'}`;

interface Turns {
  readonly turns: readonly (1 | 2)[];
  readonly warmUp: number;
  readonly messages: number;
}

/** The faster of the turns with one worker, and of those with two. */
const byTurns = async (fleet: FleetHub, broker: Broker | null, { turns, warmUp, messages }: Turns): Promise<readonly [Measured, Measured]> => {
  const measured: Record<1 | 2, Measured[]> = { 1: [], 2: [] };
  const workers: BenchWorker[] = [];
  for (const count of turns) {
    while (workers.length > count) await workers.pop()?.stop();
    while (workers.length < count) workers.push(await fleet.hub.startWorker(['decide', 'seal', 'deliver'], broker?.url()));
    await worked(fleet, workers, broker, warmUp);
    const one = await worked(fleet, workers, broker, messages);
    measured[count].push(one);
    console.log(`  ${count} worker${count === 1 ? ' ' : 's'}: ${one.told}`);
  }
  for (const worker of workers) await worker.stop();
  return [fastest(measured[1]), fastest(measured[2])];
};

const fastest = (all: readonly Measured[]): Measured => {
  const [best] = [...all].sort((a, b) => b.perSecond - a.perSecond);
  if (best === undefined) throw new Error('nothing was measured');
  return best;
};

/** Brings them while nothing is decided, then lets go. */
const worked = async (fleet: FleetHub, workers: readonly BenchWorker[], broker: Broker | null, messages: number): Promise<Measured> => {
  const letGo = await fleet.hold();
  const wanted = fleet.endpoint.arrived.size + messages * deliveriesPerMessage;
  await fleet.hub.hub.fill(messages);
  const measuring = measureArrivals(fleet, groupsOf(fleet, workers, broker), wanted);
  await letGo();
  const { whole } = await measuring;
  await drained(fleet.hub);
  return whole;
};

/** A large backlog piles up while nobody delivers; then one process does. */
const pile = async (broker: Broker | null): Promise<void> => withFleet(0, async (fleet) => {
  console.log(`${nameOf(broker)}: deliveries that wait, then one process that delivers them, beside one that seals; load ${loadAverage()}.`);
  const others = await fleet.hub.startWorker(['decide', 'seal']);
  const small = await workedOff(fleet, others, broker, steadyDeliveries);
  console.log(`  ${steadyDeliveries}: ${small.whole.told}`);
  const { whole, parts } = await workedOff(fleet, others, broker, pileDeliveries);
  console.log(`  ${pileDeliveries}: ${whole.told}`);
  const row = (of: (part: Measured) => string): string => parts.map(of).join(' ');
  console.log(`  in each tenth: webhooks a second ${row(({ perSecond }) => String(Math.round(perSecond)))}; ms of CPU each ${row(({ cpuMs }) => cpuMs.toFixed(2))}; MB of the process ${row(({ megabytes }) => String(Math.round(megabytes)))}`);
  // By CPU as well: what else this computer does comes and goes in the time this takes.
  const last = parts.at(-1);
  const [byClock, byCpu] = [(last?.perSecond ?? Number.NaN) / small.whole.perSecond, small.whole.cpuMs / (last?.cpuMs ?? Number.NaN)];
  console.log(`  the last tenth goes at ${Math.round(byClock * 100)} % of the small one by the clock, ${Math.round(byCpu * 100)} % by what it costs; target ${target.drain * 100} %: ${byClock >= target.drain ? 'met' : byCpu >= target.drain ? 'met by cost, MISSED by the clock' : 'MISSED'}`);
  await others.stop();
});

const workedOff = async (fleet: FleetHub, others: BenchWorker, broker: Broker | null, deliveries: number) => {
  const wanted = fleet.endpoint.arrived.size + deliveries;
  const begun = performance.now();
  await fleet.hub.hub.fill(deliveries / deliveriesPerMessage);
  while ((await fleet.hub.pool.query("select where exists (select from queue where kind = 'disclose') or exists (select from pending)")).rowCount !== 0) await pause(250);
  console.log(`  ${deliveries} wait after ${Math.round((performance.now() - begun) / 1_000)} s (load ${loadAverage()})`);
  const delivering = await fleet.hub.startWorker(['deliver'], broker?.url());
  const measured = await measureArrivals(fleet, groupsOf(fleet, [delivering], broker, others), wanted, 10);
  await drained(fleet.hub);
  await delivering.stop();
  return measured;
};

/** Processes by what they do; the bench itself hears from the receiver. */
const groupsOf = (fleet: FleetHub, workers: readonly BenchWorker[], broker: Broker | null, others?: BenchWorker): readonly Group[] => [
  { name: workers.length === 1 ? 'worker' : 'workers', pids: workers.map(({ pid }) => pid) }, { name: 'PostgreSQL', pids: [fleet.hub.postgres], isFamily: true },
  { name: 'receiver', pids: [fleet.endpoint.pid, process.pid] }, { name: 'other hub processes', pids: [fleet.hub.hub.pid, ...(others === undefined ? [] : [others.pid])] },
  ...(broker === null ? [] : [{ name: 'broker', pids: [broker.pid()] }]),
];
