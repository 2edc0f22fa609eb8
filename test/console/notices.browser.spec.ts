import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { PracticeAccount } from '../../apps/practice/identity/accounts.js';
import { startProvider } from '../../apps/practice/identity/provider.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openBrowser } from '../harness/browser.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { openWindow, sizes, type ConsoleWindow, type WindowOptions } from '../harness/console-window.js';
import { freePort } from '../harness/free-port.js';
import type { TestHub } from '../harness/hub.js';

const accounts: readonly PracticeAccount[] = [{ account: 'oefen-vt', name: 'V. Thuiswerker', roles: ['case-worker'], party: oin.veiligThuis }];
const room = /\/zaakmeldingen$/;

describe('the notices of Veilig Thuis in a browser', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let provider: { readonly close: () => Promise<void> };
  let browser: Browser | null;
  beforeAll(async () => {
    const port = await freePort();
    [browser, hub] = await Promise.all([openBrowser(), openRegion()]);
    desk = await openTestConsole(hub, { provider: `http://localhost:${port}`, accounts });
    provider = await startProvider({ port, consoleUrl: desk.url.origin, accounts });
  });
  afterAll(async () => {
    await browser?.close();
    await provider.close();
    await desk.close();
    await hub.checkLog();
    await hub.close();
  });

  /** A window in which the worker signed in as people do; null where no browser is. */
  const signedIn = async (options: WindowOptions = {}): Promise<ConsoleWindow | null> => {
    if (browser === null) return null;
    const window = await openWindow(browser, desk, options);
    await window.open('/zaakmeldingen');
    await window.page.getByRole('link', { name: 'V. Thuiswerker' }).click();
    await window.page.waitForURL(room);
    return window;
  };
  const imposed = async (): Promise<Situation> => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    return situation;
  };
  const isConfirmed = async ({ number }: Situation): Promise<boolean> =>
    (await hub.hub.pool.query('select from delivery join message on message.id = delivery.message_id join case_file on case_file.id = message.case_id where case_file.number = $1 and delivery.recipient = $2 and delivery.confirmed_at is not null', [number, oin.veiligThuis])).rowCount === 1;

  test.each(sizes)('on a $name: a notice appears by itself, says what was left out and why, and is confirmed', async (size) => {
    const window = await signedIn({ size });
    if (window === null) return;
    const { page, judge, context } = window;
    await judge(`list before, ${size.name}`);
    const situation = await imposed();
    // Nobody refreshed.
    const row = page.locator('.notice li', { hasText: situation.number });
    await row.waitFor();
    await judge(`list, ${size.name}`);
    await row.getByRole('link', { name: 'Openen en ontvangst bevestigen' }).click();
    await page.getByText('Dit wacht op uw ontvangst').waitFor();
    await page.getByText(/\d+ veld(en)? weggelaten: niet toegestaan/).click();
    const left = page.locator('details.left');
    expect(await left.innerText()).toMatch(/Regel WTH-08 \(Wth art\. 2 lid 8, tweede volzin\)/);
    expect(await left.locator('li').count()).toBeGreaterThan(0);
    await page.getByText('Waarom u dit krijgt').click();
    await judge(`case, ${size.name}`);
    await page.getByRole('button', { name: 'Ontvangst bevestigen' }).click();
    await page.getByText('De ontvangst is bevestigd').waitFor();
    await judge(`confirmed, ${size.name}`);
    expect(await isConfirmed(situation)).toBe(true);
    await context.close();
  });

  test('by keyboard alone', async () => {
    const window = await signedIn();
    if (window === null) return;
    const { page, press, context } = window;
    const situation = await imposed();
    await page.locator('.notice li', { hasText: situation.number }).waitFor();
    await press('Openen en ontvangst bevestigen');
    await page.waitForURL(/\/zaakmeldingen\/[0-9a-f-]{36}/);
    // Once around: the button to confirm stands above what is read first here.
    await press('weggelaten');
    await page.locator('details.left[open]').waitFor();
    await press('Ontvangst bevestigen');
    await page.getByText('De ontvangst is bevestigd').waitFor();
    expect(await isConfirmed(situation)).toBe(true);
    await context.close();
  });

  test('without script: the page is asked again, and everything is done by links and forms', async () => {
    const window = await signedIn({ hasScript: false });
    if (window === null) return;
    const { page, context } = window;
    const situation = await imposed();
    await page.getByRole('link', { name: 'Ververs' }).click();
    await page.locator('.notice li', { hasText: situation.number }).getByRole('link').click();
    await page.getByText(/weggelaten: niet toegestaan/).click();
    expect(await page.locator('details.left').innerText()).toContain('WTH-08');
    await page.getByRole('button', { name: 'Ontvangst bevestigen' }).click();
    await page.getByText('De ontvangst is bevestigd').waitFor();
    expect(await isConfirmed(situation)).toBe(true);
    await context.close();
  });
});
