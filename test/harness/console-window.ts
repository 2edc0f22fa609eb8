import { expect } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { axeFaults, sidewaysOf } from './axe.js';
import type { TestConsole, Visitor } from './console.js';

/** The two screens every page is judged on. */
export const sizes = [{ name: 'desk', width: 1366, height: 900 }, { name: 'phone', width: 390, height: 844 }] as const;
/** One of them. */
export type Size = (typeof sizes)[number];

/** A window of a real browser on the console, for one person. */
export interface ConsoleWindow {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Goes to a path, and resolves to its status. */
  readonly open: (path: string) => Promise<number>;
  /** Holds that the page that is shown has no fault of accessibility, that the browser refused and reported nothing, and that nothing is wider than the screen. */
  readonly judge: (name: string) => Promise<void>;
  /** Presses Tab until an element with this text, name or address has the focus, and Enter on it; throws when there is none. */
  readonly press: (what: string) => Promise<void>;
}

/** How a window differs from that of a person at a desk. */
export interface WindowOptions {
  readonly size?: Size;
  readonly hasScript?: boolean;
  /** Whose session it is; null: somebody who still has to sign in. */
  readonly visitor?: Visitor | null;
}

const tabsMost = 200;
// Status 4xx of a page that is meant to have it is told by the browser as well.
const isMeant = (text: string): boolean => /status of 4\d\d/.test(text);

/** Opens a window; `context.close()` closes it. */
export const openWindow = async (browser: Browser, desk: TestConsole, { size = sizes[0], hasScript = true, visitor = null }: WindowOptions = {}): Promise<ConsoleWindow> => {
  const context = await browser.newContext({ viewport: size, locale: 'nl-NL', javaScriptEnabled: hasScript, acceptDownloads: true });
  if (visitor !== null) {
    const [name = '', value = ''] = visitor.cookie.split('=');
    await context.addCookies([{ name, value, domain: 'localhost', path: '/', secure: true, httpOnly: true, sameSite: 'Lax' }]);
  }
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && !isMeant(message.text()) && said.push(message.text())));
  page.on('pageerror', (fault) => void said.push(String(fault)));
  return {
    page, context,
    open: async (path) => (await page.goto(new URL(path, desk.url).href))?.status() ?? 0,
    judge: async (name) => {
      expect([name, await axeFaults(page), await sidewaysOf(page), said.splice(0)]).toEqual([name, [], 0, []]);
    },
    press: async (what) => {
      for (let count = 0; count < tabsMost; count += 1) {
        await page.keyboard.press('Tab');
        const at = await page.evaluate<string>("document.activeElement === document.body ? '' : [document.activeElement?.textContent, document.activeElement?.getAttribute('name'), document.activeElement?.getAttribute('href')].join(' ')");
        if (at.includes(what)) return page.keyboard.press('Enter');
      }
      throw new Error(`no way by keyboard to ${what}`);
    },
  };
};
