import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildOnce, projectRoot } from './hub-child.js';

const run = promisify(execFile);
const seed = Number(process.env['KETENSLUIS_FAULTS_SEED'] ?? Date.now() % 1_000);
const drillMaxMs = 420_000;

// As an operator runs it, with few faults; `ketensluis drill --faults 200` is the same for longer.
describe(`ketensluis drill, seed ${seed}`, () => {
  let folder: string;
  beforeAll(async () => {
    await buildOnce();
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-drill-'));
    await chmod(folder, 0o755);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('harms a hub in processes of its own; nothing is lost, doubled, unsealed or out of order', async () => {
    const words = ['--no-warnings', `${projectRoot}dist/apps/cli/main.js`, 'drill', '--faults', '8', '--cases', '15', '--seed', String(seed + 1)];
    const { stdout } = await run(process.execPath, words, { timeout: drillMaxMs, env: { PATH: process.env['PATH'], NODE_ENV: 'production', KETENSLUIS_DATA: folder } })
      .catch((fault: { readonly stdout?: string }) => ({ stdout: fault.stdout ?? String(fault) }));
    console.log(stdout.trim());
    const [place] = await readdir(join(folder, 'drill'));
    const result = JSON.parse(await readFile(join(folder, 'drill', place ?? '', 'result', 'result.json'), 'utf8'));
    expect(result.verdict.bad).toEqual({ notTaken: 0, acceptedNotStored: 0, acceptedNotDelivered: 0, deliveredNotSealed: 0, doubled: 0, outOfOrder: 0, logFaults: 0 });
    expect(result.passed).toBe(true);
    expect(result.faults).toHaveLength(8);
    for (const way of ['mail', 'api', 'webhook']) expect(result.verdict.accepted.byWay[way]).toBeGreaterThan(2);
    for (const way of ['mail', 'webhook', 'feed', 'portal']) expect(result.verdict.delivered.byWay[way]).toBeGreaterThan(2);
    expect(await readFile(join(folder, 'drill', place ?? '', 'result', 'result.html'), 'utf8')).toContain('Fault drill: passed');
  }, drillMaxMs + 30_000);

  test('told to end while it starts, leaves no process and no disk behind', async () => {
    const place = await mkdtemp(join(tmpdir(), 'ketensluis-drill-'));
    await chmod(place, 0o755);
    const child = spawn(process.execPath, ['--no-warnings', `${projectRoot}dist/apps/cli/main.js`, 'drill'], { stdio: 'ignore', env: { PATH: process.env['PATH'], NODE_ENV: 'production', KETENSLUIS_DATA: place } });
    const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    // By now it has a database, and is about to make keys or to start parties.
    while (!(await readdir(place, { recursive: true })).some((name) => name.endsWith('postmaster.pid'))) await pause(50);
    child.kill('SIGTERM');
    await ended;
    const { stdout: processes } = await run('ps', ['-eo', 'args']);
    expect(processes.split('\n').filter((line) => line.includes(place))).toEqual([]);
    expect((await readFile('/proc/mounts', 'utf8')).split('\n').filter((line) => line.includes(place))).toEqual([]);
    await rm(place, { recursive: true, force: true });
  }, 120_000);

  test('says what is wrong with its words, and starts nothing', async () => {
    const wrong = await run(process.execPath, ['--no-warnings', `${projectRoot}dist/apps/cli/main.js`, 'drill', '--faults', 'veel'], { env: { PATH: process.env['PATH'], KETENSLUIS_DATA: folder } })
      .then(() => null, (fault: { readonly code?: number; readonly stderr?: string }) => fault);
    expect(wrong).toMatchObject({ code: 2, stderr: '--faults is a number from 1 to 2000\n' });
  });
});
