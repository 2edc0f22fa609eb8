import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkpointText, signCheckpoint } from './checkpoint.js';
import { cosign } from './cosignature.js';
import { entryOf, logOf, signer, type Files } from './log.fixture.js';
import { append, emptyRange, leafHash, rootOf } from './merkle.js';
import { cosignerOf } from './note-key.js';
import { parsePolicy } from './policy.js';
import { encodeBundle } from './tile.js';
import { verifyLog } from './verify.js';
import type { VerifyReport } from './verify-report.js';
import { clocksDifferMs, cosignedCountPath, cosignedPath, recordedBeforeMs, timeRule } from './verify-time.js';

const witnesses = [2, 3].map((seed) => cosignerOf(`witness.example/${seed}`, Buffer.alloc(32, seed)));
const policyFor = (quorum: string) => {
  const policy = parsePolicy(Buffer.from([`log ${signer.vkey}`, ...witnesses.map(({ vkey }, place) => `witness w${place} ${vkey}`), `group g ${quorum} w0 w1`, 'quorum g', ''].join('\n')));
  if ('kind' in policy) throw new Error(policy.detail);
  return policy;
};
// Entry i of the fixture is of start + i ms.
const startMs = Date.parse('2026-03-01T12:00:00.000Z');
const entries = Array.from({ length: 600 }, (_, i) => entryOf(i));
const roots = [rootOf(emptyRange)];
entries.reduce((range, entry) => {
  const grown = append(range, leafHash(entry));
  roots.push(rootOf(grown));
  return grown;
}, emptyRange);

/** A head that the first `count` witnesses cosigned so many seconds after the start. */
const noteAt = (size: number, seconds: number, count = 2, root = roots[size] ?? Buffer.alloc(32)): Uint8Array => {
  const head = { origin: signer.name, size, root };
  const lines = witnesses.slice(0, count).map((one) => cosign(one, checkpointText(head), new Date(startMs + seconds * 1000)));
  return Buffer.concat([signCheckpoint(head, signer), Buffer.from(lines.join(''))]);
};
const logWith = (kept: readonly Uint8Array[], last: Uint8Array = noteAt(600, 10)): Files => {
  const files = logOf(entries);
  files.set('checkpoint', last);
  files.set(cosignedCountPath, Buffer.from(`${kept.length}\n`));
  for (let index = 0; index * 256 < kept.length; index += 1) {
    const part = kept.slice(index * 256, index * 256 + 256);
    files.set(cosignedPath(index, part.length), encodeBundle(part));
  }
  return files;
};
const check = (files: Files, quorum = 'all'): VerifyReport =>
  verifyLog({ read: (path) => files.get(path) ?? null, trust: policyFor(quorum), since: null, scope: 'entries', progress: () => undefined });

describe('a log with witnesses', () => {
  test('is good when enough signed, all saw this history, and every time fits theirs', () => {
    expect(check(logWith([noteAt(0, -5), noteAt(100, 1), noteAt(100, 2), noteAt(300, 3)]))).toMatchObject({ verdict: 'good', entries: 600, findings: [] });
  });

  test('is not accepted with too few of them, and its entries are checked all the same', () => {
    expect(check(logWith([], noteAt(600, 10, 1)))).toMatchObject({ verdict: 'tampered', entries: 600, findings: [{ code: 'quorum', detail: 'too few witnesses signed: w0' }] });
    expect(check(logWith([], noteAt(600, 10, 1)), 'any')).toMatchObject({ verdict: 'good' });
  });

  test('in which an entry was dated back is found out, with its index', () => {
    // Two minutes after the start witnesses still saw the log without entry 300, which says it is of the start.
    const report = check(logWith([noteAt(300, 120)], noteAt(600, 130)));
    expect(report).toMatchObject({ verdict: 'tampered', findingsTotal: 300 });
    expect(report.findings[0]).toMatchObject({ code: 'time', index: 300, detail: 'entry 300 says 2026-03-01T12:00:00.300Z; at 2026-03-01T12:02:00.000Z witnesses saw the log without it' });
  });

  test('in which an entry was dated forward is found out', () => {
    expect(check(logWith([noteAt(300, -10)]))).toMatchObject({ findingsTotal: 300, findings: expect.arrayContaining([expect.objectContaining({ code: 'time', index: 0 })]) });
  });

  test('of which witnesses saw another history, or a longer one, is a fork', () => {
    expect(check(logWith([noteAt(300, 3, 2, Buffer.alloc(32, 9))]))).toMatchObject({ verdict: 'tampered', findings: [{ code: 'fork' }] });
    expect(check(logWith([noteAt(700, 3, 2, Buffer.alloc(32, 9))]))).toMatchObject({ verdict: 'tampered', findings: expect.arrayContaining([expect.objectContaining({ code: 'shrunk', index: 600 })]) });
  });

  test('leaves aside what too few cosigned: witnesses come and go', () => {
    expect(check(logWith([noteAt(300, 120, 1)]))).toMatchObject({ verdict: 'good' });
  });

  test('with broken or missing checkpoints is told so', () => {
    const files = logWith([noteAt(100, 1)]);
    files.delete(cosignedPath(0, 1));
    expect(check(files)).toMatchObject({ verdict: 'incomplete', findings: [{ code: 'missing', path: 'checkpoints/000.p/1' }] });
    files.set(cosignedPath(0, 1), encodeBundle([Buffer.from('hello')]));
    expect(check(files)).toMatchObject({ verdict: 'tampered', findings: [{ code: 'checkpoint' }] });
    files.set(cosignedCountPath, Buffer.from('-1\n'));
    expect(check(files)).toMatchObject({ verdict: 'tampered', findings: [{ code: 'checkpoint', path: cosignedCountPath }] });
  });

  test('keeps more than one bundle of them', () => {
    expect(check(logWith(Array.from({ length: 300 }, (_, place) => noteAt(place, 1))))).toMatchObject({ verdict: 'good' });
    const forged = Array.from({ length: 300 }, (_, place) => noteAt(place, 1, 2, place === 299 ? Buffer.alloc(32, 9) : undefined));
    expect(check(logWith(forged))).toMatchObject({ findings: [{ code: 'fork' }] });
  });
});

describe('the time rule', () => {
  test('is what it says, for any heads and any entry', () => {
    const head = fc.record({ size: fc.nat(30), atMs: fc.integer({ min: 0, max: 1_000_000 }), root: fc.constant(new Uint8Array(32)) });
    fc.assert(fc.property(fc.array(head, { minLength: 1, maxLength: 8 }), fc.array(fc.integer({ min: -100_000, max: 1_100_000 }), { minLength: 31, maxLength: 31 }), (heads, times) => {
      const rule = timeRule(heads);
      for (const [index, atMs] of times.entries()) {
        const isEarly = heads.some(({ size, atMs: seenMs }) => size <= index && atMs < seenMs - recordedBeforeMs);
        const isLate = heads.some(({ size, atMs: seenMs }) => size > index && atMs > seenMs + clocksDifferMs);
        expect(rule?.objection(index, atMs) !== null).toBe(isEarly || isLate);
      }
    }), { numRuns: 500 });
  });
});
