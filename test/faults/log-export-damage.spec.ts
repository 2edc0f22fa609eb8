import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTestSigner, plainEntries } from '../harness/log-entries.js';
import { judgeLog } from './judge.js';
import { openWitnessedLog, type WitnessedLog } from './witnessed-log.js';

// An export as it may arrive: with files missing, damaged, cut short or exchanged. Nothing is repaired, and what is wrong is named.
let log: WitnessedLog;
let exported: string;
let files: readonly string[];

beforeAll(async () => {
  log = await openWitnessedLog();
  for (const count of [300, 300, 100]) {
    await log.grow(plainEntries(count, log.now()));
    await log.cosign();
    log.pass(60);
  }
  exported = await log.exportTo(join(log.folder, 'export'));
  const found = await readdir(exported, { recursive: true, withFileTypes: true });
  files = found.filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name).slice(exported.length + 1)).sort();
}, 120_000);
afterAll(() => log.close());

/** How many checkpoints came with it is said in a file of its own; without that file there are none, and the times of entries are held against the last one only. */
const optional = ['checkpoints/count', 'log.vkey'];
const demanded = (): readonly string[] => files.filter((file) => !optional.includes(file));
const judge = (directory: string, ...words: readonly string[]) => judgeLog(directory, '--policy', log.policyFile, ...words);

/** Judges the export while one file of it is another; null for a file that is not there. */
const judgeChanged = async (file: string, change: (bytes: Buffer) => Uint8Array | null) => {
  const whole = await readFile(join(exported, file));
  const changed = change(whole);
  await (changed === null ? rm(join(exported, file)) : writeFile(join(exported, file), changed));
  const verdict = await judge(exported);
  await writeFile(join(exported, file), whole);
  return verdict;
};
const turned = (at: number, bit: number) => (bytes: Buffer): Uint8Array => Buffer.from(bytes).fill((bytes[at] ?? 0) ^ (1 << bit), at, at + 1);

/** The first entry a file is about; null for checkpoints. */
const firstEntry = (file: string): number | null => {
  const [, level, number] = /^tile\/(entries|\d+)\/(\d+)/.exec(file) ?? [];
  return level === undefined ? null : Number(number) * 256 ** (level === 'entries' ? 1 : Number(level) + 1);
};

describe('an export', () => {
  test('that nobody touched is good', async () => {
    expect(await judge(exported)).toEqual({ exit: 0, findings: [] });
    expect(demanded()).toHaveLength(9);
  });

  test('that lacks a file is incomplete, and the file and its first entry are named', async () => {
    for (const file of demanded()) {
      const { exit, findings } = await judgeChanged(file, () => null);
      expect([file, exit]).toEqual([file, 2]);
      expect(findings).toEqual(expect.arrayContaining([expect.objectContaining({ code: 'missing', path: file, index: firstEntry(file) })]));
    }
  });

  test('with one bit of one file turned is tampered with', async () => {
    const held = demanded().filter((file) => !file.startsWith('checkpoints/'));
    const sizes = new Map(await Promise.all(held.map(async (file) => [file, (await readFile(join(exported, file))).length] as const)));
    const place = fc.constantFrom(...held).chain((file) => fc.record({ file: fc.constant(file), at: fc.nat((sizes.get(file) ?? 1) - 1), bit: fc.nat(7) }));
    await fc.assert(fc.asyncProperty(place, async ({ file, at, bit }) => {
      const { exit, findings } = await judgeChanged(file, turned(at, bit));
      expect(exit).toBe(1);
      // What stands for entries names one; the checkpoint stands for all.
      if (file.startsWith('tile/')) expect(findings.some(({ index }) => index !== null && index >= (firstEntry(file) ?? 0))).toBe(true);
    }), { numRuns: 100 });
  }, 120_000);

  test('with one bit of an older cosigned checkpoint turned is never called another log, nor does it stop the reader', async () => {
    const file = demanded().find((one) => one.startsWith('checkpoints/')) ?? '';
    const { length } = await readFile(join(exported, file));
    await fc.assert(fc.asyncProperty(fc.nat(length - 1), fc.nat(7), async (at, bit) => {
      const { exit, findings } = await judgeChanged(file, turned(at, bit));
      // A witness nobody knows any more proves no time and is left aside: only its own line can be damaged unseen.
      expect(exit === 0 ? [] : findings.map(({ path }) => path)).toEqual(exit === 0 ? [] : findings.map(() => file));
    }), { numRuns: 30 });
  }, 120_000);

  test.each([['cut short by a byte', (bytes: Buffer) => bytes.subarray(0, -1)], ['empty', () => Buffer.alloc(0)], ['with a byte too many', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from([10])])]])(
    'with a file that is %s is tampered with', async (_, change) => {
      for (const file of demanded()) {
        const { exit, findings } = await judgeChanged(file, change);
        expect([file, exit]).toEqual([file, 1]);
        if (file.startsWith('tile/')) expect(findings[0]?.index).toBeGreaterThanOrEqual(firstEntry(file) ?? 0);
      }
    }, 60_000);

  test('with two bundles exchanged is tampered with from the first of them on', async () => {
    const [first, second] = ['tile/entries/000', 'tile/entries/001'];
    const other = await readFile(join(exported, second));
    const whole = await readFile(join(exported, first));
    await writeFile(join(exported, second), whole);
    const { exit, findings } = await judgeChanged(first, () => other);
    await writeFile(join(exported, second), other);
    expect([exit, findings[0]]).toMatchObject([1, { code: 'entry-hash', index: 0 }]);
  });

  test('that says it holds more or fewer cosigned checkpoints than it does', async () => {
    expect(await judgeChanged('checkpoints/count', () => Buffer.from('3\n'))).toMatchObject({ exit: 2, findings: [{ code: 'missing', path: expect.stringMatching(/^checkpoints\//) }] });
    expect(await judgeChanged('checkpoints/count', () => Buffer.from('twee\n'))).toMatchObject({ exit: 1, findings: [{ code: 'checkpoint', path: 'checkpoints/count' }] });
  });

  test('of another log than the one whose key is trusted, or under other witnesses', async () => {
    const other = await openTestSigner();
    const [key, policy] = [join(log.folder, 'other.vkey'), join(log.folder, 'other-policy')];
    await writeFile(key, `${other.signer.vkey}\n`);
    await other.remove();
    expect(await judgeLog(exported, '--vkey', key)).toMatchObject({ exit: 1, findings: [{ code: 'checkpoint' }] });
    const elsewhere = await openWitnessedLog();
    await writeFile(policy, (await readFile(elsewhere.policyFile, 'utf8')).replace(/^log .*$/m, `log ${log.signer.vkey}`));
    await elsewhere.close();
    expect(await judgeLog(exported, '--policy', policy)).toMatchObject({ exit: 1, findings: [{ code: 'quorum' }] });
  });
});
