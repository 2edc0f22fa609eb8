import { describe, expect, test } from '@jest/globals';
import { processorMs } from '../../../test/harness/processor-time.js';
import { headerOf, readHeaders } from './headers.js';
import { isMalformed } from './malformed.js';

const read = (text: string) => readHeaders(Buffer.from(text, 'latin1'));

const valueOf = (text: string, name: string): string | null => {
  const section = read(text);
  if ('kind' in section) throw new Error(section.detail);
  return headerOf(section.headers, name);
};

describe('headers as mailers write them', () => {
  test('are unfolded, their names in lower case', () => {
    expect(valueOf('SUBJECT: een\r\n twee\r\n\tdrie\r\n\r\n', 'subject')).toBe('een twee\tdrie');
  });

  test('may end their lines with LF alone, as OpenSSL does on Unix', () => {
    const section = read('From: a@example.org\nSubject: x\n\nbody');
    expect(section).toMatchObject({ bodyStart: 32, headers: [{ name: 'from', value: 'a@example.org' }, { name: 'subject' }] });
  });

  test('may hold UTF-8 (RFC 6532)', () => {
    expect(valueOf(Buffer.from('Subject: ré\r\n\r\n').toString('latin1'), 'subject')).toBe('ré');
  });

  test('may be all there is', () => {
    expect(valueOf('X-A: 1', 'x-a')).toBe('1');
  });

  test('may repeat where repeating decides nothing', () => {
    expect(isMalformed(read('Received: a\r\nReceived: b\r\nTo: a@x\r\nTo: b@x\r\n\r\n'))).toBe(false);
  });
});

describe('headers that two readers could read differently are refused', () => {
  const doubled = ['Content-Type', 'content-TRANSFER-encoding', 'MIME-Version', 'From', 'Subject', 'Sender', 'Date', 'Message-ID'];
  const rows: readonly (readonly [string, string])[] = [
    ...doubled.map((name) => [`${name} twice`, `${name}: a\r\n${name.toLowerCase()}: b\r\n\r\n`] as const),
    ['NUL in a value', 'Subject: a\0b\r\n\r\n'],
    ['a bare CR', 'Subject: a\rFrom: b@x\r\n\r\n'],
    ['another control character', 'Subject: a\x0bb\r\n\r\n'],
    ['mixed line ends', 'From: a@x\r\nSubject: a\n\r\n'],
    ['an LF LF inside a CRLF section', 'From: a@x\r\nX: 1\n\nSubject: b\r\n\r\n'],
    ['a continuation with nothing before it', ' a\r\nFrom: a@x\r\n\r\n'],
    ['a continuation of blanks only', 'Subject: a\r\n \r\nFrom: b@x\r\n\r\n'],
    ['a blank before the colon', 'From : a@x\r\n\r\n'],
    ['a line without a colon', 'From: a@x\r\nhello\r\n\r\n'],
    ['an mbox separator', 'From a@x Mon Jan  1\r\nFrom: a@x\r\n\r\n'],
  ];
  test.each(rows)('%s', (_, text) => {
    expect(read(text)).toMatchObject({ kind: 'malformed' });
  });
});

describe('headers without end are refused before they are read', () => {
  const mebibytes100 = 100 * 1024 * 1024;
  const rows: readonly (readonly [string, () => Uint8Array])[] = [
    ['one line', () => Buffer.alloc(mebibytes100, 'a')],
    ['short headers', () => Buffer.alloc(mebibytes100, 'X-A: 1\r\n')],
    ['one header folded for ever', () => Buffer.concat([Buffer.from('X: 1\r\n'), Buffer.alloc(mebibytes100, ' aaaaaaaaaaaaaaa\r\n')])],
    ['NUL bytes', () => Buffer.alloc(mebibytes100)],
  ];
  test.each(rows)('100 MiB of %s', (_, make) => {
    const bytes = make();
    const start = processorMs();
    expect(readHeaders(bytes)).toMatchObject({ kind: 'malformed' });
    expect(processorMs() - start).toBeLessThan(500);
  });
});
