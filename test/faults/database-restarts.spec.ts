import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { serverAccount } from '../../libs/platform/postgres/account.js';
import { adminRole, createCluster, launchServer, stopServer, type Cluster, type RunningServer } from '../../libs/platform/postgres/cluster.js';
import { connectionUrl, createHubDatabase } from '../../libs/platform/postgres/embedded.js';
import { serverPrograms } from '../../libs/platform/postgres/native.js';
import { migrate } from '../../libs/store/migrate.js';
import { buildOnce, type HubChild } from './hub-child.js';
import { isDone, letLeasesEnd, readiness, startNight, until, type Night } from './night.js';
import { checkLog } from './outcome.js';

// A PostgreSQL of this test alone, which goes away and comes back on the same port while the hub keeps running.
const role = 'ketensluis';
const doneMaxMs = 60_000;
let folder: string;
let cluster: Cluster;
let server: RunningServer;
let night: Night;
let hub: HubChild;

beforeAll(async () => {
  await buildOnce();
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-restart-'));
  // As root the server runs under another account, which must be able to enter.
  await chmod(folder, 0o755);
  const account = await serverAccount(join(folder, 'cluster'));
  cluster = { programs: await serverPrograms(account, folder), folder: join(folder, 'cluster'), logFile: join(folder, 'server.log'), account };
  const password = randomBytes(16).toString('hex');
  await createCluster(cluster, password);
  server = await launchServer(cluster);
  await createHubDatabase(connectionUrl({ role: adminRole, password, port: server.port, database: 'postgres' }), password);
  const connectionString = connectionUrl({ role, password, port: server.port, database: role });
  await migrate(connectionString);
  const pool = new pg.Pool({ connectionString });
  night = await startNight({ pool, connectionString, close: () => pool.end() });
  hub = await night.startHub();
  await until(() => isDone(night.pool), doneMaxMs);
}, 180_000);
afterAll(async () => {
  await night.close();
  await stopServer(cluster);
  await rm(folder, { recursive: true, force: true });
});

const comeBack = async (): Promise<void> => {
  server = await launchServer(cluster, { port: String(server.port) }).then(({ pid, ended }) => ({ pid, ended, port: server.port }));
};

const forgotten = `select from attempt where outcome is null
  and not exists (select from attempt later where later.mid = attempt.mid and later.number > attempt.number)`;

const deliveredTo = (first: number): number => new Set(night.arrivals.slice(first).map(({ mid }) => mid)).size;

describe('PostgreSQL restarted under a running hub', () => {
  test('while it is away mail is put off and the hub says so; afterwards it goes on by itself', async () => {
    await stopServer(cluster);
    const mail = night.newMail('DB-2026-0001');
    expect(await night.submit(mail, hub)).toBe(451);
    expect(await readiness(hub)).toBe(503);
    await comeBack();
    expect(await until(async () => (await readiness(hub)) === 200, doneMaxMs)).toBe(true);
    expect(await night.submit(mail, hub)).toBe(250);
    expect(await until(() => isDone(night.pool), doneMaxMs)).toBe(true);
    expect(deliveredTo(0)).toBe(3);
    expect(hub.isDead()).toBe(false);
    expect(await checkLog(night)).toMatchObject({ exit: 0 });
  }, 180_000);

  test('a crash of the server while the parties receive loses nothing that was accepted', async () => {
    const first = night.arrivals.length;
    const crashed = new Promise<void>((resolve) => {
      night.onKept = () => {
        night.onKept = () => undefined;
        // SIGQUIT is the immediate shutdown: no checkpoint, recovery from the journal at the next start.
        process.kill(server.pid, 'SIGQUIT');
        void server.ended.then(resolve);
      };
    });
    expect(await night.submit(night.newMail('DB-2026-0002'), hub)).toBe(250);
    await crashed;
    await comeBack();
    // The party has the mail and the hub could not write that down: the job stays leased as after a crash of the hub.
    expect(await until(async () => (await readiness(hub)) === 200, doneMaxMs)).toBe(true);
    expect(await until(async () => (await isDone(night.pool)) || (await letLeasesEnd(night.pool), false), doneMaxMs)).toBe(true);
    expect(deliveredTo(first)).toBe(3);
    expect((await night.pool.query("select from delivery where state <> 'delivered'")).rowCount).toBe(0);
    // Ending leases of a living hub makes tries that run beside each other: the last of them may still be on its way when the queue is empty.
    expect(await until(async () => (await night.pool.query(forgotten)).rowCount === 0, doneMaxMs)).toBe(true);
    expect(hub.isDead()).toBe(false);
    expect(await checkLog(night)).toMatchObject({ exit: 0 });
  }, 180_000);
});
