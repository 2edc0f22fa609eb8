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

/** By how many pixels the page is wider than the screen; 0 is right. */
export const sidewaysOf = (page: Page): Promise<number> => page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
