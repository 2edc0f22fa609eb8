import { startWorker } from '../worker/worker.js';
import { freeLeases, hubRoles, openHub, openMeasures, openPool, openEventLog, openWork, listen, loadHttp, readRetention, type Configuration } from '@ketensluis/platform';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pino from 'pino';
import { configFolder, foldersOf, openDatabase, settings } from './place.js';
import { practiceAround, realAround, type Surround } from './surroundings.js';
import { PlainFault, say } from './terminal.js';

/** Something that was started and is stopped in the opposite order. */
export type Stop = () => Promise<void>;

/**
 * Starts gateway, worker and console in this process: for real parties, or with those of practice. Ends in one line with the addresses and keeps running
 * until it is told to stop; then it finishes what is under way. A second start keeps the data.
 */
export const up = async (options: { readonly practice: boolean }): Promise<void> => {
  const configuration = settings();
  // An object nobody knows, or one without a term, must not be found out when something is due.
  await readRetention(join(configFolder, 'retention'));
  await demandFreePorts(configuration, options.practice);
  const stops: Stop[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  stopOnSignal(stop);
  try {
    await start(configuration, options.practice ? practiceAround : realAround, stops);
  } catch (fault) {
    await stop();
    throw fault;
  }
};

const start = async (configuration: Configuration, surround: Surround, stops: Stop[]): Promise<void> => {
  const folders = foldersOf(configuration);
  await mkdir(configuration.dataFolder, { recursive: true, mode: 0o755 });
  const measures = await openMeasures(configuration);
  stops.push(measures.close);
  const events = openEventLog(configuration.logLevel, pino.destination({ dest: join(configuration.dataFolder, 'hub.log'), sync: false, mkdir: true, mode: 0o600 }), measures.hearers);
  // Both go on while the database starts; when one fails, that is told where it is waited for.
  const [around, loading] = [surround(configuration), loadServers()];
  loading.catch(() => undefined);
  const database = await openDatabase(configuration, say);
  stops.push(database.stop);
  const pool = openPool(database.connectionString, 2);
  stops.push(() => pool.end());
  // The built-in database serves one hub; what an earlier one had in hand when it was killed need not wait for its lease to end.
  if (configuration.databaseUrl === null) await freeLeases(pool);
  const surroundings = await around(pool);
  stops.push(surroundings.close);
  const hub = await openHub({
    ...surroundings.options,
    connectionString: database.connectionString,
    folders,
    publicUrl: configuration.publicUrl,
    consoleUrl: configuration.consoleUrl,
    isTraced: configuration.tracesUrl !== null,
    ...(configuration.caseLawUrl === null ? {} : { caseLaw: { address: configuration.caseLawUrl } }),
    events,
  });
  stops.push(hub.close);
  await surroundings.begin(hub);
  await measures.begin(hub, hubRoles);
  const work = await openWork(hub, configuration);
  stops.push(async () => work.broker?.close());
  const worker = startWorker(hub, undefined, work);
  stops.push(worker.stop);
  const bell = await listen(database.connectionString, (what) => {
    if (what !== 'clock') return worker.wake(what);
    void surroundings.refresh().then(() => worker.wake('clock'), (fault: unknown) => events.fault('clock.failed', fault));
  });
  stops.push(bell.close);
  const { startGateway, startConsole } = await loading;
  const gateway = await startGateway(hub, { host: configuration.host, smtpPort: configuration.smtpPort, httpPort: configuration.httpPort, apiPort: configuration.apiPort, mailboxes: configuration.mailboxes });
  stops.push(gateway.close);
  const people = await surroundings.people();
  if (people !== null) {
    stops.push(people.close);
    const console = await startConsole(hub, { configuration, signIn: people.signIn, practice: people.practice, tls: hub.identity.tls });
    stops.push(console.close);
  }
  await surroundings.running(hub);
  say(runningLine(configuration, people !== null));
};

// The hub does not need them before its database runs, and loading them takes as long as starting that.
const loadServers = async () => {
  const [{ startGateway }, { startConsole }] = await Promise.all([import('../gateway/gateway.js'), import('../console/console.js'), loadHttp()]);
  return { startGateway, startConsole };
};

const runningLine = ({ host, smtpPort, httpPort, publicUrl, consoleUrl }: Configuration, hasConsole: boolean): string => {
  const console = hasConsole ? `, console ${consoleUrl}/` : '';
  return `Ketensluis is running: mail smtp://${host}:${smtpPort}, parties ${publicUrl}/api/v1, health http://${host}:${httpPort}/health/ready${console} (Ctrl-C stops it)`;
};

const portKeys = { smtpPort: 'KETENSLUIS_SMTP_PORT', httpPort: 'KETENSLUIS_HTTP_PORT', apiPort: 'KETENSLUIS_API_PORT', consolePort: 'KETENSLUIS_CONSOLE_PORT', signInPort: 'KETENSLUIS_SIGN_IN_PORT', metricsPort: 'KETENSLUIS_METRICS_PORT' } as const;

/** Fails before anything is started, and says for every taken port which setting moves it. */
const demandFreePorts = async (configuration: Configuration, isPractice: boolean): Promise<void> => {
  const command = isPractice ? 'npm start' : 'npx ketensluis up';
  const names: readonly (keyof typeof portKeys)[] = ['smtpPort', 'httpPort', 'apiPort', 'consolePort', ...(isPractice ? ['signInPort' as const] : []), 'metricsPort'];
  const problems: string[] = [];
  for (const name of names) {
    const port = configuration[name];
    if (port === null) continue;
    const another = port > 55_535 ? port - 10_000 : port + 10_000;
    const fault = await tryPort(configuration.host, port);
    if (fault === 'EADDRINUSE') problems.push(`Port ${port} is taken by another program. Choose another one: ${portKeys[name]}=${another} ${command}`);
    else if (fault === 'EACCES') problems.push(`This account may not listen on port ${port}. Choose one above 1023: ${portKeys[name]}=${another} ${command}`);
    else if (fault !== null) problems.push(`Cannot listen on ${configuration.host}:${port} (${fault}); see KETENSLUIS_HOST and ${portKeys[name]}.`);
  }
  if (problems.length > 0) throw new PlainFault(problems.join('\n'));
};

const tryPort = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (fault: NodeJS.ErrnoException) => resolve(fault.code ?? 'unknown'));
    probe.listen(port, host, () => probe.close(() => resolve(null)));
  });

/** What is under way may take this long; a party that hangs would otherwise hold us for a quarter of an hour. */
const stopMaxMs = 60_000;

/** The first signal stops in order; a second one means now. */
export const stopOnSignal = (stop: Stop): void => {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      say('Stopping: what is under way is finished first.');
      setTimeout(() => process.exit(1), stopMaxMs).unref();
      void stop().then(() => process.exit(0), () => process.exit(1));
    });
  }
};
