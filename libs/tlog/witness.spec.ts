import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatAddCheckpoint, parseAddCheckpoint, readWitnessAnswer } from './add-checkpoint.js';
import type { AddCheckpoint } from './add-checkpoint.js';
import { checkpointText, signCheckpoint } from './checkpoint.js';
import { cosign } from './cosignature.js';
import { append, emptyRange, leafHash, rootOf } from './merkle.js';
import type { CompactRange } from './merkle.js';
import { planConsistency, proofOf } from './merkle-proof.js';
import { cosignerOf, parseCosignerKey, parseVerifierKey, signerOf } from './note-key.js';
import type { NoteSigner } from './note-key.js';
import { emptyMemory, originIn, witness } from './witness.js';
import type { WitnessMemory, WitnessStep } from './witness.js';

const log = signerOf('log.example/1', Buffer.alloc(32, 1));
const keyOfLog = parseVerifierKey(log.vkey);
const keys = 'kind' in keyOfLog ? [] : [keyOfLog];

/** A history of 20 entries; `twist` changes it from that entry on. */
const historyOf = (twist: number) => {
  const nodes = new Map<string, Uint8Array>();
  const ranges: CompactRange[] = [emptyRange];
  for (let i = 0; i < 20; i += 1) {
    const leaf = leafHash(Buffer.from(`${i}${i >= twist ? ' twisted' : ''}`));
    ranges.push(append(ranges.at(-1) ?? emptyRange, leaf, ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash)));
  }
  const rootAt = (size: number): Uint8Array => rootOf(ranges[size] ?? emptyRange);
  return {
    rootAt,
    proof: (from: number, to: number) => (from === 0 ? [] : proofOf(planConsistency(from, to), ({ level, index }) => nodes.get(`${level}/${index}`) ?? Buffer.alloc(32))),
    note: (size: number, signer: NoteSigner = log) => signCheckpoint({ origin: signer.name, size, root: rootAt(size) }, signer),
  };
};
const ours = historyOf(99);
const forked = historyOf(5);
const at = (seconds: number): Date => new Date(Date.parse('2026-03-01T12:00:00.000Z') + seconds * 1000);
const asked = (oldSize: number, size: number, history = ours): AddCheckpoint => ({ oldSize, proof: history.proof(oldSize, size), checkpoint: history.note(size) });
const step = (request: AddCheckpoint, memory: WitnessMemory, seconds = 10): WitnessStep => witness({ request, keys, memory, at: at(seconds) });
const remembered = (size: number): WitnessMemory => ({ size, root: ours.rootAt(size), time: at(0) });
const said = (result: WitnessStep): unknown => (result.kind === 'cosign' ? 'cosigned' : [result.answer.status, Buffer.from(result.answer.body).toString()]);

describe('a witness', () => {
  test('cosigns the first checkpoint it sees, and each that continues the last', () => {
    expect(step(asked(0, 7), emptyMemory())).toEqual({ kind: 'cosign', next: { size: 7, root: ours.rootAt(7), time: at(10) }, text: checkpointText({ origin: log.name, size: 7, root: ours.rootAt(7) }) });
    for (const size of [7, 8, 16, 20]) expect(said(step(asked(7, size), remembered(7)))).toBe('cosigned');
    expect(said(step(asked(0, 0), emptyMemory()))).toBe('cosigned');
  });

  const refusals: readonly (readonly [string, WitnessStep, unknown])[] = [
    ['another root at the size it has (fork)', step(asked(7, 7, forked), remembered(7)), [409, '7\n']],
    ['a log that was rebuilt and grew', step(asked(7, 12, forked), remembered(7)), [422, expect.stringMatching(/proof/)]],
    ['a log that went back, claimed from its own size', step(asked(5, 5), remembered(7)), [409, '7\n']],
    ['a log that went back, claimed from the size it has', step({ ...asked(5, 5), oldSize: 7 }, remembered(7)), [400, expect.stringMatching(/above/)]],
    ['a size it did not cosign', step(asked(6, 12), remembered(7)), [409, '7\n']],
    ['a proof of other sizes', step({ ...asked(7, 12), proof: ours.proof(6, 12) }, remembered(7)), [422, expect.stringMatching(/proof/)]],
    ['no proof', step({ ...asked(7, 12), proof: [] }, remembered(7)), [422, expect.stringMatching(/proof/)]],
    ['a proof where there is nothing to prove', step({ ...asked(7, 7), proof: ours.proof(5, 7) }, remembered(7)), [422, expect.stringMatching(/proof/)]],
    ['a proof from the empty log', step({ ...asked(0, 7), proof: [Buffer.alloc(32)] }, emptyMemory()), [422, expect.stringMatching(/proof/)]],
    ['another key for this log', step({ ...asked(7, 8), checkpoint: ours.note(8, signerOf(log.name, Buffer.alloc(32, 3))) }, remembered(7)), [403, expect.stringMatching(/key/)]],
    ['a log it does not know', witness({ request: asked(7, 8), keys: [], memory: remembered(7), at: at(1) }), [404, expect.stringMatching(/unknown/)]],
    ['what is no checkpoint', step({ ...asked(7, 8), checkpoint: Buffer.from('hello\n') }, remembered(7)), [400, expect.stringMatching(/not a checkpoint/)]],
    ['when its own clock went back', step(asked(7, 8), remembered(7), -1), [503, expect.stringMatching(/clock/)]],
  ];
  test.each(refusals)('refuses %s', (_, result, expected) => expect(said(result)).toEqual(expected));

  test('never cosigns two histories, in whatever order they are offered', () => {
    const offer = fc.record({ history: fc.constantFrom(ours, forked), from: fc.nat(20), to: fc.nat(20), lie: fc.boolean() });
    fc.assert(fc.property(fc.array(offer, { maxLength: 30 }), (offers) => {
      let memory = emptyMemory();
      for (const { history, from, to, lie } of offers) {
        if (from > to) continue;
        const result = step({ ...asked(from, to, history), ...(lie ? { oldSize: memory.size } : {}) }, memory);
        if (result.kind === 'answer') continue;
        expect(result.next.size).toBeGreaterThanOrEqual(memory.size);
        // Above the fork the two differ, so what was cosigned there names its history; the next must be of the same.
        if (memory.size > 5) expect(history.rootAt(memory.size)).toEqual(memory.root);
        memory = result.next;
      }
    }), { numRuns: 500 });
  });
});

