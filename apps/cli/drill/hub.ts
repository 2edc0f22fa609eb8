import type { WebhookSigner } from '@ketensluis/contract';
import type { Party } from '@ketensluis/domain';
import { logKeyFile, openPool, practiceClock, type Configuration, type PracticeClock } from '@ketensluis/platform';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { foldersOf } from '../place.js';
import { stopOnSignal } from '../up.js';
import type { Listener } from './arrivals.js';
import { connectParties } from './connect.js';
import { openDrillBroker, type DrillBroker } from './drill-broker.js';
import { openSmallDisk, type SmallDisk } from './disk.js';
import { openDrillDatabase, type DrillDatabase } from './database.js';
import { keepRunning, runOnce, type Member } from './fleet.js';
import { openGate, type Gate } from './gate.js';
import { freePort } from '../../practice/free-port.js';

/** A whole hub in processes of its own, with its parties, that may be harmed. */
export interface DrillHub {
  readonly folder: string;
  readonly practiceFolder: string;
  readonly database: DrillDatabase;
  /** What the drill itself asks. */
  readonly pool: pg.Pool;
  /** Of the practice chain, which everybody here goes by. */
  readonly clock: PracticeClock;
  /** Processes of the hub. */
  readonly members: readonly Member[];
  /** The mail servers of the parties. */
  readonly parties: Member;
  /** Parties that take no mail. */
  readonly listeners: readonly Listener[];
  /** With what the party that sends webhooks signs. */
  readonly signer: WebhookSigner;
  /** Where the parties reach the hub: mail and API, whichever gateway is there. */
  readonly smtp: Gate;
  readonly api: Gate;
  /** Null: the queue is in the database. */
  readonly broker: DrillBroker | null;
  /** Of the memory of the signer, where one could be made. */
  readonly disk: SmallDisk | null;
  /** One command of `ketensluis` on this hub. */
  readonly command: (...words: readonly string[]) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const parts = [['gateway'], ['gateway'], ['decide'], ['decide', 'watch'], ['seal'], ['seal'], ['deliver'], ['deliver']] as const;

/** What a hub under drill is opened with. */
export interface DrillPlace {
  readonly configuration: Pick<Configuration, 'dataFolder'>;
  /** The practice parties, as config/practice has them. */
  readonly documents: readonly Party[];
  /** With a broker of its own; else the queue is in the database. */
  readonly withBroker: boolean;
  readonly tell: (sentence: string) => void;
}

/**
 * Starts it below the data folder; takes half a minute, most of it for keys. Everything runs when this resolves. Whatever was started ends with `stop`, with this
 * process when it is told to end, and when something does not start.
 */
export const openDrillHub = async (place: DrillPlace): Promise<DrillHub> => {
  const ends: (() => Promise<unknown>)[] = [];
  let ending: Promise<void> | null = null;
  const onStop: OnStop = (end) => {
    ends.push(end);
    if (ending !== null) throw new Error('The drill was told to end while it started.');
  };
  const starting = startAll(place, onStop);
  // The last that was started first. What does not end must not keep the others from it: a small disk would stay mounted.
  const endStarted = async (): Promise<void> => {
    for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end().catch((fault: unknown) => place.tell(`  not ended: ${String(fault)}`));
  };
  const endAll = async (): Promise<void> => {
    await endStarted();
    // What was still to start fails for want of what it needs; what it brought about until then ends as well.
    await starting.catch(() => undefined);
    await endStarted();
  };
  const stop = (): Promise<void> => (ending ??= endAll());
  stopOnSignal(stop);
  try {
    return { ...(await starting), stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
};

type OnStop = (end: () => Promise<unknown>) => void;

const startAll = async ({ configuration, documents, withBroker, tell }: DrillPlace, onStop: OnStop): Promise<Omit<DrillHub, 'stop'>> => {
  const kept = <T>(one: T, end: (one: T) => Promise<unknown>): T => {
    onStop(() => end(one));
    return one;
  };
  const folder = join(configuration.dataFolder, 'drill', new Date().toISOString().replace(/[:.]/g, '-'));
  await mkdir(folder, { recursive: true, mode: 0o755 });
  await mkdir(join(folder, 'logs'), { mode: 0o700 });
  const places = foldersOf({ dataFolder: folder });
  tell('Starting a database, keys and parties of this drill alone ...');
  const disk = kept(await openSmallDisk(places.signer), async (one) => one?.remove());
  const database = kept(await openDrillDatabase(places.postgres), (one) => one.stop());
  const broker = withBroker ? kept(await openDrillBroker(), (one) => one.stop()) : null;
  const ports = await Promise.all(parts.map(async () => ({ smtp: await freePort(), http: await freePort(), api: await freePort() })));
  const gatewayPorts = ports.filter((_, at) => parts[at]?.[0] === 'gateway');
  const [smtp, api] = [kept(await openGate(() => gatewayPorts.map((one) => one.smtp)), (gate) => gate.close()), kept(await openGate(() => gatewayPorts.map((one) => one.api)), (gate) => gate.close())];
  const publicUrl = `https://localhost:${api.port}`;
  const environment = {
    PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', KETENSLUIS_DATA: folder, KETENSLUIS_DATABASE_URL: database.connectionString,
    KETENSLUIS_PUBLIC_URL: publicUrl, ...(broker === null ? {} : { KETENSLUIS_BROKER_URL: broker.url }),
  };
  const start = (name: string, words: readonly string[], at: Ports): Member =>
    keepRunning({ name, words: ['run', ...words], environment: { ...environment, ...portsIn(at) }, log: join(folder, 'logs', `${name}.log`) });
  await runOnce(['prepare', '--practice'], environment);
  const parties = kept(start('parties', ['practice'], { smtp: await freePort(), http: await freePort(), api: await freePort() }), (one) => one.stop());
  await parties.running;
  const command = (...words: readonly string[]): Promise<string> => runOnce(words, environment);
  const pool = kept(openPool(database.connectionString, 2), (one) => one.end());
  const clock = await practiceClock(pool);
  const { listeners, signer } = await connectParties({
    parties: documents, practiceFolder: places.practice, folder, keyFile: logKeyFile(places.signer), publicUrl, now: clock.now, command: (words, input) => runOnce(words, environment, input),
  });
  onStop(() => Promise.all(listeners.map((one) => one.close())));
  const members = parts.map((roles, at) => start(`${roles.join('+')}-${at + 1}`, [...roles, '--practice'], ports[at] ?? { smtp: 0, http: 0, api: 0 }));
  onStop(() => Promise.all(members.map((one) => one.stop())));
  await Promise.all(members.map(({ running }) => running));
  return { folder, practiceFolder: places.practice, database, pool, clock, members, parties, listeners, signer, smtp, api, broker, disk, command };
};

interface Ports {
  readonly smtp: number;
  readonly http: number;
  readonly api: number;
}

const portsIn = ({ smtp, http, api }: Ports) => ({ KETENSLUIS_SMTP_PORT: String(smtp), KETENSLUIS_HTTP_PORT: String(http), KETENSLUIS_API_PORT: String(api) });
