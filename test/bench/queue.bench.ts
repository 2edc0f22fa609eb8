import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { WebhookSigner } from '@ketensluis/contract';
import { startBroker, type Broker } from '../../apps/cli/drill/broker.js';
import { freePort } from '../harness/free-port.js';
import { clientKeys } from '../harness/party-call.js';
import { openHubBench, type HubBench } from './hub-bench.js';
import { familyTimeMs, loadAverage, processorTimeMs } from './processor-time.js';
import { bodyBytes, post, postingsOf, soort } from './webhook-posts.js';
import { exchangeKeys, startPeer, until, type Peer } from './webhook.bench.js';

const recipientKey = 'veilig-thuis-noorderwaard';
const isQuick = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined;
const rounds = isQuick ? 1 : 3;
const warmUpMessages = isQuick ? 300 : 800;
const speed = { perSecond: 100, messages: isQuick ? 300 : 1_000 } as const;
/** Faster than they are dealt with, so that work piles up. */
const backlogMessages = isQuick ? 200 : 1_000;
const quietSeconds = isQuick ? 3 : 10;
const target = 1.3;

interface Side {
  readonly name: string;
  readonly hub: HubBench;
  readonly endpoint: Peer;
  readonly signer: WebhookSigner;
  readonly broker: Broker | null;
}

/** CPU milliseconds of each process. */
interface Spent {
  readonly hub: number;
  readonly postgres: number;
  readonly broker: number;
  readonly total: number;
}

/** Prints what the same message costs a hub whose queue is PostgreSQL and one whose work is carried by RabbitMQ, and how fast each works off what piled up. */
export async function run(): Promise<void> {
  const broker = await startBroker();
  const sides: Side[] = [];
  try {
    sides.push(await openSide('PostgreSQL alone', null), await openSide('RabbitMQ', broker));
    await measure(sides);
  } finally {
    for (const { endpoint, hub } of sides) {
      await endpoint.stop();
      await hub.close();
    }
    await broker.stop();
  }
}

const openSide = async (name: string, broker: Broker | null): Promise<Side> => {
  const port = await freePort();
  const hub = await openHubBench(() => undefined, {
    callNetworks: ['127.0.0.0/8'], ...(broker === null ? {} : { brokerUrl: broker.url() }),
    change: (document) => (document.kind !== 'party' || document.key !== recipientKey ? document : { ...document, channel: { kind: 'webhook', url: `https://localhost:${port}/in`, form: 'thin' } }),
  });
  const tls = await clientKeys(join(hub.directory, 'practice'), recipientKey);
  return { name, hub, endpoint: await startPeer({ kind: 'endpoint', ...tls, port }), signer: await exchangeKeys(hub), broker };
};

const measure = async (sides: readonly Side[]): Promise<void> => {
  console.log(`${soort} of ${bodyBytes / 1024} KB in and a thin webhook out, ${speed.perSecond} per second, both hubs whole in one process each; quorum queues on one node; load ${loadAverage()}.`);
  for (const side of sides) await send(side, warmUpMessages, speed.perSecond);
  for (const side of sides) console.log(`  ${side.name}, with nothing to do: ${said(await quiet(side))} of CPU a second.`);
  const totals = new Map<string, { readonly all: number[]; readonly own: number[] }>(sides.map(({ name }) => [name, { all: [], own: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const side of sides) {
      const spent = await send(side, speed.messages, speed.perSecond);
      totals.get(side.name)?.all.push(spent.total);
      totals.get(side.name)?.own.push(spent.hub + spent.postgres);
      console.log(`  ${side.name}: ${said(spent)} a message (load ${loadAverage()})`);
    }
  }
  const ratio = (what: 'all' | 'own'): number => median(totals.get('RabbitMQ')?.[what] ?? []) / median(totals.get('PostgreSQL alone')?.[what] ?? []);
  console.log(`  RabbitMQ costs ${ratio('all').toFixed(2)} times as much with the broker's own CPU, target at most ${target}: ${ratio('all') <= target ? 'met' : 'MISSED'}; ${ratio('own').toFixed(2)} times without it, which can stand elsewhere.`);
  for (const side of sides) {
    const begun = performance.now();
    await send(side, backlogMessages, 10_000);
    console.log(`  ${side.name}: ${backlogMessages} at once, all announced and recorded after ${((performance.now() - begun) / 1_000).toFixed(1)} s, ${Math.round((backlogMessages * 1_000) / (performance.now() - begun))} a second (load ${loadAverage()})`);
  }
};

const timesOf = ({ hub, broker }: Side): Spent => {
  const [own, postgres, carried] = [processorTimeMs(hub.hub.pid), familyTimeMs(hub.postgres), broker === null ? 0 : processorTimeMs(broker.pid())];
  return { hub: own, postgres, broker: carried, total: own + postgres + carried };
};

const between = (before: Spent, after: Spent, parts: number): Spent =>
  ({ hub: (after.hub - before.hub) / parts, postgres: (after.postgres - before.postgres) / parts, broker: (after.broker - before.broker) / parts, total: (after.total - before.total) / parts });

const said = ({ hub, postgres, broker, total }: Spent): string => `${total.toFixed(2)} ms = hub ${hub.toFixed(2)} + PostgreSQL ${postgres.toFixed(2)}${broker === 0 ? '' : ` + broker ${broker.toFixed(2)}`}`;

const quiet = async (side: Side): Promise<Spent> => {
  const before = timesOf(side);
  await pause(quietSeconds * 1_000);
  return between(before, timesOf(side), quietSeconds);
};

/** Posts at this pace; resolves when each was announced at the endpoint, and the hub has recorded that. */
const send = async (side: Side, count: number, perSecond: number): Promise<Spent> => {
  const { hub, endpoint, signer } = side;
  const postings = postingsOf(signer, count);
  const wanted = endpoint.arrived.size + count;
  const before = timesOf(side);
  await post(postings, { port: hub.hub.apiPort, path: '/webhooks/in', ca: hub.tlsCa, perSecond, connections: 'kept' });
  await until(() => endpoint.arrived.size >= wanted, () => `${wanted - endpoint.arrived.size} webhooks did not arrive`);
  while ((await hub.pool.query("select from delivery where state = 'waiting' limit 1")).rowCount !== 0) await pause(50);
  return between(before, timesOf(side), count);
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
