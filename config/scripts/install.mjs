// Brings node_modules in line with package-lock.json. Uses Node's own modules only: nothing of ours is installed yet.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const oldestNode = [20, 19];
const patienceMs = 15_000;

/** Ends the program with a plain sentence when this Node.js is too old for us. */
export const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  console.error(`Ketensluis needs Node.js ${oldestNode.join('.')} or newer; this is ${process.versions.node}. Install a newer one (22 or 24 is fine) and try again.`);
  process.exit(1);
};

const readPackages = async (file) => JSON.parse(await readFile(file, 'utf8')).packages;

// npm writes what it installed to node_modules/.package-lock.json as its last act, so a broken-off install is seen as well.
const isInstalled = async (mode) => {
  const [wanted, present] = await Promise.all([
    readPackages(join(root, 'package-lock.json')),
    readPackages(join(root, 'node_modules', '.package-lock.json')).catch(() => ({})),
  ]);
  return Object.entries(wanted).every(([path, { version, optional, dev, devOptional, link }]) => {
    // Optional packages depend on the computer; npm chose among them.
    if (path === '' || link || optional || devOptional || (dev && mode === 'run')) return true;
    return present[path]?.version === version;
  });
};

const runNpm = (args) =>
  new Promise((resolve) => {
    // Under `npm start` this is the same npm that started us; otherwise the one on the PATH.
    const own = process.env.npm_execpath;
    const [file, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
    const child = spawn(file, [...first, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    const startedAt = Date.now();
    const timer = setInterval(() => console.log(`  still installing (${Math.round((Date.now() - startedAt) / 1000)} s)`), patienceMs);
    const finish = (code) => {
      clearInterval(timer);
      resolve(code);
    };
    child.once('error', () => finish(127));
    child.once('exit', (code) => finish(code ?? 1));
  });

/**
 * Installs exactly what package-lock.json says when that is not there yet. Mode 'run' leaves out what only development and tests need;
 * an installation for development also satisfies 'run'. Install scripts of packages never run.
 */
export const ensureInstalled = async (mode) => {
  if (await isInstalled(mode)) return;
  console.log(`Installing packages from package-lock.json (once; about ${mode === 'run' ? 'half a minute' : 'a minute'}) ...`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', mode === 'run' ? '--omit=dev' : '--include=dev'];
  const code = await runNpm(args);
  if (code === 0) return;
  console.error(`\nThe packages could not be installed (npm ended with code ${code}).`);
  console.error(code === 127 ? 'npm was not found: install Node.js with npm.' : 'Is the npm registry reachable, and may this account write in this folder? Then run the same command again.');
  process.exit(1);
};
