import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { axeFaults, sidewaysOf } from '../harness/axe.js';
import { openBrowser } from '../harness/browser.js';
import { openTestConsole, type TestConsole, type Visitor } from '../harness/console.js';
import { dutchDay, untilNoon } from '../harness/day.js';
import type { TestHub } from '../harness/hub.js';

const sizes = { breed: { width: 1366, height: 900 }, smal: { width: 390, height: 844 } } as const;
const shots = join(tmpdir(), 'ketensluis-shots', 'own-mail');

describe('mail, views and proposals of a mandate in a browser', () => {
  let browser: Browser | null = null;
  let hub: TestHub;
  let desk: TestConsole;
  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    [browser, hub] = await Promise.all([openBrowser(), openRegion()]);
    await hub.advance(untilNoon(hub.now()));
    desk = await openTestConsole(hub);
    await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
  });
  afterAll(async () => {
    await browser?.close();
    await desk.close();
    await hub.close();
  });

  const open = async (visitor: Visitor, viewport: { readonly width: number; readonly height: number }): Promise<Page | null> => {
    const context = await browser?.newContext({ locale: 'nl-NL', viewport });
    const [name = '', value = ''] = visitor.cookie.split('=');
    await context?.addCookies([{ name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true }]);
    return (await context?.newPage()) ?? null;
  };
  const look = async (page: Page, name: string): Promise<void> => {
    expect([name, await axeFaults(page), await sidewaysOf(page)]).toEqual([name, [], 0]);
    await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  };

  test.each(Object.keys(sizes) as (keyof typeof sizes)[])('are filled in by hand and hold axe, %s', async (size) => {
    const officer = await desk.as('municipality-officer', oin.waterveen, { account: `gem-${size}`, mail: 'g.een@werk.example' });
    const page = await open(officer, sizes[size]);
    if (page === null) return;
    await page.goto(new URL('/mijn/mail', desk.url).href);
    await page.getByRole('button', { name: 'Opslaan' }).click();
    await look(page, `mail-fout-${size}`);
    await page.getByLabel('Een termijn die binnen 24 uur afloopt').check();
    await page.getByRole('button', { name: 'Opslaan' }).click();
    await page.getByText('U krijgt mail over wat vanaf nu gebeurt').waitFor();
    await page.goto(new URL('/monitor', desk.url).href);
    await page.getByRole('button', { name: 'Stuur mij de cijfers' }).click();
    await page.getByText('aan g.een@werk.example').waitFor();
    await look(page, `monitor-${size}`);
    await page.goto(new URL('/zaken?stand=loopt', desk.url).href);
    await page.getByText('Bewaar deze filters').click();
    await page.getByLabel('Naam van de weergave').fill('Wat nu loopt');
    if (size === 'smal') await look(page, 'weergave-nieuw');
    await page.getByRole('button', { name: 'Bewaren' }).click();
    await page.getByRole('navigation', { name: 'Mijn weergaven' }).getByRole('link', { name: 'Wat nu loopt' }).waitFor();
    await look(page, `weergave-${size}`);
    const last = dutchDay(hub.now(), size === 'breed' ? 3 : 4);
    await page.goto(new URL(`/mandaten/mandaat-9901-hovj-1/beeindigen`, desk.url).href);
    await page.getByLabel('Laatste dag').fill(last);
    await page.getByLabel('Reden').fill('Andere functie sinds deze week.');
    await page.getByRole('button', { name: 'Naar het voorstel' }).click();
    await page.getByRole('button', { name: 'Ter goedkeuring aanbieden' }).waitFor();
    await look(page, `mandaat-voorstel-${size}`);
    await page.context().close();
  });
});
