import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { trialAuthority, type TrialAuthority } from '../fixtures/trial-authority.js';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';
import { freePort } from '../harness/free-port.js';

// A hub for real parties, as an operator sets it up: commands alone, an authority of its own, nothing of practice.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? describe : describe.skip;
if (!hasOpenssl) console.warn('openssl is not on PATH: no hub was set up for real parties');
test('the outside oracle is there when the build demands it', () => expect(hasOpenssl || process.env['CI'] !== 'true').toBe(true));

const root = fileURLToPath(new URL('../..', import.meta.url));
const address = 'hub@ketensluis.internal';
const ownOin = '00000004100000000900';
const startMaxMs = 180_000;

withOpenssl('ketensluis up, for real parties', () => {
  const folder = mkdtempSync(join(tmpdir(), 'real start '));
  const data = join(folder, 'data');
  let database: TestDatabase;
  let authority: TrialAuthority;
  let environment: NodeJS.ProcessEnv;
  let apiPort = 0;
  let running: { readonly child: ChildProcess; readonly output: () => string } | null = null;

  beforeAll(async () => {
    database = await openTestDatabase();
    authority = await trialAuthority(folder, await freePort());
    apiPort = await freePort();
    environment = {
      ...process.env, NODE_ENV: 'production', KETENSLUIS_DATA: data, KETENSLUIS_DATABASE_URL: database.connectionString, KETENSLUIS_ADDRESS: address, KETENSLUIS_TRUST: authority.trustFolder,
      KETENSLUIS_SMTP_PORT: String(await freePort()), KETENSLUIS_HTTP_PORT: String(await freePort()), KETENSLUIS_API_PORT: String(apiPort), KETENSLUIS_CONSOLE_PORT: String(await freePort()),
    };
  });
  afterAll(async () => {
    await stop();
    await authority.close();
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  // Not `spawnSync`: the authority answers from this very process.
  const run = (words: readonly string[], change: NodeJS.ProcessEnv = {}): Promise<{ readonly code: number | null; readonly text: string }> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [join(root, 'config/scripts/ketensluis.mjs'), ...words], { env: { ...environment, ...change }, cwd: root, stdio: ['ignore', 'pipe', 'pipe'], timeout: startMaxMs });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (text += chunk.toString('utf8')));
      child.once('exit', (code) => resolve({ code, text }));
    });
  const start = (words: readonly string[] = ['up']): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(root, 'config/scripts/ketensluis.mjs'), ...words], { env: environment, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
      let text = '';
      running = { child, output: () => text };
      const timer = setTimeout(() => reject(new Error(`not running:\n${text}`)), startMaxMs);
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8');
          if (!/Ketensluis is running: .*\n/.test(text)) return;
          clearTimeout(timer);
          resolve(text);
        });
      }
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`ended with ${code}:\n${text}`));
      });
    });
  const stop = async (): Promise<void> => {
    const child = running?.child;
    running = null;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  };
  /** A key of a role, certified and put into use as the commands say. */
  const bringIn = async (role: 'sign' | 'decrypt' | 'tls', ...more: readonly string[]): Promise<string> => {
    const request = join(folder, `${role}.req.pem`);
    const made = await run(['keys', 'new', role, '--organization', 'Ketensluis Proef', '--out', request, ...(role === 'tls' ? ['--host', 'localhost', ...more] : [])]);
    const [, id = ''] = /Key ([0-9a-f-]{36})/.exec(made.text) ?? [];
    if (id === '') throw new Error(made.text);
    const certificate = join(folder, `${role}.pem`);
    writeFileSync(certificate, authority.certify(request, role, role === 'tls' ? { host: 'localhost' } : { email: address }));
    for (const words of [['announce', id, certificate], ['activate', id]]) {
      const done = await run(['keys', ...words]);
      if (done.code !== 0) throw new Error(done.text);
    }
    return id;
  };
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connectTls({ host: '127.0.0.1', port: apiPort, servername: 'localhost', ca: authority.rootPem }, () => {
        resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? 'none');
        socket.destroy();
      }).once('error', reject);
    });

  test('without settings it says which two are missing, and what is practice', async () => {
    const { code, text } = await run(['up'], { KETENSLUIS_ADDRESS: '', KETENSLUIS_TRUST: '' });
    expect(code).toBe(2);
    expect(text).toMatch(/npm start[\s\S]*KETENSLUIS_ADDRESS[\s\S]*KETENSLUIS_TRUST/);
  }, startMaxMs);

  test('before anything is set up it tells everything at once, each with what to do', async () => {
    const { code, text } = await run(['up'], { KETENSLUIS_LOG_LEVEL: 'debug', KETENSLUIS_TRUST: join(folder, 'nowhere'), KETENSLUIS_ADDRESS: 'hub@ketensluis.example' });
    expect(code).toBe(2);
    for (const expected of [/debug/, /nowhere/, /a name for examples/, /keys new sign/, /keys new decrypt/, /keys new tls/]) expect(text).toMatch(expected);
    expect(text).not.toMatch(/^\s+at /m);
  }, startMaxMs);

  test('with its own keys it runs, believes what the settings say, and takes the next TLS key without a restart', async () => {
    await bringIn('sign');
    await bringIn('decrypt');
    const halfway = await run(['up']);
    expect(halfway.code).toBe(2);
    expect(halfway.text).toMatch(/identifies the servers/);
    expect(halfway.text).not.toMatch(/signs mail/);
    const tls = await bringIn('tls', '--oin', ownOin);

    const text = await start();
    expect(text).toMatch(/No party is connected yet: ketensluis party apply/);
    expect(text).not.toMatch(/Oefening|oefening|practice story/);
    const before = await shown();
    expect((await run(['practice', 'clock', '+1d'])).code).toBe(2);
    const next = await bringIn('tls');
    // The number of the organisation goes along to the next certificate: without it no webhook goes out.
    expect(spawnSync('openssl', ['req', '-in', join(folder, 'tls.req.pem'), '-noout', '-subject'], { encoding: 'utf8' }).stdout).toContain(ownOin);
    for (let tries = 0; (await shown()) === before; tries += 1) {
      if (tries > 500) throw new Error('the running hub does not follow');
      await pause(20);
    }
    const { text: listed } = await run(['keys', 'list']);
    expect(listed).toMatch(new RegExp(`${tls} {2}tls {2}retiring`));
    expect(listed).toMatch(new RegExp(`${next} {2}tls {2}active`));
    await stop();
  }, 4 * startMaxMs);

  test('each part of it runs alone, with the keys of its role', async () => {
    const prepared = await run(['prepare']);
    expect([prepared.code, prepared.text]).toEqual([0, expect.stringContaining('Prepared.')]);
    for (const role of ['gateway', 'decide', 'seal', 'deliver', 'watch']) {
      expect(await start(['run', role])).toContain(`Ketensluis is running: ${role}`);
      await stop();
    }
    const { code, text } = await run(['run', 'console']);
    expect([code, text]).toEqual([2, expect.stringContaining('KETENSLUIS_SIGN_IN')]);
    // Without the folder of its keys, and with that of the log away: a sealer needs the one and not the other.
    renameSync(join(data, 'keys'), join(data, 'keys.away'));
    await start(['run', 'seal']);
    await stop();
    renameSync(join(data, 'keys.away'), join(data, 'keys'));
  }, 4 * startMaxMs);

  test('it does not start on what is left of practice, nor without the private half of a key; and practice does not start on it', async () => {
    const practised = await run(['up', '--practice'], { KETENSLUIS_ADDRESS: '', KETENSLUIS_TRUST: '' });
    expect(practised.code).not.toBe(0);
    expect(practised.text).toMatch(/ketensluis\.internal\/log/);
    expect((await run(['party', 'apply', 'config/practice/parties.yaml'])).code).toBe(0);
    const keys = join(data, 'keys', 'own');
    const [file = ''] = readdirSync(keys);
    renameSync(keys, `${keys}.away`);
    const { code, text } = await run(['up']);
    expect(code).toBe(2);
    expect(text).toMatch(/Parties of practice are connected: .*politie-noorderwaard/);
    expect(text.match(/private half/g)).toHaveLength(3);
    expect(file).toMatch(/\.key\.pem$/);
  }, startMaxMs);
});
