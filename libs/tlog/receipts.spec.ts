import { describe, expect, test } from '@jest/globals';
import { signCheckpoint } from './checkpoint.js';
import { disclosureOf, entryOf, keys, logOf, proofIn, signer, type Files } from './log.fixture.js';
import { signerOf } from './note-key.js';
import { checkReceipts, type KeptProof, type ReceiptsReport } from './receipts.js';

const documentOf = (index: number): Buffer => Buffer.from(`<verstrekking>${index}</verstrekking>`);
const entries = Array.from({ length: 600 }, (_, index) => (index % 3 === 0 ? disclosureOf(index, documentOf(index)).leaf : entryOf(index)));
const whole = logOf(entries);
/** What the recipient of entry `index` kept when the log had `size` entries. */
const keptOf = (index: number, size: number, of: readonly Uint8Array[] = entries): KeptProof => ({
  name: `partij/${index}.tlog-proof`, proof: proofIn(of.slice(0, size), index), leaf: of[index] ?? new Uint8Array(),
  opening: disclosureOf(index, documentOf(index)).opening, document: documentOf(index),
});
const kept = [keptOf(0, 1), keptOf(3, 256), keptOf(255, 257), keptOf(300, 513), keptOf(597, 600)];
const check = (proofs: readonly KeptProof[], log: Files | null = whole): ReceiptsReport =>
  checkReceipts({ kept: proofs, trust: keys, log: log === null ? null : (path) => log.get(path) ?? null });

describe('what recipients kept', () => {
  test('agrees with the log and with each other', () => {
    expect(check(kept)).toEqual({ verdict: 'good', proofs: 5, compared: 5, documents: 5, size: 600, findings: [] });
    expect(check(kept, null)).toMatchObject({ verdict: 'good', compared: 0, size: null });
  });

  test('shows a log that was rebuilt with its own key, with the entry that was changed', () => {
    const rebuilt = logOf(entries.with(3, disclosureOf(3, Buffer.from('<ander/>')).leaf));
    const { verdict, findings } = check(kept, rebuilt);
    expect(verdict).toBe('tampered');
    expect(findings).toContainEqual(expect.objectContaining({ code: 'changed', index: 3, name: 'partij/3.tlog-proof' }));
    expect(findings.filter(({ code }) => code === 'fork').map(({ index }) => index)).toEqual([3, 255, 300, 597]);
  });

  test('shows entries that were put in or taken out', () => {
    expect(check(kept, logOf(entries.toSpliced(200, 1))).verdict).toBe('tampered');
    expect(check(kept, logOf(entries.toSpliced(200, 0, entryOf(9_999)))).verdict).toBe('tampered');
  });

  test('that is beyond the end of the log shown is told, because a log that was cut off looks just like an old one', () => {
    expect(check(kept, logOf(entries.slice(0, 400)))).toMatchObject({ verdict: 'incomplete', findings: [{ code: 'ahead', index: 300 }, { code: 'ahead', index: 597 }] });
  });

  test('shows two parties that two logs were shown, without any log at hand', () => {
    const other = keptOf(297, 513, entries.with(10, entryOf(9_999)));
    expect(check([...kept, other], null)).toMatchObject({ verdict: 'tampered', findings: [{ code: 'fork', name: other.name }] });
    const same = keptOf(300, 520, entries.with(300, disclosureOf(300, Buffer.from('<ander/>')).leaf));
    expect(check([...kept, { ...same, document: null }], null)).toMatchObject({ verdict: 'tampered', findings: [{ code: 'changed', index: 300 }] });
  });

  const rows: readonly (readonly [string, Partial<KeptProof>, string, string])[] = [
    ['a forged entry', { leaf: entryOf(9_999) }, 'proof', 'tampered'],
    ['the proof of another entry', { proof: proofIn(entries, 300) }, 'proof', 'tampered'],
    ['a checkpoint by another key', { proof: proofIn(entries, 597, signerOf(signer.name, Buffer.alloc(32, 9))) }, 'proof', 'tampered'],
    ['bytes that are no proof', { proof: Buffer.from('bewijs') }, 'proof', 'tampered'],
    ['another document', { document: Buffer.from('<ander/>') }, 'document', 'tampered'],
    ['the opening of another document', { opening: disclosureOf(3, documentOf(3)).opening }, 'document', 'tampered'],
    ['bytes that are no opening', { opening: Buffer.from('{}') }, 'opening', 'tampered'],
    ['an entry that was not kept', { leaf: null }, 'missing', 'incomplete'],
  ];
  test.each(rows)('%s is found', (_name, changed, code, verdict) => {
    expect(check([...kept.slice(0, 4), { ...keptOf(597, 600), ...changed }])).toMatchObject({ verdict, findings: [{ code, name: 'partij/597.tlog-proof' }] });
  });

  test('without opening or document is compared all the same', () => {
    expect(check([{ ...keptOf(597, 600), opening: null, document: null }])).toMatchObject({ verdict: 'good', compared: 1, documents: 0 });
  });

  test('cannot be compared where the log shown lacks tiles, has no checkpoint or one by another key', () => {
    const without = (...paths: readonly string[]): Files => new Map([...whole].filter(([path]) => !paths.includes(path)));
    expect(check(kept, without('tile/0/000'))).toMatchObject({ verdict: 'incomplete', findings: expect.arrayContaining([expect.objectContaining({ code: 'missing' })]) });
    expect(check(kept, without('checkpoint'))).toMatchObject({ verdict: 'incomplete', compared: 0 });
    const forged = signCheckpoint({ origin: signer.name, size: 600, root: Buffer.alloc(32) }, signerOf(signer.name, Buffer.alloc(32, 9)));
    expect(check(kept, new Map([...whole, ['checkpoint', forged]]))).toMatchObject({ verdict: 'tampered', findings: [{ code: 'checkpoint' }] });
  });
});
