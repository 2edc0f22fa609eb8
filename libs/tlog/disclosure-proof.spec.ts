import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { verifyDisclosureProof, type DisclosureProof, type ExpectedDisclosure } from './disclosure-proof.js';
import { disclosureOf, entryOf, keys, proofIn, recipientOin } from './log.fixture.js';
import { signerOf } from './note-key.js';
import { formatOpening } from './opening.js';

const document = Buffer.from('<verstrekking/>');
const place = 3;
const made = disclosureOf(place, document);
const entries = [entryOf(0), entryOf(1), entryOf(2), made.leaf, disclosureOf(4, Buffer.from('<ander/>')).leaf, entryOf(5)];
const files: DisclosureProof = { leaf: made.leaf, opening: made.opening, proof: proofIn(entries, place) };
const expected: ExpectedDisclosure = { recipient: recipientOin, message: made.message, document };

describe('the proof that goes with a disclosure', () => {
  test('proves document, recipient, message and place in the log', () => {
    expect(verifyDisclosureProof(files, expected, keys)).toMatchObject({ kind: 'proven', index: place, leaf: { kind: 'disclosure', msg: made.message }, checkpoint: { size: 6 } });
  });

  const other = disclosureOf(4, Buffer.from('<ander/>'));
  const rows: readonly (readonly [string, Partial<DisclosureProof>, Partial<ExpectedDisclosure>, string])[] = [
    ['a forged entry', { leaf: disclosureOf(place, Buffer.from('<vervalst/>')).leaf }, {}, 'not-included'],
    ['the proof of another place', { proof: proofIn(entries, 4) }, {}, 'not-included'],
    ['the proof of another log with the same key', { proof: proofIn([...entries.slice(0, 3), entryOf(9), ...entries.slice(4)], place) }, {}, 'not-included'],
    ['a checkpoint by another key', { proof: proofIn(entries, place, signerOf('log.example/1', Buffer.alloc(32, 2))) }, {}, 'checkpoint'],
    ['no proof', { proof: new Uint8Array() }, {}, 'malformed'],
    ['an entry that is no disclosure', { leaf: entryOf(2), proof: proofIn(entries, 2) }, {}, 'no-disclosure'],
    ['an entry that is no leaf', { leaf: Buffer.from('{}'), proof: proofIn([Buffer.from('{}')], 0) }, {}, 'leaf'],
    ['the files of another disclosure', { leaf: other.leaf, proof: proofIn(entries, 4), opening: other.opening }, {}, 'other-message'],
    ['another party', {}, { recipient: '00000009903000000003' }, 'other-recipient'],
    ['another message', {}, { message: other.message }, 'other-message'],
    ['another document', {}, { document: Buffer.from('<verstrekking />') }, 'other-document'],
    ['the opening of another document', { opening: other.opening }, {}, 'other-document'],
    ['the opening of something else', { opening: formatOpening({ label: 'reason', salt: Buffer.alloc(32), text: null }) }, {}, 'opening'],
    ['no opening', { opening: new Uint8Array() }, {}, 'opening'],
  ];
  test.each(rows)('%s is refused', (_name, changed, changedExpectation, code) => {
    expect(verifyDisclosureProof({ ...files, ...changed }, { ...expected, ...changedExpectation }, keys)).toMatchObject({ kind: 'refused', code });
  });

  test('with any bit changed in any of its files proves nothing', () => {
    fc.assert(fc.property(fc.constantFrom('leaf' as const, 'proof' as const, 'opening' as const), fc.nat(), fc.integer({ min: 1, max: 255 }), (file, at, mask) => {
      const bytes = Buffer.from(files[file]);
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask;
      return verifyDisclosureProof({ ...files, [file]: bytes }, expected, keys).kind === 'refused';
    }), { numRuns: 400 });
  });

  test('made of any bytes at all is refused and not thrown at', () => {
    fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), fc.uint8Array(), (leaf, proof, opening) =>
      verifyDisclosureProof({ leaf, proof, opening }, expected, keys).kind === 'refused'));
  });
});
