import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseKeyFile } from './key-file.js';
import { signer } from './log.fixture.js';
import { signerOf } from './note-key.js';

const other = signerOf('other.example/1', Buffer.alloc(32, 2));
const read = (text: string) => parseKeyFile(Buffer.from(text));

describe('a file of keys', () => {
  test('has one on each line, with room for remarks', () => {
    expect(read(`# the hub\n${signer.vkey}\n\n  ${other.vkey}\r\n`)).toMatchObject([{ vkey: signer.vkey }, { vkey: other.vkey }]);
  });

  test.each([['', 'no key in it'], ['# nothing\n', 'no key in it'], [`${signer.vkey}\nkey`, 'not a key line'], [signer.vkey.replace('log.', 'lag.'), 'not that of this name']])('%j is refused', (text, detail) => {
    expect(read(text)).toMatchObject({ kind: 'refused', detail: expect.stringContaining(detail) });
  });

  test('of any bytes at all is read or refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => 'kind' in parseKeyFile(bytes)));
  });
});
