import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import pg from 'pg';
import { z } from 'zod';
import { canEnter, nobody, serverAccount } from './account.js';
import { adminRole, type Cluster, createCluster, launchServer, type RunningServer, stopServer } from './cluster.js';
import { type Lock, takeLock } from './lock.js';
import { serverPrograms } from './native.js';

/** What the hub starts its database with. */
export interface EmbeddedOptions {
  /** Folder of this database, made when absent; one hub at a time. */
  readonly directory: string;
  /** Receives one plain sentence per step. */
  readonly log: (sentence: string) => void;
  /** Extra PostgreSQL settings; they win over ours. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A running database that lives as long as this process; `stop` may be called twice. */
export interface EmbeddedPostgres {
  /** For the hub: owner of the database `ketensluis`, not a superuser; sessions are in UTC. */
  readonly connectionString: string;
  /** For making databases and roles only. */
  readonly adminConnectionString: string;
  readonly port: number;
  /** Of its first process. */
  readonly pid: number;
  /** Settles when the server is gone, also when it was not stopped by us. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const hubRole = 'ketensluis';
const passwordsFile = z.object({ admin: z.string().min(20), hub: z.string().min(20) });
const connectionFile = z.object({ connectionString: z.string(), pid: z.number().int() });
type Passwords = z.infer<typeof passwordsFile>;

/** The address of a database of this server; the session time zone is always UTC, whatever the database says. */
export const connectionUrl = (to: { role: string; password: string; port: number; database: string }): string =>
  `postgres://${to.role}:${to.password}@127.0.0.1:${to.port}/${to.database}?options=${encodeURIComponent('-c timezone=UTC')}`;

const writePrivate = async (file: string, content: string): Promise<void> => {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
};

const loadPasswords = async (directory: string): Promise<Passwords> => {
  const file = join(directory, 'passwords.json');
  const text = await readFile(file, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return null;
    throw new Error(`The passwords of the built-in PostgreSQL in ${file} cannot be read by this account`, { cause: fault });
  });
  if (text !== null) return passwordsFile.parse(JSON.parse(text));
  const made = { admin: randomBytes(24).toString('hex'), hub: randomBytes(24).toString('hex') };
  await writePrivate(file, JSON.stringify(made));
  return made;
};

const isRoot = (): boolean => process.getuid?.() === 0;

// As root the server runs as nobody, who cannot reach a data folder below /root. Its files then live where every account may go; the data
// folder remembers where, so that removing the data folder is still a fresh start.
const clusterHome = async (directory: string, log: (sentence: string) => void): Promise<string> => {
  if (!isRoot() || (await canEnter(await nobody(), directory))) return directory;
  const note = join(directory, 'files-are-in.txt');
  const known = await readFile(note, 'utf8').catch(() => null);
  const home = known ?? join('/var/lib/ketensluis', randomBytes(8).toString('hex'));
  await mkdir(home, { recursive: true });
  for (const path of [dirname(home), home]) await chmod(path, 0o755);
  if (known === null) await writePrivate(note, home);
  log(`PostgreSQL may not run as root and cannot reach ${directory}; its files are in ${home}`);
  return home;
};

const prepareCluster = async (directory: string, log: (sentence: string) => void): Promise<Cluster> => {
  const home = await clusterHome(directory, log);
  const folder = join(home, 'cluster');
  const account = await serverAccount(folder);
  return { programs: await serverPrograms(account, home), folder, logFile: join(home, 'server.log'), account };
};

/** Makes the hub's role and database when absent; passwords are hexadecimal, so they cannot break out of the statement. */
export const createHubDatabase = async (adminUrl: string, password: string): Promise<void> => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const role = await client.query('select 1 from pg_roles where rolname = $1', [hubRole]);
    if (role.rowCount === 0) await client.query(`create role ${hubRole} login password '${password}'`);
    const database = await client.query('select 1 from pg_database where datname = $1', [hubRole]);
    if (database.rowCount === 0) await client.query(`create database ${hubRole} owner ${hubRole}`);
  } finally {
    await client.end();
  }
};

interface Started {
  readonly directory: string;
  readonly cluster: Cluster;
  readonly server: RunningServer;
  readonly passwords: Passwords;
  readonly lock: Lock;
}

// When the hub ends without `stop` (a bug, process.exit), the server is still asked to end: SIGINT is its fast, safe shutdown.
const askToEnd = (pid: number): boolean => {
  try {
    return process.kill(pid, 'SIGINT');
  } catch {
    // It is gone already, which is what was wanted.
    return false;
  }
};

const keptMs = 1_000;

const handle = ({ directory, cluster, server, passwords, lock }: Started): EmbeddedPostgres => {
  const lastCall = () => askToEnd(server.pid);
  process.once('exit', lastCall);
  let stopping: Promise<void> | null = null;
  const stopOnce = async () => {
    await rm(join(directory, 'connection.json'), { force: true });
    await stopServer(cluster);
    // The server is let go of while it runs, and by now nothing else may keep this process: it would end here, before the lock is released and whatever comes after.
    const kept = setInterval(() => undefined, keptMs);
    await server.ended;
    clearInterval(kept);
    process.removeListener('exit', lastCall);
    await lock.release();
  };
  const { port, pid, ended } = server;
  return {
    connectionString: connectionUrl({ role: hubRole, password: passwords.hub, port, database: hubRole }),
    adminConnectionString: connectionUrl({ role: adminRole, password: passwords.admin, port, database: 'postgres' }),
    port,
    pid,
    ended,
    stop: () => (stopping ??= stopOnce()),
  };
};

/**
 * Starts the built-in PostgreSQL of one data folder and returns when the hub's database takes connections. Acknowledged rows survive
 * kill -9 of hub and server. Throws, with a sentence for the operator, when another hub uses the folder or PostgreSQL cannot run here.
 */
export const startEmbeddedPostgres = async ({ directory, log, settings = {} }: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const folder = resolve(directory);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const lock = await takeLock(join(folder, 'hub.lock'));
  let cluster: Cluster | null = null;
  try {
    const passwords = await loadPasswords(folder);
    cluster = await prepareCluster(folder, log);
    // The lock is ours, so a server that still runs here has lost its hub.
    if (await stopServer(cluster)) log('The PostgreSQL that an earlier, killed Ketensluis left running was stopped');
    await createCluster(cluster, passwords.admin);
    const server = await launchServer(cluster, settings);
    const embedded = handle({ directory: folder, cluster, server, passwords, lock });
    await createHubDatabase(embedded.adminConnectionString, passwords.hub);
    const connection = { connectionString: embedded.connectionString, pid: process.pid };
    await writePrivate(join(folder, 'connection.json'), JSON.stringify(connection));
    log(`PostgreSQL listens on 127.0.0.1:${server.port}, its files are in ${cluster.folder}`);
    return embedded;
  } catch (fault) {
    if (cluster !== null) await stopServer(cluster).catch(() => false);
    await lock.release();
    throw fault;
  }
};

/** The address of the database of a hub that runs on this folder now; null when none does. For the command line beside a running hub. */
export const findRunningPostgres = async (directory: string): Promise<string | null> => {
  const text = await readFile(join(resolve(directory), 'connection.json'), 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return null;
    throw new Error('The hub on this data folder belongs to another account; run this command as that account.', { cause: fault });
  });
  if (text === null) return null;
  const { connectionString } = connectionFile.parse(JSON.parse(text));
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 3_000 });
  return client.connect().then(() => client.end()).then(() => connectionString, () => null);
};
