// What a browser gets of the console: one style sheet, one script, one font file, under names that hold their hash; and the list of those names.
import { readFile, readdir, rename, rm, stat, writeFile, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

const folder = 'apps/console/assets';

const newestOf = async (place) => {
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Math.max(...(await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs))));
};

/** Brings dist/apps/console/assets in line with its sources; does nothing when nothing changed. */
export const buildAssets = async (root) => {
  const [source, target] = [join(root, folder), join(root, 'dist', folder)];
  const list = join(target, 'assets.json');
  const [wanted, present, packages] = await Promise.all([newestOf(source), stat(list).catch(() => null), stat(join(root, 'package.json'))]);
  if (present !== null && present.mtimeMs >= Math.max(wanted, packages.mtimeMs)) return;
  const { build } = await import('esbuild');
  const { metafile, outputFiles } = await build({
    entryPoints: [join(source, 'console.css'), join(source, 'browser.ts')],
    outdir: target, bundle: true, minify: true, write: false, metafile: true, format: 'iife', target: ['es2020'], charset: 'utf8',
    entryNames: '[name]-[hash]', assetNames: '[name]-[hash]', loader: { '.woff2': 'file', '.svg': 'file' }, absWorkingDir: root, legalComments: 'none', logLevel: 'warning',
  });
  await mkdir(target, { recursive: true });
  const names = outputFiles.map(({ path }) => basename(path));
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  const entry = (end) => names.find((name) => name.endsWith(end));
  // In one step and last: who reads the list finds what it names.
  await writeFile(`${list}.${process.pid}`, JSON.stringify({ style: entry('.css'), script: entry('.js'), files: names }));
  await rename(`${list}.${process.pid}`, list);
  for (const old of await readdir(target)) {
    if (/\.(css|woff2|svg)$|^browser-.*\.js$/.test(old) && !names.includes(old)) await rm(join(target, old));
  }
  return metafile;
};
