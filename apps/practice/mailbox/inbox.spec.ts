import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { safeMessageId } from './inbox.js';

describe('the name under which a mail is kept', () => {
  test.each([
    ['From: a@b\r\nMessage-ID: <d-1@hub.example>\r\n\r\nx', 'd-1_hub.example'],
    ['message-id:\r\n <folded@hub.example>\r\n\r\nx', 'folded_hub.example'],
    ['From: a@b\r\n\r\nMessage-ID: <in-the-text@hub.example>\r\n', 'no-id'],
    ['X-Message-ID: <other@hub.example>\r\n\r\n', 'no-id'],
  ])('%p', (raw, name) => {
    expect(safeMessageId(Buffer.from(raw))).toBe(name);
  });

  test('is a plain, bounded file name whatever the sender wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (id) => {
        expect(safeMessageId(Buffer.from(`Message-ID: ${id}\r\n\r\n`))).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
      }),
    );
  });
});
