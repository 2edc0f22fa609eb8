import { openCheckpoint } from './checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import { createIdTable } from './id-table.js';
import type { IdTable } from './id-table.js';
import { parseLeaf } from './leaf.js';
import { emptyRoot, foldRight, hashBytes, leafHash, sameBytes, subtreesOf } from './merkle.js';
import type { VerifierKey } from './note-key.js';
import { bundlePath, decodeBundle, foldTile, hashesAt, hashInTile, placeOf, tilePath, tilesAt, tileWidth } from './tile.js';
import type { Tile } from './tile.js';
import { collectFindings } from './verify-report.js';
import type { Findings, VerifyReport } from './verify-report.js';

/** Gives the bytes at a path of the log (tlog-tiles), or null when there are none. */
export type LogReader = (path: string) => Uint8Array | null;

/** What to check, and against what. */
export interface VerifyInput {
  readonly read: LogReader;
  /** Keys the log is trusted to sign with: from elsewhere than the log itself. */
  readonly keys: readonly VerifierKey[];
  /** A checkpoint kept from earlier: the log must still begin with it. This alone shows a log that was rebuilt with its own key. */
  readonly since: Uint8Array | null;
  /** `hashes` leaves the entry bundles unread: shows that the tiles are what was signed, nothing about entries. */
  readonly scope: 'entries' | 'hashes';
  readonly progress: (done: number, total: number) => void;
}

/**
 * Checks a log laid out as tlog-tiles from first to last entry: the checkpoint's signature, every tile, the hash, schema, id and
 * reference of every entry, and that it still begins with an earlier checkpoint. Reads each file once, in order; memory grows by
 * about 50 bytes per entry. Never throws on what it reads; each finding names the entry or file.
 */
export const verifyLog = (input: VerifyInput): VerifyReport => {
  const findings = collectFindings();
  const nothing = { origin: null, size: 0, root: null, entries: 0 };
  const note = input.read('checkpoint');
  if (note === null) {
    findings.add('missing', { path: 'checkpoint' }, 'no checkpoint');
    return findings.report(nothing);
  }
  const head = openCheckpoint(note, input.keys);
  if (head.kind === 'refused') {
    findings.add('checkpoint', { path: 'checkpoint' }, head.detail);
    return findings.report(nothing);
  }
  const walk: Walk = { input, findings, size: head.size, levels: [], ids: null, entries: 0, rootKnown: true };
  if (input.scope === 'entries') walk.ids = createIdTable(head.size);
  for (const tile of tilesAt(0, head.size)) checkLeaves(walk, tile);
  const root = finish(walk);
  if (walk.rootKnown && !sameBytes(root, head.root)) {
    findings.add('root', { path: 'checkpoint' }, 'the entries do not hash to the root that was signed');
  }
  if (input.since !== null) checkSince(walk, head, input.since);
  return findings.report({ origin: head.origin, size: head.size, root: head.root, entries: walk.entries });
};

/** The state of one pass. `levels[l]` holds the hashes of the tile of level l that is being filled, and its index. */
interface Walk {
  readonly input: VerifyInput;
  readonly findings: Findings;
  readonly size: number;
  readonly levels: { index: number; hashes: Uint8Array[] }[];
  ids: IdTable | null;
  entries: number;
  rootKnown: boolean;
}

/** One bundle against its level-0 tile; hands on what the entries hash to, not what the tile says. */
const checkLeaves = (walk: Walk, tile: Tile): void => {
  const { findings } = walk;
  const stored = readTile(walk, tile);
  const entries = walk.input.scope === 'entries' ? readBundle(walk, tile) : null;
  if (entries === null) {
    pushStored(walk, tile, stored);
  } else {
    const first = tile.index * tileWidth;
    const hashes = entries.map(leafHash);
    hashes.forEach((hash, place) => {
      const expected = stored === null ? hash : hashInTile(stored, place);
      if (expected !== null && sameBytes(expected, hash)) return;
      findings.add('entry-hash', { index: first + place, path: tilePath(tile) }, `entry ${first + place} is not what its tile says`);
    });
    if (walk.ids !== null) {
      const ids = walk.ids;
      entries.forEach((entry, place) => checkEntry({ walk, ids }, entry, first + place));
    }
    walk.entries += entries.length;
    push(walk, 0, hashes);
  }
  walk.input.progress(tile.index * tileWidth + tile.width, walk.size);
};

