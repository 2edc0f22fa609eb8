import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { axeFaults, sidewaysOf } from '../harness/axe.js';
import { openBrowser } from '../harness/browser.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { dutchDay, untilNoon } from '../harness/day.js';
import type { TestHub } from '../harness/hub.js';

const sizes = [{ name: 'desk', width: 1366, height: 900 }, { name: 'phone', width: 390, height: 844 }] as const;

describe('cases, monitor and mandates in a browser', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let browser: Browser | null;
  let folder: string;
  let late: Situation;
  const told: string[] = [];
  beforeAll(async () => {
    hub = await openRegion();
    await hub.advance(untilNoon(hub.now()));
    desk = await openTestConsole(hub);
    browser = await openBrowser();
    folder = process.env['SHOTS'] ?? await mkdtemp(join(tmpdir(), 'zaken-'));
    late = openSituation(hub);
    await late.send('rihg.afgerond', 'hovj1');
    await late.send('huisverbod.opgelegd', 'waterveen');
    await late.moveTo({ hours: 30 });
    for (let count = 0; count < 2; count += 1) await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    await openSituation(hub).send('rihg.geen-verbod', 'hovj1');
  }, 180_000);
  afterAll(async () => {
    await browser?.close();
    await desk.close();
    await hub.close();
  });

  const signedIn = async (size: (typeof sizes)[number], party: string): Promise<{ readonly page: Page; readonly context: BrowserContext } | null> => {
    if (browser === null) return null;
    const context = await browser.newContext({ viewport: size, locale: 'nl-NL' });
    const { cookie } = await desk.as('municipality-officer', party, { account: 'ambtenaar-1', name: 'G. Ambtenaar' });
    await context.addCookies([{ name: '__Host-ketensluis', value: cookie.split('=')[1] ?? '', domain: 'localhost', path: '/', secure: true, httpOnly: true }]);
    const page = await context.newPage();
    page.on('console', (message) => void (message.type() === 'error' && told.push(message.text())));
    page.on('pageerror', (fault) => void told.push(String(fault)));
    return { page, context };
  };

  /** Looks at the page that is shown: no fault of accessibility, nothing said by the browser, nothing wider than the screen. */
  const judge = async (page: Page, name: string, status: number): Promise<void> => {
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    expect([name, await axeFaults(page)]).toEqual([name, []]);
    expect([name, told.filter((text) => !(status >= 400 && text.includes(String(status))))]).toEqual([name, []]);
    expect([name, await sidewaysOf(page)]).toEqual([name, 0]);
  };
  const look = async (page: Page, path: string, name: string): Promise<void> => {
    told.length = 0;
    const reply = await page.goto(new URL(path, desk.url).href);
    await judge(page, name, reply?.status() ?? 0);
  };

  test.each(sizes)('are usable on a $name, in every state', async (size) => {
    const empty = await signedIn(size, oin.berkenrade);
    if (empty === null) return;
    await look(empty.page, '/zaken', `${size.name}-zaken-leeg`);
    await look(empty.page, '/zaken/00000000-0000-7000-8000-000000000000', `${size.name}-niets`);
    await look(empty.page, '/monitor', `${size.name}-monitor-leeg`);
    await look(empty.page, '/leveringen', `${size.name}-geen-toegang`);
    await empty.context.close();
    const seen = await signedIn(size, oin.waterveen);
    if (seen === null) return;
    const { page, context } = seen;
    await look(page, '/zaken', `${size.name}-zaken`);
    await look(page, '/zaken?stand=afgelopen', `${size.name}-zaken-filter`);
    await page.goto(new URL('/zaken', desk.url).href);
    const at = await page.getByRole('link', { name: late.number, exact: true }).getAttribute('href') ?? '';
    await look(page, at, `${size.name}-zaak`);
    const owed = await page.locator('#plichten a[href*="/plicht?"]').first().getAttribute('href') ?? '';
    await look(page, owed, `${size.name}-plicht`);
    told.length = 0;
    await page.getByRole('button', { name: 'Vastleggen en sluiten' }).click();
    await page.locator('#fouten').waitFor();
    expect(await page.title()).toContain('Fout:');
    expect(await page.evaluate('document.activeElement?.id')).toBe('fouten');
    await judge(page, `${size.name}-plicht-fout`, 422);
    await look(page, '/monitor', `${size.name}-monitor`);
    await look(page, '/mandaten', `${size.name}-mandaten`);
    await look(page, '/mandaten/nieuw', `${size.name}-mandaat-nieuw`);
    told.length = 0;
    await page.getByRole('button', { name: 'Naar het voorstel' }).click();
    await page.locator('#fouten').waitFor();
    await judge(page, `${size.name}-mandaat-fout`, 422);
    await context.close();
  }, 300_000);

  test('by keyboard: from the list to a late duty that was done by telephone', async () => {
    const seen = await signedIn(sizes[0], oin.waterveen);
    if (seen === null) return;
    const { page, context } = seen;
    await page.goto(new URL('/zaken', desk.url).href);
    const press = async (href: string): Promise<void> => {
      for (let step = 0; step < 80; step += 1) {
        await page.keyboard.press('Tab');
        if (String(await page.evaluate("document.activeElement?.getAttribute('href')")).includes(href)) return page.keyboard.press('Enter');
      }
      throw new Error(`no way by keyboard to ${href}`);
    };
    await press('plicht=te-laat');
    await page.waitForURL(/te-laat/);
    await press('/zaken/0');
    await page.waitForURL(/\/zaken\/[0-9a-f-]{36}$/);
    await press('/plicht?');
    await page.waitForURL(/\/plicht\?/);
    await page.getByLabel('Hoe en wanneer is het gedaan?').focus();
    await page.keyboard.type('Piketambtenaar belde om 21.40 uur.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/gedaan=plicht/);
    expect(await page.getByText('De plicht is gesloten.').count()).toBe(1);
    await context.close();
  });

  test('by keyboard: a mandate that ends today', async () => {
    const seen = await signedIn(sizes[1], oin.waterveen);
    if (seen === null) return;
    const { page, context } = seen;
    await page.goto(new URL('/mandaten', desk.url).href);
    await page.getByRole('link', { name: /beëindigen/ }).first().focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/beeindigen$/);
    const today = dutchDay(hub.now());
    await page.getByLabel('Laatste dag').focus();
    await page.keyboard.type(today);
    await page.keyboard.press('Tab');
    await page.keyboard.type('De hulpofficier kreeg een andere functie.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Dit verandert er' }).waitFor();
    told.length = 0;
    await judge(page, 'phone-mandaat-voorbeeld', 200);
    await page.getByRole('button', { name: 'Ter goedkeuring aanbieden' }).focus();
    await page.keyboard.press('Enter');
    // It ends when a colleague agrees.
    await page.getByText('Dit wacht op een collega').waitFor();
    await context.close();
  });
});
