import { addWebhookKey, type WebhookKeyPorts } from '@ketensluis/flow';
import { createWebhooks, readConfiguration } from '@ketensluis/platform';
import { readWebhookSigner, type WebhookSigner } from '@ketensluis/contract';
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { oin } from '../cases/steps.js';
import { freePort } from '../harness/free-port.js';
import { clientKeys } from '../harness/party-call.js';
import { openHubBench, type HubBench } from './hub-bench.js';
import { familyTimeMs, loadAverage, processorTimeMs } from './processor-time.js';
import type { PeerWord, WebhookPeerOptions } from './webhook-peers.js';
import { bodyBytes, post, postingsOf, soort, type Connections } from './webhook-posts.js';

const recipientKey = 'veilig-thuis-noorderwaard';
const isQuick = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined;
const rounds = isQuick ? 1 : 3;
// Fewer, and a figure is more of the compiler of Node.js than of the hub: after 800 messages it has not done yet, and each costs the hub half as much again as after 5,000.
const warmUpMessages = isQuick ? 500 : 5_000;
/** Just under what the hub takes of one party in the long run (120 per second). */
const fastSpeed = { perSecond: 100, messages: isQuick ? 200 : 1_000 } as const;
const acceptSpeed = { perSecond: 50, messages: isQuick ? 150 : 1_000 } as const;
const quietSeconds = isQuick ? 2 : 10;
const statementsCount = isQuick ? 500 : 2_000;
const target = { cpuMs: 5, p99Ms: 50 } as const;
const arrivalMaxMs = 60_000;

/** A process beside the hub. */
export interface Peer {
  readonly pid: number;
  readonly port: number;
  readonly arrived: ReadonlySet<string>;
  readonly stop: () => Promise<void>;
}

interface Bench {
  readonly hub: HubBench;
  readonly signer: WebhookSigner;
  readonly endpoint: Peer;
  readonly bare: Peer;
}

/** Prints what a webhook in, decided, sealed and announced by webhook to one recipient costs beside a bare server that forwards it, and how fast it is accepted. */
export async function run(): Promise<void> {
  const port = await freePort();
  const hub = await openHubBench(() => undefined, {
    callNetworks: ['127.0.0.0/8'],
    change: (document) => (document.kind !== 'party' || document.key !== recipientKey ? document : { ...document, channel: { kind: 'webhook', url: `https://localhost:${port}/in`, form: 'thin' } }),
  });
  const peers: Peer[] = [];
  try {
    const tls = await clientKeys(join(hub.directory, 'practice'), recipientKey);
    const endpoint = await startPeer({ kind: 'endpoint', ...tls, port });
    peers.push(endpoint);
    const bare = await startPeer({ kind: 'bare', ...tls, ca: hub.tlsCa, forwardTo: port });
    peers.push(bare);
    await measure({ hub, endpoint, bare, signer: await exchangeKeys(hub) });
  } finally {
    for (const peer of peers) await peer.stop();
    await hub.close();
  }
}

