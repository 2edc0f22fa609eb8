import { access } from 'node:fs/promises';
import { chromium, type Browser } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A real browser without a window; null, said in plain sight, where none is installed. Where CI runs that is a fault. */
export const openBrowser = async (): Promise<Browser | null> => {
  for (const executablePath of places) {
    if (await access(executablePath).then(() => true, () => false)) return chromium.launch({ executablePath, args: ['--no-sandbox', '--lang=nl-NL'] });
  }
  const said = 'No Chromium is installed (Debian: chromium): what needs a browser was not tried.';
  if (process.env['CI'] === 'true') throw new Error(said);
  process.stderr.write(`${said}\n`);
  return null;
};
