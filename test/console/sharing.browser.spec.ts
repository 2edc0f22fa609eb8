import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openBrowser } from '../harness/browser.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { openWindow, sizes, type ConsoleWindow, type Size } from '../harness/console-window.js';
import type { TestHub } from '../harness/hub.js';

describe('what a municipality shares, in a browser', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let browser: Browser | null;
  beforeAll(async () => {
    [browser, hub] = await Promise.all([openBrowser(), openRegion()]);
    desk = await openTestConsole(hub);
  });
  afterAll(async () => {
    await browser?.close();
    await desk.close();
    await hub.checkLog();
    await hub.close();
  });

  const officer = async (account: string, size: Size): Promise<ConsoleWindow | null> =>
    (browser === null ? null : openWindow(browser, desk, { size, visitor: await desk.as('municipality-officer', oin.hoogland, { account, name: `Persoon ${account}` }) }));
  const isOn = async (rule: string): Promise<unknown> => Object.entries({ ...(await hub.document('setting', 'setting-hoogland-aan-zee')) }).find(([name]) => name === 'rules')?.[1]?.[rule];

  test('a change is tried on past traffic, offered, refused to who offered it, and approved by the second person', async () => {
    const situation = openSituation(hub, '9902');
    await situation.send('huisverbod.opgelegd', 'hoogland', { aangewezen_instantie: { naam: 'GGD', oin: oin.ggd } });
    const told = await situation.send('bereikbaarheid.opgegeven', 'hoogland');
    expect(told.holds).toEqual({ [oin.ggd]: 'setting-off' });
    const [first, second] = [await officer('een', sizes[0]), await officer('twee', sizes[1])];
    if (first === null || second === null) return;
    const { page } = first;
    await first.open('/gegevensdeling');
    await first.judge('choices');
    await page.getByRole('button', { name: 'Bekijk eerst de gevolgen' }).click();
    await page.locator('#fouten').waitFor();
    await first.judge('choices with faults');
    await page.locator('input[value="WTH-08b"]').check();
    await page.getByLabel('Waarom wijzigt u dit?').fill('Afgesproken met de burgemeester.');
    await page.getByRole('button', { name: 'Bekijk eerst de gevolgen' }).click();
    await page.getByText('1 bericht had ook naar GGD Noorderwaard').waitFor();
    await first.judge('trial');
    // Nothing changed by looking.
    expect(await isOn('WTH-08b')).toBe('off');
    await page.getByRole('button', { name: 'Ter goedkeuring aanbieden' }).click();
    await page.getByText('Dit wacht op een collega').waitFor();
    await first.judge('offered');
    const at = new URL(page.url()).pathname;
    // Nobody approves what he proposed: no button is there, and a form made by hand is refused.
    expect(await page.getByRole('button', { name: 'Goedkeuren' }).count()).toBe(0);
    await page.evaluate(`{ const form = document.querySelector('form[action="${at}/intrekken"]'); form.action = '${at}/goedkeuren'; }`);
    await page.locator(`form[action="${at}/goedkeuren"] button`).click();
    await page.getByText('U heeft dit zelf voorgesteld.').first().waitFor();
    expect(await isOn('WTH-08b')).toBe('off');
    await second.open('/ter-goedkeuring');
    await second.judge('waiting, phone');
    await second.page.locator('main table a, main .card a').first().click();
    await second.page.waitForURL((url) => url.pathname === at);
    await second.judge('proposal, phone');
    await second.page.getByRole('button', { name: 'Goedkeuren' }).click();
    await second.page.getByText('Goedgekeurd. Dit geldt vanaf nu.').waitFor();
    await second.judge('approved, phone');
    expect(await isOn('WTH-08b')).toBe('on');
    // What was held for it went.
    await hub.settle();
    expect((await situation.received('ggd-noorderwaard')).map(({ rule }) => rule)).toContain('WTH-08b');
    await first.context.close();
    await second.context.close();
  });

  test.each(sizes)('the page for the college is readable on a $name', async (size) => {
    const window = await officer('een', size);
    if (window === null) return;
    await window.open('/gegevensdeling/overzicht');
    await window.judge(`overview, ${size.name}`);
    await window.context.close();
  });
});
