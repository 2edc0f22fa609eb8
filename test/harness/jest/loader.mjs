// How Node.js finds and reads our TypeScript while specs run: compiled by the settings of the build, without dist/.
import { transform } from '@swc/core';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { swcOptions, swcPageOptions } from '../../../config/scripts/swc.mjs';

const root = new URL('../../../', import.meta.url);
const isOurs = (url) => /\.tsx?$/.test(url ?? '') && !url.includes('/node_modules/');

export const resolve = async (specifier, context, next) => {
  if (specifier === '@jest/globals') return { url: new URL('globals.mjs', import.meta.url).href, format: 'module', shortCircuit: true };
  const library = /^@ketensluis\/([a-z]+)$/.exec(specifier)?.[1];
  if (library !== undefined) return next(new URL(`libs/${library}/index.ts`, root).href, context);
  if (!/^\.{1,2}\/.*\.js$/.test(specifier) || !isOurs(context.parentURL)) return next(specifier, context);
  const stem = new URL(specifier, context.parentURL).href.slice(0, -'.js'.length);
  const extension = ['.ts', '.tsx', '.js'].find((one) => existsSync(fileURLToPath(stem + one)));
  return next(stem + (extension ?? '.js'), context);
};

export const load = async (url, context, next) => {
  if (!isOurs(url)) return next(url, context);
  const filename = fileURLToPath(url);
  const options = filename.endsWith('x') ? swcPageOptions : swcOptions;
  const { code } = await transform(await readFile(filename, 'utf8'), { ...options, filename, swcrc: false, configFile: false });
  return { format: 'module', source: code, shortCircuit: true };
};
