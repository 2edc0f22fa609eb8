import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { PracticeDesk } from '../../apps/console/practice/practice-desk.js';
import { startProvider } from '../../apps/practice/identity/provider.js';
import type { PracticeAccount } from '../../apps/practice/identity/accounts.js';
import { axeFaults, darkFaults, sidewaysOf } from '../harness/axe.js';
import { openBrowser } from '../harness/browser.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { freePort } from '../harness/free-port.js';
import { openTestHub, type TestHub } from '../harness/hub.js';

const accounts: readonly PracticeAccount[] = [{ account: 'oefen-beheerder', name: 'S. de Beheerder', roles: ['operator'], party: null }];
const evil = `<img src=x onerror=alert(1)>"'&`;
// What the page shows, with what could be told at its worst; the chain itself is tried in practice.spec.ts.
const practice: PracticeDesk = {
  behaviours: ['normal', '4xx', evil], parties: async () => [{ key: 'een', name: evil, behaviour: '4xx', channel: 'portal' }, { key: 'twee', name: 'Rechtbank Noorderwaard', behaviour: 'normal', channel: evil }],
  channels: ['smime-mail', evil], reach: async () => undefined, post: async () => [{ at: new Date('2026-11-22T09:00:00Z'), to: evil, subject: evil, text: `${evil} ${'lang '.repeat(40)}`, files: ['cijfers.csv'] }],
  behave: async () => undefined, advance: async () => undefined, playNext: async () => undefined,
  story: async () => ({
    caseNumber: 'WV-2026-0002', played: 2, of: 13, isOver: false, next: 'Het huisverbod staat op schrift en is uitgereikt.',
    told: [{ title: evil, lines: [{ tone: 'plain', text: 'hovj-1@politie.example stuurt huisverbod.aangezegd; de hub bewaart het' }, { tone: 'good', text: `Veilig Thuis ontving het: ${'C-REF '.repeat(30)}` }, { tone: 'wait', text: 'de uithuisgeplaatste: wacht' }, { tone: 'bad', text: 'de hub weigert het' }] }],
  }),
};
const pages = ['/hulp', '/hulp/foutmeldingen', '/hulp/begrippen', '/hulp/beheer', '/toegankelijkheid', '/oefening', '/nergens', '/zaakmeldingen', '/afgemeld', '/aanmelden/terug?state=x'];
const sizes = { breed: { width: 1366, height: 900 }, smal: { width: 390, height: 844 } } as const;
const shots = join(tmpdir(), 'ketensluis-shots', 'frame');

