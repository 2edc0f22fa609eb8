import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { append, emptyRange, leafHash, openCheckpoint, parseVerifierKey, planConsistency, proofOf, rootOf } from '@ketensluis/tlog';
import type { CompactRange } from '@ketensluis/tlog';
import { openTestSigner, testOrigin, testStart } from '../../../test/harness/log-entries.js';
import { createFileSigner, ensureLogKey } from './file-signer.js';
import type { FileSignerPlace } from './file-signer.js';
import type { LogSigner } from './signer.js';

const nodes = new Map<string, Uint8Array>();
const ranges: CompactRange[] = [emptyRange];
for (let i = 0; i < 20; i += 1) {
  ranges.push(append(ranges.at(-1) ?? emptyRange, leafHash(Buffer.from(`${i}`)), ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash)));
}
const rootAt = (size: number): Uint8Array => rootOf(ranges[size] ?? emptyRange);
const proofBetween = (oldSize: number, size: number): readonly Uint8Array[] =>
  proofOf(planConsistency(oldSize, size), ({ level, index }) => nodes.get(`${level}/${index}`) ?? Buffer.alloc(32));
const after = (seconds: number): Date => new Date(testStart.getTime() + seconds * 1000);

let signer: LogSigner;
let place: FileSignerPlace;
let remove: () => Promise<void>;
beforeEach(async () => {
  ({ signer, place, remove } = await openTestSigner());
  expect(await signer.sign({ size: 10, root: rootAt(10), proof: [], at: after(0) })).toMatchObject({ kind: 'signed' });
});
afterEach(() => remove());

describe('the signer', () => {
  test('signs a log that continues what it signed before', async () => {
    const answer = await signer.sign({ size: 17, root: rootAt(17), proof: proofBetween(10, 17), at: after(1) });
    const key = parseVerifierKey(signer.vkey);
    if (answer.kind !== 'signed' || 'kind' in key) throw new Error('not signed');
    expect(openCheckpoint(answer.note, [key])).toMatchObject({ kind: 'opened', origin: testOrigin, size: 17 });
    expect(await signer.last()).toMatchObject({ size: 17 });
  });

  test('gives the same bytes when asked again, also after a restart', async () => {
    const again = await createFileSigner(place);
    const request = { size: 10, root: rootAt(10), proof: [], at: after(1) };
    expect(await again.sign(request)).toEqual(await signer.sign({ ...request, at: after(2) }));
  });

  test.each([
    ['a log that became smaller', { size: 9, root: rootAt(9), proof: [], at: after(1) }, 'smaller'],
    ['another root at the same size', { size: 10, root: rootAt(9), proof: [], at: after(1) }, 'fork'],
    ['a larger log without proof', { size: 17, root: rootAt(17), proof: [], at: after(1) }, 'inconsistent'],
    ['a larger log with the proof of other sizes', { size: 17, root: rootAt(17), proof: proofBetween(9, 17), at: after(1) }, 'inconsistent'],
    ['a larger log with another root', { size: 17, root: rootAt(16), proof: proofBetween(10, 17), at: after(1) }, 'inconsistent'],
    ['a clock that went back', { size: 17, root: rootAt(17), proof: proofBetween(10, 17), at: after(-1) }, 'clock-back'],
  ])('refuses %s, and still knows what it signed', async (_, request, code) => {
    expect(await signer.sign(request)).toMatchObject({ kind: 'refused', code });
    expect(await signer.last()).toMatchObject({ size: 10 });
    expect(await signer.sign({ size: 17, root: rootAt(17), proof: proofBetween(10, 17), at: after(0) })).toMatchObject({ kind: 'signed' });
  });

  test('refuses the second of two logs that are offered at once', async () => {
    const answers = await Promise.all([
      signer.sign({ size: 11, root: rootAt(11), proof: proofBetween(10, 11), at: after(1) }),
      signer.sign({ size: 11, root: rootAt(12), proof: proofBetween(10, 11), at: after(1) }),
    ]);
    expect(answers).toMatchObject([{ kind: 'signed' }, { kind: 'refused', code: 'fork' }]);
  });

  test('signs nothing once its memory is gone, and does not make a new one beside its key', async () => {
    await rm(place.stateFile);
    await ensureLogKey(place);
    expect(await signer.last()).toMatchObject({ code: 'state-missing' });
    expect(await signer.sign({ size: 10, root: rootAt(10), proof: [], at: after(1) })).toMatchObject({ code: 'state-missing' });
  });

  test('stops on a damaged memory', async () => {
    const text = await readFile(place.stateFile, 'utf8');
    await writeFile(place.stateFile, text.slice(0, -8));
    await expect(signer.sign({ size: 10, root: rootAt(10), proof: [], at: after(1) })).rejects.toThrow('damaged');
  });

  test('makes no second key over a memory that shows signed heads', async () => {
    await rm(place.keyFile);
    await expect(ensureLogKey(place)).rejects.toThrow('restore the key');
  });

  test('is made once: a second start keeps the key, which nobody else may read', async () => {
    const before = await readFile(place.keyFile, 'utf8');
    await ensureLogKey(place);
    expect(await readFile(place.keyFile, 'utf8')).toBe(before);
    expect((await stat(place.keyFile)).mode & 0o777).toBe(0o600);
  });

  test('does not sign for another origin than that of its key', async () => {
    await expect(createFileSigner({ ...place, origin: 'other.example/log' })).rejects.toThrow('another origin');
  });
});
