import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { base64Length, decodeBase64, encodeBase64, writeBase64 } from './base64.js';
import { isMalformed } from './malformed.js';
import { decodeQuoted, encodeQuoted } from './quoted.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const text = (value: object): string => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : 'malformed');

describe('base64', () => {
  test('is what Node writes, cut in lines of 76', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (content) => {
        const whole = Buffer.from(content).toString('base64');
        const lines = (whole.match(/.{1,76}/g) ?? []).map((line) => `${line}\r\n`).join('');
        expect(text(encodeBase64(content))).toBe(lines);
        expect(text(decodeBase64(encodeBase64(content)))).toBe(text(content));
      }),
      { numRuns: 500 },
    );
  });

  test('written piece by piece is the same as written at once', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 12 }), (pieces) => {
        const whole = Buffer.concat(pieces);
        const out = new Uint8Array(base64Length(whole.length));
        writeBase64(pieces, out);
        expect(text(out)).toBe(text(encodeBase64(whole)));
      }),
      { numRuns: 500 },
    );
  });

  describe('of several megabytes', () => {
    const content = randomBytes(3_000_001);
    const lines = Buffer.from(encodeBase64(content)).toString('latin1');
    const reads: readonly (readonly [string, string])[] = [
      ['lines of 76', lines],
      ['bare line feeds', lines.replace(/\r\n/g, '\n')],
      ['one line', lines.replace(/\r\n/g, '')],
      ['lines of an odd length', lines.replace(/\r\n/g, '').replace(/.{61}/g, '$&\n')],
      ['blanks in the lines', lines.replace(/\r\n/g, ' \r\n')],
    ];
    test.each(reads)('reads %s', (_, encoded) => {
      const decoded = decodeBase64(bytes(encoded));
      expect(decoded instanceof Uint8Array && content.equals(decoded)).toBe(true);
    });
    const at = 2_000_000;
    const refuses: readonly (readonly [string, string])[] = [
      ['a foreign character', `${lines.slice(0, at)}*${lines.slice(at + 1)}`],
      ['padding in the middle', `${lines.slice(0, at)}=${lines.slice(at + 1)}`],
      ['a character too few', `${lines.slice(0, at)}${lines.slice(at + 1)}`],
    ];
    test.each(refuses)('refuses %s', (_, encoded) => expect(decodeBase64(bytes(encoded))).toMatchObject({ kind: 'malformed' }));
  });

  const read: readonly (readonly [string, string, string])[] = [
    ['lines of any length', 'aG\nVs\r\nbG8=\r\n', 'hello'],
    ['padding with blanks around it', 'aGVsbA= = \r\n', 'hell'],
    ['nothing', '', ''],
    ['line ends only', '\r\n\r\n', ''],
  ];
  test.each(read)('reads %s', (_, encoded, expected) => expect(text(decodeBase64(bytes(encoded)))).toBe(expected));

  const refused: readonly (readonly [string, string])[] = [
    ['a foreign character', 'aGVs*bG8='],
    ['the URL alphabet', 'a-_s'],
    ['text behind the padding', 'aGVsbA==aGVs'],
    ['missing padding', 'aGVsbG8'],
    ['too much padding', 'aGVsbG8=='],
    ['padding alone', '===='],
    ['stray bits', 'aGVsbG9='],
    ['NUL', 'aGVs\0'],
  ];
  test.each(refused)('refuses %s', (_, encoded) => expect(decodeBase64(bytes(encoded))).toMatchObject({ kind: 'malformed' }));

  test('never accepts what encodes to something else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'AQgw09+/=\r\n '), maxLength: 24 }), (encoded) => {
        const decoded = decodeBase64(bytes(encoded));
        if (isMalformed(decoded)) return;
        expect(Buffer.from(decoded).toString('base64')).toBe(encoded.replace(/[\r\n ]/g, ''));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('quoted-printable', () => {
  test('comes back as it went in, with CRLF line ends, in short ASCII lines', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (content) => {
        const encoded = text(encodeQuoted(content));
        const decoded = decodeQuoted(bytes(encoded));
        expect(Buffer.from(decoded instanceof Uint8Array ? decoded : []).toString()).toBe(content.replace(/\r\n|\r|\n/g, '\r\n'));
        for (const line of encoded.split('\r\n')) expect(line).toMatch(/^(?:[!-~ ]{0,75}[!-~])?$/);
      }),
      { numRuns: 300 },
    );
  });

  test('protects lines that relays change', () => {
    expect(text(encodeQuoted('From de start\n.\nFijn'))).toBe('=46rom de start\r\n=2E\r\nFijn');
  });

  const rows: readonly (readonly [string, string])[] = [
    ['a=3Db', 'a=b'],
    ['a=c3=A9', 'a\u00c3\u00a9'],
    ['a= \t\r\nb', 'ab'],
    ['a=\nb=', 'ab'],
    ['a=zz', 'malformed'],
    ['a=4', 'malformed'],
  ];
  test.each(rows)('%j reads as %j', (encoded, expected) => expect(text(decodeQuoted(bytes(encoded)))).toBe(expected));
});
