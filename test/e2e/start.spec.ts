import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../harness/free-port.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const startMaxMs = 180_000;

/** One hub started as a user starts it. */
interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly environment: NodeJS.ProcessEnv;
}

const environmentFor = async (data: string): Promise<NodeJS.ProcessEnv> => ({
  ...process.env,
  KETENSLUIS_DATA: data,
  KETENSLUIS_SMTP_PORT: String(await freePort()),
  KETENSLUIS_HTTP_PORT: String(await freePort()),
  KETENSLUIS_API_PORT: String(await freePort()),
  KETENSLUIS_CONSOLE_PORT: String(await freePort()),
  KETENSLUIS_SIGN_IN_PORT: String(await freePort()),
});

const started: Started[] = [];

const start = (environment: NodeJS.ProcessEnv): Promise<Started> => {
  const child = spawn(process.execPath, [join(root, 'config/scripts/start.mjs')], { env: environment, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const one: Started = { child, output: () => text, environment };
  started.push(one);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not running after ${startMaxMs} ms:\n${text}`)), startMaxMs);
    const hear = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      if (/Ketensluis is running: .*\n/.test(text)) {
        clearTimeout(timer);
        resolve(one);
      }
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code}:\n${text}`));
    });
  });
};

const stop = async ({ child }: Started, signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
};

const ketensluis = (environment: NodeJS.ProcessEnv, ...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'config/scripts/ketensluis.mjs'), ...args], { env: environment, encoding: 'utf8', timeout: 120_000 });

const inboxOf = async (data: string, party: string): Promise<readonly string[]> =>
  (await readdir(join(data, 'practice', party, 'inbox'))).filter((name) => name.endsWith('.eml')).sort();

const openssl = (...args: readonly string[]): string => {
  const run = spawnSync('openssl', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (run.status !== 0) throw new Error(`openssl ${args[0]} ${args[1]}: ${run.stderr}`);
  return run.stdout;
};

const story = ['gemeente-waterveen', 'veilig-thuis-noorderwaard', 'politie-noorderwaard', 'rechtbank-noorderwaard'] as const;

describe('npm start', () => {
  let folder = '';
  let data = '';
  let hub: Started;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ketensluis start '));
    data = join(folder, 'the data');
    hub = await start(await environmentFor(data));
  }, startMaxMs + 10_000);

  afterAll(async () => {
    await Promise.all(started.map((one) => stop(one, 'SIGINT')));
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  test('plays the story and ends in one line with the addresses', () => {
    const lines = hub.output().trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(/^Ketensluis is running: mail smtp:\/\/127\.0\.0\.1:\d+, parties https:\/\/localhost:\d+\/api\/v1, health http:\S+\/health\/ready, console http:\S+\//);
    expect(hub.output()).toContain('Veilig Thuis Noorderwaard received it: huisverbod.opgelegd');
    expect(hub.output()).toContain('550 5.7.1 message not accepted');
    expect(hub.output()).not.toMatch(/Eva Proef|Voorbeeld|999900018|06 0000/);
  });

  test('answers the health questions', async () => {
    const base = `http://127.0.0.1:${hub.environment['KETENSLUIS_HTTP_PORT']}/health`;
    expect((await fetch(`${base}/live`)).status).toBe(200);
    expect((await fetch(`${base}/ready`)).status).toBe(200);
  });

  test.each(story)('gives %s mail that openssl opens with the key beside its inbox', async (party) => {
    const own = join(data, 'practice', party);
    const mails = await inboxOf(data, party);
    expect(mails.length).toBeGreaterThan(0);
    for (const name of mails) {
      const signed = join(folder, `${party}.signed`);
      const opened = join(folder, `${party}.opened`);
      openssl('cms', '-decrypt', '-in', join(own, 'inbox', name), '-recip', join(own, 'encrypt.cert.pem'), '-inkey', join(own, 'encrypt.key.pem'), '-out', signed);
      openssl('cms', '-verify', '-in', signed, '-CAfile', join(data, 'practice/ca/root.cert.pem'), '-purpose', 'any', '-out', opened);
      expect(await readFile(opened, 'utf8')).toContain('verstrekking.xml');
    }
  });

  test('writes a log that verifies without the hub, and shows a changed byte', async () => {
    const directory = join(folder, 'log');
    expect(ketensluis(hub.environment, 'log', 'export', directory).status).toBe(0);
    expect(ketensluis({ PATH: process.env['PATH'] }, 'log', 'verify', directory).status).toBe(0);
    const [bundle] = (await readdir(join(directory, 'tile/entries'), { recursive: true })).filter((name) => /\d$/.test(name)).map((name) => join(directory, 'tile/entries', name));
    const file = (await readdir(bundle ?? '').catch(() => [])).map((name) => join(bundle ?? '', name))[0] ?? bundle ?? '';
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100);
    await writeFile(file, bytes);
    const after = ketensluis({ PATH: process.env['PATH'] }, 'log', 'verify', directory);
    expect([after.status, after.stdout]).toEqual([1, expect.stringMatching(/entry \d+/)]);
  });

  test('says which setting moves a taken port', () => {
    const second = spawnSync(process.execPath, [join(root, 'config/scripts/start.mjs')], { env: hub.environment, encoding: 'utf8', timeout: 60_000 });
    expect(second.status).toBe(1);
    expect(second.stderr).toContain(`Port ${hub.environment['KETENSLUIS_SMTP_PORT']} is taken by another program. Choose another one: KETENSLUIS_SMTP_PORT=`);
  });

  test('runs twice side by side, and a killed hub keeps its data', async () => {
    const other = join(folder, 'other');
    const beside = await start(await environmentFor(other));
    expect((await inboxOf(other, 'gemeente-waterveen')).length).toBeGreaterThan(0);
    const received = await inboxOf(other, 'gemeente-waterveen');
    await stop(beside, 'SIGKILL');
    const again = await start(beside.environment);
    expect(again.output()).toContain('its data are kept');
    expect(await inboxOf(other, 'gemeente-waterveen')).toEqual(received);
    expect(ketensluis(again.environment, 'log', 'export', join(folder, 'other-log')).status).toBe(0);
    expect(ketensluis({ PATH: process.env['PATH'] }, 'log', 'verify', join(folder, 'other-log')).status).toBe(0);
    await stop(again, 'SIGINT');
  }, 2 * startMaxMs);
});
