import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { signCheckpoint } from './checkpoint.js';
import { entryOf, idOf, keys, logOf, verifierOf, type Files } from './log.fixture.js';
import { append, emptyRange, leafHash } from './merkle.js';
import { signerOf } from './note-key.js';
import { decodeBundle, encodeBundle } from './tile.js';
import { formatProof, verifyProof } from './tlog-proof.js';
import { planInclusion, proofOf } from './merkle-proof.js';
import { verifyLog } from './verify.js';
import type { VerifyReport } from './verify-report.js';

const check = (files: Files, more: { since?: Uint8Array | null; scope?: 'entries' | 'hashes' } = {}): VerifyReport =>
  verifyLog({ read: (path) => files.get(path) ?? null, trust: keys, since: more.since ?? null, scope: more.scope ?? 'entries', progress: () => undefined });

const entries = Array.from({ length: 700 }, (_, i) => entryOf(i));
const good = logOf(entries);
const changed = (change: (files: Files) => void): Files => {
  const files: Files = new Map(good);
  change(files);
  return files;
};
const fileOf = (files: Files, path: string): Uint8Array => {
  const bytes = files.get(path);
  if (bytes === undefined) throw new Error(`no file ${path}`);
  return bytes;
};
const reordered = (path: string, change: (bundle: Uint8Array[]) => Uint8Array[]): Files => changed((files) => {
  files.set(path, encodeBundle(change([...(decodeBundle(fileOf(files, path)) ?? [])])));
});
const codes = (report: VerifyReport): readonly string[] => [...new Set(report.findings.map((finding) => finding.code))];

describe('a log that was not touched', () => {
  test.each([0, 1, 2, 255, 256, 257, 511, 512, 513, 700])('of %i entries is good', (size) => {
    expect(check(logOf(entries.slice(0, size)))).toMatchObject({ verdict: 'good', size, entries: size, findings: [] });
  });

  test('of 65,537 entries is good, with tiles on three levels', () => {
    const files = logOf(Array.from({ length: 65_537 }, (_, i) => entryOf(i)));
    expect([...files.keys()].filter((path) => path.startsWith('tile/2/'))).toEqual(['tile/2/000.p/1']);
    expect(check(files)).toMatchObject({ verdict: 'good', entries: 65_537 });
  }, 120_000);

  test('is good by its hashes alone, and then says that no entry was read', () => {
    expect(check(good, { scope: 'hashes' })).toMatchObject({ verdict: 'good', entries: 0 });
  });

  test('may serve full tiles where the checkpoint asks for partial ones', () => {
    const files = logOf(entries.slice(0, 600));
    for (const path of ['tile/0/001', 'tile/entries/001', 'tile/0/000', 'tile/entries/000']) files.set(path, fileOf(good, path));
    const older = logOf(entries.slice(0, 300));
    for (const path of ['tile/0/001.p/44', 'tile/entries/001.p/44']) {
      older.delete(path);
      older.set(path.replace('.p/44', ''), fileOf(good, path.replace('.p/44', '')));
    }
    expect(check(older)).toMatchObject({ verdict: 'good', entries: 300 });
  });

  test('still begins with every checkpoint it ever had', () => {
    for (const size of [0, 1, 255, 256, 257, 512, 699, 700]) {
      expect(check(good, { since: fileOf(logOf(entries.slice(0, size)), 'checkpoint') }).verdict).toBe('good');
    }
  });

  test('tells how far it is', () => {
    const seen: number[] = [];
    verifyLog({ read: (path) => good.get(path) ?? null, trust: keys, since: null, scope: 'entries', progress: (done) => seen.push(done) });
    expect(seen).toEqual([256, 512, 700]);
  });
});

