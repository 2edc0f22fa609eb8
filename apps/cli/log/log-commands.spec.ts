import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  append, bundlePath, emptyRange, encodeBundle, encodeLeaf, encodeTile, formatProof, leafHash, planInclusion, proofOf, rootOf,
  signCheckpoint, signerOf, tilePath, tilesAt, tilesOf,
} from '@ketensluis/tlog';
import { logConsistency } from './consistency.js';
import { logProof } from './proof.js';
import { logVerify } from './verify.js';

const signer = signerOf('hub.example/log/1', Buffer.alloc(32, 1));
const startMs = Date.parse('2026-03-01T12:00:00.000Z');
const entries = Array.from({ length: 700 }, (_, i) => {
  const hex = (startMs + i).toString(16).padStart(12, '0');
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(i).padStart(12, '0')}`;
  return encodeLeaf({ v: 1, id, kind: 'consultation', at: new Date(startMs + i).toISOString(), purpose: 'avg.inzage' });
});
const nodes = new Map<string, Uint8Array>();
const roots = [rootOf(emptyRange)];
entries.reduce((range, entry) => {
  const grown = append(range, leafHash(entry), ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash));
  roots.push(rootOf(grown));
  return grown;
}, emptyRange);
const nodeAt = (level: number, index: number): Uint8Array => nodes.get(`${level}/${index}`) ?? Buffer.alloc(0);
const checkpointAt = (size: number): Uint8Array => signCheckpoint({ origin: signer.name, size, root: roots[size] ?? Buffer.alloc(32) }, signer);

let folder: string;
let log: string;
let key: string;
const put = async (path: string, bytes: Uint8Array | string): Promise<string> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
  return path;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-cli-'));
  log = join(folder, 'log');
  for (const { level, index, width } of tilesOf(700)) {
    await put(join(log, tilePath({ level, index, width })), encodeTile(Array.from({ length: width }, (_, i) => nodeAt(level * 8, index * 256 + i))));
  }
  for (const { index, width } of tilesAt(0, 700)) await put(join(log, bundlePath(index, width)), encodeBundle(entries.slice(index * 256, index * 256 + width)));
  await put(join(log, 'checkpoint'), checkpointAt(700));
  await put(join(log, 'log.vkey'), `${signer.vkey}\n`);
  key = await put(join(folder, 'hub.vkey'), `# the hub's key\n${signer.vkey}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}
const run = async (command: typeof logVerify, args: readonly string[], isTerminal = false): Promise<Ran> => {
  let [out, err] = ['', ''];
  const exit = await command(args, { out: (text) => { out += text; }, err: (text) => { err += text; }, isTerminal });
  return { exit, out, err };
};

describe('log verify', () => {
  test('says that an export is unchanged, and where its key came from', async () => {
    expect(await run(logVerify, [log])).toMatchObject({ exit: 0, out: expect.stringMatching(/^unchanged; hub\.example\/log\/1 at 700, 700 entries read\n.*compare log\.vkey/m) });
    expect(await run(logVerify, [log, '--vkey', key])).toEqual({ exit: 0, out: 'unchanged; hub.example/log/1 at 700, 700 entries read\n', err: '' });
  });

  test('compares with a checkpoint that was kept', async () => {
    const good = await put(join(folder, 'kept'), checkpointAt(300));
    expect(await run(logVerify, [log, '--vkey', key, '--checkpoint', good])).toMatchObject({ exit: 0 });
    const forged = signCheckpoint({ origin: signer.name, size: 300, root: Buffer.alloc(32, 9) }, signer);
    const other = await put(join(folder, 'other'), forged);
    expect(await run(logVerify, [log, '--vkey', key, '--checkpoint', other])).toMatchObject({ exit: 1, out: expect.stringContaining('fork') });
  });

  test('names the entry that was changed', async () => {
    const path = join(log, 'tile/entries/001');
    const before = await readFile(path);
    await put(path, encodeBundle(entries.slice(256, 512).with(10, Buffer.from('{}'))));
    expect(await run(logVerify, [log, '--vkey', key])).toMatchObject({ exit: 1, out: expect.stringContaining('entry-hash  entry 266  tile/0/001') });
    await put(path, before);
  });

  test('calls a log with missing files incomplete, not changed', async () => {
    const path = join(log, 'tile/entries/001');
    const before = await readFile(path);
    await rm(path);
    const { exit, out } = await run(logVerify, [log, '--vkey', key, '--json']);
    expect([exit, JSON.parse(out)]).toMatchObject([2, { verdict: 'incomplete', size: 700, entries: 444, keyFrom: 'file', findings: [{ code: 'missing', index: 256, path: 'tile/entries/001' }] }]);
    await put(path, before);
  });

  test('draws progress on a terminal only', async () => {
    expect((await run(logVerify, [log, '--vkey', key], true)).err).toMatch(/\r700 \/ 700 entries {2}\[={20}\] 100% {2}0:0\d\n$/);
  });

  test.each([[[]], [['nowhere']], [['.', '.']], [['.', '--unknown']], [['.', '--vkey']], [['.', '--vkey', 'nowhere']]])('called as %j is told how', async (args) => {
    const { exit, out, err } = await run(logVerify, args);
    expect([exit, out, err === '']).toEqual([3, '', false]);
  });

  test('needs nothing but Node and the log library: neither database nor hub', () => {
    const sources = ['verify.ts', 'proof.ts', 'consistency.ts', 'command.ts', 'files.ts', 'progress.ts']
      .map((name) => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8'));
    const imports = sources.flatMap((text) => [...text.matchAll(/from '([^']+)'/g)].map((match) => match[1] ?? ''));
    expect([...new Set(imports)].filter((name) => !name.startsWith('./') && !name.startsWith('node:'))).toEqual(['@ketensluis/tlog']);
  });
});

describe('log proof', () => {
  test('proves one entry with its proof and the key alone', async () => {
    const proof = formatProof({ index: 42, hashes: proofOf(planInclusion(42, 700), ({ level, index }) => nodeAt(level, index)), checkpoint: checkpointAt(700) });
    const file = await put(join(folder, 'entry.tlog-proof'), proof);
    const [leaf, other] = [await put(join(folder, 'leaf'), entries[42] ?? ''), await put(join(folder, 'other-leaf'), entries[43] ?? '')];
    expect(await run(logProof, [file, leaf, '--vkey', key])).toMatchObject({ exit: 0, out: expect.stringContaining('entry 42 of hub.example/log/1 at 700: consultation') });
    expect(await run(logProof, [file, other, '--vkey', key])).toMatchObject({ exit: 1, out: expect.stringContaining('NOT PROVEN') });
    expect(await run(logProof, [file, leaf])).toMatchObject({ exit: 3 });
  });
});

describe('log consistency', () => {
  test.each([[1, 700, 0], [256, 700, 0], [300, 512, 0], [700, 700, 0], [700, 300, 1]])('from %i to %i ends in %i', async (older, newer, exit) => {
    const [a, b] = [await put(join(folder, 'a'), checkpointAt(older)), await put(join(folder, 'b'), checkpointAt(newer))];
    expect(await run(logConsistency, [a, b, '--vkey', key, '--log', log])).toMatchObject({ exit });
  });

  test('sees two heads that do not continue each other', async () => {
    const forged = signCheckpoint({ origin: signer.name, size: 300, root: Buffer.alloc(32, 9) }, signer);
    const [a, b] = [await put(join(folder, 'a'), forged), await put(join(folder, 'b'), checkpointAt(700))];
    expect(await run(logConsistency, [a, b, '--vkey', key, '--log', log])).toMatchObject({ exit: 1, out: expect.stringContaining('NOT CONSISTENT') });
    expect(await run(logConsistency, [a, b, '--vkey', key, '--log', folder])).toMatchObject({ exit: 2, out: expect.stringContaining('missing') });
  });
});
