import { emptyRoot, foldRight, hashBytes, parentsOf, sameBytes, subtreesOf } from './merkle.js';
import type { LogReader } from './log-tiles.js';
import { foldTile, hashesAt, hashInTile, tilePath, tileWidth } from './tile.js';
import type { Tile } from './tile.js';
import type { Findings } from './verify-report.js';

/** The tree as it grows from the hashes of its entries, held against every tile that is stored. Hashes come in order, tile by tile. */
export interface TreeCheck {
  /** The hashes of a tile of level 0, as computed from its entries or as stored. */
  readonly add: (hashes: Uint8Array) => void;
  /** A tile of level 0 of which nothing is known: the tile above stands for it, and failing that the root cannot be computed. */
  readonly skip: (tile: Tile) => void;
  /** Compares what is left at the right edge. The root, or null when it cannot be known. */
  readonly finish: () => Uint8Array | null;
}

/** What a tree is checked with. */
export interface TreeInput {
  readonly read: LogReader;
  readonly size: number;
  readonly findings: Findings;
}

const fullBytes = tileWidth * hashBytes;

/** The tile of one level that is being filled. */
interface Filling {
  index: number;
  bytes: number;
  readonly hashes: Buffer;
}

/** A check before the first entry. */
export const checkTree = (input: TreeInput): TreeCheck => {
  const levels: Filling[] = [];
  let isRootKnown = true;
  const compare = (tile: Tile, computed: Uint8Array): void => {
    if (isRootKnown) compareTile(input, tile, computed);
  };
  const push = (level: number, hashes: Uint8Array): void => {
    const filling = (levels[level] ??= { index: 0, bytes: 0, hashes: Buffer.allocUnsafe(fullBytes) });
    filling.hashes.set(hashes, filling.bytes);
    filling.bytes += hashes.length;
    if (filling.bytes < fullBytes) return;
    if (level > 0) compare({ level, index: filling.index, width: tileWidth }, filling.hashes);
    const top = foldWhole(filling.hashes);
    filling.index += 1;
    filling.bytes = 0;
    push(level + 1, top);
  };
  return {
    add: (hashes) => push(0, hashes),
    skip: (tile) => {
      const above = tile.width < tileWidth ? null : parentHash(input, tile);
      if (above === null) isRootKnown = false;
      // A hash of zeroes keeps the places right; the root is not compared any more.
      if (tile.width === tileWidth) push(1, above ?? new Uint8Array(hashBytes));
    },
    finish: () => {
      const edge: Uint8Array[] = [];
      for (const [level, { index, bytes, hashes }] of [...levels.entries()].reverse()) {
        const width = bytes / hashBytes;
        if (width === 0) continue;
        if (level > 0) compare({ level, index, width }, hashes.subarray(0, bytes));
        for (const part of subtreesOf(0, width)) edge.push(foldTile(hashes, part.index * 2 ** part.level, 2 ** part.level));
      }
      if (!isRootKnown) return null;
      return edge.length === 0 ? emptyRoot() : foldRight(edge);
    },
  };
};

const foldWhole = (hashes: Uint8Array): Uint8Array => {
  let folded = hashes;
  while (folded.length > hashBytes) folded = parentsOf(folded);
  return folded;
};

/** The bytes of a tile at its width, or null, which is told. */
export const readTile = ({ read, findings }: TreeInput, tile: Tile): Uint8Array | null => {
  const path = tilePath(tile);
  const index = tile.index * tileWidth ** (tile.level + 1);
  const bytes = read(path);
  // A partial tile may be gone once the full one is there (tlog-tiles): its beginning is the same.
  const full = bytes === null && tile.width < tileWidth ? read(tilePath({ ...tile, width: tileWidth })) : null;
  const found = bytes ?? full;
  if (found === null) {
    findings.add('missing', { index, path }, 'tile is missing');
    return null;
  }
  const length = tile.width * hashBytes;
  if (full === null ? found.length === length : found.length === fullBytes) return found.subarray(0, length);
  findings.add('tile', { index, path }, `holds ${found.length} bytes instead of ${length}`);
  return null;
};

const parentHash = ({ read, size }: TreeInput, tile: Tile): Uint8Array | null => {
  const { level, index } = { level: tile.level + 1, index: Math.floor(tile.index / tileWidth) };
  const width = Math.min(tileWidth, hashesAt(level, size) - index * tileWidth);
  const bytes = read(tilePath({ level, index, width }));
  return bytes === null ? null : hashInTile(bytes, tile.index % tileWidth);
};

const compareTile = (input: TreeInput, tile: Tile, computed: Uint8Array): void => {
  const stored = readTile(input, tile);
  if (stored === null || sameBytes(stored, computed)) return;
  const place = differences(stored, computed)[0] ?? 0;
  const index = (tile.index * tileWidth + place) * tileWidth ** tile.level;
  input.findings.add('tile', { index, path: tilePath(tile) }, `hash ${place} is not that of the entries from ${index}`);
};

/** The places at which two tiles have another hash. */
export const differences = (one: Uint8Array, other: Uint8Array): readonly number[] => {
  const at = (hashes: Uint8Array, place: number): Uint8Array => hashes.subarray(place * hashBytes, (place + 1) * hashBytes);
  return Array.from({ length: Math.max(one.length, other.length) / hashBytes }, (_, place) => place).filter((place) => !sameBytes(at(one, place), at(other, place)));
};
