import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Temporal } from 'temporal-polyfill';
import { freePort } from '../harness/free-port.js';
import { buildOnce } from './hub-child.js';

// config/operations.md as an operator walks through it: a backup while the hub stands still, a restore of the wrong half, and of the right whole.
const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/apps/cli/main.js');
const startMaxMs = 120_000;
const person = '999900018';

interface Examined {
  readonly log: { readonly size: number; readonly memories: readonly { readonly witness: string | null; readonly kind: string; readonly size: number | null }[] };
  readonly findings: readonly { readonly code: string }[];
}

describe('a hub that is backed up and restored', () => {
  let folder: string;
  let data: string;
  let environment: NodeJS.ProcessEnv;
  let hub: ChildProcess | null = null;

  beforeAll(async () => {
    await buildOnce();
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-backup-'));
    // Where PostgreSQL runs under an account of its own, that one must be able to come here: else its files stand elsewhere.
    await chmod(folder, 0o755);
    data = join(folder, 'data');
    const ports = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
    const keys = ['SMTP_PORT', 'HTTP_PORT', 'API_PORT', 'CONSOLE_PORT', 'SIGN_IN_PORT'];
    environment = { ...process.env, NODE_ENV: 'production', KETENSLUIS_DATA: data, ...Object.fromEntries(keys.map((key, place) => [`KETENSLUIS_${key}`, String(ports[place])])) };
  });
  afterAll(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--no-warnings', program, 'up', '--practice'], { env: environment, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
      hub = child;
      let text = '';
      const timer = setTimeout(() => reject(new Error(`not running:\n${text}`)), startMaxMs);
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8');
          if (!text.includes('Ketensluis is running')) return;
          clearTimeout(timer);
          resolve();
        });
      }
      child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${text}`)));
    });
  const stop = async (): Promise<void> => {
    const child = hub;
    hub = null;
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  };
  const run = (words: readonly string[], input = ''): Promise<{ readonly code: number | null; readonly text: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, ['--no-warnings', program, ...words], { env: environment, cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (text += chunk.toString('utf8')));
      child.once('exit', (code) => resolve({ code, text }));
      child.stdin.end(input);
    });
  const examined = async (): Promise<{ readonly code: number | null } & Examined> => {
    const { code, text } = await run(['doctor', '--json']);
    const read: Examined = JSON.parse(text);
    return { code, ...read };
  };
  /** With owners and modes, as whoever makes a backup does: PostgreSQL opens nothing of another account. */
  const copy = (from: string, to: string): void => expect(spawnSync('cp', ['-a', from, to], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  /** What arrived anywhere: `party/file`, and each file is named after the id of its disclosure. */
  const arrived = async (): Promise<readonly string[]> => {
    const parties = await readdir(join(data, 'practice'));
    const inboxes = await Promise.all(parties.map(async (party) => (await readdir(join(data, 'practice', party, 'inbox')).catch(() => [])).map((file) => `${party}/${file}`)));
    return inboxes.flat().filter((name) => name.endsWith('.eml')).toSorted();
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (const giveUpAt = Date.now() + 60_000; !(await holds()); await new Promise((resolve) => setTimeout(resolve, 250))) if (Date.now() > giveUpAt) throw new Error('it did not come about in a minute');
  };
  const sendBan = async (caseNumber: string): Promise<void> => {
    const written = (at: Temporal.ZonedDateTime): string => at.toString({ timeZoneName: 'never', smallestUnit: 'second' });
    const now = Temporal.Now.zonedDateTimeISO('Europe/Amsterdam');
    // It ends at the same hour ten days later, which is not always 240 hours.
    const imposed = now.subtract({ minutes: 20 });
    const example = await readFile(join(root, 'config/examples/bericht.xml'), 'utf8');
    const file = join(folder, `${caseNumber}.xml`);
    await writeFile(file, example.replace(/<kenmerk>.*?</, `<kenmerk>${crypto.randomUUID()}<`).replace('NUMMER', caseNumber).replace('VERZONDEN', written(now)).replaceAll('OPGELEGD', written(imposed)).replaceAll('EINDE', written(imposed.add({ days: 10 }))));
    const sent = await run(['practice', 'send', 'hovj-1@politie.example', file]);
    expect(sent).toMatchObject({ code: 0, text: expect.stringContaining('250') });
  };

  test('tells a log that went back, erases again, sends nothing twice, and goes on when it is whole', async () => {
    const [backup, newest] = [join(folder, 'backup'), join(folder, 'newest')];
    await start();
    await stop();
    const atBackup = await arrived();
    copy(data, backup);

    // After the backup: a message to three parties, and a person who is erased.
    await start();
    await sendBan('TERUG-2026-0001');
    await until(async () => (await arrived()).length === atBackup.length + 3);
    expect(await run(['erase', '--controller', '00000001900000000101', '--ground', 'avg-17', '--by', 'fg'], `${person}\n`)).toMatchObject({ code: 0, text: expect.stringMatching(/^Erased from \d+ entries/) });
    const before = await examined();
    expect(before).toMatchObject({ code: 0, log: { memories: [{ witness: null, kind: 'same' }, { kind: 'same' }, { kind: 'same' }] } });
    await stop();
    const afterBackup = await arrived();
    copy(data, newest);

    // Only the database is put back, to before that. The doctor says so without a hub; with one nothing leaves, and what was erased goes again.
    await rm(join(data, 'postgres'), { recursive: true });
    copy(join(backup, 'postgres'), join(data, 'postgres'));
    expect(await examined()).toMatchObject({ code: 3, findings: expect.arrayContaining([expect.objectContaining({ code: 'log-put-back', about: 'signer', count: before.log.size })]) });
    await rename(join(data, 'hub.log'), join(folder, 'hub.log'));
    await start();
    expect(await readFile(join(data, 'hub.log'), 'utf8')).toMatch(/"event":"erased\.replayed"/);
    const behind = await examined();
    expect([behind.code, behind.log.memories.map(({ kind }) => kind)]).toEqual([3, ['put-back', 'put-back', 'put-back']]);
    await sendBan('TERUG-2026-0002');
    await until(async () => (await readFile(join(data, 'hub.log'), 'utf8')).includes('"event":"seal.failed"'));
    expect(await arrived()).toEqual(afterBackup);
    await stop();

    // The newest copy of all: as if nothing had been, and what goes is new.
    await rm(data, { recursive: true });
    copy(newest, data);
    expect(await examined()).toMatchObject({ code: 0, log: { size: before.log.size, memories: [{ witness: null, kind: 'same', size: before.log.size }, { kind: 'unknown' }, { kind: 'unknown' }] } });
    await start();
    await sendBan('TERUG-2026-0003');
    await until(async () => (await arrived()).length >= afterBackup.length + 3);
    expect(await examined()).toMatchObject({ code: 0, log: { memories: [{ kind: 'same' }, { kind: 'same' }, { kind: 'same' }] } });
    const last = await arrived();
    expect(last.filter((name) => afterBackup.includes(name))).toEqual(afterBackup);
    expect(last).toHaveLength(afterBackup.length + 3);
    expect(new Set(last.map((name) => /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(name)?.[0])).size).toBe(last.length);
    await stop();
  }, 400_000);
});
