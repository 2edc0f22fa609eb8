import { describe, expect, test } from '@jest/globals';
import { fileOf, importsOf, type Import } from './imports.js';
import { holds, parse, sources } from './sources.js';

const all = sources.flatMap(importsOf);
const start = 'apps/cli/log/offline.ts';

/** Every file of ours that a file needs to run, itself included. */
const needed = (path: string, imports: readonly Import[]): ReadonlySet<string> => {
  const found = new Set([path]);
  for (const file of found) {
    for (const one of imports.filter(({ from }) => from === file)) {
      const next = one.target === '@ketensluis/tlog' ? 'libs/tlog/index.ts' : fileOf(one);
      if (next !== null) found.add(next);
    }
  }
  return found;
};

const faultOf = ({ from, target }: Import): string | null => {
  const isNode = from.startsWith('libs/tlog/') ? target === 'node:crypto' : target.startsWith('node:');
  const isOurs = target === '@ketensluis/tlog' || (target.startsWith('./') && /^(apps\/cli\/log|libs\/tlog)\/[^/]+$/.test(from));
  return isNode || isOurs ? null : `${from}: '${target}'`;
};

describe('the verifier an auditor gets', () => {
  const files = needed(start, all);

  test('is libs/tlog and the offline commands, and asks for Node.js alone', () => {
    const reason = 'Whoever checks the hub must not have to run the hub: no database, no package, nothing of ours but the log formats (log.md 7.8).';
    holds(reason, all.filter(({ from }) => files.has(from)).map(faultOf).filter((fault) => fault !== null));
  });

  test('holds every command that log.md 7.8 names', () => {
    const commands = ['verify', 'consistency', 'proof', 'open', 'receipts'].map((name) => `apps/cli/log/${name}.ts`);
    expect([...files]).toEqual(expect.arrayContaining([...commands, 'libs/tlog/verify.ts', 'libs/tlog/receipts.ts']));
  });

  test.each([
    ['a command that asks for the hub', 'apps/cli/log/verify.ts', "import { openHub } from '@ketensluis/platform';"],
    ['a command that asks for a package', 'apps/cli/log/verify.ts', "import pg from 'pg';"],
    ['a command that reaches beside its folder', 'apps/cli/log/verify.ts', "import { say } from '../terminal.js';"],
    ['a format that reads files', 'libs/tlog/leaf.ts', "import { readFile } from 'node:fs/promises';"],
  ])('%s is seen', (_name, path, text) => {
    expect(importsOf(parse(path, text)).map(faultOf)).toHaveLength(1);
    expect(importsOf(parse(path, text)).map(faultOf)[0]).not.toBeNull();
  });
});