const measure = async (bench: Bench): Promise<void> => {
  console.log(`${soort} of ${bodyBytes / 1024} KB (the whole event), each about another case, signed with v1 (HMAC-SHA256), over kept TLS connections; no witnesses; load ${loadAverage()}.`);
  console.log('CPU of the hub process (gateway, worker, log, all threads) and of every PostgreSQL process: taken in, stored, decided, sealed, announced by a signed thin webhook, recorded.');
  console.log('Not counted: sender and endpoint, which are other processes; and the fetch of the disclosure by the recipient, which does not happen here.');
  // In runs, as what is posted is signed beforehand and a signature does not hold for long.
  for (let sent = 0; sent < warmUpMessages; sent += fastSpeed.messages) {
    await postTo(bench, fastSpeed.messages, fastSpeed.perSecond);
    await forwardTo(bench, fastSpeed.messages, fastSpeed.perSecond);
  }
  console.log(`  with nothing to do it takes ${(await quietMs(bench)).toFixed(1)} ms of CPU a second, which is in every figure below.`);
  const { read, commit } = await statementMs(bench);
  console.log(`  for scale, CPU of both sides of one statement to PostgreSQL on this computer: ${read.toFixed(2)} ms to read a row by its key, ${commit.toFixed(2)} ms to insert one and commit.`);
  const [totals, ratios]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const { messages, perSecond } = fastSpeed;
    const bare = await forwardTo(bench, messages, perSecond);
    const spent = await postTo(bench, messages, perSecond);
    totals.push(spent.total);
    ratios.push(spent.total / bare.cpuMs);
    console.log(`  ${perSecond} per second: ${shares(spent)}; bare Fastify that forwards ${bare.cpuMs.toFixed(2)} ms; ratio ${(spent.total / bare.cpuMs).toFixed(1)} (load ${loadAverage()})`);
  }
  console.log(`  median CPU ${part(totals, 0.5).toFixed(2)} ms a message, ratio ${part(ratios, 0.5).toFixed(1)}; target at most ${target.cpuMs} ms: ${verdict(part(totals, 0.5) <= target.cpuMs)}`);
  for (const connections of ['kept', 'fresh'] as const) {
    const { messages, perSecond } = acceptSpeed;
    const spent = await postTo(bench, messages, perSecond, connections);
    const bare = await forwardTo(bench, messages, perSecond, connections);
    const said = `p50 ${part(spent.latencies, 0.5).toFixed(1)} ms, p99 ${part(spent.latencies, 0.99).toFixed(1)} ms`;
    console.log(`  accepted (request to the whole 202, which means stored) at ${perSecond} per second for ${messages / perSecond} s, ${connections} connections: ${said}; target p99 under ${target.p99Ms} ms: ${verdict(part(spent.latencies, 0.99) < target.p99Ms)}`);
    console.log(`    beside it, bare: p50 ${part(bare.latencies, 0.5).toFixed(1)} ms, p99 ${part(bare.latencies, 0.99).toFixed(1)} ms; ${shares(spent)} (load ${loadAverage()})`);
  }
};

/** CPU a second of hub and PostgreSQL while nothing comes. */
const quietMs = async ({ hub }: Bench): Promise<number> => {
  const spent = (): number => processorTimeMs(hub.hub.pid) + familyTimeMs(hub.postgres);
  const before = spent();
  await pause(quietSeconds * 1_000);
  return (spent() - before) / quietSeconds;
};

/** What the smallest statements cost, one after the other over one connection: the pieces a message is made of. */
const statementMs = async ({ hub: { pool, postgres } }: Bench): Promise<{ readonly read: number; readonly commit: number }> => {
  await pool.query('create table bench_row (id integer primary key)');
  const cost = async (name: string, text: string): Promise<number> => {
    const spent = (): number => processorTimeMs(process.pid) + familyTimeMs(postgres);
    for (let id = -100; id < 0; id += 1) await pool.query({ name, text, values: [id] });
    const before = spent();
    for (let id = 0; id < statementsCount; id += 1) await pool.query({ name, text, values: [id] });
    return (spent() - before) / statementsCount;
  };
  return { commit: await cost('bench-insert', 'insert into bench_row values ($1)'), read: await cost('bench-read', 'select id from bench_row where id = $1') };
};

const verdict = (isMet: boolean): string => (isMet ? 'met' : 'MISSED');
const shares = ({ hub, postgres, total }: Spent): string => `CPU ${total.toFixed(2)} ms a message = hub ${hub.toFixed(2)} + PostgreSQL ${postgres.toFixed(2)}`;

interface Spent {
  readonly hub: number;
  readonly postgres: number;
  readonly total: number;
  readonly latencies: readonly number[];
}

