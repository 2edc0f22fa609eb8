import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { canEnter, nobody } from './account.js';
import { type EmbeddedPostgres, findRunningPostgres, startEmbeddedPostgres } from './embedded.js';

const root = process.cwd();
const compiled = pathToFileURL(join(root, 'dist', 'libs', 'platform', 'postgres', 'embedded.js')).href;

let home = '';
const running: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

// After a crash PostgreSQL first flushes every file it has, which a busy disk draws out.
const crashMs = 240_000;

const start = async (name: string, said: string[] = []): Promise<EmbeddedPostgres> => {
  const embedded = await startEmbeddedPostgres({ directory: join(home, name), log: (line) => said.push(line) });
  running.push(embedded);
  return embedded;
};

const ask = async (connectionString: string, sql: string): Promise<readonly Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

// A hub of its own in another process, that says its connection string and then waits to be ended.
const startElsewhere = async (name: string, before = ''): Promise<{ child: ChildProcess; connectionString: string }> => {
  const program = `import { startEmbeddedPostgres } from ${JSON.stringify(compiled)}; ${before}
    const embedded = await startEmbeddedPostgres({ directory: process.argv[1], log: () => undefined });
    console.log(embedded.connectionString);
    process.once('SIGTERM', async () => { await embedded.stop(); process.exit(0); });
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program, join(home, name)], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const [connectionString] = await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => ['it ended'])]);
  return { child, connectionString: String(connectionString) };
};

const end = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
};

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ketensluis postgres '));
  await chmod(home, 0o755);
  await promisify(execFile)(process.execPath, [join(root, 'config', 'scripts', 'build.mjs')]);
});
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL');
  for (const embedded of running.splice(0)) await embedded.stop();
});
afterAll(() => rm(home, { recursive: true, force: true }));

describe('the built-in PostgreSQL', () => {
  test('starts from nothing in a folder with spaces, in UTC, without superuser rights for the hub', async () => {
    const embedded = await start('first start');
    const [row] = await ask(
      embedded.connectionString,
      `select current_setting('timezone') as zone, current_setting('server_encoding') as encoding, current_setting('jit') as jit,
              current_setting('listen_addresses') as address, current_setting('fsync') as fsync, current_database() as database,
              (select rolsuper from pg_roles where rolname = current_user) as super`,
    );
    expect(row).toEqual({ zone: 'UTC', encoding: 'UTF8', jit: 'off', address: '127.0.0.1', fsync: 'on', database: 'ketensluis', super: false });
  });

  test('lets nobody in without the password, and keeps the password from other accounts', async () => {
    const embedded = await start('first start');
    const guess = embedded.connectionString.replace(/ketensluis:[0-9a-f]+@/, 'ketensluis:guess@');
    await expect(ask(guess, 'select 1')).rejects.toThrow(/password authentication failed/);
    for (const name of ['passwords.json', 'connection.json', 'hub.lock']) {
      expect((await stat(join(home, 'first start', name))).mode & 0o077).toBe(0);
    }
  });

  test('keeps what was stored over a stop and a start, and stops twice without complaint', async () => {
    const first = await start('kept');
    await ask(first.connectionString, 'create table kept (n int)');
    await ask(first.connectionString, 'insert into kept values (41)');
    await Promise.all([first.stop(), first.stop()]);
    await first.ended;
    const second = await start('kept');
    expect(await ask(second.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
  });

  test('keeps acknowledged rows when the hub is killed, and stops the server that was left behind', async () => {
    const { child, connectionString } = await startElsewhere('killed');
    await ask(connectionString, 'create table kept (n int)');
    await ask(connectionString, 'insert into kept values (42)');
    await end(child, 'SIGKILL');
    expect(await ask(connectionString, 'select n from kept')).toEqual([{ n: 42 }]); // the orphan still answers
    const said: string[] = [];
    const next = await start('killed', said);
    expect(said.join('\n')).toMatch(/killed Ketensluis left running/);
    expect(await ask(next.connectionString, 'select n from kept')).toEqual([{ n: 42 }]);
    await expect(ask(connectionString, 'select 1')).rejects.toThrow();
  });

  test('keeps acknowledged rows when server and hub are killed together', async () => {
    const { child, connectionString } = await startElsewhere('power cut');
    await ask(connectionString, 'create table kept (n int)');
    await ask(connectionString, 'insert into kept values (43)');
    const pid = Number((await readFile(join(home, 'power cut', 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]);
    await end(child, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    const next = await start('power cut');
    expect(await ask(next.connectionString, 'select n from kept')).toEqual([{ n: 43 }]);
  }, crashMs);

  test('refuses a second hub on the same folder and leaves the first alone', async () => {
    const first = await start('kept');
    await expect(start('kept')).rejects.toThrow(new RegExp(`process ${process.pid}.*KETENSLUIS_DATA`));
    expect(await ask(first.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('runs beside another one on a folder of its own', async () => {
    const [one, other] = [await start('first start'), await start('kept')];
    expect(one.port).not.toBe(other.port);
    await expect(ask(one.connectionString.replace(`:${one.port}/`, `:${other.port}/`), 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  test('is found by a second process while it runs, and only then', async () => {
    const { child, connectionString } = await startElsewhere('first start');
    expect(await findRunningPostgres(join(home, 'first start'))).toBe(connectionString);
    await end(child, 'SIGTERM');
    expect(await findRunningPostgres(join(home, 'first start'))).toBeNull();
    expect(await findRunningPostgres(join(home, 'never started'))).toBeNull();
  });

  test('never stops a stranger whose number an old pid file happens to name', async () => {
    const first = await start('kept');
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    children.push(stranger);
    await writeFile(join(home, 'kept', 'cluster', 'postmaster.pid'), `${stranger.pid}\n/elsewhere\n`);
    const next = await start('kept');
    expect(await ask(next.connectionString, 'select n from kept')).toEqual([{ n: 41 }]);
    expect(stranger.exitCode).toBeNull();
    expect(stranger.signalCode).toBeNull();
  });

  test('runs for an ordinary account, and then every file belongs to that account', async () => {
    const folder = join(home, 'ordinary');
    await mkdir(folder);
    const isRoot = process.getuid?.() === 0;
    const { uid, gid } = await nobody();
    if (isRoot && !(await canEnter({ uid, gid }, root))) {
      console.warn('NOT TESTED: this checkout lies where an ordinary account cannot come, so starting as one could not be tried');
      return;
    }
    if (isRoot) await chown(folder, uid, gid);
    const become = isRoot ? `process.setgroups([]); process.setgid(${gid}); process.setuid(${uid});` : '';
    const { child, connectionString } = await startElsewhere('ordinary', become);
    expect(await ask(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
    const owners = await Promise.all(['cluster', 'passwords.json'].map(async (name) => (await stat(join(folder, name))).uid));
    expect(owners).toEqual(isRoot ? [uid, uid] : [process.getuid?.(), process.getuid?.()]);
    await end(child, 'SIGTERM');
  });

  test('says what to do when the account has no name, as in a container started with a bare number', async () => {
    if (process.getuid?.() !== 0) {
      console.warn('NOT TESTED: only root can become an account without a name');
      return;
    }
    const nameless = 54_321;
    const folder = join(home, 'nameless');
    await mkdir(folder);
    await chown(folder, nameless, nameless);
    const program = `import { startEmbeddedPostgres } from ${JSON.stringify(compiled)};
      process.setgroups([]); process.setgid(${nameless}); process.setuid(${nameless});
      await startEmbeddedPostgres({ directory: process.argv[1], log: () => undefined }).catch((fault) => console.log(fault.message));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program, folder]);
    expect(stdout).toMatch(/no name on this computer.*\/etc\/passwd.*KETENSLUIS_DATABASE_URL/);
  });
});
