import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What Jest says about one file of specs. */
interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
}

const globals = "import { describe, expect, test } from '@jest/globals';\n";

// Specs as somebody could write them, run by a Jest of their own; in order of name, in one process.
const files: Readonly<Record<string, string>> = {
  'a-changes.spec.ts': `${globals}import { seen } from './module.js';
test('may change the process', () => { process.env['KETENSLUIS_CHANGED'] = 'yes'; process.exitCode = 3; expect(seen.push('a')).toBe(1); });`,
  'b-after.spec.ts': `${globals}test('finds the process as it was', () => { expect(process.env['KETENSLUIS_CHANGED']).toBe(undefined); expect(process.exitCode).toBe(undefined); });`,
  'c-wrong.spec.ts': `${globals}interface Told { readonly one: number }\n\ntest('is wrong', () => { const told: Told = { one: 1 };\n  expect(told.one).toBe(2); });\ntest('is right', () => expect(1).toBe(1));`,
  'd-loading.spec.ts': `${globals}test('is never told of', () => expect(1).toBe(1));\nthrow new Error('thrown while loading');`,
  'e-syntax.spec.ts': `${globals}test('is no TypeScript', () => {`,
  'f-rejected.spec.ts': `${globals}test('leaves a rejection behind', async () => { void Promise.reject(new Error('nobody waits for this')); await new Promise((resolve) => setTimeout(resolve, 50)); });`,
  'g-exits.spec.ts': `${globals}test('ends the process', () => { process.exit(0); });`,
  'h-skips.spec.ts': `${globals}test.skip('is left for later', () => undefined);\ntest.each([[1], [2]])('counts %d', (n) => expect(n).toBeGreaterThan(0));`,
  'i-empty.spec.ts': `${globals}describe('nothing', () => undefined);`,
  'module.ts': 'export const seen: string[] = [];',
};

describe('specs that Node.js loads', () => {
  let folder = '';
  let exit: number | null = null;
  const results = new Map<string, FileResult>();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ketensluis-runner-'));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const here = join(process.cwd(), 'test', 'harness', 'jest');
    const config = { rootDir: folder, testMatch: ['**/*.spec.ts'], transform: {}, testRunner: join(here, 'runner.mjs'), testEnvironment: join(here, 'environment.mjs') };
    const jest = join(process.cwd(), 'node_modules', 'jest', 'bin', 'jest.js');
    const names = Object.keys(files).filter((name) => name.endsWith('.spec.ts')).map((name) => join(folder, name));
    const order = join(folder, 'order.cjs');
    await writeFile(order, `module.exports = class { sort(tests) { return tests.sort((a, b) => a.path < b.path ? -1 : 1); } cacheResults() {} allFailedTests() { return []; } };`);
    const ran = spawnSync(process.execPath, [jest, '--config', JSON.stringify({ ...config, testSequencer: order }), '--runInBand', '--json', '--runTestsByPath', ...names], { encoding: 'utf8' });
    exit = ran.status;
    const told: { readonly testResults: readonly FileResult[] } = JSON.parse(ran.stdout);
    for (const result of told.testResults) results.set(result.name.slice(folder.length + 1), result);
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  const tests = (name: string): Readonly<Record<string, string>> => Object.fromEntries((results.get(name)?.assertionResults ?? []).map(({ title, status }) => [title, status]));

  test('one that fails fails the run', () => expect(exit).toBe(1));

  test('each is told of, and every test in it', () => {
    expect([...results.keys()].sort()).toEqual(Object.keys(files).filter((name) => name.endsWith('.spec.ts')));
    expect(tests('a-changes.spec.ts')).toEqual({ 'may change the process': 'passed' });
    expect(tests('c-wrong.spec.ts')).toEqual({ 'is wrong': 'failed', 'is right': 'passed' });
    expect(tests('h-skips.spec.ts')).toEqual({ 'is left for later': 'pending', 'counts 1': 'passed', 'counts 2': 'passed' });
  });

  test('what one changed in the process is put back for the next', () => expect(tests('b-after.spec.ts')).toEqual({ 'finds the process as it was': 'passed' }));

  test('a failure shows the line as it was written', () => expect(results.get('c-wrong.spec.ts')?.message).toContain('c-wrong.spec.ts:5:20'));

  test.each([
    ['d-loading.spec.ts', 'thrown while loading'],
    ['e-syntax.spec.ts', 'Expected'],
    ['f-rejected.spec.ts', 'nobody waits for this'],
    ['g-exits.spec.ts', 'would have ended the specs'],
    ['i-empty.spec.ts', 'must contain at least one test'],
  ])('%s fails, and says why', (name, reason) => {
    expect(results.get(name)?.status).toBe('failed');
    expect(results.get(name)?.message).toContain(reason);
  });
});
