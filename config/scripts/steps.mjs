// The steps that testing, checking and measuring have in common.
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './install.mjs';

/** Runs a Node program with our terminal and resolves to its exit code. */
const runNode = (args) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });

/** Type-checks everything; swc only strips types, so this is where they are proven. */
export const checkTypes = async () => {
  const startedAt = Date.now();
  const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
  // What runs in the browser has other globals, so it is checked apart.
  const code = (await runNode([tsc, '-p', '.'])) || (await runNode([tsc, '-p', join('apps', 'console', 'assets')]));
  console.log(code === 0 ? `Types are right (${((Date.now() - startedAt) / 1000).toFixed(1)} s).` : 'Types are wrong, see above.');
  return code;
};

/** The compiled programs in dist/test/<folder> that end in .<kind>.js, in order of name; all of them, or those whose name holds `filter`. */
export const loadPrograms = async (folder, kind, filter) => {
  const path = join(root, 'dist', 'test', folder);
  const names = (await readdir(path).catch(() => [])).filter((name) => name.endsWith(`.${kind}.js`)).sort();
  const chosen = names.filter((name) => name.includes(filter ?? ''));
  if (chosen.length === 0) {
    console.error(`No ${kind} is named like "${filter ?? ''}". There is: ${names.map((name) => name.replace(`.${kind}.js`, '')).join(', ') || 'none'}`);
    process.exit(1);
  }
  return chosen.map((name) => ({
    name: name.replace(`.${kind}.js`, ''),
    load: () => import(pathToFileURL(join(path, name)).href),
  }));
};
