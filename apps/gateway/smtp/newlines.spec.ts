import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bareNewlineWatch } from './newlines.js';

const found = (...chunks: string[]) => {
  const watch = bareNewlineWatch();
  return chunks.map((chunk) => watch(Buffer.from(chunk, 'latin1'))).at(-1) ?? false;
};

describe('the watch for bare line ends', () => {
  test.each([
    ['plain lines', ['MAIL FROM:<a@b>\r\n', 'x\r\n'], false],
    ['CRLF over two chunks', ['a\r', '\nb\r\n'], false],
    ['a chunk that ends in CR, nothing after', ['a\r'], false],
    ['a bare LF', ['a\nb'], true],
    ['an LF as the very first byte', ['\nb'], true],
    ['a bare CR', ['a\rb'], true],
    ['a bare CR at the end of a chunk', ['a\r', 'b'], true],
    ['two CRs', ['a\r\r\n'], true],
    ['an LF after CRLF', ['a\r\n\n'], true],
    ['it stays found', ['a\nb', 'fine\r\n'], true],
  ])('%s', (_name, chunks, expected) => {
    expect(found(...chunks)).toBe(expected);
  });

  test('says the same however the bytes are cut, and agrees with the plain definition', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\r', '\n', '\r\n', 'a', '.'), { maxLength: 30 }), fc.nat(29), (pieces, cut) => {
        const text = pieces.join('');
        const bare = /\r(?!\n)|(?<!\r)\n/.test(`${text}${text.endsWith('\r') ? '\n' : ''}`);
        expect(found(text)).toBe(bare);
        expect(found(text.slice(0, cut), text.slice(cut))).toBe(bare);
      }),
    );
  });
});
