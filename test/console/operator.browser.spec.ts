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
import type { TestHub } from '../harness/hub.js';

const sizes = [{ name: 'desk', width: 1366, height: 900 }, { name: 'phone', width: 390, height: 844 }] as const;
/** Many pages, each judged by axe, on a computer that does other things too. */
const patientMs = 400_000;
const veiligThuis = 'veilig-thuis-noorderwaard';

describe('the rooms of the operator in a browser', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let browser: Browser | null;
  let folder: string;
  let stuck: Situation;
  const told: string[] = [];
  beforeAll(async () => {
    hub = await openRegion();
    desk = await openTestConsole(hub);
    browser = await openBrowser();
    folder = process.env['SHOTS'] ?? await mkdtemp(join(tmpdir(), 'beheer-'));
  });
  afterAll(async () => {
    await browser?.close();
    await desk.close();
    await hub.close();
  });

  const signedIn = async (size: (typeof sizes)[number], role: 'operator' | 'case-worker' = 'operator'): Promise<{ readonly page: Page; readonly context: BrowserContext } | null> => {
    if (browser === null) return null;
    const context = await browser.newContext({ viewport: size, locale: 'nl-NL' });
    const { cookie } = await desk.as(role, role === 'operator' ? null : oin.veiligThuis);
    await context.addCookies([{ name: '__Host-ketensluis', value: cookie.split('=')[1] ?? '', domain: 'localhost', path: '/', secure: true, httpOnly: true }]);
    const page = await context.newPage();
    page.on('console', (message) => void (message.type() === 'error' && told.push(message.text())));
    page.on('pageerror', (fault) => void told.push(String(fault)));
    return { page, context };
  };

  /** No fault of axe, nothing refused by the policy, nothing that scrolls the page sideways. */
  const judge = async (page: Page, name: string): Promise<void> => {
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    expect([name, await axeFaults(page)]).toEqual([name, []]);
    expect([name, told.filter((text) => !/status of 4\d\d/.test(text))]).toEqual([name, []]);
    expect([name, await sidewaysOf(page)]).toEqual([name, 0]);
  };
  const look = async (page: Page, path: string, name: string): Promise<void> => {
    told.length = 0;
    await page.goto(new URL(path, desk.url).href);
    await judge(page, name);
  };

  test.each(sizes)('are usable on a $name, in every state', async (size) => {
    const seen = await signedIn(size);
    if (seen === null) return;
    const { page, context } = seen;
    if (size.name === 'desk') {
      for (const path of ['leveringen', 'vastgelopen', 'termijnen']) await look(page, `/${path}`, `desk-${path}-leeg`);
      for (let count = 0; count < 2; count += 1) await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
      hub.behave(veiligThuis, '5xx');
      stuck = openSituation(hub);
      await stuck.send('huisverbod.opgelegd', 'waterveen');
      hub.behave(veiligThuis, '4xx');
      await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    }
    const mid = (await hub.attempts(oin.veiligThuis)).find(({ caseNumber }) => caseNumber === stuck.number)?.mid ?? '';
    const paths = {
      leveringen: '/leveringen', levering: `/leveringen/${mid}`, pogingen: '/leveringen/pogingen', geweigerd: '/leveringen/geweigerd', opnieuw: `/leveringen/opnieuw?id=${mid}`, vastgelopen: '/vastgelopen', sluiten: `/vastgelopen/sluiten?id=${mid}`,
      termijnen: '/termijnen', bellijst: '/termijnen/bellijst', certificaten: '/certificaten', partijen: '/partijen', partij: `/partijen/${veiligThuis}`, controlelijst: '/controlelijst', taken: '/controlelijst/taken', niets: '/leveringen/x',
    };
    for (const [name, path] of Object.entries(paths)) await look(page, path, `${size.name}-${name}`);
    await page.goto(new URL(`/leveringen/opnieuw?id=${mid}`, desk.url).href);
    await page.getByRole('button', { name: 'Bied deze opnieuw aan' }).click();
    await page.waitForSelector('#fouten');
    await judge(page, `${size.name}-fout`);
    await context.close();
    const wrong = await signedIn(size, 'case-worker');
    if (wrong === null) return;
    await look(wrong.page, '/leveringen', `${size.name}-verboden`);
    await wrong.context.close();
  }, patientMs);

  test('take a failed delivery from its cause to its arrival by keyboard alone', async () => {
    if (browser === null) return;
    const seen = await signedIn(sizes[0]);
    if (seen === null) return;
    const { page, context } = seen;
    const until = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 150; presses += 1) {
        await page.keyboard.press('Tab');
        if (String(await page.evaluate('(document.activeElement?.textContent || document.activeElement?.name || "").trim()')).startsWith(name)) return;
      }
      throw new Error(`no way to ${name} by keyboard`);
    };
    await page.goto(new URL('/vastgelopen', desk.url).href);
    expect(await page.textContent('main')).toContain('weigerde dit bericht');
    await until('Opnieuw aanbieden');
    await page.keyboard.press('Enter');
    await page.waitForURL(/opnieuw/);
    hub.behave(veiligThuis, 'normal');
    await until('reden');
    await page.keyboard.type('De server van de partij is hersteld.');
    await until('Bied deze');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/leveringen\/opnieuw\/[0-9a-f-]{36}$/);
    // It follows by itself.
    await page.getByText('Alles is aangekomen.').waitFor();
    await judge(page, 'desk-aangekomen');
    await context.close();
  }, patientMs);
});
