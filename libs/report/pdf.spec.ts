import { describe, expect, test } from '@jest/globals';
import { inflateSync } from 'node:zlib';
import { pdfOf } from './pdf.js';

const at = new Date('2026-11-22T09:00:00Z');

/** The text of each page: pdfkit writes it as hexadecimal between kerning. */
const pagesOf = (bytes: Uint8Array): readonly string[] => {
  const pdf = Buffer.from(bytes);
  const text = pdf.toString('latin1');
  const streams = [...text.matchAll(/stream\r?\n/g)].map(({ index, 0: word }) => pdf.subarray(index + word.length, text.indexOf('endstream', index)));
  return streams.flatMap((stream) => {
    try {
      const parts = [...inflateSync(stream).toString('latin1').matchAll(/\[(.*?)\] TJ/g)];
      const page = parts.map(([, all = '']) => [...all.matchAll(/<([0-9a-f]*)>/g)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1')).join('')).join('|');
      return page === '' ? [] : [page];
    } catch {
      return [];
    }
  });
};
const columns = [{ title: 'Kolom een', share: 1 }, { title: 'Kolom twee', share: 3 }];
const table = (rows: readonly (readonly string[])[]) => pdfOf({ title: 'Overzicht', language: 'nl', at, blocks: [{ kind: 'paragraph', text: 'Vooraf.' }, { kind: 'table', columns, rows }, { kind: 'paragraph', text: 'Slot.' }] });

describe('a table in a report', () => {
  test('has its header on every page it is on, and every row once, in order', async () => {
    const rows = Array.from({ length: 150 }, (_, row) => [`rij-${row}.`, row % 7 === 0 ? 'een lange regel tekst '.repeat(30) : 'kort']);
    const pages = pagesOf(await table(rows));
    expect(pages.length).toBeGreaterThan(4);
    for (const page of pages.filter((one) => one.includes('rij-'))) expect(page.split('Kolom een')).toHaveLength(2);
    expect([...pages.join('|').matchAll(/rij-(\d+)\./g)].map(([, row]) => Number(row))).toEqual(rows.map((_, row) => row));
    expect(pages.at(-1)).toContain('Slot.');
  });

  test('without rows, or with a row taller than a page, ends all the same', async () => {
    expect(pagesOf(await table([])).join()).toContain('Kolom twee');
    const tall = pagesOf(await table([['a', 'woord '.repeat(6_000)], ['laatste', '']]));
    expect(tall.join()).toContain('laatste');
    expect(tall.length).toBeGreaterThan(2);
  });

  test('that begins low on a page goes to the next one with its header', async () => {
    const filler = Array.from({ length: 28 }, () => ({ kind: 'paragraph', text: 'Regel.' }) as const);
    const pages = pagesOf(await pdfOf({ title: 'Overzicht', language: 'nl', at, blocks: [...filler, { kind: 'table', columns, rows: [['eerste', 'x']] }] }));
    expect(pages.find((one) => one.includes('eerste'))).toContain('Kolom een');
  });
});
