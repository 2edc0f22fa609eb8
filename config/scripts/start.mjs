// `npm start`: from a fresh checkout to a running hub with practice parties. Nothing but Node.js is needed beforehand.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, ensureInstalled, root } from './install.mjs';

// Pages are made by React, which is ten times slower in development.
process.env.NODE_ENV ??= 'production';
checkNode();
await ensureInstalled('run');
const { build } = await import('./build.mjs');
const compiled = await build();
if (compiled > 0) console.log(`Built (${compiled} files).`);

// The hub runs in this very process: one process to see, to stop and to account for.
const program = join(root, 'dist', 'apps', 'cli', 'main.js');
process.argv = [process.execPath, program, 'up', '--practice', ...process.argv.slice(2)];
await import(pathToFileURL(program).href);