const checkEntry = ({ walk, ids }: { readonly walk: Walk; readonly ids: IdTable }, bytes: Uint8Array, index: number): void => {
  const { findings } = walk;
  const parsed = parseLeaf(bytes);
  if (parsed.kind === 'refused') {
    findings.add('leaf', { index }, `entry ${index}: ${parsed.problem}`);
    return;
  }
  const { id, ref } = parsed.leaf;
  // Before its own id is put, so that an entry cannot refer to itself: a reference is to an earlier entry.
  if (ref !== undefined && ids.find(ref) === null) {
    // With entries missing, the one referred to may be among them.
    const code = findings.has('missing') ? 'missing' : 'ref';
    findings.add(code, { index }, `entry ${index} refers to an entry that is not in the log before it`);
  }
  const earlier = ids.put(id, index);
  if (earlier !== null) findings.add('duplicate-id', { index }, `entry ${index} has the id of entry ${earlier}`);
};

const readBundle = (walk: Walk, tile: Tile): readonly Uint8Array[] | null => {
  const path = bundlePath(tile.index, tile.width);
  const first = tile.index * tileWidth;
  const bytes = walk.input.read(path);
  // A partial bundle may be gone once the full one is there (tlog-tiles): its beginning is the same.
  const full = bytes === null && tile.width < tileWidth ? walk.input.read(bundlePath(tile.index, tileWidth)) : null;
  const found = bytes ?? full;
  if (found === null) {
    walk.findings.add('missing', { index: first, path }, `entries ${first} to ${first + tile.width - 1} are missing`);
    return null;
  }
  const entries = decodeBundle(found);
  const fits = entries !== null && (full === null ? entries.length === tile.width : entries.length >= tile.width);
  if (entries !== null && fits) return entries.slice(0, tile.width);
  walk.findings.add('bundle', { index: first + Math.min(entries?.length ?? 0, tile.width - 1), path },
    `holds ${entries === null ? 'broken' : entries.length} entries instead of ${tile.width}`);
  return null;
};

const readTile = (walk: Walk, tile: Tile): Uint8Array | null => {
  const path = tilePath(tile);
  const index = tile.index * tileWidth ** (tile.level + 1);
  const bytes = walk.input.read(path);
  const full = bytes === null && tile.width < tileWidth ? walk.input.read(tilePath({ ...tile, width: tileWidth })) : null;
  const found = bytes ?? full;
  if (found === null) {
    walk.findings.add('missing', { index, path }, 'tile is missing');
    return null;
  }
  const length = tile.width * hashBytes;
  if (full === null ? found.length === length : found.length === tileWidth * hashBytes) return found.subarray(0, length);
  walk.findings.add('tile', { index, path }, `holds ${found.length} bytes instead of ${length}`);
  return null;
};

/** Without entries the tile stands for them; without either the tile above does, and failing that the root cannot be computed. */
const pushStored = (walk: Walk, tile: Tile, stored: Uint8Array | null): void => {
  if (stored !== null) return push(walk, tile.level, Array.from({ length: tile.width }, (_, place) => stored.subarray(place * hashBytes, (place + 1) * hashBytes)));
  if (tile.width < tileWidth) {
    walk.rootKnown = false;
    return;
  }
  const above = parentHash(walk, tile);
  if (above === null) walk.rootKnown = false;
  // A hash of zeroes keeps the places right; the root is not compared any more.
  push(walk, tile.level + 1, [above ?? new Uint8Array(hashBytes)]);
};