/** Posts to the hub at this pace; resolves when each was announced at the endpoint, and the hub has recorded that. */
const postTo = async ({ hub, endpoint, signer }: Bench, count: number, perSecond: number, connections: Connections = 'kept'): Promise<Spent> => {
  const postings = postingsOf(signer, count);
  const wanted = endpoint.arrived.size + count;
  const [hubBefore, postgresBefore] = [processorTimeMs(hub.hub.pid), familyTimeMs(hub.postgres)];
  const latencies = await post(postings, { port: hub.hub.apiPort, path: '/webhooks/in', ca: hub.tlsCa, perSecond, connections });
  await until(() => endpoint.arrived.size >= wanted, () => `${wanted - endpoint.arrived.size} webhooks did not arrive`);
  while ((await hub.pool.query("select from delivery where state = 'waiting' limit 1")).rowCount !== 0) await pause(50);
  const [own, theirs] = [(processorTimeMs(hub.hub.pid) - hubBefore) / count, (familyTimeMs(hub.postgres) - postgresBefore) / count];
  const { rows: [row] } = await hub.pool.query<{ messages: number; deliveries: number }>('select (select count(*)::int from message) as messages, (select count(*)::int from delivery) as deliveries');
  if (row?.messages !== row?.deliveries) throw new Error(`not one disclosure a message: ${JSON.stringify(row)}`);
  return { hub: own, postgres: theirs, total: own + theirs, latencies };
};

/** The same bodies through the bare server. */
const forwardTo = async ({ hub, bare, endpoint, signer }: Bench, count: number, perSecond: number, connections: Connections = 'kept') => {
  const postings = postingsOf(signer, count);
  const wanted = endpoint.arrived.size + count;
  const before = processorTimeMs(bare.pid);
  const latencies = await post(postings, { port: bare.port, path: '/in', ca: hub.tlsCa, perSecond, connections });
  await until(() => endpoint.arrived.size >= wanted, () => `${wanted - endpoint.arrived.size} forwarded bodies did not arrive`);
  return { cpuMs: (processorTimeMs(bare.pid) - before) / count, latencies };
};

/** Keys for both directions: a key of the sending municipality the hub believes, and one of the hub the recipient would believe. */
export const exchangeKeys = async (hub: HubBench): Promise<WebhookSigner> => {
  const read = readConfiguration({ KETENSLUIS_DATA: hub.directory });
  if (read.kind === 'refused') throw new Error('configuration');
  const ports: WebhookKeyPorts = await createWebhooks(hub.pool, read.configuration);
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const signer = readWebhookSigner(secret);
  const saved = [
    await addWebhookKey({ party: oin.waterveen, direction: 'from-party', scheme: 'v1', given: secret, activeFrom: null }, 'bench', ports),
    await addWebhookKey({ party: oin.veiligThuis, direction: 'to-party', scheme: 'v1', given: null, activeFrom: null }, 'bench', ports),
  ];
  if (signer === null || saved.some(({ kind }) => kind === 'refused')) throw new Error('keys');
  return signer;
};

/** Starts an endpoint, or a bare server that forwards to one. */
export const startPeer = async (options: WebhookPeerOptions): Promise<Peer> => {
  const child = fork(new URL('./webhook-peers.js', import.meta.url), { env: { ...process.env, KETENSLUIS_BENCH_PEER: JSON.stringify(options) } });
  const arrived = new Set<string>();
  const port = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the process beside the hub ended')));
    child.on('message', (word: PeerWord) => ('port' in word ? resolve(word.port) : void arrived.add(word.id)));
  });
  return { pid: child.pid ?? 0, port, arrived, stop: () => stopped(child) };
};

const stopped = async (child: ChildProcess): Promise<void> => {
  if (!child.connected) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.send('stop');
  await ended;
};

/** Waits until it holds; throws what `otherwise` says when that takes too long. */
export const until = async (holds: () => boolean, otherwise: () => string): Promise<void> => {
  const last = performance.now() + arrivalMaxMs;
  while (!holds()) {
    if (performance.now() > last) throw new Error(otherwise());
    await pause(5);
  }
};

const part = (values: readonly number[], share: number): number => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
