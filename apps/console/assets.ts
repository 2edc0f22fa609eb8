import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { Theme } from './theme.js';

const listSchema = z.strictObject({ style: z.string(), script: z.string(), files: z.array(z.string()) });
const contentTypes: Readonly<Record<string, string>> = { css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', woff2: 'font/woff2', svg: 'image/svg+xml' };

/** One file a browser gets. */
export interface Asset {
  readonly contentType: string;
  readonly body: Buffer;
  /** The same, smaller; null for what is compressed already. */
  readonly gzip: Buffer | null;
}

/** What browsers get beside pages: style, script, font. Their names hold their hash, so they may be kept for ever. */
export interface Assets {
  /** In this order: the later ones change values of the earlier ones. `media`: where one holds; null everywhere. */
  readonly styles: readonly { readonly name: string; readonly media: string | null }[];
  readonly script: string;
  readonly find: (name: string) => Asset | null;
}

// As the style sheet itself asks (dark.css): on paper it is always day.
const schemes: Readonly<Record<keyof Theme, string>> = { light: 'print, not all and (prefers-color-scheme: dark)', dark: 'screen and (prefers-color-scheme: dark)' };

/** Reads what the build made into memory, compressed once; `theme` is the municipality's own. */
export const readAssets = async (theme: Theme): Promise<Assets> => {
  const folder = await builtFolder();
  const { style, script, files } = listSchema.parse(JSON.parse(await readFile(join(folder, 'assets.json'), 'utf8')));
  const found = new Map(await Promise.all(files.map(async (name) => [name, assetOf(name, await readFile(join(folder, name)))] as const)));
  found.set('teken.svg', assetOf('teken.svg', mark));
  const own = (['light', 'dark'] as const).flatMap((scheme) => {
    const text = theme[scheme];
    if (text === null) return [];
    const name = `theme-${createHash('sha256').update(text).digest('hex').slice(0, 12)}.css`;
    found.set(name, assetOf(name, Buffer.from(text)));
    return [{ name, media: schemes[scheme] }];
  });
  return { styles: [{ name: style, media: null }, ...own], script, find: (name) => found.get(name) ?? null };
};

const assetOf = (name: string, body: Buffer): Asset => ({
  contentType: contentTypes[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream', body, gzip: name.endsWith('.woff2') ? null : gzipSync(body, { level: 9 }),
});

// Beside the compiled program, or in dist/ when the sources themselves run, as in tests.
const builtFolder = async (): Promise<string> => {
  const beside = fileURLToPath(new URL('assets', import.meta.url));
  const isBuilt = await readFile(join(beside, 'assets.json')).then(() => true, () => false);
  return isBuilt ? beside : fileURLToPath(new URL('../../dist/apps/console/assets', import.meta.url));
};

const mark = Buffer.from(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b3d4a"/><path d="M6 8v16M26 8v16M6 12l10 5 10-5M6 22c2 0 2-2 4-2s2 2 4 2 2-2 4-2 2 2 4 2 2-2 4-2" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>',
);
