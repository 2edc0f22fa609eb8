import { describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { joinBytes, writeField, writeMixed, writeParameter, type MixedMail } from './build.js';
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