describe('the frame in a browser', () => {
  let browser: Browser | null = null;
  let hub: TestHub;
  let desk: TestConsole;
  let provider: { readonly close: () => Promise<void> };
  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    const port = await freePort();
    [browser, hub] = await Promise.all([openBrowser(), openTestHub()]);
    desk = await openTestConsole(hub, { provider: `http://localhost:${port}`, accounts, practice });
    provider = await startProvider({ port, consoleUrl: desk.url.origin, accounts });
  });
  afterAll(async () => {
    await browser?.close();
    await provider.close();
    await desk.close();
    await hub.close();
  });

  /** A window in which somebody signed in as people do, and everything it complained about. */
  const signedIn = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<{ readonly context: BrowserContext; readonly page: Page; readonly said: string[] } | null> => {
    const context = await browser?.newContext({ locale: 'nl-NL', ...options });
    if (context === undefined) return null;
    const page = await context.newPage();
    const said: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && !/status of [45]\d\d/.test(message.text()) ? said.push(message.text()) : 0));
    page.on('pageerror', (fault) => void said.push(String(fault)));
    page.on('dialog', (dialog) => void (said.push(dialog.message()), dialog.dismiss()));
    await page.goto(new URL('/oefening', desk.url).href);
    await page.getByRole('link', { name: 'S. de Beheerder' }).click();
    await page.waitForURL(new URL('/oefening', desk.url).href);
    return { context, page, said };
  };

  test('holds every page of its own at both sizes, in both languages: nothing inline, no fault of axe, no sideways scroll', async () => {
    for (const [size, viewport] of Object.entries(sizes)) {
      const window = await signedIn({ viewport });
      if (window === null) return;
      const { context, page, said } = window;
      // English stands in the same places: once is enough.
      for (const language of size === 'smal' ? ['nl', 'en'] : ['nl']) {
        await page.goto(new URL(`/taal/${language}?terug=/hulp`, desk.url).href);
        for (const path of pages) {
          await page.goto(new URL(path, desk.url).href);
          expect([size, language, path, await axeFaults(page), await sidewaysOf(page)]).toEqual([size, language, path, [], 0]);
          expect(await page.getAttribute('html', 'lang')).toBe(language);
          await page.screenshot({ path: join(shots, `${path.replace(/[^a-z]+/g, '-').slice(1)}-${size}-${language}.png`), fullPage: true });
        }
      }
      await page.goto(new URL('/oefening', desk.url).href);
      await page.selectOption('#v-gedrag', evil);
      await page.evaluate(`document.querySelector('option[value="een"]')?.setAttribute('value', 'niemand')`);
      await page.locator('form[action="/oefening/gedrag"] button').click();
      expect(await page.title()).toMatch(/^(Fout|Error): /);
      expect(await axeFaults(page)).toEqual([]);
      await page.screenshot({ path: join(shots, `fout-${size}.png`), fullPage: true });
      expect(said).toEqual([]);
      await context.close();
    }
  }, 480_000);

  test('works without script, in the colours of the system, and four times as large', async () => {
    const window = await signedIn({ javaScriptEnabled: false, viewport: { width: 1366, height: 900 } });
    if (window === null) return;
    await window.page.locator('.account summary').click();
    await window.page.screenshot({ path: join(shots, 'zonder-script.png') });
    expect(await window.page.locator('.needs-script:visible').count()).toBe(0);
    await window.page.getByRole('button', { name: 'Afmelden', exact: true }).click();
    await window.page.waitForURL(/\/(afgemeld|session\/end)/);
    await window.context.close();
    // 1280 px at 400 % is 320 px (WCAG 2.2, 1.4.10).
    const large = await signedIn({ viewport: { width: 320, height: 256 } });
    for (const path of pages) {
      await large?.page.goto(new URL(path, desk.url).href);
      expect([path, large === null ? 0 : await sidewaysOf(large.page)]).toEqual([path, 0]);
    }
    await large?.page.setViewportSize({ width: 1366, height: 900 });
    await large?.page.goto(new URL('/oefening', desk.url).href);
    await large?.page.emulateMedia({ forcedColors: 'active' });
    await large?.page.screenshot({ path: join(shots, 'eigen-kleuren.png'), fullPage: true });
    await large?.page.emulateMedia({ forcedColors: null, media: 'print' });
    await large?.page.screenshot({ path: join(shots, 'druk.png'), fullPage: true });
    expect(await large?.page.locator('nav.menu').isVisible()).toBe(false);
    await large?.context.close();
  }, 240_000);

  test('is dark for who asks for that, with enough contrast on every page of its own, and white on paper', async () => {
    const window = await signedIn({ viewport: sizes.smal, colorScheme: 'dark', reducedMotion: 'reduce' });
    if (window === null) return;
    const { page, context, said } = window;
    const colours = () => page.evaluate<readonly string[]>("[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.documentElement).colorScheme]");
    expect(await colours()).toEqual(['rgb(16, 25, 30)', 'dark']);
    await page.emulateMedia({ media: 'print' });
    expect(await colours()).toEqual(['rgb(255, 255, 255)', 'light']);
    await page.emulateMedia({ media: null, colorScheme: 'light' });
    expect(await colours()).toEqual(['rgb(242, 245, 246)', 'light']);
    for (const path of pages) {
      await page.goto(new URL(path, desk.url).href);
      expect([path, await darkFaults(page)]).toEqual([path, []]);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.goto(new URL('/oefening', desk.url).href);
    await page.screenshot({ path: join(shots, 'donker.png'), fullPage: true });
    expect(said).toEqual([]);
    await context.close();
  }, 240_000);

  test('is walked by keyboard, and keeps its shortcuts off for who switched them off', async () => {
    const window = await signedIn({ viewport: sizes.breed });
    if (window === null) return;
    const { page, context } = window;
    await page.goto(new URL('/hulp', desk.url).href);
    await page.keyboard.press('Tab');
    await page.screenshot({ path: join(shots, 'overslaan.png') });
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement?.id')).toBe('inhoud');
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.waitForURL(/\/leveringen$/);
    await page.goto(new URL('/toegankelijkheid', desk.url).href);
    await page.locator('#v-toetsen').focus();
    await page.keyboard.press('Space');
    await page.locator('#v-toetsen').blur();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.reload();
    expect(new URL(page.url()).pathname).toBe('/toegankelijkheid');
    expect(await page.locator('#v-toetsen').isChecked()).toBe(false);
    await page.locator('.account summary').focus();
    await page.keyboard.press('Enter');
    for (let links = 0; links < 4 && !(await page.evaluate<boolean>("document.activeElement?.closest('form[action=\"/afmelden\"]') !== null")); links += 1) await page.keyboard.press('Tab');
    await page.screenshot({ path: join(shots, 'account.png') });
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/(afgemeld|session\/end)/);
    await context.close();
  }, 120_000);

  test('says to who is signed in that the database is away, in their language, and what is safe', async () => {
    const window = await signedIn({ viewport: sizes.smal });
    if (window === null) return;
    await window.page.goto(new URL('/taal/en?terug=/hulp', desk.url).href);
    await hub.denyDatabase();
    try {
      const reply = await window.page.goto(new URL('/oefening', desk.url).href);
      expect(reply?.status()).toBe(503);
      expect(reply?.headers()['retry-after']).toBe('60');
      expect(await window.page.locator('main').innerText()).toMatch(/cannot be reached[\s\S]*You stay signed in[\s\S]*Nothing is lost/);
      expect(await axeFaults(window.page)).toEqual([]);
      await window.page.screenshot({ path: join(shots, 'weg.png') });
    } finally {
      await hub.allowDatabase();
    }
    expect((await window.page.goto(new URL('/oefening', desk.url).href))?.status()).toBe(200);
    expect(await window.page.locator('.account__name').innerText()).toBe('S. de Beheerder');
    await window.context.close();
  }, 120_000);
});
