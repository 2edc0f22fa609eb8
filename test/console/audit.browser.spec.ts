import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { logProof } from '../../apps/cli/log/proof.js';
import { evicted } from '../cases/persons.js';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openBrowser } from '../harness/browser.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { openWindow, sizes, type ConsoleWindow, type Size } from '../harness/console-window.js';
import type { TestHub } from '../harness/hub.js';

describe('the rooms of the privacy officer in a browser', () => {
  let hub: TestHub;
  let desk: TestConsole;
  let browser: Browser | null;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-fg-'));
    [browser, hub] = await Promise.all([openBrowser(), openRegion()]);
    desk = await openTestConsole(hub);
    await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
  });
  afterAll(async () => {
    await browser?.close();
    await desk.close();
    await hub.checkLog();
    await hub.close();
    await rm(folder, { recursive: true });
  });

  const officer = async (size: Size = sizes[0]): Promise<ConsoleWindow | null> => (browser === null ? null : openWindow(browser, desk, { size, visitor: await desk.as('privacy-officer', oin.waterveen, { account: 'fg-1' }) }));
  /** Clicks what gives a file, and resolves to where it was put. */
  const download = async ({ page }: ConsoleWindow, name: string): Promise<string> => {
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
    const path = join(folder, file.suggestedFilename());
    await file.saveAs(path);
    return path;
  };

  test('a decision is found, explained, and proven with files and the command alone', async () => {
    const window = await officer();
    if (window === null) return;
    const { page, judge } = window;
    await window.open('/verstrekkingen');
    await page.getByLabel('Waarom kijkt u?').selectOption('incident');
    await page.getByLabel('Ontvanger').selectOption(oin.veiligThuis);
    await page.getByRole('button', { name: 'Zoeken' }).click();
    await page.waitForURL(/doel=incident/);
    await judge('list');
    await page.locator('tbody tr').first().getByRole('link').click();
    await page.getByText('Veilig Thuis Noorderwaard kreeg deze gegevens.').waitFor();
    const main = await page.locator('main').innerText();
    expect(main).toMatch(/Regel WTH-08 \(Wth, versie \d+\): Wth art\. 2 lid 8, tweede volzin/);
    expect(main).toContain('Niet gegeven');
    await judge('entry');
    const [leaf, proof, key] = [await download(window, 'Regel (.leaf)'), await download(window, 'Bewijs (.tlog-proof)'), await download(window, 'Sleutel van het logboek')];
    const said: string[] = [];
    expect(await logProof([proof, leaf, '--vkey', key], { out: (text) => void said.push(text), err: (text) => void said.push(text), isTerminal: false })).toBe(0);
    expect(said.join('')).toMatch(/^entry \d+ of .* disclosure of /);
    // The same proof says nothing of another entry.
    expect(await logProof([proof, proof, '--vkey', key], { out: () => undefined, err: () => undefined, isTerminal: false })).toBe(1);
    const { rows: [look] } = await hub.hub.pool.query("select purpose from access where actor = 'fg-1' and action = 'open' order by seq desc limit 1");
    expect(look).toEqual({ purpose: 'incident' });
    await window.context.close();
  });

  test.each(sizes)('a person is searched for with a purpose, and stands in no address, on a $name', async (size) => {
    const window = await officer(size);
    if (window === null) return;
    const { page, judge } = window;
    await window.open('/verstrekkingen/zoek');
    await page.getByRole('button', { name: 'Zoeken' }).click();
    await page.locator('#fouten').waitFor();
    await judge(`search with faults, ${size.name}`);
    await page.getByLabel('verzoek om inzage (AVG)').check();
    await page.getByLabel('Burgerservicenummer').first().check();
    await page.getByRole('textbox', { name: 'Burgerservicenummer' }).fill(evicted.bsn);
    await page.getByRole('button', { name: 'Zoeken' }).click();
    await page.waitForURL(/zoekvraag=[0-9a-f-]{36}/);
    expect(page.url()).not.toContain(evicted.bsn);
    expect(await page.content()).not.toContain(evicted.bsn);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
    await judge(`found, ${size.name}`);
    await window.context.close();
  });

  test('each number of who shares what leads to the decisions it counts', async () => {
    const window = await officer();
    if (window === null) return;
    const { page, judge } = window;
    await window.open('/wie-deelt-wat');
    await judge('matrix');
    const number = page.locator('.matrix__cell a').first();
    const count = Number(/\d+/.exec(await number.innerText())?.[0]);
    await number.click();
    await page.waitForURL(/\/verstrekkingen\?/);
    expect(count).toBeGreaterThan(0);
    expect(await page.locator('tbody tr').count()).toBe(count);
    await window.context.close();
  });

  test('a sample is drawn and judged, and a report comes by itself', async () => {
    const window = await officer();
    if (window === null) return;
    const { page, judge } = window;
    await window.open('/steekproef');
    await page.getByRole('button', { name: 'Trek' }).click();
    await page.waitForURL(/\/steekproef\/[0-9a-f-]{36}/);
    await judge('sample');
    await page.locator('tbody').getByRole('link', { name: 'Beoordeel' }).first().click();
    await page.getByLabel(/^In orde/).check();
    await judge('judging');
    await page.getByRole('button', { name: 'Leg het oordeel vast' }).click();
    await page.getByText('Het oordeel is vastgelegd.').waitFor();
    await window.open('/rapporten');
    await page.locator('form[action="/rapporten/kwartaal"] button').click();
    await page.getByText('Het rapport wordt gemaakt.').waitFor();
    // Nobody refreshed.
    await page.getByText('klaar', { exact: true }).first().waitFor();
    await judge('report');
    const [file] = await Promise.all([page.waitForEvent('download'), page.locator('.files a[href$=".pdf"]').first().click()]);
    expect(file.suggestedFilename()).toMatch(/\.pdf$/);
    await window.context.close();
  });
});
