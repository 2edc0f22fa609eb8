import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { openBrowser } from '../harness/browser.js';
import { freePort } from '../harness/free-port.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const startMaxMs = 180_000;
const [municipality, advice] = ['gemeente-waterveen', 'veilig-thuis-noorderwaard'];
// Not "huisverbod": the mailbox of the party itself is called so.
const secrets = ['WV-2026', 'Waterveen', 'Voorbeeld', 'Bram', '999900018', 'opgelegd'];

describe('secure mail, the portal and mail to people, walked through in the practice chain', () => {
  let folder = '';
  let hub: ChildProcess | null = null;
  let env: NodeJS.ProcessEnv = {};
  let browser: Browser | null = null;
  let operator: Page | null = null;
  let worker: Page | null = null;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-practice-'));
    const [smtp, http, api, people, signIn] = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
    env = {
      ...process.env, KETENSLUIS_DATA: join(folder, 'data'), KETENSLUIS_SMTP_PORT: String(smtp), KETENSLUIS_HTTP_PORT: String(http), KETENSLUIS_API_PORT: String(api),
      KETENSLUIS_CONSOLE_PORT: String(people), KETENSLUIS_SIGN_IN_PORT: String(signIn), KETENSLUIS_OPERATOR_CONTACT: 'beheer@zvh.example',
    };
    hub = await started(env);
    browser = await openBrowser();
    [operator, worker] = [await signedIn('oefen-beheerder'), await signedIn('oefen-vt')];
  }, startMaxMs + 30_000);
  afterAll(async () => {
    await browser?.close();
    if (hub !== null) {
      const ended = new Promise((resolve) => hub?.once('exit', resolve));
      hub.kill('SIGINT');
      await ended;
    }
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const at = (path: string): string => `http://localhost:${env['KETENSLUIS_CONSOLE_PORT']}${path}`;
  const signedIn = async (account: string): Promise<Page | null> => {
    const context = await browser?.newContext({ locale: 'nl-NL' });
    if (context === undefined) return null;
    const page = await context.newPage();
    await page.goto(at('/oefening'));
    await page.locator(`a[href$="wie=${account}"]`).click();
    await page.waitForURL(at('/oefening'));
    return page;
  };
  const command = (...words: readonly string[]): string => {
    const run = spawnSync(process.execPath, [join(root, 'config/scripts/ketensluis.mjs'), ...words], { env, encoding: 'utf8', timeout: 120_000 });
    return `${run.stdout}${run.stderr}`;
  };
  /** A ban in a case of its own. */
  const send = (name: string): void => {
    const file = join(folder, `${name}.xml`);
    expect(spawnSync('bash', ['-c', invented, 'bash', file, name], { cwd: root, encoding: 'utf8' }).stderr).toBe('');
    expect(command('practice', 'send', 'hovj-1@politie.example', file)).toMatch(/^250 /);
  };
  /** What stands in a folder beside the inbox of a party; the files are mails. */
  const mailsOf = async (party: string, place: 'inbox' | 'people' | 'refused'): Promise<readonly string[]> => {
    const directory = join(folder, 'data', 'practice', party, place);
    const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.eml')).sort();
    return Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 300 && !(await holds()); tries += 1) await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await holds()).toBe(true);
  };
  const choose = async (page: Page, form: 'gedrag' | 'kanaal', party: string, choice: string): Promise<void> => {
    await page.goto(at('/oefening'));
    const place = page.locator(`form[action="/oefening/${form}"]`);
    await place.locator('select').nth(0).selectOption(party);
    await place.locator('select').nth(1).selectOption(choice);
    await place.locator('button').click();
    await page.waitForURL(/gedaan=/);
  };
  /** Plays the next step of the story and gives what it told. */
  const step = async (page: Page): Promise<string> => {
    await page.goto(at('/oefening'));
    await page.locator('form[action="/oefening/stap"] button').click();
    await page.waitForURL(/gedaan=stap/);
    return page.locator('.told').first().locator(':scope > li').last().innerText();
  };
  const lastDelivery = async (page: Page): Promise<string> => {
    await page.goto(at('/leveringen?partij=00000001900000000101&periode=alles'));
    await page.locator('a[href^="/leveringen/0"]').first().click();
    await page.waitForURL(/leveringen\/0/);
    return page.locator('main').innerText();
  };

  test('a disclosure goes by secure mail, and the delivery shows by which proof', async () => {
    if (operator === null) return;
    await choose(operator, 'kanaal', municipality, 'secure-mail');
    await choose(operator, 'kanaal', advice, 'portal');
    const before = (await mailsOf(municipality, 'inbox')).length;
    expect(await step(operator)).toContain('Gemeente Waterveen ontving het');
    const [mail = ''] = (await mailsOf(municipality, 'inbox')).slice(before);
    // Anybody's mail program reads it: its way protected it, and the proof of the log came along.
    expect(mail).not.toMatch(/pkcs7/);
    for (const name of ['verstrekking.xml', 'bewijs.leaf.json', 'bewijs.tlog-proof']) expect(mail).toContain(`filename="${name}"`);
    expect(mail).toMatch(/^DKIM-Signature:.*d=ketensluis\.example/ms);
    const shown = await lastDelivery(operator);
    expect(shown).toContain('Veilige mail: NTA 7516 met DANE');
    expect(shown).toMatch(/Bewezen door\s+3 1 1 [0-9a-f]{64}/);
    expect(command('route', municipality)).toMatch(/secure-mail, floor nta \(the default\): NTA 7516, by mx\.waterveen\.example/);
  }, 120_000);

  test.each([
    ['tlsa-mismatch', 'toont een ander certificaat dan in DNS staat', 'De server bewees niet dat hij het is'],
    ['dnssec-missing', 'biedt geen veilige weg', 'Het NTA-record is niet met DNSSEC beschermd'],
    ['nta-expired', 'biedt geen veilige weg', 'Het NTA-record geldt vandaag niet'],
  ])('with %s it is held, which the page says in plain words, and goes when that was mended', async (fault, what, why) => {
    if (operator === null) return;
    const before = (await mailsOf(municipality, 'inbox')).length;
    await choose(operator, 'gedrag', municipality, fault);
    send(fault);
    const page = operator;
    await until(async () => (await lastDelivery(page)).includes('Vastgelopen'));
    const held = await page.locator('main').innerText();
    for (const text of [what, why, 'Vanzelf gebeurt er niets meer']) expect(held).toContain(text);
    expect((await mailsOf(municipality, 'inbox')).length).toBe(before);
    await choose(operator, 'gedrag', municipality, 'normal');
    await lastDelivery(page);
    await page.locator('textarea').fill('DNS is hersteld');
    await page.getByRole('button', { name: 'Opnieuw aanbieden' }).click();
    await until(async () => (await mailsOf(municipality, 'inbox')).length === before + 1);
    await until(async () => (await lastDelivery(page)).includes('Dit is aangekomen'));
  }, 120_000);

  test('with DNS that is broken it waits, and goes by itself once that is mended', async () => {
    if (operator === null) return;
    const before = (await mailsOf(municipality, 'inbox')).length;
    await choose(operator, 'gedrag', municipality, 'dnssec-broken');
    expect(await step(operator)).toContain('Gemeente Waterveen heeft het nog niet: het wordt vanzelf opnieuw geprobeerd');
    expect(await lastDelivery(operator)).toContain('is nu niet vast te stellen');
    await choose(operator, 'gedrag', municipality, 'normal');
    await operator.goto(at('/oefening'));
    await operator.locator('button[value=u1]').click();
    await until(async () => (await mailsOf(municipality, 'inbox')).length > before);
  }, 120_000);

  test('who is on the portal hears that something waits, and of what only after opening it', async () => {
    if (operator === null || worker === null) return;
    expect(await step(operator)).toContain('Veilig Thuis Noorderwaard kreeg een mail zonder inhoud');
    const [word = ''] = await mailsOf(advice, 'people');
    expect(word).toContain('Subject: Nieuw bericht in Ketensluis');
    expect(secrets.filter((secret) => word.includes(secret))).toEqual([]);
    await operator.goto(at('/oefening'));
    expect(await operator.locator('#post').innerText()).toContain('aan huisverbod@veiligthuis.example');
    await worker.goto(at('/zaakmeldingen'));
    await worker.getByRole('link', { name: 'WV-2026-0002' }).first().click();
    await worker.waitForURL(/zaakmeldingen\/./);
    expect(await worker.locator('main').innerText()).not.toContain('Bram');
    await worker.locator('form[action$="/openen"] button').first().click();
    await until(async () => (await worker?.locator('main').innerText())?.includes('Bram') === true);
  }, 120_000);

  test('a person and the operator are mailed that there is something, at the address the page proposes', async () => {
    if (operator === null || worker === null) return;
    await worker.goto(at('/mijn/mail'));
    expect(await worker.locator('input[name=adres]').inputValue()).toBe('v.thuiswerker@veiligthuis.example');
    await worker.locator('input[name=waarover]').first().check();
    await worker.locator('input[name=hoevaak][value=hourly]').check();
    await worker.getByRole('button', { name: 'Opslaan' }).click();
    await worker.waitForURL(/gedaan=aan/);
    // A party that is paused is what the operator should hear of.
    expect(command('party', 'pause', 'zvh-noorderwaard', '--reason', 'oefening')).toContain('Done');
    send('later');
    for (const ahead of ['u1', 'd1']) {
      await operator.goto(at('/oefening'));
      await operator.locator(`button[value=${ahead}]`).click();
      await operator.waitForURL(/gedaan=klok/);
    }
    const got = (party: string, subject: string) => async () => (await mailsOf(party, 'people')).some((mail) => mail.includes(`Subject: ${subject}\r\n`));
    await until(got(advice, 'Er is nieuws in Ketensluis'));
    await until(got('zvh-noorderwaard', 'Controle van Ketensluis'));
    for (const mail of [...(await mailsOf(advice, 'people')), ...(await mailsOf('zvh-noorderwaard', 'people'))]) expect(secrets.filter((secret) => mail.includes(secret))).toEqual([]);
    for (const party of [municipality, advice, 'zvh-noorderwaard']) expect(await mailsOf(party, 'refused')).toEqual([]);
  }, 120_000);
});

// The document of the README, with an id, a case and moments of its own.
const invented = `
  moment() { TZ=Europe/Amsterdam date -d "$1" +%FT%T%:z; }
  imposed=$(TZ=Europe/Amsterdam date -d '20 minutes ago' +'%F %T')
  sed -e "s/KENMERK/$(node -p 'crypto.randomUUID()')/" -e "s/NUMMER/EIGEN-$2/" -e "s/VERZONDEN/$(moment now)/" \
    -e "s/OPGELEGD/$(moment "$imposed")/" -e "s/EINDE/$(moment "$imposed 10 days")/" config/examples/bericht.xml > "$1"`;

const started = (env: NodeJS.ProcessEnv): Promise<ChildProcess> => {
  const child = spawn(process.execPath, [join(root, 'config/scripts/start.mjs')], { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  return new Promise((resolve, reject) => {
    const hear = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      if (/Ketensluis is running: .*\n/.test(text)) resolve(child);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${text}`)));
  });
};
