import { startConsole } from '../console/console.js';
import { startHealth } from '../gateway/http/server.js';
import { startGateway } from '../gateway/gateway.js';
import { startWorker, workerRoles } from '../worker/worker.js';
import { hubRoles, listen, openEventLog, openHub, openMeasures, openPool, openWork, routeSettings, type Configuration, type Hub, type HubRole } from '@ketensluis/platform';
import type { Command } from 'commander';
import pino from 'pino';
import { practiceApart, realApart, type Apart } from './apart.js';
import { foldersOf, settings } from './place.js';
import { runPractice } from './run-practice.js';
import { PlainFault, say } from './terminal.js';
import { stopOnSignal, type Stop } from './up.js';
import { runWitness, witnessOptions, type WitnessOptions } from './witness.js';

interface RunOptions extends Partial<WitnessOptions> {
  readonly practice?: boolean;
  readonly gateway?: string;
}

/** `ketensluis run`: one part of the hub in this process, on a database that `ketensluis prepare` brought up to date. */
export const addRunCommand = (program: Command): void => {
  const command = program
    .command('run')
    .argument('<role...>', `what this process does: ${hubRoles.join(', ')}; or one of witness, practice by itself`)
    .description('start parts of the hub, each with the keys and the database role it needs')
    .option('--practice', 'with the practice parties, which run as a process of their own: ketensluis run practice')
    .option('--gateway <host:port>', 'for practice: where the gateway takes mail')
    .action(run);
  witnessOptions(command);
};

const run = async (roles: readonly string[], options: RunOptions): Promise<void> => {
  if (roles.includes('witness') || roles.includes('practice')) {
    if (roles.length > 1) throw new PlainFault('A witness is somebody else\'s, and the practice chain stands for the parties: each runs by itself.', 2);
    return roles[0] === 'witness' ? runWitness(options) : runPractice(options.gateway ?? null);
  }
  const wanted = hubRoles.filter((role) => roles.includes(role));
  const unknown = roles.filter((role) => !hubRoles.some((known) => known === role));
  if (unknown.length > 0) throw new PlainFault(`There is no role ${unknown.join(', ')}. There are: ${hubRoles.join(', ')}, witness, practice`, 2);
  const stops: Stop[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  stopOnSignal(stop);
  try {
    await start(wanted, options.practice === true, stops);
  } catch (fault) {
    await stop();
    throw fault;
  }
};

const start = async (roles: readonly HubRole[], isPractice: boolean, stops: Stop[]): Promise<void> => {
  const configuration = settings();
  const { databaseUrl } = configuration;
  if (databaseUrl === null) throw new PlainFault('Parts of a hub meet in a database of their own: set KETENSLUIS_DATABASE_URL (README, Grow: processes apart).', 2);
  // To standard output: whoever keeps the processes running keeps what they tell.
  const measures = await openMeasures(configuration);
  stops.push(measures.close);
  const events = openEventLog(configuration.logLevel, pino.destination({ dest: 1, sync: false }), measures.hearers);
  const pool = openPool(databaseUrl, 2);
  stops.push(() => pool.end());
  const apart = await (isPractice ? practiceApart : realApart)(configuration, roles, pool);
  stops.push(apart.close);
  const hub = await openHub({
    ...apart.options, connectionString: databaseUrl, folders: foldersOf(configuration), publicUrl: configuration.publicUrl, consoleUrl: configuration.consoleUrl, isTraced: configuration.tracesUrl !== null, roles,
    ...(configuration.caseLawUrl === null ? {} : { caseLaw: { address: configuration.caseLawUrl } }),
    mailRoutes: routeSettings(configuration), events,
  });
  stops.push(hub.close);
  await measures.begin(hub, roles);
  const kinds = [...(roles.includes('decide') ? ['disclose' as const] : []), ...(roles.includes('deliver') ? ['deliver' as const] : [])];
  const work = await openWork(hub, configuration, kinds);
  stops.push(async () => work.broker?.close());
  const worker = startWorker(hub, workerRoles.filter((role) => roles.includes(role)), work);
  stops.push(worker.stop);
  const bell = await listen(databaseUrl, (what) => {
    if (what !== 'clock') return worker.wake(what);
    void apart.refresh().then(() => worker.wake('clock'), (fault: unknown) => events.fault('clock.failed', fault));
  });
  stops.push(bell.close);
  await serve({ hub, configuration, roles, apart }, stops);
  say(`Ketensluis is running: ${roles.join(', ')}, health http://${configuration.host}:${configuration.httpPort}/health/ready (Ctrl-C stops it)`);
};

interface Served {
  readonly hub: Hub;
  readonly configuration: Configuration;
  readonly roles: readonly HubRole[];
  readonly apart: Apart;
}

const serve = async ({ hub, configuration, roles, apart }: Served, stops: Stop[]): Promise<void> => {
  const { host, smtpPort, httpPort, apiPort, mailboxes } = configuration;
  const listening = roles.includes('gateway') ? await startGateway(hub, { host, smtpPort, httpPort, apiPort, mailboxes }) : await startHealth(hub, { host, port: httpPort });
  stops.push(listening.close);
  if (!roles.includes('console')) return;
  const people = await apart.people();
  if (people === null) throw new PlainFault('Nobody can sign in: set KETENSLUIS_SIGN_IN for the console (config/sign-in/example.yaml).', 2);
  stops.push(people.close);
  const console = await startConsole(hub, { configuration, signIn: people.signIn, practice: people.practice, tls: hub.identity.tls });
  stops.push(console.close);
};
