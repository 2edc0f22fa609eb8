import { spawn } from 'node:child_process';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Account, giveTo, runAs, serverEnvironment } from './account.js';
import { isCluster } from './native.js';
import { isUnreaped, processCommand } from './process.js';

/** Where one PostgreSQL keeps its files and who runs it. */
export interface Cluster {
  /** Folder of the PostgreSQL programs. */
  readonly programs: string;
  /** Folder of the database files (PGDATA). */
  readonly folder: string;
  readonly logFile: string;
  readonly account: Account;
}

/** A running server, reachable on 127.0.0.1 only. */
export interface RunningServer {
  readonly pid: number;
  readonly port: number;
  /** Settles when the server process has ended, for whatever reason. */
  readonly ended: Promise<void>;
}

/** Role that owns the cluster; used to make the hub's role and database, and for nothing else. */
export const adminRole = 'keeper';

// After a crash every file is made durable before anything else; on a busy disk that alone takes minutes.
const startTimeoutMs = 10 * 60_000;
const stopTimeoutMs = 60_000;
const pollMs = 20;
/** How often we look whether an ended server is reaped after all, before its file is removed. */
const reapLooks = 10;
const portTries = 5;
const retryAfterMs = 300;
const logKeptMaxBytes = 5_000_000;

const alwaysSet: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // A socket path has a limit of about 100 characters, a data folder has not: loopback with a password instead.
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Many short statements: compiling them costs more than it brings.
  jit: 'off',
  max_connections: '80',
  // How often it is looked whether dead rows are to be cleared; of work that is done there are soon many.
  autovacuum_naptime: '10s',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  // I13: a statement or a row in the log of the database would be personal data outside the hub's own care.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
};

// initdb looks its own account up by number and has no option to leave that out.
const namelessAccount =
  'This account has a number but no name on this computer (a container started with --user?), and PostgreSQL cannot make its files then. ' +
  'Use an account that is listed in /etc/passwd, start as root, or set KETENSLUIS_DATABASE_URL to a PostgreSQL server of your own.';

/** Makes a new cluster with one administrator; does nothing when there is one. A half-made one from a crash is made anew. */
export const createCluster = async (cluster: Cluster, password: string): Promise<void> => {
  if (await isCluster(cluster.folder)) return;
  const unfinished = `${cluster.folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const passwordFile = join(unfinished, 'password');
  const target = join(unfinished, 'files');
  await mkdir(target, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  for (const path of [unfinished, target, passwordFile]) await giveTo(cluster.account, path);
  const { code, output } = await runAs(cluster.account, join(cluster.programs, 'initdb'), [
    `--pgdata=${target}`, `--username=${adminRole}`, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8',
    // Sorting that belongs to PostgreSQL itself, so an update of the operating system cannot damage an index.
    '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--set=password_encryption=scram-sha-256',
  ]);
  if (code !== 0 && output.includes('effective user ID')) throw new Error(namelessAccount);
  if (code !== 0) throw new Error(`PostgreSQL could not make its files in ${cluster.folder}: ${output}`);
  await rename(target, cluster.folder);
  await rm(unfinished, { recursive: true, force: true });
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? reject(new Error('no free port')) : resolve(address.port)));
    });
  });

const pidFile = async (cluster: Cluster): Promise<readonly string[]> =>
  (await readFile(join(cluster.folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n').map((line) => line.trim());

const spawnServer = async (cluster: Cluster, port: number, settings: Readonly<Record<string, string>>) => {
  const all = { ...alwaysSet, port: String(port), ...settings };
  const args = Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const log = await open(cluster.logFile, 'a', 0o600);
  try {
    if ((await log.stat()).size > logKeptMaxBytes) await log.truncate(0);
    // detached: Ctrl-C in the terminal reaches the hub only, which then stops the server in its own order.
    return spawn(join(cluster.programs, 'postgres'), ['-D', cluster.folder, ...args], {
      cwd: '/', env: serverEnvironment(), detached: true, stdio: ['ignore', log.fd, log.fd], ...(cluster.account ?? {}),
    });
  } finally {
    await log.close();
  }
};

const launchOn = async (cluster: Cluster, port: number, settings: Readonly<Record<string, string>>): Promise<RunningServer | null> => {
  const child = await spawnServer(cluster, port, settings);
  let fault: Error | null = null;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => { fault = error; resolve(); });
  });
  let over = false;
  void ended.then(() => { over = true; });
  const pid = child.pid ?? 0;
  for (const giveUpAt = Date.now() + startTimeoutMs; Date.now() < giveUpAt; await pause(pollMs)) {
    if (fault !== null) throw new Error('PostgreSQL could not be started', { cause: fault });
    if (over) return null;
    const lines = await pidFile(cluster);
    if (lines[0] === String(pid) && lines[7] === 'ready') {
      child.unref();
      return { pid, port, ended };
    }
  }
  child.kill('SIGQUIT');
  throw new Error(`PostgreSQL was not ready within ${startTimeoutMs / 1000} s; see ${cluster.logFile}`);
};

/** Starts the server on a free port of 127.0.0.1 and returns when it takes connections; recovery after a crash is part of that. */
export const launchServer = async (cluster: Cluster, settings: Readonly<Record<string, string>> = {}): Promise<RunningServer> => {
  for (let attempt = 0; attempt < portTries; attempt += 1) {
    // Between asking for a port and using it another program can take it; then try the next.
    const server = await launchOn(cluster, await freePort(), settings);
    if (server !== null) return server;
    // Or processes of a killed server are still letting go of the files.
    await pause(retryAfterMs);
  }
  const log = await readFile(cluster.logFile, 'utf8').catch(() => '');
  throw new Error(`PostgreSQL ended while starting. Its last words: ${log.slice(-1_500).trim()}`);
};

/** Stops the server on this cluster, ours or an orphan of a hub that was killed; true when one was running. Call it under the folder's lock. */
export const stopServer = async (cluster: Cluster): Promise<boolean> => {
  const pid = Number((await pidFile(cluster))[0] ?? '');
  const command = pid > 0 ? await processCommand(pid) : null;
  if (command === null) {
    // Power cut or kill -9 of PostgreSQL: the file stays, and PostgreSQL itself judges whether it may start. It takes a process that ended but
    // was not reaped for a running one and would refuse for good; its own children end by themselves as soon as it is gone.
    for (let looks = 0; looks < reapLooks && pid > 0 && (await isUnreaped(pid)); looks += 1) await pause(retryAfterMs);
    if (pid > 0 && (await isUnreaped(pid))) await rm(join(cluster.folder, 'postmaster.pid'), { force: true });
    return false;
  }
  if (!command.includes(cluster.folder)) {
    // After a reboot the number can belong to a stranger, who must not be stopped and does not use these files.
    await rm(join(cluster.folder, 'postmaster.pid'), { force: true });
    return false;
  }
  const args = ['stop', '-D', cluster.folder, '-m', 'fast', '-w', '-t', String(stopTimeoutMs / 1000)];
  const { code, output } = await runAs(cluster.account, join(cluster.programs, 'pg_ctl'), args);
  if (code === 0 || (await processCommand(pid)) === null) return true;
  throw new Error(`The PostgreSQL that already runs on ${cluster.folder} could not be stopped: ${output}`);
};
