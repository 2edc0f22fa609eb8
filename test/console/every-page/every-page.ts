import { deskRoles, type DeskRole } from '@ketensluis/domain';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { parse } from 'yaml';
import { findRoute } from '../../../apps/console/routes.js';
import { accountsSchema } from '../../../apps/practice/identity/accounts.js';
import { openRegion } from '../../cases/situation.js';
import { axeFaults, darkFaults, sidewaysOf } from '../../harness/axe.js';
import { openBrowser } from '../../harness/browser.js';
import { openTestConsole, type TestConsole, type Visitor } from '../../harness/console.js';
import { sizes } from '../../harness/console-window.js';
import type { TestHub } from '../../harness/hub.js';
import { furnish } from '../furnish.js';
import { routesFor, walk } from '../walk.js';

// Each language at each width; the rules of axe on one pair of them, as words and widths go wrong apart, and the width of the page on all.
const views = [{ language: 'nl', judged: 0 }, { language: 'en', judged: 1 }] as const;
/** Where a role may not come; for the page that says so. */
const elsewhere: Readonly<Record<'operator' | 'other', string>> = { operator: '/zaakmeldingen', other: '/leveringen' };
const patientMs = 240_000;

interface Looking {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly desk: TestConsole;
  readonly visitor: Visitor;
  readonly faults: string[];
}

/** Every page that one of the practice accounts comes to: empty and with everything in it, forbidden, absent, and after a form with faults. */
export const describePages = (role: DeskRole): void => describe(`every page of the console: ${role}`, () => {
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
    await hub.close();
  });

  test('empty, forbidden and absent', async () => {
    const at = await looking(browser, desk, role);
    if (at === null) return;
    const reached = await walk(at.visitor, role);
    await lookAll(at, [...reached.filter(({ route }) => Array.isArray(route.roles)).map(({ href }) => href), elsewhere[role === 'operator' ? role : 'other'], '/nergens'], 'empty');
    expect(at.faults).toEqual([]);
    await at.context.close();
  }, patientMs);

  test('with everything in it, and after a form with faults', async () => {
    const also = await furnish(hub, desk);
    expect(also.filter((path) => !path.startsWith('/') || path.length < 5)).toEqual([]);
    const at = await looking(browser, desk, role);
    if (at === null) return;
    const reached = await walk(at.visitor, role, also);
    // A page that no link leads to is forgotten by everybody, this test included.
    expect(routesFor(role).filter((route) => !reached.some((one) => one.route === route)).map(({ path }) => path)).toEqual([]);
    // What everybody sees is looked at once.
    const hrefs = reached.filter(({ route }) => Array.isArray(route.roles) || role === deskRoles[0]).map(({ href }) => href);
    await lookAll(at, hrefs, 'normal');
    const faulty = await sendEmpty(at, hrefs);
    expect(at.faults).toEqual([]);
    expect(faulty.length).toBeGreaterThan(0);
    await at.context.close();
  }, patientMs);

  if (role === deskRoles[0]) test('each role has a file of its own here', async () => {
    const files = await readdir(new URL('.', import.meta.url));
    expect(files.filter((name) => name.includes('.spec.')).sort()).toEqual(deskRoles.map((one) => `${one}.browser.spec.ts`).sort());
  });
});

const visitorOf = async (desk: TestConsole, role: DeskRole): Promise<Visitor> => {
  const accounts = accountsSchema.parse(parse(await readFile(fileURLToPath(new URL('../../../config/sign-in/practice.yaml', import.meta.url)), 'utf8')));
  const account = accounts.find(({ roles }) => roles.includes(role));
  if (account === undefined) throw new Error(`nobody practises as ${role}`);
  return desk.as(role, account.party, { account: account.account, name: account.name });
};

const looking = async (browser: Browser | null, desk: TestConsole, role: DeskRole): Promise<Looking | null> => {
  if (browser === null) return null;
  // Colours that fade into others are neither.
  const context = await browser.newContext({ viewport: sizes[0], locale: 'nl-NL', reducedMotion: 'reduce' });
  const visitor = await visitorOf(desk, role);
  const [name = '', value = ''] = visitor.cookie.split('=');
  await context.addCookies([{ name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }]);
  const page = await context.newPage();
  const faults: string[] = [];
  // What the policy of the page refuses, for content or for trusted types, is told here as well.
  page.on('console', (message) => void (message.type() === 'error' && !/status of 4\d\d/.test(message.text()) && faults.push(`${page.url()}: ${message.text()}`)));
  page.on('pageerror', (fault) => void faults.push(`${page.url()}: ${String(fault)}`));
  return { page, context, desk, visitor, faults };
};

