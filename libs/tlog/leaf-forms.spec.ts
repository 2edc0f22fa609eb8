import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { base64Of32, broken, code, count, hex16, hex32, instant, instantMs, listOf, month, number, oin, uri, uuid, uuidMs, visibleText, word, type FormReader } from './leaf-forms.js';

/** What a reader takes of a JSON text as a whole. */
const takes = (read: FormReader, text: string): boolean => {
  const bytes = Buffer.from(text, 'latin1');
  const end = read(bytes, 0);
  if (end !== broken && (end > bytes.length || end < 1)) throw new Error(`read past the end of ${text}`);
  return end === bytes.length;
};
const isDay = (text: string): boolean => {
  const at = new Date(text);
  return !Number.isNaN(at.getTime()) && at.toISOString() === text;
};
const hash = Buffer.alloc(32, 7).toString('base64');
const id = '019ca945-0a00-7000-8000-000000000001';

// Each form beside another way to say the same, and a value that has it.
const forms: readonly (readonly [string, FormReader, (text: string) => boolean, string])[] = [
  ['OIN', oin, (text) => /^[0-9]{20}$/.test(text), '00000009901000000001'],
  ['32 bytes in hexadecimal', hex32, (text) => /^[0-9a-f]{64}$/.test(text), 'ab'.repeat(32)],
  ['16 bytes in hexadecimal', hex16, (text) => /^[0-9a-f]{32}$/.test(text), 'cd'.repeat(16)],
  ['32 bytes in base64', base64Of32, (text) => /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(text), hash],
  ['code', code, (text) => /^(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._:\/@+-]{0,119}$/.test(text), 'wth.art-9'],
  ['URI', uri, (text) => /^[a-z][a-z0-9+.-]*:[!#-\[\]-~]{1,240}$/.test(text), 'https://register.example/1'],
  ['month', month, (text) => /^\d{4}-(0[1-9]|1[0-2])$/.test(text), '2026-03'],
  ['visible text', visibleText(300), (text) => /^[!#-\[\]-~]{1,300}$/.test(text), 'log.example+0123abcd+AbcD'],
  ['UUIDv7', uuid(7, 7), (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text), id],
  ['UUID', uuid(1, 8), (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text), id.replace('-7', '-4')],
  ['moment', instant, (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && isDay(text), '2026-02-28T23:59:59.999Z'],
  ['word', word('permit', 'hold', 'refuse'), (text) => ['permit', 'hold', 'refuse'].includes(text), 'hold'],
];

describe.each(forms)('the form of %s', (_name, read, oracle, good) => {
  test('takes what has it', () => {
    expect([oracle(good), takes(read, `"${good}"`)]).toEqual([true, true]);
  });

  test('takes the same as its definition, whatever is changed', () => {
    const changed = fc.tuple(fc.nat(good.length), fc.nat(2), fc.string({ minLength: 0, maxLength: 3, unit: 'binary-ascii' }))
      .map(([place, gone, put]) => good.slice(0, place) + put + good.slice(place + gone));
    // A quote or backslash between the quotes is another text: what follows it is not the value any more.
    const plain = fc.oneof(changed, fc.string({ unit: 'binary-ascii' }), fc.string({ maxLength: 200 }), fc.stringMatching(/^[0-9a-zA-Z.:+/@-]{0,130}$/)).filter((text) => /^[ !#-\[\]-~]*$/.test(text));
    fc.assert(fc.property(plain, (text) => takes(read, `"${text}"`) === oracle(text)), { numRuns: 600 });
  });

  test('takes nothing that is not between quotes', () => {
    for (const text of [good, `"${good}`, `${good}"`, ` "${good}"`, `"${good}" `, `"${good}\\u0020"`, `["${good}"]`, '']) expect(takes(read, text)).toBe(false);
  });

  test('reads any bytes without going past their end', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(90), (bytes, at) => {
      const end = read(bytes, at);
      return end === broken || (end > at && end <= bytes.length);
    }));
  });
});

describe('numbers and lists', () => {
  test('a count is written in one way and exact', () => {
    for (const text of ['0', '7', '10', '9007199254740991']) expect(takes(count, text)).toBe(true);
    for (const text of ['', '-1', '-0', '01', '00', '1.0', '1e3', '9007199254740992', '99999999999999999', '"1"', ' 1']) expect(takes(count, text)).toBe(false);
    fc.assert(fc.property(fc.nat(), (n) => takes(count, String(n)) && takes(number(n), String(n)) && !takes(number(n + 1), String(n))));
  });

  test('a list has no doubles and as many items as it may', () => {
    const codes = listOf(code, { most: 3 });
    for (const text of ['[]', '["a"]', '["a","ab","b"]']) expect(takes(codes, text)).toBe(true);
    for (const text of ['["a","a"]', '["a","b","a"]', '["a","b","c","d"]', '["a",]', '[,]', '["a"', '["a" ,"b"]', '["a",1]', '[["a"]]', '"a"', '[null]']) expect(takes(codes, text)).toBe(false);
    const two = listOf(code, { least: 2, most: 2 });
    expect(['[]', '["a"]', '["a","b"]', '["a","b","c"]'].map((text) => takes(two, text))).toEqual([false, false, true, false]);
    fc.assert(fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'ab'), { maxLength: 5 }), (items) =>
      takes(listOf(code), JSON.stringify(items)) === (new Set(items).size === items.length)));
  });
});

test('the time of a UUIDv7 and of a moment are the same milliseconds', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
    const hex = ms.toString(16).padStart(12, '0');
    expect(uuidMs(Buffer.from(`${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000001`), 0)).toBe(ms);
    expect(instantMs(Buffer.from(new Date(ms).toISOString()), 0)).toBe(ms);
  }), { numRuns: 2_000 });
});
