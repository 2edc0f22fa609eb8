import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { simpleParser } from 'mailparser';
import { boundaryOf, joinBytes, writeField, writeMixed, writeParameter, type MixedMail } from './build.js';
import { leavesOf } from './leaves.js';
import { isMalformed } from './malformed.js';
import { readEntity } from './parse.js';
import { encodeWords } from './words.js';

const text = 'Geachte collega,\n\nIn zaak 9901-2026-17 is een huisverbod opgelegd. Zie de bijlage; één regel is lang: '.concat(
  'abc '.repeat(60),
  '\n.\nFrom nu af\n',
);
const subject = 'Huisverbod: besluit café naar één partij, met een onderwerp dat veel langer is dan op één regel past ☃';

const mail = (): MixedMail => ({
  fields: [
    ['From', 'sluis@hub.example'],
    ['To', 'meldkamer@politie.example'],
    ['Subject', encodeWords(subject)],
  ],
  parameters: '; hp="cipher"',
  text,
  attachments: [
    { name: 'bericht.xml', contentType: 'application/xml', content: Buffer.from('<bericht/>') },
    { name: 'besluit "één" van de burgemeester; versie 2, ondertekend en wel.pdf', contentType: 'application/pdf', content: Buffer.alloc(5_000, 7) },
    { name: 'origineel', contentType: 'message/rfc822', content: Buffer.from('From: a@x\r\n\r\nhi') },
  ],
  fileEncoding: 'base64',
  seed: 'a',
});

describe('a built mail', () => {
  test('reads the same through mailparser', async () => {
    const parsed = await simpleParser(Buffer.from(joinBytes(writeMixed(mail()))));
    expect(parsed.subject).toBe(subject);
    expect(parsed.text?.replace(/\r\n/g, '\n').trimEnd()).toBe(text.trimEnd());
    expect(parsed.attachments.map((file) => [file.filename, file.contentType, file.content.length])).toEqual([
      ['bericht.xml', 'application/xml', 10],
      ['besluit "één" van de burgemeester; versie 2, ondertekend en wel.pdf', 'application/pdf', 5_000],
      ['origineel', 'application/octet-stream', 15],
    ]);
  });

  test('reads the same through our own reader', () => {
    const entity = readEntity(joinBytes(writeMixed(mail())));
    const leaves = 'kind' in entity ? entity : leavesOf(entity);
    if (isMalformed(leaves)) throw new Error(leaves.detail);
    expect(leaves.map((leaf) => [leaf.name, leaf.disposition, leaf.content.length])).toEqual([
      [null, null, Buffer.byteLength(text.replace(/\n/g, '\r\n'))],
      ['bericht.xml', 'attachment', 10],
      ['besluit _één_ van de burgemeester; versie 2, ondertekend en wel.pdf', 'attachment', 5_000],
      ['origineel', 'attachment', 15],
    ]);
  });

  test('is ASCII in short lines ended by CRLF', () => {
    const lines = Buffer.from(joinBytes(writeMixed(mail()))).toString('latin1').split('\r\n');
    for (const line of lines) expect(line).toMatch(/^[\t -~]{0,78}$/);
  });
});

const leavesFrom = (built: MixedMail) => {
  const entity = readEntity(joinBytes(writeMixed(built)));
  const leaves = 'kind' in entity ? entity : leavesOf(entity);
  if (isMalformed(leaves)) throw new Error(leaves.detail);
  return leaves;
};

describe('a file written as it is', () => {
  const built = (contents: readonly Uint8Array[]): MixedMail => ({
    ...mail(),
    fileEncoding: 'binary',
    attachments: contents.map((content, place) => ({ name: `${place}.bin`, contentType: 'application/octet-stream', content })),
  });
  const comesBack = (contents: readonly Uint8Array[]): void => {
    const [, ...files] = leavesFrom(built(contents));
    expect(files.map(({ content }) => Buffer.from(content).toString('hex'))).toEqual(contents.map((content) => Buffer.from(content).toString('hex')));
  };

  test('comes back byte for byte, whatever it holds and ends with', () => {
    const fragment = fc.constantFrom('\r\n', '\n', '\r', '\0', '.', '\r\n.\r\n', '--', '=_', '\r\n--', ' ', 'From ', '\xff');
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.array(fragment).map((parts) => Buffer.from(parts.join(''), 'latin1')), fc.uint8Array()), { maxLength: 3 }), comesBack),
      { numRuns: 500 },
    );
  });

  test('that holds our boundary gets another one', () => {
    const first = boundaryOf('a');
    const second = boundaryOf('a+');
    const content = Buffer.from(`%PDF\r\n--${first}\r\n\r\nnog een deel\r\n--${first}--\r\n--${second}--\r\n`, 'latin1');
    comesBack([content, Buffer.from('x')]);
  });

  test('shows in the encoding of the whole, its names and its text', () => {
    const content = randomBytes(500);
    const whole = Buffer.from(joinBytes(writeMixed(built([content])))).toString('latin1');
    expect(whole).toMatch(/^[^]*?\r\nContent-Transfer-Encoding: binary\r\n\r\n--=_/);
    expect(leavesFrom(built([content])).map((leaf) => [leaf.name, leaf.entity.transferEncoding])).toEqual([[null, 'quoted-printable'], ['0.bin', 'binary']]);
  });
});

describe('a header cannot be injected', () => {
  const rows: readonly (readonly [string, readonly [string, string]])[] = [
    ['CRLF in a value', ['Subject', 'a\r\nBcc: b@x']],
    ['LF in a value', ['Subject', 'a\nb']],
    ['CR in a value', ['Subject', 'a\rb']],
    ['a folded value', ['Subject', 'a\r\n b']],
    ['NUL', ['Subject', 'a\0']],
    ['non-ASCII', ['Subject', 'é']],
    ['a colon in the name', ['X: y', 'a']],
    ['a line end in the name', ['X\r\n', 'a']],
    ['a line that cannot be folded', ['X', 'a'.repeat(1_000)]],
  ];
  test.each(rows)('%s throws', (_, field) => expect(() => writeField(field)).toThrow(RangeError));

  test('nor through a file name or a media type', () => {
    expect(() => writeParameter('name', 'a\r\nb')).toThrow(RangeError);
    const evil = { name: 'a', contentType: 'text/plain\r\nBcc: b@x', content: Buffer.alloc(0) };
    expect(() => writeMixed({ ...mail(), attachments: [evil] })).toThrow(RangeError);
  });
});
