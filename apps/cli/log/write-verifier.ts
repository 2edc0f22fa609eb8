import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = 'ketensluis-log.mjs';

const entry = `#!/usr/bin/env node
import { runOffline } from './apps/cli/log/offline.js';

process.exitCode = await runOffline(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
});
`;

const manifest = {
  name: 'ketensluis-log', version: '0.1.0', description: 'Checks a disclosure log of Ketensluis with files alone: no network, no database, no packages.',
  license: 'EUPL-1.2', private: true, type: 'module', bin: { 'ketensluis-log': program }, engines: { node: '>=20.19' },
};

const readme = `# Verifier of the disclosure log

Needs Node.js 20.19 or newer and nothing else. In the folder of an exported log:

    node verifier/${program} verify .

Without words it tells what else it can check. Exit codes: 0 good, 1 changed, 2 files are missing, 3 called wrongly.
Whoever mistrusts the hub takes this program, and the key of the log, from somewhere else than the hub's own export.
`;

/** Where the compiled programs of this project are; in a test they are elsewhere. */
const compiledHere = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Writes the verifier as a folder that runs by itself: the offline commands and libs/tlog, as compiled, file by file, so that it can be read. Throws when any of
 * them asks for more than Node.js: then it would not run elsewhere.
 */
export const writeVerifier = async (directory: string, compiled = compiledHere): Promise<void> => {
  const files = new Map<string, string>();
  await collect(compiled, 'apps/cli/log/offline.js', files);
  files.set(program, entry);
  files.set('package.json', `${JSON.stringify(manifest, null, 2)}\n`);
  files.set('README.md', readme);
  for (const [path, text] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
};

const importPattern = /^(?:import|export)\b[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

const collect = async (compiled: string, path: string, files: Map<string, string>): Promise<void> => {
  if (files.has(path)) return;
  // The source map repeats the whole source and names places of the computer it was made on.
  const text = (await readFile(join(compiled, path), 'utf8')).replace(/^\/\/# sourceMappingURL=.*$/gm, '').trimEnd();
  files.set(path, `${text}\n`);
  for (const [, plain, bare, dynamic] of text.matchAll(importPattern)) {
    const target = plain ?? bare ?? dynamic ?? '';
    if (target.startsWith('node:')) continue;
    const next = posix.join(posix.dirname(path), target);
    if (!target.startsWith('.') || next.startsWith('..')) throw new Error(`bug: the verifier asks for ${target} in ${path}`);
    await collect(compiled, relative('.', next).split(sep).join('/'), files);
  }
};