const parentHash = (walk: Walk, tile: Tile): Uint8Array | null => {
  const { level, index } = { level: tile.level + 1, index: Math.floor(tile.index / tileWidth) };
  const width = Math.min(tileWidth, hashesAt(level, walk.size) - index * tileWidth);
  const bytes = walk.input.read(tilePath({ level, index, width }));
  return bytes === null ? null : hashInTile(bytes, tile.index % tileWidth);
};

/** Adds computed hashes to the tile of a level; a full one is compared with what is stored and folded into the level above. */
const push = (walk: Walk, level: number, hashes: readonly Uint8Array[]): void => {
  for (const hash of hashes) {
    const current = (walk.levels[level] ??= { index: 0, hashes: [] });
    current.hashes.push(hash);
    if (current.hashes.length < tileWidth) continue;
    const bytes = Buffer.concat(current.hashes);
    if (level > 0) compareTile(walk, { level, index: current.index, width: tileWidth }, bytes);
    walk.levels[level] = { index: current.index + 1, hashes: [] };
    push(walk, level + 1, [foldTile(bytes, 0, tileWidth)]);
  }
};

/** Compares the partial tiles at the right edge and folds them into the root, the highest level leftmost. */
const finish = (walk: Walk): Uint8Array => {
  const edge: Uint8Array[] = [];
  for (let level = walk.levels.length - 1; level >= 0; level -= 1) {
    const current = walk.levels[level];
    if (current === undefined || current.hashes.length === 0) continue;
    const bytes = Buffer.concat(current.hashes);
    if (level > 0) compareTile(walk, { level, index: current.index, width: current.hashes.length }, bytes);
    for (const part of subtreesOf(0, current.hashes.length)) edge.push(foldTile(bytes, part.index * 2 ** part.level, 2 ** part.level));
  }
  return edge.length === 0 ? emptyRoot() : foldRight(edge);
};

const compareTile = (walk: Walk, tile: Tile, computed: Uint8Array): void => {
  const stored = readTile(walk, tile);
  if (stored === null || !walk.rootKnown || sameBytes(stored, computed)) return;
  const place = Array.from({ length: tile.width }, (_, i) => i)
    .find((i) => !sameBytes(stored.subarray(i * hashBytes, (i + 1) * hashBytes), computed.subarray(i * hashBytes, (i + 1) * hashBytes)));
  const index = (tile.index * tileWidth + (place ?? 0)) * tileWidth ** tile.level;
  walk.findings.add('tile', { index, path: tilePath(tile) }, `hash ${place ?? 0} is not that of the entries from ${index}`);
};

const checkSince = (walk: Walk, head: Checkpoint, since: Uint8Array): void => {
  const old = openCheckpoint(since, walk.input.keys);
  if (old.kind === 'refused') return walk.findings.add('checkpoint', {}, `earlier checkpoint: ${old.detail}`);
  if (old.origin !== head.origin) return walk.findings.add('fork', {}, 'the earlier checkpoint is of another log');
  if (old.size > head.size) return walk.findings.add('shrunk', { index: head.size }, `the log had ${old.size} entries and now has ${head.size}`);
  const root = rootAt(walk, old.size);
  if (root === null) return walk.findings.add('missing', {}, 'tiles for the earlier checkpoint are missing');
  if (!sameBytes(root, old.root)) walk.findings.add('fork', { index: 0 }, `the first ${old.size} entries are not those of the earlier checkpoint`);
};

/** Root of the tree as it was at a smaller size, from the tiles. */
const rootAt = (walk: Walk, size: number): Uint8Array | null => {
  if (size === 0) return emptyRoot();
  const hashes: Uint8Array[] = [];
  for (const subtree of subtreesOf(0, size)) {
    const { level, index, from, count } = placeOf(subtree);
    const width = Math.min(tileWidth, hashesAt(level, walk.size) - index * tileWidth);
    const bytes = walk.input.read(tilePath({ level, index, width }));
    if (bytes === null || bytes.length < (from + count) * hashBytes) return null;
    hashes.push(foldTile(bytes, from, count));
  }
  return foldRight(hashes);
};
