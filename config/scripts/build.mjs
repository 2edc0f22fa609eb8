// Compiles apps, libs and certs to dist/ with swc, file by file; `@ketensluis/<lib>` becomes a relative path.
// Only files newer than their output are compiled again, so a second start costs milliseconds.
import { transformFile } from '@swc/core';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAssets } from './assets.mjs';
import { swcOptions, swcPageOptions } from './swc.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const out = join(root, 'dist');
const trees = ['apps', 'libs', 'certs', 'test'];

// What runs in the browser is bundled instead.
const forBrowser = join(root, 'apps', 'console', 'assets');
const isSource = (name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts') && !name.endsWith('.spec.ts');

const sourcesBelow = async (folder) => {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((e) => e.isFile() && isSource(e.name) && e.parentPath !== forBrowser).map((e) => join(e.parentPath, e.name));
};

const outputOf = (source) => join(out, relative(root, source)).replace(/\.tsx?$/, '.js');

const modifiedAt = async (file) => (await stat(file).catch(() => null))?.mtimeMs ?? 0;

const withRelativeImports = (code, target) =>
  code.replace(/(from\s+|import\s*\(?\s*)(['"])@ketensluis\/([a-z]+)\2/g, (_, before, quote, lib) => {
    const path = relative(dirname(target), join(out, 'libs', lib, 'index.js')).split(sep).join('/');
    return `${before}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
  });

const compile = async (source) => {
  const target = outputOf(source);
  if ((await modifiedAt(target)) >= (await modifiedAt(source))) return 0;
  // The map stands beside the program and not in it: a process keeps the text of all it loads, and the maps are two thirds of that.
  const { code, map } = await transformFile(source, { ...(source.endsWith('x') ? swcPageOptions : swcOptions), sourceMaps: true, swcrc: false, configFile: false });
  await mkdir(dirname(target), { recursive: true });
  await place(`${target}.map`, map);
  await place(target, `${withRelativeImports(code, target)}//# sourceMappingURL=${basename(target)}.map\n`);
  return 1;
};

// In one step, because a command beside a running hub may build at the same moment.
const place = async (file, text) => {
  await writeFile(`${file}.${process.pid}`, text);
  await rename(`${file}.${process.pid}`, file);
};

/** Brings dist/ in line with the sources; returns how many files were compiled. */
export const build = async () => {
  const sources = (await Promise.all(trees.map(sourcesBelow))).flat();
  const wanted = new Set(sources.map(outputOf));
  const present = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  const stale = present.filter((e) => e.isFile() && e.name.endsWith('.js') && e.parentPath !== join(out, 'apps', 'console', 'assets')).map((e) => join(e.parentPath, e.name));
  await Promise.all(stale.filter((file) => !wanted.has(file)).flatMap((file) => [rm(file), rm(`${file}.map`, { force: true })]));
  const [counts] = await Promise.all([Promise.all(sources.map(compile)), buildAssets(root)]);
  return counts.reduce((sum, n) => sum + n, 0);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`${await build()} files compiled to dist/`);
}
