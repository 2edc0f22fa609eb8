import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWebhookVerifier } from '@ketensluis/contract';
import { parseKeyFile } from '@ketensluis/tlog';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startReceiver, type Receiver } from '../../apps/practice/receiver/server.js';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { axeFaults, sidewaysOf } from '../harness/axe.js';
import { openBrowser } from '../harness/browser.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { freePort } from '../harness/free-port.js';
import type { TestHub } from '../harness/hub.js';
import { clientKeys } from '../harness/party-call.js';

const sizes = [{ name: 'desk', width: 1366, height: 900 }, { name: 'phone', width: 390, height: 844 }] as const;
const vt = 'veilig-thuis-noorderwaard';

describe('connecting in a browser', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let browser: Browser | null;
  let folder: string;
  let port: number;
  let receiver: Receiver | null = null;
  const told: string[] = [];
  const said: string[] = [];
  beforeAll(async () => {
    port = await freePort();
    hub = await openRegion({ outside: { publicUrl: 'https://localhost:1', callNetworks: ['127.0.0.0/8', '::1/128'] } });
    await hub.apply({ ...(await hub.document('party', vt)), stage: 'practice', channel: null });
    desk = await openTestConsole(hub);
    browser = await openBrowser();
    folder = process.env['SHOTS'] ?? await mkdtemp(join(tmpdir(), 'aansluiten-'));
  }, 180_000);
  afterAll(async () => {
    await receiver?.close();
    await browser?.close();
    await desk.close();
    await hub.close();
  }, 60_000);

  const signedIn = async (size: (typeof sizes)[number], role: 'integrator' | 'operator'): Promise<{ readonly page: Page; readonly context: BrowserContext } | null> => {
    if (browser === null) return null;
    const context = await browser.newContext({ viewport: size, locale: 'nl-NL' });
    const { cookie } = await desk.as(role, role === 'operator' ? null : oin.veiligThuis, { name: 'A. Ansluiter' });
    await context.addCookies([{ name: '__Host-ketensluis', value: cookie.split('=')[1] ?? '', domain: 'localhost', path: '/', secure: true, httpOnly: true }]);
    const page = await context.newPage();
    page.on('console', (message) => void (message.type() === 'error' && told.push(message.text())));
    page.on('pageerror', (fault) => void told.push(String(fault)));
    return { page, context };
  };

  const judge = async (page: Page, name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    expect([name, await axeFaults(page)]).toEqual([name, []]);
    // The browser itself reports answers of 4xx; nothing else is said.
    expect([name, told.filter((text) => !/status of 4\d\d/.test(text))]).toEqual([name, []]);
    const wider = await sidewaysOf(page);
    expect([name, wider]).toEqual([name, 0]);
  };
  const look = async (page: Page, path: string, name: string): Promise<void> => {
    told.length = 0;
    await page.goto(new URL(path, desk.url).href);
    await judge(page, name);
  };
  const tabTo = async (page: Page, what: string): Promise<void> => {
    for (let press = 0; press < 60; press += 1) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate<string>("`${document.activeElement?.textContent ?? ''} ${document.activeElement?.getAttribute('name') ?? ''}`");
      if (at.includes(what)) return;
    }
    throw new Error(`no ${what} by keyboard`);
  };

  test.each(sizes)('is usable on a $name while nothing is there yet, and for who may not enter', async (size) => {
    const seen = await signedIn(size, 'integrator');
    if (seen === null) return;
    for (const [path, name] of [['', 'start-empty'], ['/adres', 'address-empty'], ['/sleutels', 'keys-empty'], ['/proefbericht', 'tester-empty'], ['/log', 'log-empty'], ['/in-gebruik', 'live-early'], ['/log/019ab000-0000-7000-8000-000000000001', 'nothing']] as const) {
      await look(seen.page, `/aansluiten${path}`, `${size.name}-${name}`);
    }
    await seen.page.goto(new URL('/aansluiten/adres', desk.url).href);
    await seen.page.getByRole('button', { name: 'Vraag de wijziging aan' }).click();
    expect(await seen.page.title()).toContain('Fout: Adres');
    await judge(seen.page, `${size.name}-address-fault`);
    await seen.context.close();
    const denied = await signedIn(size, 'operator');
    if (denied === null) return;
    await look(denied.page, '/aansluiten', `${size.name}-denied`);
    await look(denied.page, '/aansluiten/verzoeken', `${size.name}-requests-empty`);
    await denied.context.close();
  }, 300_000);

  test('leads to a first verified webhook by keyboard alone', async () => {
    const [own, operator] = [await signedIn(sizes[0], 'integrator'), await signedIn(sizes[0], 'operator')];
    if (own === null || operator === null) return;
    const { page } = own;
    await page.goto(new URL('/aansluiten/adres', desk.url).href);
    await tabTo(page, 'url');
    await page.keyboard.type(`https://localhost:${port}/`);
    await tabTo(page, 'waarom');
    await page.keyboard.type('eerste aansluiting');
    await page.keyboard.press('Enter');
    await page.waitForURL(/gedaan=channel/);
    told.length = 0;
    await judge(page, 'desk-address-asked');
    await look(operator.page, '/aansluiten/verzoeken', 'desk-requests');
    await tabTo(operator.page, 'reden-');
    await operator.page.keyboard.type('gebeld');
    await tabTo(operator.page, 'Keur goed');
    await operator.page.keyboard.press('Enter');
    await operator.page.waitForURL(/gedaan=beslist/);
    await page.goto(new URL('/aansluiten/sleutels', desk.url).href);
    await tabTo(page, 'Maak de sleutel');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'De sleutel is gemaakt' }).waitFor();
    // No picture of this page: it holds a secret.
    const verifier = readWebhookVerifier((await page.locator('pre').first().textContent()) ?? '');
    const log = parseKeyFile(await readFile(join(hub.practiceFolder, '..', 'signer', 'log.vkey')));
    if (verifier === null || 'kind' in log) throw new Error('no keys');
    await page.goto(new URL('/aansluiten/proefbericht', desk.url).href);
    await tabTo(page, 'Stuur het proefbericht');
    await page.keyboard.press('Enter');
    await page.getByText('Niet aangekomen').waitFor();
    await judge(page, 'desk-test-failed');
    receiver = await startReceiver({ host: 'localhost', port, tls: await clientKeys(hub.practiceFolder, vt), trust: { oin: oin.veiligThuis, verifiers: [verifier], log }, now: hub.now, say: (line) => void said.push(line) });
    await hub.advance(11_000);
    await page.goto(new URL('/aansluiten/proefbericht?soort=huisverbod.opgelegd', desk.url).href);
    await tabTo(page, 'Stuur het proefbericht');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'De tekst die is ondertekend' }).waitFor();
    expect(said.join()).toContain('the signature holds');
    await judge(page, 'desk-test-good');
    await tabTo(page, 'Ja, wij ontvingen het');
    await page.keyboard.press('Enter');
    await page.waitForURL(/gedaan=bevestigd/);
    await own.context.close();
    await operator.context.close();
  }, 300_000);

  test.each(sizes)('is usable on a $name once it works', async (size) => {
    const seen = await signedIn(size, 'integrator');
    if (seen === null) return;
    const { page } = seen;
    if (size.name === 'desk') {
      await hub.apply({ ...(await hub.document('party', vt)), stage: 'active' });
      await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    }
    for (const [path, name] of [['', 'start'], ['/sleutels', 'keys'], ['/proefbericht?soort=huisverbod.opgelegd', 'tester'], ['/proefbericht/handtekening', 'signature'], ['/berichtsoorten', 'catalogue'], ['/berichtsoorten/huisverbod.opgelegd', 'type'], ['/log', 'log']] as const) {
      await look(page, `/aansluiten${path}`, `${size.name}-${name}`);
    }
    await page.locator('tbody a').first().click();
    await page.waitForURL(/log\/[0-9a-f-]{36}$/);
    await judge(page, `${size.name}-delivery`);
    await page.goto(new URL('/aansluiten/proefbericht/handtekening', desk.url).href);
    await page.getByLabel('Koppen').fill('webhook-id: proef\nwebhook-timestamp: 1795338000\nwebhook-signature: v1,AAAA');
    await page.getByLabel('Inhoud', { exact: true }).fill('{}');
    await page.getByRole('button', { name: 'Zoek het verschil' }).click();
    await page.getByText('De handtekening past bij geen sleutel').waitFor();
    await judge(page, `${size.name}-difference`);
    await seen.context.close();
  }, 300_000);
});
