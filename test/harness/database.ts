import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { serverAccount } from '../../libs/platform/postgres/account.js';
import { adminRole, createCluster, launchServer } from '../../libs/platform/postgres/cluster.js';
import { connectionUrl, createHubDatabase } from '../../libs/platform/postgres/embedded.js';
import { serverPrograms } from '../../libs/platform/postgres/native.js';
import { migrate } from '../../libs/store/migrate.js';
import { applyRoles, roleName } from '../../libs/store/roles-sql.js';
import { databaseRoles } from '../../libs/store/roles.js';

/** Accounts of this test alone for the processes of a hub, with the rights of libs/store/roles.ts and no others. */
export interface TestRoles {
  readonly prefix: string;
  readonly urlOf: (role: string) => string;
  /** The accounts go; to be called when the database is gone. */
  readonly close: () => Promise<void>;
}

/** A database of this test alone, with every migration applied; `close` drops it. */
export interface TestDatabase {
  readonly pool: pg.Pool;
  readonly connectionString: string;
  close(): Promise<void>;
}

interface Server {
  readonly pid: number;
  readonly port: number;
  readonly password: string;
  /** Why the migrations could not be applied; null when they were. */
  readonly migrationFault: string | null;
}

const role = 'ketensluis';
const startTimeoutMs = 120_000;

// Jest's global set-up names one folder per run; its global tear-down stops the server there and removes the folder.
const runFolder = (): string => {
  const folder = process.env['KETENSLUIS_TEST_RUN'];
  if (folder === undefined) throw new Error('KETENSLUIS_TEST_RUN is not set: run the tests with config/jest.config.mjs');
  return folder;
};

const serverUrl = (server: Server, as: string, database: string): string =>
  connectionUrl({ role: as, password: server.password, port: server.port, database });

const startServer = async (folder: string): Promise<Server> => {
  const home = join(folder, 'postgres');
  await mkdir(home, { mode: 0o755 });
  const account = await serverAccount(join(home, 'cluster'));
  const programs = await serverPrograms(account, home);
  const cluster = { programs, folder: join(home, 'cluster'), logFile: join(home, 'server.log'), account };
  const password = randomBytes(16).toString('hex');
  await createCluster(cluster, password);
  const { pid, port } = await launchServer(cluster, {
    // Not UTC on purpose: code that leans on the time zone of the server shows itself here.
    timezone: 'America/New_York',
    // These data die with the run.
    fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200',
  });
  const server = { pid, port, password, migrationFault: null };
  await createHubDatabase(serverUrl(server, adminRole, 'postgres'), password);
  const migrationFault = await migrate(serverUrl(server, role, role)).then(() => null, String);
  return { ...server, migrationFault };
};

// The first test that needs a database starts the server; test files in other processes wait for it.
const serverOfRun = async (): Promise<Server> => {
  const folder = runFolder();
  const file = join(folder, 'server.json');
  const isFirst = await mkdir(join(folder, 'starting')).then(() => true, () => false);
  if (isFirst) {
    const text = await startServer(folder).then((server) => JSON.stringify(server), (fault) => JSON.stringify({ fault: String(fault) }));
    await writeFile(`${file}.new`, text, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
  for (const giveUpAt = Date.now() + startTimeoutMs; Date.now() < giveUpAt; await pause(25)) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    const found: unknown = JSON.parse(text);
    if (typeof found === 'object' && found !== null && 'fault' in found) throw new Error(`the test database did not start: ${String(found.fault)}`);
    return found as Server;
  }
  throw new Error('the test database did not start in time');
};

const asAdmin = async (server: Server, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: serverUrl(server, adminRole, 'postgres') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};

const openFrom = async (template: string): Promise<TestDatabase> => {
  const server = await serverOfRun();
  if (template === role && server.migrationFault !== null) throw new Error(server.migrationFault);
  const name = `t_${randomBytes(8).toString('hex')}`;
  await asAdmin(server, `create database ${name} template ${template} owner ${role}`);
  const connectionString = serverUrl(server, role, name);
  const pool = new pg.Pool({ connectionString, max: 10 });
  // A connection that is just being closed when its database is dropped says so; nobody waits for it any more.
  pool.on('error', () => undefined);
  const close = async () => {
    await pool.end();
    await asAdmin(server, `drop database if exists ${name} with (force)`);
  };
  return { pool, connectionString, close };
};

/** A fresh database with all migrations of libs/store applied, owned by the same unprivileged role as in production; takes about 50 ms. */
export const openTestDatabase = (): Promise<TestDatabase> => openFrom(role);

/** A copy of this database as it is now, like a backup that was restored beside it. Nobody may be connected to the original meanwhile. */
export const openCopyOf = ({ connectionString }: TestDatabase): Promise<TestDatabase> => openFrom(new URL(connectionString).pathname.slice(1));

/** A fresh database without any table. */
export const openEmptyDatabase = (): Promise<TestDatabase> => openFrom('template0');

/** Accounts of this test alone, under names that others of the run must not use. */
export interface TestAccounts {
  readonly urlOf: (name: string) => string;
  /** They go; to be called when the database is gone. */
  readonly close: () => Promise<void>;
}

/** Makes these accounts, without any right yet, as whoever runs the server does. */
export const openTestAccounts = async ({ connectionString }: TestDatabase, accounts: readonly { readonly name: string; readonly password: string }[]): Promise<TestAccounts> => {
  const server = await serverOfRun();
  for (const { name, password } of accounts) await asAdmin(server, `create role ${name} login password '${password}'`);
  return {
    urlOf: (of) => connectionUrl({ role: of, password: accounts.find(({ name }) => name === of)?.password ?? '', port: server.port, database: new URL(connectionString).pathname.slice(1) }),
    close: async () => {
      for (const { name } of accounts) await asAdmin(server, `drop role ${name}`);
    },
  };
};

/** Makes an account for each role, as whoever runs the server does, and gives each its rights, as the owner of the tables does. */
export const openTestRoles = async (database: TestDatabase): Promise<TestRoles> => {
  const server = await serverOfRun();
  const prefix = `t_${randomBytes(6).toString('hex')}`;
  const { urlOf, close } = await openTestAccounts(database, databaseRoles.map((one) => ({ name: roleName(one.role, prefix), password: server.password })));
  await applyRoles(database.pool, prefix);
  return { prefix, urlOf: (role) => urlOf(roleName(role, prefix)), close };
};
