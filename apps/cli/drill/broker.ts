import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../practice/free-port.js';

const run = promisify(execFile);
const programs = '/usr/lib/rabbitmq/bin';
const startMaxMs = 90_000;

/** How a broker is found: `AMQP_URL`, then the one of Debian as a private node. Containers are not used. */
export const brokerSource = (): 'given' | 'installed' | 'none' =>
  process.env['AMQP_URL'] !== undefined ? 'given' : isBrokerInstalled() ? 'installed' : 'none';

/** True when a node can be started on this computer. */
export const isBrokerInstalled = (): boolean => existsSync(`${programs}/rabbitmq-server`);

/** True when the node of a test can be started; false leaves a spec out in plain sight, and is a fault where everything must run. */
export const canStartBroker = (): boolean => {
  const isThere = isBrokerInstalled();
  if (!isThere && process.env['CI'] === 'true') throw new Error('rabbitmq-server is not installed, and with CI=true no spec may be left out');
  return isThere;
};

/** A RabbitMQ of one drill or test alone, that may be killed, starved and emptied. */
export interface Broker {
  /** Address for a user of this name in a virtual host; the first are `hub` (rights as documented) and `nobody` (none), both in `hubs`. */
  readonly url: (options?: { readonly user?: string; readonly vhost?: string; readonly password?: string }) => string;
  /** The same over TLS, and the authority that vouches for it. */
  readonly tlsUrl: () => string;
  readonly port: number;
  /** Runs `rabbitmqctl` on this node; takes a second or two. */
  readonly control: (...words: readonly string[]) => Promise<string>;
  /** What the processes of the node took of the processor so far. */
  readonly pid: () => number;
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Rights of the hub in its virtual host, as libs/queue/README.md tells an operator to give them. */
const hubRights = '^ketensluis\\..*';

const vhost = 'hubs';

/** Starts a node with an epmd of its own; takes five to fifteen seconds. */
export const startBroker = async (tls?: { readonly key: string; readonly cert: string; readonly ca: string }): Promise<Broker> => {
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-broker-'));
  const [port, tlsPort, distPort, epmdPort] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const password = randomBytes(12).toString('hex');
  await writeFile(join(folder, 'definitions.json'), JSON.stringify(definitionsOf(password)));
  await writeFile(join(folder, 'rabbitmq.conf'), confOf({ folder, port, tlsPort: tls === undefined ? null : tlsPort }));
  if (tls !== undefined) await Promise.all([writeFile(join(folder, 'key.pem'), tls.key, { mode: 0o600 }), writeFile(join(folder, 'cert.pem'), tls.cert), writeFile(join(folder, 'ca.pem'), tls.ca)]);
  await writeFile(join(folder, 'enabled_plugins'), '[].\n');
  const environment = {
    PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: folder, LANG: 'C.UTF-8', ERL_EPMD_PORT: String(epmdPort), ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `test${port}@localhost`, RABBITMQ_NODE_PORT: String(port), RABBITMQ_DIST_PORT: String(distPort), RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'), RABBITMQ_LOG_BASE: join(folder, 'log'), RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    // Two cores at most: the tests beside it need some too.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
  };
  let server: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    // All of it is one group, which ends itself when whoever started it is gone: then its input ends.
    server = spawn('/bin/sh', ['-c', `epmd -address 127.0.0.1 -port ${epmdPort} & ${programs}/rabbitmq-server & read -r none; kill -9 0`], { stdio: ['pipe', 'ignore', 'ignore'], env: environment, detached: true });
    await untilStarted(folder, port, server);
  };
  const kill = async (): Promise<void> => {
    if (server === null) return;
    const ended = new Promise<void>((resolve) => (server?.exitCode === null && server.signalCode === null ? server.once('exit', () => resolve()) : resolve()));
    // The whole group: the virtual machine, what that started, and the names it is found by.
    endGroup(server.pid ?? 0);
    await ended;
    server = null;
    await untilFree(port);
  };
  await start();
  return {
    port, start, kill,
    url: ({ user = 'hub', vhost: host = vhost, password: given = password } = {}) => `amqp://${user}:${given}@127.0.0.1:${port}/${encodeURIComponent(host)}`,
    tlsUrl: () => `amqps://hub:${password}@localhost:${tlsPort}/${vhost}`,
    pid: () => machineOf(server?.pid ?? 0),
    control: async (...words) => (await run(`${programs}/rabbitmqctl`, ['-q', ...words], { env: environment, timeout: 60_000 })).stdout,
    stop: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
};

const definitionsOf = (password: string) => ({
  users: ['hub', 'nobody', 'root'].map((name) => ({ name, password, tags: name === 'root' ? 'administrator' : '' })),
  vhosts: [{ name: vhost }],
  permissions: [
    { user: 'hub', vhost, configure: hubRights, write: hubRights, read: hubRights },
    { user: 'root', vhost, configure: '.*', write: '.*', read: '.*' },
  ],
});

const confOf = ({ folder, port, tlsPort }: { readonly folder: string; readonly port: number; readonly tlsPort: number | null }): string => [
  `listeners.tcp.1 = 127.0.0.1:${port}`, 'log.file.level = info', `load_definitions = ${folder}/definitions.json`, 'loopback_users = none',
  ...(tlsPort === null ? [] : [
    `listeners.ssl.1 = 127.0.0.1:${tlsPort}`, `ssl_options.cacertfile = ${folder}/ca.pem`, `ssl_options.certfile = ${folder}/cert.pem`, `ssl_options.keyfile = ${folder}/key.pem`,
    'ssl_options.verify = verify_none', 'ssl_options.versions.1 = tlsv1.3', 'ssl_options.versions.2 = tlsv1.2',
  ]),
  '',
].join('\n');

const endGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'ESRCH')) throw fault;
  }
};

/** The virtual machine below the script that was started. */
const machineOf = (script: number): number => {
  const found = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).find((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return stat.includes('(beam.smp)') && Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === script;
    } catch {
      return false;
    }
  });
  return Number(found ?? 0);
};

const untilStarted = async (folder: string, port: number, server: ChildProcess): Promise<void> => {
  for (const giveUpAt = performance.now() + startMaxMs; performance.now() < giveUpAt; await pause(100)) {
    if (server.exitCode !== null) break;
    if (await isOpen(port)) return;
  }
  const log = await Promise.all(readdirSync(join(folder, 'log')).map((name) => readFile(join(folder, 'log', name), 'utf8')));
  endGroup(server.pid ?? 0);
  throw new Error(`the broker did not come up: ${log.join('\n').slice(-2_000)}`);
};

const untilFree = async (port: number): Promise<void> => {
  for (const giveUpAt = performance.now() + startMaxMs; performance.now() < giveUpAt; await pause(50)) if (!(await isOpen(port))) return;
  throw new Error('the broker did not end');
};

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
