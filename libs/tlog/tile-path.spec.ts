import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bundlePath, tilePath } from './tile.js';
import { parseTilePath } from './tile-path.js';

const place = { index: fc.nat({ max: 10 ** 15 }), width: fc.integer({ min: 1, max: 256 }) };

describe('a path below the prefix of a log', () => {
  test('is read back as the tile it was made of', () => {
    fc.assert(fc.property(fc.record({ level: fc.integer({ min: 0, max: 63 }), ...place }), (tile) => {
      expect(parseTilePath(tilePath(tile))).toEqual({ kind: 'tile', ...tile });
    }));
  });

  test('is read back as the bundle it was made of', () => {
    fc.assert(fc.property(fc.record(place), ({ index, width }) => {
      expect(parseTilePath(bundlePath(index, width))).toEqual({ kind: 'bundle', index, width });
    }));
  });

  test.each([
    '', 'tile', 'tile/0', 'tile/0/', 'tile/00/000', 'tile/64/000', 'tile/-1/000', 'tile/0/0', 'tile/0/0000', 'tile/0/x000/001', 'tile/0/001/000',
    'tile/0/x001', 'tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/01', 'tile/0/000.p', 'tile/0/000.p/', 'tile/entries/000.p/999', 'tile/0/000/',
    '/tile/0/000', 'tile/0/../000', 'tile/0/%30%30%30', 'tile/0/000\n', 'tile/0/x999/x999/x999/x999/x999/999', 'tile/8/0/000',
  ])('%j has no tile', (path) => expect(parseTilePath(path)).toBeNull());

  test('of any other spelling is refused: every tile has one path', () => {
    fc.assert(fc.property(fc.stringMatching(/^tile\/[0-9a-z]{1,7}\/[x0-9./p]{1,20}$/), (path) => {
      const read = parseTilePath(path);
      if (read !== null) expect(read.kind === 'tile' ? tilePath(read) : bundlePath(read.index, read.width)).toBe(path);
    }), { numRuns: 2_000 });
  });
});
