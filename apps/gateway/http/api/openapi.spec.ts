import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { apiDocument, apiOperations } from './operations.js';

const run = promisify(execFile);
const document = apiDocument('https://localhost:8443');
const rules = join(process.env['KETENSLUIS_VECTORS'] ?? resolve('..', 'shared', 'vectors'), '..', 'schemas', 'nl-gov-api-design-rules.spectral.yaml');
const isThere = existsSync(rules);
if (!isThere && process.env['CI'] === 'true') throw new Error('the rule set of the NL GOV API Design Rules is missing');

/** What Spectral says of a document under the official rule set. */
const lint = async (text: string): Promise<readonly { readonly code: string; readonly path: readonly string[] }[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'ketensluis-openapi-'));
  try {
    const [file, ruleFile] = [join(folder, 'openapi.json'), join(folder, 'rules.yaml')];
    await Promise.all([writeFile(file, text), readFile(rules).then((bytes) => writeFile(ruleFile, bytes))]);
    const program = resolve('node_modules', '@stoplight', 'spectral-cli', 'dist', 'index.js');
    const { stdout } = await run(process.execPath, [program, 'lint', '--format', 'json', '--quiet', '--fail-severity', 'hint', '-r', ruleFile, file], { maxBuffer: 32 * 1024 * 1024 })
      .catch((fault: { readonly stdout?: string; readonly code?: number }) => {
        if (fault.code !== 1 || fault.stdout === undefined) throw fault;
        return { stdout: fault.stdout };
      });
    return stdout.trim() === '' ? [] : JSON.parse(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

describe('the OpenAPI document', () => {
  const official = isThere ? test : test.skip;
  official(isThere ? 'keeps the NL GOV API Design Rules, as Spectral reads the official rule set' : 'keeps the NL GOV API Design Rules: NOT RUN, the official rule set is not beside this folder', async () => {
    expect(await lint(document)).toEqual([]);
  }, 60_000);

  official(isThere ? 'would be seen to break them' : 'would be seen to break them: NOT RUN, the official rule set is not beside this folder', async () => {
    const { contact: _contact, ...info } = JSON.parse(document).info;
    const broken = JSON.stringify({ ...JSON.parse(document), info });
    expect((await lint(broken)).map(({ code }) => code)).toContain('info-contact');
  }, 60_000);

  test('is published as it follows from the operations', async () => {
    expect(await readFile(new URL('../../../../config/schema/api/openapi.json', import.meta.url), 'utf8')).toBe(document);
  });

  test('has an example for every operation', () => {
    for (const { id, answer, path, example } of apiOperations) {
      expect([id, answer.content.example === null]).toEqual([id, false]);
      expect([id, Object.keys(example).sort()]).toEqual([id, Object.keys(path.shape).sort()]);
    }
  });
});
