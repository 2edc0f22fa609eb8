import { describe, expect, test } from '@jest/globals';
import { processorMs } from '../../../../test/harness/processor-time.js';
import { party, practiceTrust } from './correspondents.js';
import { fuzzMail } from './fuzz-mail.js';
import { openMail } from '../inbound.js';

describe('mutated mails', () => {
  test('never crash the reader and never say what nobody signed', () => {
    const report = fuzzMail({ cases: 1_500, seed: Number(process.env['KETENSLUIS_FUZZ_SEED'] ?? 20260601), now: processorMs });
    expect(report.broken).toEqual([]);
    expect(report.slowestMs).toBeLessThan(5_000);
    // The mutations reach every layer, and some do no harm.
    expect(Object.keys(report.outcomes)).toEqual(expect.arrayContaining(['opened', 'malformed', 'cannot-open', 'bad-signature']));
  });
});

describe('hostile mails are refused in bounded time and memory', () => {
  const mebibyte = 1024 * 1024;
  const hub = party('sluis@hub.example', 'p256');
  const context = { keys: [hub.encrypt], trust: practiceTrust(), at: new Date('2026-06-01T12:00:00Z') };
  const cms = 'From: a@x.example\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: ';
  const after = (head: string, length: number, fill: string | number): Uint8Array => Buffer.concat([Buffer.from(head), Buffer.alloc(length, fill)]);
  const rows: readonly (readonly [string, () => Uint8Array])[] = [
    ['100 MiB of one header', () => Buffer.alloc(100 * mebibyte, 'a')],
    ['100 MiB of headers', () => Buffer.alloc(100 * mebibyte, 'X-A: 1\r\n')],
    ['100 MiB of base64 line ends', () => after(`${cms}base64\r\n\r\n`, 100 * mebibyte, '\r\n')],
    ['100 MiB of base64 blanks around a character', () => after(`${cms}base64\r\n\r\n`, 100 * mebibyte, ' A ')],
    ['100 MiB of nothing in base64', () => after(`${cms}base64\r\n\r\n`, 100 * mebibyte, 'A')],
    ['100 MiB of open ASN.1 sequences', () => after(`${cms}binary\r\n\r\n`, 100 * mebibyte, Buffer.from([0x30, 0x80]).toString('latin1'))],
    ['100 MiB of equals signs', () => after(`${cms}quoted-printable\r\n\r\n`, 100 * mebibyte, '=')],
    ['100 MiB of comments in a header', () => after('From: a@x.example\r\nContent-Type: ', 15_000, '(')],
    ['a multipart/signed of delimiters', () => after('From: a@x.example\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary=b\r\n\r\n', 100 * mebibyte, '--b\r\n')],
    ['more than the largest mail', () => Buffer.alloc(129 * mebibyte, 'a')],
  ];
  test.each(rows)('%s', (_, make) => {
    const mail = make();
    const before = process.memoryUsage().rss;
    const start = processorMs();
    expect(openMail(mail, context)).toMatchObject({ kind: 'refused' });
    expect(processorMs() - start).toBeLessThan(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(600 * mebibyte);
  });
});
