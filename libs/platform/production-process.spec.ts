import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { processProblems, type ProcessFacts } from './production-process.js';

const sound: ProcessFacts = { environment: { NODE_ENV: 'production' }, execArgv: ['--no-warnings'], tlsMinVersion: 'TLSv1.2', isInspected: false };

describe('a process that serves real parties', () => {
  test('is started as it should be', () => expect(processProblems(sound)).toEqual([]));

  test.each<readonly [string, Partial<ProcessFacts>, RegExp]>([
    ['for development', { environment: { NODE_ENV: 'development' } }, /NODE_ENV is not production/],
    ['without NODE_ENV', { environment: {} }, /NODE_ENV is not set/],
    ['with certificates unchecked', { environment: { NODE_ENV: 'production', NODE_TLS_REJECT_UNAUTHORIZED: '0' } }, /no certificate/],
    ['with old TLS', { tlsMinVersion: 'TLSv1.1' }, /permitted from TLSv1\.1/],
    ['with keys written down', { execArgv: ['--tls-keylog=keys'] }, /started with --tls-keylog\./],
    ['with a lenient parser', { environment: { NODE_ENV: 'production', NODE_OPTIONS: '--max-old-space-size=400 --insecure-http-parser' } }, /started with --insecure-http-parser\./],
    ['with Node.js telling what passes', { environment: { NODE_ENV: 'production', NODE_DEBUG: 'tls' } }, /NODE_DEBUG/],
    ['with a debugger', { isInspected: true }, /debugger/],
  ])('is not started %s', (_name, change, problem) => {
    const problems = processProblems({ ...sound, ...change });
    expect(problems).toEqual([{ problem: expect.stringMatching(problem), remedy: expect.stringMatching(/\.$/) }]);
  });

  test('is seen as it is', () => {
    const module = fileURLToPath(new URL('../../dist/libs/platform/production-process.js', import.meta.url.replace('/dist/', '/')));
    const script = `import(${JSON.stringify(module)}).then(({ processFacts, processProblems }) => console.log(JSON.stringify(processProblems(processFacts()).map(({ problem }) => problem))))`;
    const run = spawnSync(process.execPath, ['--inspect=127.0.0.1:0', '--tls-min-v1.0', '-e', script], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production' } });
    expect(JSON.parse(run.stdout)).toEqual([expect.stringContaining('from TLSv1 on'), expect.stringContaining('--tls-min-v1.0, --inspect'), expect.stringContaining('debugger')]);
  });
});
