import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { processorMs } from '../../../test/harness/processor-time.js';
import { leavesOf } from './leaves.js';
import { isMalformed } from './malformed.js';
import { readEntity, readParts } from './parse.js';

const crlf = (text: string): Uint8Array => Buffer.from(text.replace(/\n/g, '\r\n'), 'latin1');

const leaves = (raw: Uint8Array): readonly (readonly [string, string | null, string])[] | string => {
  const entity = readEntity(raw);
  if ('kind' in entity) return entity.detail;
  const found = leavesOf(entity);
  if (isMalformed(found)) return found.detail;
  return found.map((leaf) => [leaf.entity.contentType.value, leaf.name, Buffer.from(leaf.content).toString()]);
};

const mixed = `Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

caf=C3=A9
--b
Content-Type: multipart/alternative; boundary=bb

--bb

one
--bb
Content-Type: text/html

<p>two
--bb--
--b
Content-Type: application/xml; name="x.xml"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="../../etc/b\\\\e.xml"

PGE+
--b--
epilogue
`;

describe('multipart mail', () => {
  const expected = [
    ['text/plain', null, 'café'],
    ['text/plain', null, 'one'],
    ['text/html', null, '<p>two'],
    ['application/xml', 'e.xml', '<a>'],
  ];
  test('is flattened to its leaves', () => expect(leaves(crlf(mixed))).toEqual(expected));
  test('with LF line ends too', () => expect(leaves(Buffer.from(mixed))).toEqual(expected));

  test('gives each part exactly the bytes between the delimiters', () => {
    const raw = crlf('Content-Type: multipart/mixed; boundary=x\n\n--x\n\na\n\n--x \n\nb\n--xy\n--x--');
    const entity = readEntity(raw);
    const parts = 'kind' in entity ? entity : readParts(entity);
    expect(isMalformed(parts) ? parts : parts.map((part) => Buffer.from(part).toString())).toEqual(['\r\na\r\n', '\r\nb\r\n--xy']);
    expect(isMalformed(parts) || parts.every((part) => part.buffer === raw.buffer)).toBe(true); // views, never copies
  });

  test('keeps an attached message closed', () => {
    const raw = crlf('Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nFrom: a@x\n\nhi\n--b--\n');
    expect(leaves(raw)).toEqual([['message/rfc822', null, 'From: a@x\r\n\r\nhi']]);
  });

  const nested = (depth: number): string =>
    Array.from({ length: depth }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}x\n\n--b${n}x\n`).join('') +
    '\nhi\n' +
    Array.from({ length: depth }, (_, n) => `--b${depth - 1 - n}x--\n`).join('');

  test('may be ten levels deep, not eleven', () => {
    expect(leaves(crlf(nested(10)))).toEqual([['text/plain', null, 'hi']]);
    expect(leaves(crlf(nested(11)))).toBe('multipart nested too deep');
  });

  const refused: readonly (readonly [string, string])[] = [
    ['no closing delimiter', 'Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n'],
    ['no boundary', 'Content-Type: multipart/mixed\n\n--\n\nhi\n----\n'],
    ['a boundary too long', `Content-Type: multipart/mixed; boundary=${'b'.repeat(71)}\n\n--b\n\nhi\n--b--\n`],
    ['no parts', 'Content-Type: multipart/mixed; boundary=b\n\n--b--\n'],
    ['an encoded multipart', 'Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n--b\n\nhi\n--b--\n'],
    ['a doubled header in a part', 'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\nContent-Type: a/c\n\nhi\n--b--\n'],
    ['an unknown transfer encoding', 'Content-Transfer-Encoding: uuencode\n\nhi\n'],
    ['a media type that is none', 'Content-Type: text\n\nhi\n'],
    ['bad base64', 'Content-Transfer-Encoding: base64\n\n###\n'],
    ['too many parts', `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nhi\n'.repeat(600)}--b--\n`],
  ];
  test.each(refused)('is refused with %s', (_, text) => expect(typeof leaves(crlf(text))).toBe('string'));

  test('of 100 MiB of delimiters, or of almost-delimiters, is refused in bounded time', () => {
    const head = Buffer.from('Content-Type: multipart/mixed; boundary=b\r\n\r\n');
    for (const line of ['--b\r\n', '--bx\r\n', '--', 'a']) {
      const raw = Buffer.concat([head, Buffer.alloc(100 * 1024 * 1024, line)]);
      const start = processorMs();
      expect(typeof leaves(raw)).toBe('string');
      expect(processorMs() - start).toBeLessThan(5_000);
    }
  });

  test('survives any mutation', () => {
    const original = crlf(mixed);
    const edit = fc.record({ at: fc.nat(original.length - 1), drop: fc.nat(8), insert: fc.string({ unit: fc.constantFrom(...'-b\r\n"=;: \0é'), maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
        const mutated = edits.reduce<Uint8Array>(
          (raw, { at, drop, insert }) => Buffer.concat([raw.subarray(0, at), Buffer.from(insert), raw.subarray(at + drop)]),
          original,
        );
        const result = leaves(mutated);
        expect(typeof result === 'string' || result.length <= 5).toBe(true);
      }),
      { numRuns: 1_500 },
    );
  });
});
