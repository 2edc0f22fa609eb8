import { startGateway } from '../gateway/gateway.js';
import { startConsole } from '../console/console.js';
import { startWorker } from '../worker/worker.js';
import { freeLeases, openHub, openPool, openEventLog, listen, practiceClock, type Configuration } from '@ketensluis/platform';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pino from 'pino';
import { foldersOf, openDatabase, practiceOrigin, settings } from './place.js';
import { startPractice } from './practice.js';
import { PlainFault, say } from './terminal.js';

/** Something that was started and is stopped in the opposite order. */
type Stop = () => Promise<void>;

/**
 * Starts gateway, worker and console in this process, on the built-in PostgreSQL, with the practice parties. Ends in one line with the
 * addresses and keeps running until it is told to stop; then it finishes what is under way. A second start keeps the data.
 */
export const up = async (options: { readonly practice: boolean }): Promise<void> => {
  if (!options.practice) throw new PlainFault('Only the practice chain can be started so far: ketensluis up --practice', 2);
  const configuration = settings();
  await demandFreePorts(configuration);
  const stops: Stop[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  stopOnSignal(stop);
  try {
    await start(configuration, stops);
  } catch (fault) {
    await stop();
    throw fault;
  }
};

const start = async (configuration: Configuration, stops: Stop[]): Promise<void> => {
  const folders = foldersOf(configuration);
  await mkdir(configuration.dataFolder, { recursive: true, mode: 0o755 });
  const events = openEventLog(configuration.logLevel, pino.destination({ dest: join(configuration.dataFolder, 'hub.log'), sync: false, mkdir: true, mode: 0o600 }));
  const database = await openDatabase(configuration, (sentence) => events.tell('database.told', { step: sentence }));
  stops.push(database.stop);
  const pool = openPool(database.connectionString, 2);
  stops.push(() => pool.end());
  // The built-in database serves one hub; what an earlier one had in hand when it was killed need not wait for its lease to end.
  if (configuration.databaseUrl === null) await freeLeases(pool);
  const clock = await practiceClock(pool);
  const practice = await startPractice({ configuration, pool, clock });
  stops.push(practice.close);
  const hub = await openHub({
    connectionString: database.connectionString,
    folders,
    origin: practiceOrigin,
    identity: practice.identity,
    trust: practice.trust,
    route: practice.route,
    clock,
    events,
  });
  stops.push(hub.close);
  await practice.loadRegisters(hub);
  const worker = startWorker(hub);
  stops.push(worker.stop);
  const bell = await listen(database.connectionString, (what) => {
    if (what !== 'clock') return worker.wake(what);
    void Promise.all([clock.refresh(), practice.refresh()]).then(() => worker.wake('clock'), (fault: unknown) => events.fault('clock.failed', fault));
  });
  stops.push(bell.close);
  const gateway = await startGateway(hub, { host: configuration.host, smtpPort: configuration.smtpPort, httpPort: configuration.httpPort });
  stops.push(gateway.close);
  const console = await startConsole(hub, { host: configuration.host, port: configuration.consolePort });
  stops.push(console.close);
  await practice.play(hub);
  say(runningLine(configuration));
};

const runningLine = ({ host, smtpPort, httpPort, consolePort }: Configuration): string =>
  `Ketensluis is running: mail smtp://${host}:${smtpPort}, health http://${host}:${httpPort}/health/ready, console http://${host}:${consolePort}/ (Ctrl-C stops it)`;

const portKeys = { smtpPort: 'KETENSLUIS_SMTP_PORT', httpPort: 'KETENSLUIS_HTTP_PORT', consolePort: 'KETENSLUIS_CONSOLE_PORT' } as const;

/** Fails before anything is started, and says for every taken port which setting moves it. */
const demandFreePorts = async (configuration: Configuration): Promise<void> => {
  const names: readonly (keyof typeof portKeys)[] = ['smtpPort', 'httpPort', 'consolePort'];
  const problems: string[] = [];
  for (const name of names) {
    const port = configuration[name];
    const fault = await tryPort(configuration.host, port);
    if (fault === 'EADDRINUSE') problems.push(`Port ${port} is taken by another program. Choose another one: ${portKeys[name]}=${port + 10_000} npm start`);
    else if (fault === 'EACCES') problems.push(`This account may not listen on port ${port}. Choose one above 1023: ${portKeys[name]}=${port + 10_000} npm start`);
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
const stopOnSignal = (stop: Stop): void => {
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
