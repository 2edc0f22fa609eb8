import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { append, emptyRange, leafHash } from './merkle.js';
import type { Subtree } from './merkle.js';
import { bundlePath, decodeBundle, encodeBundle, encodeTile, foldTile, hashInTile, placeOf, tilePath, tilesOf } from './tile.js';

describe('tile paths', () => {
  test.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1234067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 999, width: 256 }, 'tile/1/999'],
    [{ level: 1, index: 1000, width: 256 }, 'tile/1/x001/000'],
    [{ level: 0, index: 273, width: 112 }, 'tile/0/273.p/112'],
    [{ level: 2, index: 0, width: 1 }, 'tile/2/000.p/1'],
  ])('%j is %s', (tile, path) => expect(tilePath(tile)).toBe(path));

  test('of entries have no level', () => expect(bundlePath(1234067, 5)).toBe('tile/entries/x001/x234/067.p/5'));
});

describe('the tiles of a tree', () => {
  // The two examples of C2SP tlog-tiles.
  test('of 70,000 are 273 full and a partial of 112, one full and a partial of 17, a partial of 1', () => {
    const tiles = [...tilesOf(70_000)];
    const full = (level: number): number => tiles.filter((tile) => tile.level === level && tile.width === 256).length;
    expect([full(0), full(1), full(2)]).toEqual([273, 1, 0]);
    expect(tiles.filter((tile) => tile.width < 256)).toEqual([
      { level: 0, index: 273, width: 112 }, { level: 1, index: 1, width: 17 }, { level: 2, index: 0, width: 1 },
    ]);
  });

  test('of 256 are a full one and above it a partial of 1', () => {
    expect([...tilesOf(256)]).toEqual([{ level: 0, index: 0, width: 256 }, { level: 1, index: 0, width: 1 }]);
  });

  test('of nothing are none', () => expect([...tilesOf(0)]).toEqual([]));

  test('hold the hash of every complete subtree at the place named', () => {
    const nodes: [Subtree, Uint8Array][] = [];
    const leaves = Array.from({ length: 600 }, (_, i) => leafHash(Buffer.from(`${i}`)));
    leaves.reduce((range, leaf) => append(range, leaf, (subtree, hash) => nodes.push([subtree, hash])), emptyRange);
    const atLevel = (level: number): Uint8Array[] => nodes.filter(([subtree]) => subtree.level === level).map(([, hash]) => hash);
    const levels = [atLevel(0), atLevel(8)];
    for (const [subtree, hash] of nodes) {
      const { level, index, from, count } = placeOf(subtree);
      const bytes = encodeTile(levels[level]?.slice(index * 256, (index + 1) * 256) ?? []);
      expect(foldTile(bytes, from, count)).toEqual(hash);
    }
    expect(placeOf({ level: 9, index: 130 })).toEqual({ level: 1, index: 1, from: 4, count: 2 });
  });

  test('end where their hashes end', () => {
    expect(hashInTile(new Uint8Array(64), 2)).toBeNull();
    expect(() => foldTile(new Uint8Array(64), 0, 4)).toThrow('ends before');
  });
});

describe('an entry bundle', () => {
  test('has a big-endian length before every entry', () => {
    expect(Buffer.from(encodeBundle([Buffer.from('a'), Buffer.alloc(0), Buffer.alloc(258, 0x62)])).toString('hex'))
      .toBe(`0001610000${'0102'}${'62'.repeat(258)}`);
  });

  test('reads back as written, and not when a byte is missing', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1 }), (entries) => {
      const bytes = encodeBundle(entries);
      expect(decodeBundle(bytes)?.map((entry) => [...entry])).toEqual(entries.map((entry) => [...entry]));
      const cut = decodeBundle(bytes.slice(0, -1));
      expect(cut === null || cut.length === entries.length - 1).toBe(true);
    }));
  });

  test('of arbitrary bytes is refused or read, never crashed on', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      const entries = decodeBundle(bytes);
      if (entries !== null) expect(Buffer.from(encodeBundle(entries))).toEqual(Buffer.from(bytes));
    }));
  });

  test('takes no entry that the length cannot tell', () => expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow('bug:'));
});
