import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { commitmentLabels, commitmentText } from './commitment.js';
import { formatOpening, opensLeaf, parseOpening } from './opening.js';

const salt = Buffer.alloc(32, 0x5a);

describe('an opening file', () => {
  test('is one line of JSON, and the text is left out where the document stands for it', () => {
    expect(Buffer.from(formatOpening({ label: 'payload', salt, text: null })).toString()).toBe(`{"label":"payload","salt":"${salt.toString('base64')}","v":1}`);
    expect(Buffer.from(formatOpening({ label: 'reason', salt, text: 'één' })).toString()).toBe(`{"label":"reason","salt":"${salt.toString('base64')}","text":"één","v":1}`);
    expect(() => formatOpening({ label: 'payload', salt: salt.subarray(1), text: null })).toThrow('bug:');
  });

  test('is read back as it was written', () => {
    fc.assert(fc.property(fc.constantFrom(...commitmentLabels), fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.option(fc.string({ unit: 'grapheme' })), (label, bytes, text) => {
      const written = formatOpening({ label, salt: bytes, text });
      const read = parseOpening(written);
      expect(read === null ? null : { ...read, salt: [...read.salt] }).toEqual({ label, salt: [...bytes], text });
    }));
  });

  const good = Buffer.from(formatOpening({ label: 'payload', salt, text: null }));
  test.each([
    ['empty', ''], ['no JSON', 'bewijs'], ['null', 'null'], ['a list', '[]'], ['a number', '7'],
    ['an unknown label', good.toString().replace('payload', 'payloat')],
    ['another version', good.toString().replace('"v":1', '"v":2')],
    ['a further key', good.toString().replace('"v"', '"u":1,"v"')],
    ['keys in another order', '{"v":1,"label":"payload","salt":"' + salt.toString('base64') + '"}'],
    ['a key twice', good.toString().replace('{', '{"label":"subject",')],
    ['a salt of 31 bytes', good.toString().replace(salt.toString('base64'), salt.subarray(1).toString('base64'))],
    ['a line feed at the end', `${good.toString()}\n`],
    ['a text that is none', good.toString().replace('"v"', '"text":7,"v"')],
    ['half a character', good.toString().replace('"v"', '"text":"\\ud800","v"')],
    ['more than anybody would read', good.toString().replace('"v"', `"text":"${'a'.repeat(70_000)}","v"`)],
  ])('%s is refused', (_name, text) => expect(parseOpening(Buffer.from(text))).toBeNull());

  test('any bytes at all are read or refused, never thrown at', () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map((text) => Buffer.from(text))), (bytes) => {
      const read = parseOpening(bytes);
      return read === null || Buffer.compare(formatOpening(read), bytes) === 0;
    }), { numRuns: 300 });
  });

  test('with one bit changed is refused or opens nothing', () => {
    const bytes = Buffer.from('document');
    const commitments = { payload: commitmentText({ label: 'payload', salt, bytes }) };
    fc.assert(fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (place, mask) => {
      const changed = Buffer.from(good);
      changed[place] = (changed[place] ?? 0) ^ mask;
      const read = parseOpening(changed);
      return read === null || !opensLeaf(read, bytes, commitments);
    }));
  });

  test('opens its own commitment: of several subjects its own only, and nothing in a leaf without commitments', () => {
    const [one, two] = [Buffer.from('een'), Buffer.from('twee')];
    const commitments = { subject: [commitmentText({ label: 'subject', salt, bytes: one }), commitmentText({ label: 'subject', salt: Buffer.alloc(32, 1), bytes: two })] };
    expect(opensLeaf({ label: 'subject', salt, text: null }, one, commitments)).toBe(true);
    expect(opensLeaf({ label: 'subject', salt, text: null }, two, commitments)).toBe(false);
    expect(opensLeaf({ label: 'actor', salt, text: null }, one, commitments)).toBe(false);
    expect(opensLeaf({ label: 'subject', salt, text: null }, one, undefined)).toBe(false);
  });
});
