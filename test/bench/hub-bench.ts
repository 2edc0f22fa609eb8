import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { chmod, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { parseRegisterDocument, type RegisterDocument } from '@ketensluis/domain';
import { applyLawPack, applyRegister, previewRegister } from '@ketensluis/flow';
import type { WorkerRole } from '../../apps/worker/worker.js';
import { createRegister, logKeyFile, migrate, openPool, readConfiguration, startEmbeddedPostgres } from '@ketensluis/platform';
import { readDocuments } from '../../apps/cli/register-commands.js';
import { startPracticeChain, type PracticeChain } from '../../apps/practice/chain.js';
import type { HubProcessOptions } from './hub-process.js';
import { parentOf } from './processor-time.js';

/** `config/` of the project. */
export const configFolder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'config');

/** A hub in a process of its own, so that its time and memory are counted apart from senders, mailboxes and database. */
export interface HubBench {
  readonly chain: PracticeChain;
  readonly directory: string;
  readonly pool: pg.Pool;
  readonly tlsCa: string;
  readonly hub: { readonly pid: number; readonly port: number; readonly apiPort: number; readonly fill: (count: number) => Promise<void> };
  readonly postgres: number;
  /** Starts another process on the same database, that does this much of a worker. */
  readonly startWorker: (works: readonly WorkerRole[], brokerUrl?: string) => Promise<BenchWorker>;
  readonly close: () => Promise<void>;
}

/** A process beside the hub that does some of its work. */
export interface BenchWorker {
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** How a bench differs from the practice chain. */
export interface HubBenchOptions {
  /** What becomes of each register document of config/practice. */
  readonly change?: (document: RegisterDocument) => RegisterDocument;
  readonly callNetworks?: readonly string[];
  /** A broker for its work; none when absent. */
  readonly brokerUrl?: string;
  /** What the hub does of a worker; all of it when absent. */
  readonly works?: readonly WorkerRole[];
}

/** Starts database, practice parties and hub; `onMail` hears the party and the file of each mail in a mailbox. */
export async function openHubBench(onMail: (party: string, file: string) => void, { change = (document) => document, callNetworks = [], brokerUrl, works }: HubBenchOptions = {}): Promise<HubBench> {
  const directory = mkdtempSync(join(tmpdir(), 'ketensluis-bench-'));
  await chmod(directory, 0o755);
  const database = await startEmbeddedPostgres({ directory: join(directory, 'postgres'), log: () => undefined });
  await migrate(database.connectionString);
  const pool = openPool(database.connectionString, 2);
  const documents = (await practiceDocuments()).map(change);
  const practice = join(directory, 'practice');
  const chain = await startPracticeChain({ directory: practice, at: new Date(), now: () => new Date(), documents, onMail, logKeyFile: logKeyFile(join(directory, 'signer')) });
  const options = await preparedHub({ directory, practice, chain, documents, connectionString: database.connectionString, callNetworks, brokerUrl: brokerUrl ?? null });
  const hub = await startHub({ ...options, ...(works === undefined ? {} : { works: [...works] }) });
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid');
  return {
    chain, directory, pool, hub,
    tlsCa: options.tlsCa,
    startWorker: (some, url) => startHub({ ...options, works: [...some], takes: false, brokerUrl: url ?? options.brokerUrl ?? null }),
    postgres: parentOf(rows[0]?.pid ?? 0),
    close: async () => {
      await hub.stop();
      await chain.close();
      await pool.end();
      await database.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The mailbox names a file after the Message-ID, which starts with the id of the disclosure. */
export const disclosureOf = (file: string): string => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(file)?.[0] ?? file;

const practiceDocuments = async (): Promise<readonly RegisterDocument[]> => {
  const folder = join(configFolder, 'practice');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== 'story.yaml').sort();
  const values = (await Promise.all(files.map((name) => readDocuments(join(folder, name))))).flat();
  return values.map((value) => {
    const read = parseRegisterDocument(value);
    if (read.kind === 'refused') throw new Error(read.detail);
    return read.document;
  });
};

interface HubStart {
  readonly directory: string;
  readonly practice: string;
  readonly chain: PracticeChain;
  readonly documents: readonly RegisterDocument[];
  readonly connectionString: string;
  readonly callNetworks: readonly string[];
  readonly brokerUrl: string | null;
}

interface HubPorts {
  readonly smtpPort: number;
  readonly apiPort: number;
}

/** Loads the registers, and returns what a process of this hub is started with. */
const preparedHub = async ({ directory, practice, chain, documents, connectionString, callNetworks, brokerUrl }: HubStart): Promise<HubProcessOptions> => {
  const configuration = readConfiguration({ KETENSLUIS_DATA: directory });
  if (configuration.kind === 'refused') throw new Error('configuration');
  const loading = openPool(connectionString, 2);
  const ports = await createRegister(loading, configuration.configuration);
  await loading.query('select ensure_partitions($1::date, 13)', [new Date()]);
  await applyLawPack({ key: 'wth', text: await readFile(join(configFolder, 'law', 'wth.yaml'), 'utf8') }, 'bench', ports);
  const preview = await previewRegister(await Promise.all(documents.map(chain.withCertificates)), ports.register);
  if (preview.kind === 'refused') throw new Error(preview.detail);
  await applyRegister(preview.steps, 'bench', ports);
  await loading.end();
  return {
    connectionString,
    folders: { keys: join(directory, 'keys'), signer: join(directory, 'signer'), destruction: join(directory, 'destruction') },
    origin: 'bench.example/log',
    identityFolder: join(practice, 'hub'),
    address: chain.identity.address,
    trustFolder: join(practice, 'ca'),
    tlsCa: readFileSync(join(practice, 'ca', 'root.cert.pem'), 'utf8'),
    logFile: join(directory, 'hub.log'),
    mailboxes: Object.fromEntries([...chain.mailboxes].map(([key, { port }]) => [key, port])),
    callNetworks: [...callNetworks],
    brokerUrl,
  };
};

/** Starts a hub, or a part of one, as a process of its own. */
const startHub = async (options: HubProcessOptions) => {
  const child = fork(new URL('./hub-process.js', import.meta.url), { env: { ...process.env, KETENSLUIS_BENCH_HUB: JSON.stringify(options) }, execArgv: (process.env['KETENSLUIS_BENCH_HUB_ARGV'] ?? '').split(' ').filter((word) => word !== '') });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const { smtpPort, apiPort } = await new Promise<HubPorts>((resolve, reject) => {
    child.once('message', (told: HubPorts) => resolve(told));
    child.once('exit', () => reject(new Error('the hub process ended')));
  });
  return {
    pid: child.pid ?? 0,
    port: smtpPort,
    apiPort,
    fill: (count: number) => new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new Error('the hub process ended')));
      child.send(count);
    }),
    stop: async () => {
      if (child.connected) child.send('stop');
      await ended;
    },
  };
};
