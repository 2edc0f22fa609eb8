import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { axeFaults, sidewaysOf } from '../harness/axe.js';
import { openBrowser } from '../harness/browser.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import type { TestHub } from '../harness/hub.js';
import { filled, pdf } from './ruling-answers.js';

const widths = [1366, 390];
const selects = ['soort', 'zaaknummer', 'dictum', 'gevolg', 'wijze'];
/** A crowded machine draws a page in seconds. */
const walkMaxMs = 300_000;

describe('the room of the court in a browser', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let browser: Browser | null;
  let folder: string;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    hub = await openRegion();
    desk = await openTestConsole(hub);
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-rulings-'));
    await writeFile(join(folder, 'uitspraak.pdf'), Buffer.from(await pdf.arrayBuffer()));
    process.stderr.write(`Pictures of the room of the court: ${folder}\n`);
  });
  afterAll(async () => {
    await browser?.close();
    await desk.close();
    await hub.close();
  });

  const signedIn = async (width: number, party: string, role: 'court-clerk' | 'case-worker' = 'court-clerk'): Promise<{ readonly context: BrowserContext; readonly page: Page }> => {
    if (browser === null) throw new Error('no browser');
    const [name = '', value = ''] = (await desk.as(role, party)).cookie.split('=');
    const context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'nl-NL' });
    await context.addCookies([{ name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }]);
    const page = await context.newPage();
    page.on('console', (message) => {
      // A form with faults is answered by a page of its own status, which a browser tells of too.
      if (message.type() === 'error' && !/status of (403|409|422)/.test(message.text())) complaints.push(message.text());
    });
    page.on('pageerror', (fault) => void complaints.push(fault.message));
    return { context, page };
  };

  const looked = async (page: Page, name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    expect([name, await axeFaults(page)]).toEqual([name, []]);
    expect([name, await sidewaysOf(page)]).toEqual([name, 0]);
  };

  const open = async (page: Page, path: string): Promise<void> => void (await page.goto(new URL(path, desk.url).href, { waitUntil: 'load' }));

  test('is readable with nothing in it, without permission and with faults, on a desk and on a phone', async () => {
    if (browser === null) return;
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court', { zaaknummer_rechtbank: 'NWD 26/900' });
    for (const width of widths) {
      const empty = await signedIn(width, '00000001900000000309');
      await open(empty.page, '/uitspraken');
      await looked(empty.page, `leeg-${width}`);
      await empty.context.close();
      const stranger = await signedIn(width, oin.veiligThuis, 'case-worker');
      await open(stranger.page, '/uitspraken');
      await looked(stranger.page, `geen-toegang-${width}`);
      await stranger.context.close();
      const { context, page } = await signedIn(width, oin.court);
      await open(page, '/uitspraken/toevoegen');
      await looked(page, `kiezen-${width}`);
      await page.getByRole('link', { name: 'NWD 26/900' }).click();
      await page.getByRole('button', { name: 'Controleren' }).click();
      await page.waitForSelector('#fouten');
      await looked(page, `fouten-${width}`);
      await context.close();
    }
    expect(complaints).toEqual([]);
  }, walkMaxMs);

  test('from the address of the feed to three green receipts, by keyboard alone', async () => {
    if (browser === null) return;
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court', { zitting_op: '@+2:00' });
    const { context, page } = await signedIn(1366, oin.court);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(page, '/uitspraken');
    await looked(page, 'lijst-voor-1366');
    const copy = page.locator('#feed .copyable button').first();
    await copy.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Gekopieerd' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`${hub.hub.publicUrl}/feeds/uitspraken`);
    await page.getByRole('link', { name: 'Uitspraak toevoegen' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'NWD 26/1001' }).first().focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('#v-dictum');
    for (const [name, value] of Object.entries(filled(situation.start))) {
      if (typeof value !== 'string' || value === '' || name === 'mondeling') continue;
      const field = page.locator(`#v-${name}`);
      if (selects.includes(name)) await field.selectOption(value);
      else await field.fill(value);
    }
    await page.locator('#v-document').setInputFiles(join(folder, 'uitspraak.pdf'));
    await page.locator('#v-mondeling-ja').focus();
    await page.keyboard.press('Space');
    await looked(page, 'formulier-1366');
    await page.getByRole('button', { name: 'Controleren' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/uitspraken\/concept\//);
    await looked(page, 'controleren-1366');
    await page.setViewportSize({ width: 390, height: 900 });
    await looked(page, 'controleren-390');
    await page.setViewportSize({ width: 1366, height: 900 });
    await page.getByRole('button', { name: 'Versturen' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/gedaan=verstuurd/);
    // The page follows by itself until everything arrived.
    await page.locator('.badge--good', { hasText: /^bezorgd$/ }).nth(2).waitFor();
    await looked(page, 'uitspraak-1366');
    await page.locator('summary', { hasText: 'uithuisgeplaatste' }).focus();
    await page.keyboard.press('Enter');
    await looked(page, 'plicht-1366');
    await page.locator('[id="v-hoe-E18-UHG"]').fill('Telefonisch verteld om 15:10.');
    await page.keyboard.press('Enter');
    await page.waitForURL(/gedaan=gedaan/);
    expect(await page.locator('.badge--good', { hasText: 'gedaan' }).count()).toBe(1);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await looked(page, `gedaan-${width}`);
      await open(page, '/uitspraken');
      await looked(page, `lijst-${width}`);
      await page.goBack();
    }
    await context.close();
    expect(complaints).toEqual([]);
    await hub.checkLog();
  }, walkMaxMs);

  test('says in plain sight that nobody fetches the feed', async () => {
    if (browser === null) return;
    await hub.apply({ ...(await hub.document('party', 'rechtbank-noorderwaard')), channel: { kind: 'feed' } });
    for (const width of widths) {
      const { context, page } = await signedIn(width, oin.court);
      await open(page, '/uitspraken');
      await looked(page, `feed-stil-${width}`);
      await context.close();
    }
    expect(complaints).toEqual([]);
  }, walkMaxMs);
});
