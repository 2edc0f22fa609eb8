import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { csvOf } from './csv.js';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('a table as CSV', () => {
  test('begins with a byte order mark and ends each row with CRLF', () => expect(text(csvOf(['a', 'b'], [['x', 1]]))).toBe('\uFEFFa;b\r\nx;1\r\n'));
  test.each(['=1+1', '+1', '-1', '@x', '\tx'])('%j is no formula', (cell) => expect(text(csvOf(['a'], [[cell]])).split('\r\n')[1]).toMatch(/^"?'/));
  test('a number stays a number', () => expect(text(csvOf(['a'], [[-1]]))).toContain('\r\n-1\r\n'));

  test('whatever stands in a cell, a reader of RFC 4180 gets as many rows and cells back, and the same text', () => {
    const cell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('\'', '=', '-', ';', '"', 'a'), maxLength: 5 }));
    fc.assert(fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 6 }), (rows) => {
      const read = parse(text(csvOf(['a', 'b'], rows)).slice(1));
      expect(read.slice(1).map((row) => row.map((cell) => cell.replace(/^'(?='*[=+\-@\t\r])/, '')))).toEqual(rows);
    }));
  });
});

/** A plain reader, written for this test. */
const parse = (csv: string): readonly (readonly string[])[] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < csv.length;) {
    const cell = csv[at] === '"' ? /"((?:[^"]|"")*)"/y : /([^;\r]*)/y;
    cell.lastIndex = at;
    const found = cell.exec(csv);
    row.push((found?.[1] ?? '').replaceAll('""', '"'));
    at += found?.[0].length ?? 0;
    if (csv[at] === ';') at += 1;
    else {
      rows.push(row);
      row = [];
      at += 2;
    }
  }
  return rows;
};
