import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { processorMs } from '../../../test/harness/processor-time.js';
import { decodeWords, encodeWords } from './words.js';
import { formatDate, readDate } from './date.js';

describe('encoded words', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['gewoon', 'gewoon'],
    ['=?utf-8?Q?caf=C3=A9_x?=', 'café x'],
    ['=?UTF-8?B?w6k=?= en =?iso-8859-1?q?=E9?=', 'é en é'],
    ['=?utf-8?B?w6k=?=\t =?utf-8?B?w6k=?=', 'éé'],
    ['=?utf-8?B?ww==?= =?utf-8?B?qQ==?=', 'é'],
    ['=?utf-8*nl?Q?x?=', 'x'],
    ['=?onbekend?Q?x?=', 'x'],
    ['=?utf-8?X?x?=', '=?utf-8?X?x?='],
    ['=?utf-8?Q?a=0D=0ABcc:_x@y?=', 'a  Bcc: x@y'],
    ['=?utf-8?Q?=E2=80=AEfdp.exe?=', 'fdp.exe'],
  ];
  test.each(rows)('%s reads as "%s"', (value, expected) => {
    expect(decodeWords(value)).toBe(expected);
  });

  test('come back as they went in, whatever the script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }), (text) => {
        const clean = decodeWords(text.replaceAll('=?', '')); // what can be shown on one line
        expect(decodeWords(encodeWords(clean))).toBe(clean);
        expect(encodeWords(clean)).toMatch(/^[ -~]*$/);
      }),
      { numRuns: 300 },
    );
  });

  test('of a hostile length are read in bounded time', () => {
    const start = processorMs();
    decodeWords('=?'.repeat(100_000) + '=?utf-8?B?'.repeat(20_000));
    expect(processorMs() - start).toBeLessThan(1_000);
  });
});

describe('dates', () => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['Sat, 20 Feb 2021 10:09:02 -0500', '2021-02-20T15:09:02.000Z'],
    ['20 Feb 2021 10:09 +0130 (CET)', '2021-02-20T08:39:00.000Z'],
    ['Sat, 20 Feb 2021 10:09:02 GMT', '2021-02-20T10:09:02.000Z'],
    ['gisteren', null],
    ['Sat, 20 Foo 2021 10:09:02 -0500', null],
  ];
  test.each(rows)('%s', (value, expected) => {
    expect(readDate(value)?.toISOString() ?? null).toBe(expected);
  });

  test('are written in UTC and read back', () => {
    const at = new Date('2026-03-29T01:30:00Z');
    expect(formatDate(at)).toBe('Sun, 29 Mar 2026 01:30:00 +0000');
    expect(readDate(formatDate(at))).toEqual(at);
  });
});
