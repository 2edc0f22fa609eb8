import { hashBytes, nodeHash } from './merkle.js';
import type { Subtree } from './merkle.js';

/** Hashes in a full tile, entries in a full bundle (tlog-tiles). */
export const tileWidth = 256;
/** Levels of the tree one level of tiles spans: 2^8 = 256. */
export const tileHeight = 8;

/** One tile: `width` hashes (256 when full) at `level`, starting at index * 256. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** Path of a hash tile below the log's prefix: tile/<L>/<N>[.p/<W>]. */
export const tilePath = (tile: Tile): string => `tile/${tile.level}/${numbered(tile.index, tile.width)}`;

/** Path of an entry bundle below the log's prefix: tile/entries/<N>[.p/<W>]. */
export const bundlePath = (index: number, width: number): string => `tile/entries/${numbered(index, width)}`;

// Three digits each, all but the last with an x: 1234067 is x001/x234/067.
const numbered = (index: number, width: number): string => {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i === groups.length - 1 ? group : `x${group}`)).join('/');
  return width === tileWidth ? path : `${path}.p/${width}`;
};

/** Hashes at tile level `level` in a tree of `size`: floor(size / 256^level). */
export const hashesAt = (level: number, size: number): number => Math.floor(size / tileWidth ** level);

/** Every tile of a tree of `size`, level by level, the partial one of each level last; none is empty. */
export function* tilesOf(size: number): Generator<Tile> {
  for (let level = 0; hashesAt(level, size) > 0; level += 1) yield* tilesAt(level, size);
}

/** The tiles of one level. */
export function* tilesAt(level: number, size: number): Generator<Tile> {
  const hashes = hashesAt(level, size);
  for (let index = 0; index * tileWidth < hashes; index += 1) {
    yield { level, index, width: Math.min(tileWidth, hashes - index * tileWidth) };
  }
}

/** Bytes of a tile: its hashes one after another. */
export const encodeTile = (hashes: readonly Uint8Array[]): Uint8Array => Buffer.concat(hashes);

/** The hash at a place in the bytes of a tile; null when the tile does not reach that far. A view, not a copy. */
export const hashInTile = (bytes: Uint8Array, place: number): Uint8Array | null =>
  (place + 1) * hashBytes > bytes.length ? null : bytes.subarray(place * hashBytes, (place + 1) * hashBytes);

/** Which tile holds a subtree, and which of its hashes fold into it. */
export const placeOf = (subtree: Subtree): { readonly level: number; readonly index: number; readonly from: number; readonly count: number } => {
  const level = Math.floor(subtree.level / tileHeight);
  const count = 2 ** (subtree.level % tileHeight);
  const first = subtree.index * count;
  return { level, index: Math.floor(first / tileWidth), from: first % tileWidth, count };
};

/** Hash of the complete subtree that `count` (a power of two) hashes of a tile fold into; throws when the tile is too short. */
export const foldTile = (bytes: Uint8Array, from: number, count: number): Uint8Array => {
  if (count > 1) return nodeHash(foldTile(bytes, from, count / 2), foldTile(bytes, from + count / 2, count / 2));
  const single = hashInTile(bytes, from);
  if (single === null) throw new Error(`tile ends before hash ${from}`);
  return single;
};

/** Bytes of an entry bundle: big-endian uint16 length before each entry. Throws when an entry does not fit. */
export const encodeBundle = (entries: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(entries.flatMap((entry) => {
    if (entry.length > 0xffff) throw new Error('bug: entry larger than 65,535 bytes');
    return [new Uint8Array([entry.length >> 8, entry.length & 0xff]), entry];
  }));

/** The entries of a bundle as views, or null when the bytes do not end exactly at the end of an entry. */
export const decodeBundle = (bytes: Uint8Array): readonly Uint8Array[] | null => {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const [high, low] = [bytes[at], bytes[at + 1]];
    if (high === undefined || low === undefined) return null;
    const end = at + 2 + high * 256 + low;
    if (end > bytes.length) return null;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
};
