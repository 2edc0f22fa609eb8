#!/usr/bin/env node
// The command `ketensluis` (`npm run ketensluis -- <command>`): brings dist/ up to date and hands over to the program.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkNode, ensureInstalled, root } from './install.mjs';

// Pages are made by React, which is ten times slower in development.
process.env.NODE_ENV ??= 'production';
checkNode();
await ensureInstalled('run');
const { build } = await import('./build.mjs');
await build();

const program = join(root, 'dist', 'apps', 'cli', 'main.js');
process.argv = [process.execPath, program, ...process.argv.slice(2)];
await import(pathToFileURL(program).href);
