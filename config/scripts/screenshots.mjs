// Makes the pictures of the README: starts a practice hub of its own, plays a part of the story, and looks at the rooms as their people do.
// Needs a Chromium (Debian: chromium).
import { spawn } from 'node:child_process';
import { access, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkNode, ensureInstalled, root } from './install.mjs';

checkNode();
await ensureInstalled('develop');
const { chromium } = await import('playwright-core');
const { build } = await import('./build.mjs');

/** A README is read over slow lines too. */
const bytesMax = 150_000;
const folder = join(root, 'config', 'screenshots');
const desk = { width: 1200, height: 760 };
const phone = { width: 390, height: 760 };
/** Who shares what is as wide as there are parties. */
const wide = { width: 1366, height: 800 };

const browserPath = async () => {
  for (const path of ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']) if (await access(path).then(() => true, () => false)) return path;
  throw new Error('No Chromium is installed (Debian: apt-get install chromium).');
};

const freePort = () => new Promise((resolve, reject) => {
  const probe = createServer().once('error', reject).listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => resolve(port));
  });
});

/** A practice hub of its own, once it runs; `close` ends it and removes what it kept. */
const startHub = async () => {
  const data = await mkdtemp(join(tmpdir(), 'ketensluis-shots-'));
  const names = ['SMTP', 'HTTP', 'API', 'CONSOLE', 'SIGN_IN'];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [`KETENSLUIS_${name}_PORT`, String(await freePort())])));
  const child = spawn(process.execPath, [join(root, 'dist', 'apps', 'cli', 'main.js'), 'up', '--practice'], { env: { ...process.env, NODE_ENV: 'production', KETENSLUIS_DATA: data, ...ports }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  await new Promise((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => line.startsWith('Ketensluis is running') && resolve());
    void ended.then(() => reject(new Error('the hub ended before it ran')));
  }).catch(async (fault) => {
    await close();
    throw fault;
  });
  return { url: `http://localhost:${ports.KETENSLUIS_CONSOLE_PORT}`, close };
};

const signIn = async (browser, url, account, { size = desk, language = 'nl' } = {}) => {
  const context = await browser.newContext({ viewport: size, locale: 'nl-NL' });
  const page = await context.newPage();
  await page.goto(`${url}/aanmelden?terug=/oefening`);
  await page.locator(`a[href$="wie=${account}"]`).click();
  await page.waitForURL(`${url}/oefening`);
  await page.goto(`${url}/taal/${language}?terug=/oefening`);
  return page;
};

/** Has the practice chain do something, and waits until it is done. */
const practise = async (page, url, form, fill = async () => undefined) => {
  await page.goto(`${url}/oefening`);
  await fill();
  await Promise.all([page.waitForURL(/gedaan=/), page.locator(`form[action="/oefening/${form}"] button`).first().click()]);
};

const behave = (page, url, party, behaviour) => practise(page, url, 'gedrag', async () => {
  await page.selectOption('#v-partij', party);
  await page.selectOption('#v-gedrag', behaviour);
});

const shoot = async (page, name) => {
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  const { size } = await stat(path);
  if (size > bytesMax) throw new Error(`${path} has ${size} bytes; at most ${bytesMax} are wanted`);
  console.log(`${path}: ${Math.round(size / 1000)} kB`);
};

await build();
await mkdir(folder, { recursive: true });
const [hub, browser] = [await startHub(), await chromium.launch({ executablePath: await browserPath(), args: ['--no-sandbox', '--lang=nl-NL'] })];
try {
  const { url } = hub;
  const operator = await signIn(browser, url, 'oefen-beheerder');
  for (let step = 0; step < 4; step += 1) await practise(operator, url, 'stap');
  await behave(operator, url, 'gemeente-waterveen', '5xx');
  await practise(operator, url, 'stap');
  await behave(operator, url, 'gemeente-waterveen', 'normal');
  await operator.goto(`${url}/leveringen`);
  await shoot(operator, 'leveringen');

  const worker = await signIn(browser, url, 'oefen-vt');
  await worker.goto(`${url}/zaakmeldingen`);
  await shoot(worker, 'zaakmeldingen');
  const onCall = await signIn(browser, url, 'oefen-vt', { size: phone });
  await onCall.goto(`${url}/zaakmeldingen`);
  await Promise.all([onCall.waitForURL(/zaakmeldingen\/[0-9a-f-]{36}/), onCall.locator('.notice a').first().click()]);
  await shoot(onCall, 'zaakmelding-telefoon');

  const municipality = await signIn(browser, url, 'oefen-gemeente');
  await municipality.goto(`${url}/gegevensdeling`);
  await shoot(municipality, 'gegevensdeling');

  const officer = await signIn(browser, url, 'oefen-fg', { size: wide });
  await officer.goto(`${url}/wie-deelt-wat`);
  await shoot(officer, 'wie-deelt-wat');
  const english = await signIn(browser, url, 'oefen-fg', { language: 'en' });
  await english.goto(`${url}/verstrekkingen?ontvanger=00000001900000000201`);
  await Promise.all([english.waitForURL(/verstrekkingen\/\d+/), english.locator('tbody a').first().click()]);
  await shoot(english, 'disclosure');
} finally {
  await browser.close();
  await hub.close();
}
