// Runs each spec by Jest's own runner (circus), but lets Node.js load it, as Node.js loads the product: a module once per worker process.
// In the context of its own that Jest makes per file, every spec that opens a hub spent over two seconds on loading it again, and what
// computes took half as long again. Modules keep no state between specs but caches by content (house style); what a spec needs for
// itself it opens itself.
import { createRequire, register } from 'node:module';
import { pathToFileURL } from 'node:url';
import { jestGlobals } from './environment.mjs';

const require = createRequire(import.meta.url);
const runFile = require('jest-circus/runner').default;

register('./loader.mjs', import.meta.url);
// The lines in a stack are those of the sources.
process.setSourceMapsEnabled(true);

// Circus keeps the tests of a file in its module, and those who hear of them in a global, so every file gets both anew.
const listeners = Symbol.for('EVENT_HANDLERS');
const requireAnew = (path) => {
  delete require.cache[path];
  globalThis[listeners] = undefined;
  return require(path);
};

/** What circus asks of Jest's module system, answered by Node.js. */
const nativeRuntime = {
  requireInternalModule: requireAnew,
  requireModule: require,
  setGlobalsForRuntime: (globals) => void (globalThis[jestGlobals] = globals),
  unstable_shouldLoadAsEsm: () => true,
  unstable_importModule: (path) => import(pathToFileURL(path).href),
  enterTestCode: () => undefined,
  leaveTestCode: () => undefined,
};

export default async (globalConfig, config, environment, _runtime, testPath, tell) => {
  if (globalConfig.watch || globalConfig.watchAll) throw new Error('no watching: a process that loaded a module does not see it change');
  return runFile(globalConfig, config, environment, nativeRuntime, testPath, tell);
};
