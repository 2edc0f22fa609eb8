import { emptyRoot, foldRight, hashBytes, subtreesOf } from './merkle.js';
import { planInclusion, proofOf } from './merkle-proof.js';
import type { HashOf, ProofPlan } from './merkle-proof.js';
import { expandTile, nodeOf } from './tile-nodes.js';
import type { TileNodes } from './tile-nodes.js';
import { hashesAt, placeOf, tilePath, tileWidth } from './tile.js';

/** Gives the bytes at a path of the log (tlog-tiles), or null when there are none. */
export type LogReader = (path: string) => Uint8Array | null;

/** Hashes of a log from its tiles. None of it is proven: hold what comes out against a signed root. */
export interface LogTiles {
  /** Root of the tree as it was at a smaller size; null when tiles are missing. */
  readonly rootAt: (size: number) => Uint8Array | null;
  /** Inclusion proof of an entry at the whole size; null when tiles are missing. */
  readonly inclusion: (index: number) => readonly Uint8Array[] | null;
  /** Any plan filled, or the path of the first tile that is missing. */
  readonly fill: (plan: ProofPlan) => readonly Uint8Array[] | string;
}

/** Expanded tiles kept, 16 KiB each: neighbours share them, and those at the top are in every proof. */
const tilesMax = 512;

/** Opens the tiles of a log of `size` entries; each is read when it is first asked for. */
export const openTiles = (read: LogReader, size: number): LogTiles => {
  const known = new Map<string, TileNodes | null>();
  const tileAt = (level: number, index: number): TileNodes | null => {
    const width = Math.min(tileWidth, hashesAt(level, size) - index * tileWidth);
    const path = tilePath({ level, index, width });
    const found = known.get(path);
    if (found !== undefined) return found;
    // A partial tile may be gone once the full one is there (tlog-tiles): it begins the same.
    const bytes = read(path) ?? (width < tileWidth ? read(tilePath({ level, index, width: tileWidth })) : null);
    const nodes = bytes === null ? null : expandTile(bytes.subarray(0, bytes.length - (bytes.length % hashBytes)));
    const [oldest] = known.keys();
    if (known.size >= tilesMax && oldest !== undefined) known.delete(oldest);
    known.set(path, nodes);
    return nodes;
  };
  const fill = (plan: ProofPlan): readonly Uint8Array[] | string => {
    let missing: string | null = null;
    const hashOf: HashOf = (subtree) => {
      const { level, index, from, count } = placeOf(subtree);
      const nodes = tileAt(level, index);
      const hash = nodes === null ? null : nodeOf(nodes, from, count);
      if (hash === null) missing ??= tilePath({ level, index, width: Math.min(tileWidth, hashesAt(level, size) - index * tileWidth) });
      return hash ?? new Uint8Array(hashBytes);
    };
    const hashes = proofOf(plan, hashOf);
    return missing ?? hashes;
  };
  return {
    fill,
    rootAt: (older) => {
      if (older === 0) return emptyRoot();
      const hashes = fill(subtreesOf(0, older).map((subtree) => [subtree]));
      return typeof hashes === 'string' ? null : foldRight(hashes);
    },
    inclusion: (index) => {
      const hashes = fill(planInclusion(index, size));
      return typeof hashes === 'string' ? null : hashes;
    },
  };
};
