import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { filesBelow, textOf } from './sources.js';

// Whoever is told what to type must be able to type it: a finding of the doctor once named a command that was not there.
// Asked of the built program in a process of its own: it loads the whole hub.
const asked = `const { program } = await import('${pathToFileURL('dist/apps/cli/program.js').href}');
console.log(JSON.stringify(program.commands.map((command) => [command.name(), command.commands.map((one) => one.name())])));`;
const subcommandsOf = new Map<string, readonly string[]>(JSON.parse(execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', asked], { encoding: 'utf8' })));

/** Commands a text names that are not there. */
const missingIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?<![@\w-])ketensluis ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g)].flatMap(([, group = '', word]) => {
    const known = subcommandsOf.get(group) ?? [];
    return known.length === 0 || word === undefined || known.includes(word) ? [] : [`${group} ${word}`];
  });

const told = ['README.md', 'SECURITY.md', ...['apps', 'certs', 'config', 'libs'].flatMap((folder) => filesBelow(folder))].filter((path) => /\.(?:md|tsx?|ya?ml)$/.test(path));

describe('a command that is named', () => {
  test('is found when it is not there', () => {
    expect(missingIn("remedy: 'ketensluis log status' and `npx ketensluis log verify`, ketensluis keys new")).toEqual(['log status']);
    expect(told.length).toBeGreaterThan(100);
  });

  test('is there', () => expect(told.flatMap((path) => missingIn(textOf(path)).map((one) => `${path}: ${one}`))).toEqual([]));
});