describe('a request', () => {
  test('is written as the standard shows it, and read back', () => {
    const body = Buffer.from(formatAddCheckpoint(asked(7, 12)));
    expect(body.toString()).toMatch(/^old 7\n(?:[A-Za-z0-9+/]{43}=\n)+\nlog\.example\/1\n12\n/);
    expect(parseAddCheckpoint(body)).toEqual({ oldSize: 7, proof: ours.proof(7, 12).map((hash) => Buffer.from(hash)), checkpoint: Buffer.from(ours.note(12)) });
    expect(originIn(ours.note(12))).toBe(log.name);
  });

  test.each(['', 'old 1', 'old 01\n\nx', 'old -1\n\nx', 'old 1\nAAAA\n\nx', 'new 1\n\nx', `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\nx`, 'old 99999999999999999\n\nx'])(
    'that is malformed is not read: %j', (body) => expect(parseAddCheckpoint(Buffer.from(body))).toBeNull());

  test('of any bytes never makes a witness throw', () => {
    const good = Buffer.from(formatAddCheckpoint(asked(7, 12)));
    const changed = fc.tuple(fc.nat(good.length - 1), fc.uint8Array({ maxLength: 9 })).map(([place, bytes]) => Buffer.concat([good.subarray(0, place), bytes, good.subarray(place + bytes.length)]));
    fc.assert(fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 200 })), (body) => {
      const request = parseAddCheckpoint(body);
      if (request === null) return;
      const result = step(request, remembered(7));
      if (result.kind === 'cosign') expect(result.next.root).toEqual(Buffer.from(ours.rootAt(12)));
    }), { numRuns: 2_000 });
  });
});

describe('the answer of a witness', () => {
  const cosigner = cosignerOf('witness.example/1', Buffer.alloc(32, 2));
  const key = parseCosignerKey(cosigner.vkey);
  const text = checkpointText({ origin: log.name, size: 12, root: ours.rootAt(12) });
  const read = (status: number, body: string, contentType: string | null = null) => {
    if ('kind' in key) throw new Error(key.detail);
    return readWitnessAnswer({ status, contentType, body: Buffer.from(body) }, { key, oldSize: 7, size: 12, text });
  };
  const line = cosign(cosigner, text, at(0));

  test('counts only with its own signature over our checkpoint', () => {
    expect(read(200, line)).toEqual({ kind: 'cosigned', line: line.trimEnd(), at: at(0) });
    expect(read(200, `— stranger.example AAAAAAAA\n${line}`)).toMatchObject({ kind: 'cosigned' });
    expect(read(200, cosign(cosigner, text.replace('12', '13'), at(0)))).toMatchObject({ kind: 'refused', detail: expect.stringMatching(/not over our/) });
    expect(read(200, cosign(cosignerOf(cosigner.name, Buffer.alloc(32, 3)), text, at(0)))).toMatchObject({ kind: 'refused', detail: expect.stringMatching(/without its/) });
    expect(read(200, line.repeat(200))).toMatchObject({ kind: 'refused', detail: 'answer too large' });
  });

  test('tells a fork, a log that went back, and a size to ask again from', () => {
    expect(read(409, '3\n', 'text/x.tlog.size')).toEqual({ kind: 'other-size', size: 3 });
    expect(read(409, '7\n', 'text/x.tlog.size')).toMatchObject({ kind: 'contradicted', detail: 'holds another root at size 7' });
    expect(read(409, '13\n', 'text/x.tlog.size')).toMatchObject({ kind: 'contradicted', detail: 'has seen 13 entries, we have 12' });
    expect(read(409, '3\n', 'text/plain')).toMatchObject({ kind: 'contradicted' });
    expect(read(422, '')).toMatchObject({ kind: 'contradicted' });
    for (const status of [400, 403, 404, 500, 503, 302]) expect(read(status, 'whatever')).toMatchObject({ kind: 'refused' });
  });
});