describe('tampering is found and named', () => {
  test('an entry is changed', () => {
    const report = check(reordered('tile/entries/001', (bundle) => bundle.with(10, entryOf(9_999))));
    expect(report.verdict).toBe('tampered');
    expect(report.findings[0]).toMatchObject({ code: 'entry-hash', index: 266 });
  });

  test('two entries are swapped', () => {
    const report = check(reordered('tile/entries/002.p/188', (bundle) => bundle.with(3, entryOf(516)).with(4, entryOf(515))));
    expect(report.findings.filter((finding) => finding.code === 'entry-hash').map((finding) => finding.index)).toEqual([515, 516]);
  });

  test('an entry is taken out', () => {
    const report = check(reordered('tile/entries/000', (bundle) => bundle.toSpliced(7, 1)));
    expect(report).toMatchObject({ verdict: 'tampered', findings: [{ code: 'bundle', path: 'tile/entries/000' }] });
  });

  test('an entry is put in', () => {
    const report = check(reordered('tile/entries/002.p/188', (bundle) => bundle.toSpliced(7, 0, entryOf(9_999))));
    expect(report).toMatchObject({ verdict: 'tampered', findings: [{ code: 'bundle', path: 'tile/entries/002.p/188' }] });
  });

  test('an entry and its tile are changed, but not the tiles above', () => {
    const forged = logOf(entries.with(300, entryOf(9_999)));
    const report = check(changed((files) => ['tile/entries/001', 'tile/0/001'].forEach((path) => files.set(path, fileOf(forged, path)))));
    expect(report.verdict).toBe('tampered');
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'tile', index: 256, path: 'tile/1/000.p/2' }));
  });

  test('everything is rebuilt, but nobody has the key', () => {
    const forged = logOf(entries.with(300, entryOf(9_999)));
    const report = check(new Map([...forged, ['checkpoint', fileOf(good, 'checkpoint')]]));
    expect(report).toMatchObject({ verdict: 'tampered', findings: [{ code: 'root' }] });
  });

  test('everything is rebuilt and signed with the real key: a checkpoint kept elsewhere shows it', () => {
    const forged = logOf(entries.with(300, entryOf(9_999)));
    expect(check(forged).verdict).toBe('good');
    const before = fileOf(logOf(entries.slice(0, 400)), 'checkpoint');
    expect(codes(check(forged, { since: before }))).toEqual(['fork']);
  });

  test('the log is rolled back and signed with the real key: a checkpoint kept elsewhere shows it', () => {
    const shorter = logOf(entries.slice(0, 400));
    expect(check(shorter, { since: fileOf(good, 'checkpoint') }).findings).toEqual([expect.objectContaining({ code: 'shrunk', index: 400 })]);
  });

  test('the log is cut off under its checkpoint', () => {
    const report = check(new Map([...logOf(entries.slice(0, 600)), ['checkpoint', fileOf(good, 'checkpoint')]]));
    expect(report.verdict).toBe('incomplete');
    expect(report.findings[0]).toMatchObject({ code: 'missing', index: 512 });
  });

  test('the checkpoint is signed by another key', () => {
    const other = signerOf('log.example/1', Buffer.alloc(32, 2));
    const report = check(changed((files) => files.set('checkpoint', signCheckpoint({ origin: other.name, size: 700, root: Buffer.alloc(32) }, other))));
    expect(codes(report)).toEqual(['checkpoint']);
  });

  test.each<[string, Uint8Array, string, number]>([
    ['an entry refers to one that is not there', entryOf(700, idOf(9_999)), 'ref', 700],
    ['an entry refers to itself', entryOf(700, idOf(700)), 'ref', 700],
    ['an entry has the id of an earlier one', entryOf(5), 'duplicate-id', 700],
    ['an entry is no leaf', Buffer.from('{}'), 'leaf', 700],
  ])('%s', (_, entry, code, index) => {
    const report = check(logOf([...entries, entry]));
    expect(report).toMatchObject({ verdict: 'tampered', findings: [{ code, index }] });
  });

  test('an entry may refer to any earlier one', () => {
    expect(check(logOf([...entries, entryOf(700, idOf(0))])).verdict).toBe('good');
  });
});

describe('a log with missing files', () => {
  test.each([...good.keys()])('is incomplete without %s, and not called tampered with', (path) => {
    const report = check(changed((files) => files.delete(path)));
    expect(report.verdict).toBe('incomplete');
    expect(report.findings[0]).toMatchObject({ code: 'missing', path });
  });

  test('is still tampered with when an entry that is there was changed', () => {
    const files = reordered('tile/entries/001', (bundle) => bundle.with(10, entryOf(9_999)));
    files.delete('tile/entries/000');
    expect(check(files).verdict).toBe('tampered');
  });

  test('without bundle and tile is checked as far as the tile above allows', () => {
    const files = changed((all) => ['tile/entries/000', 'tile/0/000'].forEach((path) => all.delete(path)));
    expect(check(files)).toMatchObject({ verdict: 'incomplete', entries: 444 });
    expect(check(new Map([...files, ['tile/entries/001', encodeBundle(entries.slice(0, 256))]])).verdict).toBe('tampered');
  });
});

test('whichever byte of whichever file is changed, the log is not called good', () => {
  const paths = [...good.keys()];
  fc.assert(fc.property(fc.nat(paths.length - 1), fc.nat(), fc.integer({ min: 1, max: 255 }), (file, place, mask) => {
    const path = paths[file] ?? 'checkpoint';
    const report = check(changed((files) => {
      const bytes = Uint8Array.from(fileOf(files, path));
      bytes[place % bytes.length] = (bytes[place % bytes.length] ?? 0) ^ mask;
      files.set(path, bytes);
    }));
    expect(report.verdict).toBe('tampered');
  }), { numRuns: 60 });
});

describe('a proof that travels with a message', () => {
  const note = fileOf(good, 'checkpoint');
  const nodes = new Map<string, Uint8Array>();
  entries.reduce((range, entry) => append(range, leafHash(entry), ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash)), emptyRange);
  const proofFor = (index: number): Uint8Array => formatProof({
    index, checkpoint: note, hashes: proofOf(planInclusion(index, 700), ({ level, index: at }) => nodes.get(`${level}/${at}`) ?? Buffer.alloc(0)),
  });

  test('has the form of C2SP tlog-proof', () => {
    expect(Buffer.from(proofFor(42)).toString()).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 42\n([A-Za-z0-9+/]{43}=\n){10}\nlog\.example\/1\n700\n/);
  });

  test('proves its own entry and no other', () => {
    const leafAt = (index: number): Uint8Array => leafHash(entryOf(index));
    expect(verifyProof(proofFor(42), leafAt(42), keys)).toMatchObject({ kind: 'proven', index: 42 });
    expect(verifyProof(proofFor(42), leafAt(43), keys)).toMatchObject({ code: 'not-included' });
    expect(verifyProof(proofFor(42), leafAt(42), [verifierOf(signerOf('log.example/1', Buffer.alloc(32, 2)).vkey)])).toMatchObject({ code: 'checkpoint' });
  });

  test('may carry extra lines that are not authenticated, and is refused when any other byte differs', () => {
    const proof = Buffer.from(proofFor(42));
    const extra = Buffer.from(proof.toString().replace('\nindex', '\nextra aGFsbG8=\nindex'));
    expect(verifyProof(extra, leafHash(entryOf(42)), keys).kind).toBe('proven');
    fc.assert(fc.property(fc.nat(proof.length - 1), fc.integer({ min: 1, max: 255 }), (place, mask) => {
      const bytes = Buffer.from(proof);
      bytes[place] = (bytes[place] ?? 0) ^ mask;
      return verifyProof(bytes, leafHash(entryOf(42)), keys).kind === 'refused';
    }));
  });
});
