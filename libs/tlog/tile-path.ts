import { tileWidth } from './tile.js';
import type { Tile } from './tile.js';

/** What a path below a log's prefix names: hashes, or a bundle of entries. */
export type TilePath = ({ readonly kind: 'tile' } & Tile) | { readonly kind: 'bundle'; readonly index: number; readonly width: number };

// Only one spelling for every number (C2SP tlog-tiles): no leading zeroes, groups of three digits, all but the last with an x.
const form = /^tile\/(entries|[0-9]|[1-5][0-9]|6[0-3])\/((?:x[0-9]{3}\/){0,5}[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Reads `tile/<L>/<N>[.p/<W>]` and `tile/entries/<N>[.p/<W>]`; null for whatever `tilePath` and `bundlePath` would not have written. Never throws. */
export const parseTilePath = (path: string): TilePath | null => {
  const [, level, groups, digits] = form.exec(path) ?? [];
  if (level === undefined || groups === undefined || groups.startsWith('x000/')) return null;
  const index = Number(groups.replace(/[x/]/g, ''));
  const width = digits === undefined ? tileWidth : Number(digits);
  // A full tile has no width in its path.
  if (!Number.isSafeInteger(index) || width > tileWidth || (digits !== undefined && width === tileWidth)) return null;
  return level === 'entries' ? { kind: 'bundle', index, width } : { kind: 'tile', level: Number(level), index, width };
};
