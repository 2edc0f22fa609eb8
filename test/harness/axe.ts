import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The faults of accessibility that axe finds on the page as it is shown, each as `rule: elements`. */
export const axeFaults = async (page: Page): Promise<readonly string[]> => {
  // By hand instead of by @axe-core/playwright: that opens a page of its own for frames, of which the console has none, and carries
  // every result over, which together took half as long again as the rules themselves.
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' ')))`);
};

/** The faults of contrast of the same page in dark colours; afterwards it is shown as before. Nothing but the colours differs, so no other rule is asked. */
export const darkFaults = async (page: Page): Promise<readonly string[]> => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate(axe.source);
  const faults = await page.evaluate<string[]>(`axe.run(document, { runOnly: ['color-contrast'], resultTypes: ['violations'] })
    .then(({ violations }) => violations.map(({ id, nodes }) => id + ', dark: ' + nodes.map(({ html, any }) => html + ' ' + (any[0]?.message ?? '')).join(' ')))`);
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
};

/** By how many pixels the page is wider than the screen; 0 is right. */
export const sidewaysOf = (page: Page): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
