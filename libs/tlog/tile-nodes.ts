import { hashBytes, parentsOf } from './merkle.js';

/** The hashes of a tile and of every complete subtree within it: `heights[h]` holds those over 2^h hashes of the tile, one after another. */
export interface TileNodes {
  readonly width: number;
  readonly heights: readonly Uint8Array[];
}

/** Computes all inner nodes of a tile at once: as many hashes as one proof through it would take, and none for the next proof. */
export const expandTile = (hashes: Uint8Array): TileNodes => {
  const heights = [hashes];
  for (let last = hashes; last.length >= 2 * hashBytes;) {
    last = parentsOf(last);
    heights.push(last);
  }
  return { width: hashes.length / hashBytes, heights };
};

/** Hash over `count` (a power of two) hashes of the tile from place `from`, as a view; null when the tile does not reach that far. */
export const nodeOf = ({ heights }: TileNodes, from: number, count: number): Uint8Array | null => {
  const row = heights[Math.log2(count)];
  const start = (from / count) * hashBytes;
  return row === undefined || start + hashBytes > row.length ? null : row.subarray(start, start + hashBytes);
};
