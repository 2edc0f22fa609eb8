import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Party } from '@ketensluis/domain';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentOf } from '../../apps/practice/script.js';
import { practiceSender } from '../../apps/practice/sender.js';
import { openTestDatabase, openTestRoles, type TestDatabase, type TestRoles } from '../harness/database.js';
import { freePort } from '../harness/free-port.js';
import { buildOnce, projectRoot } from './hub-child.js';
import { practiceDocuments, storySteps, until } from './night.js';

// Processes of one hub as `ketensluis run` starts them, each on the database account of its role: two of everything, and whoever seals is killed, or hangs.
const program = join(projectRoot, 'dist', 'apps', 'cli', 'main.js');
// Eight processes start at once, beside what else runs.
const startMaxMs = 150_000;
const handOverMaxMs = 5_000;
const mails = 6;

interface Started {
  readonly child: ChildProcess;
  readonly words: () => string;
  readonly smtpPort: number;
}

let folder: string;
let database: TestDatabase;
let roles: TestRoles;
const running: ChildProcess[] = [];

const launch = async (words: readonly string[], url: string): Promise<Started & { readonly ended: Promise<number | null> }> => {
  const [smtpPort, http, api, web, signIn] = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
  const env = {
    PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', KETENSLUIS_DATA: folder, KETENSLUIS_DATABASE_URL: url, KETENSLUIS_SMTP_PORT: String(smtpPort), KETENSLUIS_HTTP_PORT: String(http),
    KETENSLUIS_API_PORT: String(api), KETENSLUIS_CONSOLE_PORT: String(web), KETENSLUIS_SIGN_IN_PORT: String(signIn),
  };
  const child = spawn(process.execPath, ['--no-warnings', program, ...words], { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => void (text = (text + chunk.toString()).slice(-50_000)));
  return { child, words: () => text, smtpPort: smtpPort ?? 0, ended: new Promise((resolve) => child.once('exit', resolve)) };
};

const start = async (words: readonly string[], role: string): Promise<Started> => {
  const started = await launch(words, roles.urlOf(role));
  const isUp = await until(async () => started.words().includes('is running') || started.child.exitCode !== null, startMaxMs);
  if (!isUp || started.child.exitCode !== null) throw new Error(`${words.join(' ')} did not start: ${started.words()}`);
  return started;
};

const once = async (words: readonly string[], url: string): Promise<void> => {
  const { ended, words: said } = await launch(words, url);
  if ((await ended) !== 0) throw new Error(`${words.join(' ')} failed: ${said()}`);
};

let gateways: readonly Started[];
let sealers: Started[];

beforeAll(async () => {
  await buildOnce();
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-apart-'));
  database = await openTestDatabase();
  await once(['prepare', '--practice'], database.connectionString);
  roles = await openTestRoles(database);
  // The witnesses of the chain are in its process, so it comes first: their addresses stand in its folder.
  await start(['run', 'practice'], 'practice');
  [gateways, sealers] = await Promise.all([
    Promise.all([1, 2].map(() => start(['run', 'gateway', '--practice'], 'gateway'))),
    Promise.all([1, 2].map(() => start(['run', 'seal', '--practice'], 'seal'))),
    Promise.all(['decide', 'decide', 'deliver', 'deliver'].map((role) => start(['run', role, '--practice'], role))),
  ]);
}, 480_000);
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(running.map((child) => (child.exitCode !== null || child.signalCode !== null ? null : new Promise((resolve) => child.once('exit', resolve)))));
  await database.close();
  await roles.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** Sends the ban of the practice story, in a case of its own, to one of the gateways. */
const sent = async (number: number, gateway: Started | undefined): Promise<void> => {
  const step = (await storySteps()).find(({ soort, from }) => soort === 'huisverbod.opgelegd' && from === 'hovj-1@politie.example');
  if (step === undefined) throw new Error('the practice story has no ban');
  const { document, files } = documentOf({ ...step, zaak: { ...step.zaak, nummer: `TH-2026-${number}` } }, new Date(Date.now() - 7_200_000), new Date());
  const parties = (await practiceDocuments()).filter((one): one is Party => one.kind === 'party');
  const sender = practiceSender({ directory: join(folder, 'practice'), parties, now: () => new Date() });
  const attachments = [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, ...files];
  const { code, text } = await sender.send({ from: step.from, subject: 'Bericht', text: 'Zie de bijlage.', attachments }, { host: '127.0.0.1', port: gateway?.smtpPort ?? 0 });
  if (code !== 250) throw new Error(`not taken: ${code} ${text}`);
};

const isDone = async (): Promise<boolean> => {
  const { rows } = await database.pool.query<{ waits: boolean }>('select exists (select from queue where parked_code is null and due_at <= now()) or exists (select from pending) as waits');
  return rows[0]?.waits === false;
};
const holder = (): Started | undefined => sealers.filter(({ words }) => words().lastIndexOf('turn.taken') > words().lastIndexOf('turn.lost'))[0];
const released = async (): Promise<number> => Number((await database.pool.query<{ size: string }>('select released_size as size from tlog_head')).rows[0]?.size);

describe('two of every process on one database', () => {
  test('take mail, decide and deliver each once, and lose none', async () => {
    for (let place = 0; place < mails; place += 1) await sent(place, gateways[place % gateways.length]);
    expect(await until(isDone, 60_000)).toBe(true);
    const { rows: [counts] } = await database.pool.query<{ messages: number; deliveries: number; delivered: number; attempts: number; outcomes: number }>(
      `select (select count(*)::int from message where state = 'applied') as messages, (select count(*)::int from delivery) as deliveries, (select count(*)::int from delivery where state = 'delivered') as delivered,
        (select count(*)::int from attempt) as attempts, (select count(*)::int from entry where kind = 'outcome') as outcomes`);
    expect(counts?.messages).toBe(mails);
    expect(counts?.deliveries).toBeGreaterThanOrEqual(mails);
    expect([counts?.delivered, counts?.attempts, counts?.outcomes]).toEqual([counts?.deliveries, counts?.deliveries, counts?.deliveries]);
  }, 150_000);

  test('have one that seals; when it is killed the other seals within five seconds', async () => {
    expect(sealers.filter(({ words }) => words().includes('turn.taken'))).toHaveLength(1);
    const before = await released();
    const active = holder();
    active?.child.kill('SIGKILL');
    const killedAt = Date.now();
    sealers = sealers.filter((one) => one !== active);
    expect(await until(async () => holder() !== undefined, handOverMaxMs)).toBe(true);
    expect(Date.now() - killedAt).toBeLessThan(handOverMaxMs);
    await sent(mails, gateways[0]);
    expect(await until(async () => (await released()) > before && (await isDone()), 30_000)).toBe(true);
  }, 240_000);

  test('take over too from one that hangs', async () => {
    const hanging = holder();
    sealers.push(await start(['run', 'seal', '--practice'], 'seal'));
    hanging?.child.kill('SIGSTOP');
    const stoppedAt = Date.now();
    sealers = sealers.filter((one) => one !== hanging);
    expect(await until(async () => holder() !== undefined, handOverMaxMs)).toBe(true);
    expect(Date.now() - stoppedAt).toBeLessThan(handOverMaxMs);
    const before = await released();
    await sent(mails + 1, gateways[1]);
    expect(await until(async () => (await released()) > before, 30_000)).toBe(true);
    // Awake again it finds that it is no longer its turn, and signs nothing of its own.
    hanging?.child.kill('SIGCONT');
    expect(await until(async () => hanging?.words().includes('turn.') === true && (await isDone()), 30_000)).toBe(true);
    expect((await database.pool.query("select from task where kind = 'log'")).rowCount).toBe(0);
  }, 240_000);
});
