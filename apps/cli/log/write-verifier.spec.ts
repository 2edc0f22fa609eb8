import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { transformFile } from '@swc/core';
import { disclosureOf, logOf, proofIn, signer } from '../../../libs/tlog/log.fixture.js';
import { writeVerifier } from './write-verifier.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const document = Buffer.from('<verstrekking/>');
const made = disclosureOf(1, document);
const leaves = [disclosureOf(0, document).leaf, made.leaf];
let folder: string;
let empty: string;

// The build of the project, for these two folders only, so that this spec needs no dist.
const compile = async (from: string): Promise<void> => {
  for (const name of (await readdir(join(root, from))).filter((one) => one.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(one))) {
    const { code } = await transformFile(join(root, from, name), { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' }, sourceMaps: 'inline', swcrc: false });
    await put(join(folder, 'compiled', from, name.replace(/\.ts$/, '.js')), code.replaceAll("'@ketensluis/tlog'", "'../../../libs/tlog/index.js'"));
  }
};
const put = async (path: string, bytes: Uint8Array | string): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
};
const run = (...words: readonly string[]) => spawnSync(process.execPath, ['verifier/ketensluis-log.mjs', ...words], { cwd: empty, encoding: 'utf8', env: {} });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-verifier-'));
  empty = join(folder, 'export');
  await Promise.all(['apps/cli/log', 'libs/tlog'].map(compile));
  await writeVerifier(join(empty, 'verifier'), join(folder, 'compiled'));
  for (const [path, bytes] of logOf(leaves)) await put(join(empty, path), bytes);
  await put(join(empty, 'log.vkey'), `${signer.vkey}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the verifier in an export', () => {
  test('holds no package, no map of sources and no place of one computer', async () => {
    const names = (await readdir(join(empty, 'verifier'), { recursive: true, withFileTypes: true })).filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const text = await readFile(name, 'utf8');
      expect(text).not.toMatch(/sourceMappingURL|node_modules|@ketensluis\//);
      expect(text).not.toContain(root);
    }
    expect(JSON.parse(await readFile(join(empty, 'verifier', 'package.json'), 'utf8'))).not.toHaveProperty('dependencies');
  });

  test('runs where nothing else is, on the log it stands in', () => {
    expect(run('verify', '.')).toMatchObject({ status: 0, stdout: expect.stringContaining('unchanged; log.example/1 at 2, 2 entries read') });
    expect(run()).toMatchObject({ status: 3, stderr: expect.stringContaining('receipts') });
  });

  test('checks proof, document and receipts as well, and finds what was changed', async () => {
    await put(join(empty, 'mail', 'bewijs.tlog-proof'), proofIn(leaves, 1));
    await put(join(empty, 'mail', 'bewijs.leaf.json'), made.leaf);
    await put(join(empty, 'mail', 'bewijs.opening.json'), made.opening);
    await put(join(empty, 'mail', 'verstrekking.xml'), document);
    expect(run('proof', 'mail/bewijs.tlog-proof', 'mail/bewijs.leaf.json', '--vkey', 'log.vkey').status).toBe(0);
    expect(run('open', 'mail/bewijs.leaf.json', 'mail/bewijs.opening.json', 'mail/verstrekking.xml').status).toBe(0);
    expect(run('receipts', 'mail', '--log', '.').status).toBe(0);
    await put(join(empty, 'tile', '0', '000.p', '2'), Buffer.alloc(64));
    expect(run('verify', '.').status).toBe(1);
    expect(run('receipts', 'mail', '--log', '.').status).toBe(1);
  });

  test('is not written when a command asks for more than Node.js', async () => {
    await put(join(folder, 'other', 'apps/cli/log/offline.js'), "import pg from 'pg';\n");
    await expect(writeVerifier(join(folder, 'out'), join(folder, 'other'))).rejects.toThrow('bug: the verifier asks for pg');
  });
});