/** Looks at the page that is shown at both widths; what is wrong with it goes with the faults. */
const look = async ({ page, faults }: Looking, name: string, judged: 0 | 1): Promise<void> => {
  // The width the page has already comes first: to change it costs as much as to load the page.
  const shown = page.viewportSize()?.width;
  for (const [place, size] of [...sizes.entries()].sort(([, a], [, b]) => Number(b.width === shown) - Number(a.width === shown))) {
    if (size.width !== page.viewportSize()?.width) await page.setViewportSize(size);
    const sideways = await sidewaysOf(page);
    if (sideways !== 0) faults.push(`${name}, ${size.name}: ${sideways} px wider than the screen`);
    // What is folded is judged too.
    const isFolded = await page.$$eval('main details:not([open])', (all) => (all.forEach((one) => one.setAttribute('open', '')), all.length > 0));
    const unfolded = isFolded ? await sidewaysOf(page) : 0;
    if (unfolded !== 0) faults.push(`${name}, ${size.name}: unfolded ${unfolded} px wider than the screen`);
    if (place === judged) faults.push(...[...(await axeFaults(page)), ...(await darkFaults(page))].map((fault) => `${name}, ${size.name}: ${fault}`));
  }
};

const speak = (context: BrowserContext, language: string): Promise<void> => context.addCookies([{ name: '__Host-taal', value: language, domain: 'localhost', path: '/', secure: true }]);

const lookAll = async (at: Looking, hrefs: readonly string[], state: 'normal' | 'empty'): Promise<void> => {
  for (const [turn, { language, judged }] of views.entries()) {
    await speak(at.context, language);
    // What is empty has few words of its own: the pages take turns at language and width.
    for (const href of state === 'empty' ? hrefs.filter((_, place) => place % 2 === turn) : hrefs) {
      await at.page.goto(new URL(href, at.desk.url).href);
      if ((await at.page.getAttribute('html', 'lang')) !== language) at.faults.push(`${href}: not in ${language}`);
      await look(at, `${state}, ${language}, ${href}`, judged);
    }
  }
};

/** Where the forms of a page go to, without those of the frame around it. */
const actionsOf = (html: string): readonly string[] => [...html.slice(html.indexOf('<main')).matchAll(/<form [^>]*>/g)].map(([form]) => form)
  .filter((form) => form.includes('method="post"')).map((form) => (/ action="([^"]*)"/.exec(form)?.[1] ?? '').replaceAll('&amp;', '&'));

/** Sends each form of a page as it stands, once for each route, and looks at what comes back with faults. */
const sendEmpty = async (at: Looking, hrefs: readonly string[]): Promise<readonly string[]> => {
  const tried = new Map<string, boolean>();
  for (const href of hrefs) {
    for (const action of actionsOf((await at.visitor.get(href)).html)) {
      const route = findRoute('POST', action.split('?')[0] ?? '')?.route.path ?? action;
      if (tried.has(route)) continue;
      const judged = tried.size % 2 === 0 ? 0 : 1;
      await speak(at.context, views[judged].language);
      await at.page.goto(new URL(href, at.desk.url).href);
      const button = at.page.locator(`main form[action="${action}"] button[type="submit"]`).first();
      // What another form of this page did took it away.
      if ((await button.count()) === 0) continue;
      // Behind something that is still closed.
      if (!(await button.isVisible())) await at.page.$$eval('main details', (all) => all.forEach((one) => one.setAttribute('open', '')));
      const [answer] = await Promise.all([at.page.waitForResponse((response) => response.request().method() === 'POST'), button.click()]);
      await at.page.waitForLoadState();
      tried.set(route, answer.status() === 422);
      if (answer.status() !== 422) continue;
      if (!/^(Fout|Error): /.test(await at.page.title())) at.faults.push(`${href}: ${action}: no fault in the title`);
      await look(at, `faults, ${action}`, judged);
    }
  }
  return [...tried].filter(([, isFault]) => isFault).map(([route]) => route);
};
