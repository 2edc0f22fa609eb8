import { openCheckpoint } from './checkpoint.js';
import type { Checkpoint } from './checkpoint.js';
import { medianTime, openCosigned } from './cosignature.js';
import type { CosignedCheckpoint } from './cosignature.js';
import { createIdTable } from './id-table.js';
import type { IdTable } from './id-table.js';
import { leafMaxBytes } from './leaf.js';
import { absent, createLeafPlaces, idNumber, leafMs, refNumber, scanLeaf } from './leaf-scan.js';
import type { LeafPlaces } from './leaf-scan.js';
import { openTiles } from './log-tiles.js';
import type { LogReader, LogTiles } from './log-tiles.js';
import { leafHashes, sameBytes } from './merkle.js';
import type { LogPolicy } from './policy.js';
import { bundlePath, decodeBundle, tilePath, tilesAt, tileWidth } from './tile.js';
import type { Tile } from './tile.js';
import { policyOf } from './trust.js';
import type { LogTrust } from './trust.js';
import { collectFindings } from './verify-report.js';
import type { Findings, VerifyReport } from './verify-report.js';
import { readStored, storedCount, timeRule } from './verify-time.js';
import type { StoredHead, TimeRule, WitnessedHead } from './verify-time.js';
import { checkTree, differences, readTile } from './verify-tree.js';
import type { TreeCheck } from './verify-tree.js';

/** What to check, and against what. */
export interface VerifyInput {
  readonly read: LogReader;
  /** Whom to believe, from elsewhere than the log itself: its keys, or a policy that asks for witnesses as well. */
  readonly trust: LogTrust;
  /** A checkpoint kept from earlier: the log must still begin with it. This alone shows a log that was rebuilt with its own key. */
  readonly since: Uint8Array | null;
  /** `hashes` leaves the entry bundles unread: shows that the tiles are what was signed, nothing about entries. */
  readonly scope: 'entries' | 'hashes';
  readonly progress: (done: number, total: number) => void;
}

/**
 * Checks a log laid out as tlog-tiles from first to last entry: the checkpoint's signature, every tile, the hash, schema, id and
 * reference of every entry, and that it still begins with an earlier checkpoint. With a policy that asks for witnesses also that enough of them signed,
 * that they all saw this history, and that no entry says a time that their clocks contradict. Reads each file once, in order; memory grows by
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
  const policy = policyOf(input.trust);
  const head = openCosigned(note, policy);
  if (head.kind === 'refused') {
    findings.add('checkpoint', { path: 'checkpoint' }, head.detail);
    return findings.report(nothing);
  }
  if (!head.hasQuorum) findings.add('quorum', { path: 'checkpoint' }, `too few witnesses signed: ${head.cosignatures.map(({ witness }) => witness).join(', ') || 'none'}`);
  const { size } = head;
  const count = storedCount(input.read) ?? 0;
  const stored = readStored({
    read: input.read, policy, isLastWitnessed: head.hasQuorum, fault: ({ path, detail, code }) => findings.add(code, { path }, detail), progress: (done) => input.progress(done, count + size),
  });
  const walk: Walk = {
    input: { ...input, progress: (done) => input.progress(count + done, count + size) },
    findings, size, tree: checkTree({ read: input.read, size, findings }), tiles: openTiles(input.read, size),
    ids: input.scope === 'entries' ? createIdTable(size) : null, times: timeRule(witnessedHeads(stored, head)), places: createLeafPlaces(), entries: 0,
  };
  for (const tile of tilesAt(0, size)) checkLeaves(walk, tile);
  const root = walk.tree.finish();
  const since = input.since === null ? null : openSince(walk, { head, policy }, input.since);
  const fit = checkHeads(walk, since === null ? stored : [...stored, since]);
  if (root !== null && !sameBytes(root, head.root)) {
    const where = fit.upTo === 0 ? {} : { index: fit.upTo };
    findings.add('root', { path: 'checkpoint', ...where }, `the entries do not hash to the root that was signed${fit.upTo === 0 ? '' : `; what differs begins among entries ${fit.upTo} to ${(fit.misfit ?? size) - 1}`}`);
  }
  return findings.report({ origin: head.origin, size: head.size, root: head.root, entries: walk.entries });
};

/** The state of one pass. */
interface Walk {
  readonly input: VerifyInput;
  readonly findings: Findings;
  readonly size: number;
  readonly tree: TreeCheck;
  /** For heads of earlier sizes; tiles that are read for one are there for the next. */
  readonly tiles: LogTiles;
  readonly ids: IdTable | null;
  readonly times: TimeRule | null;
  readonly places: LeafPlaces;
  entries: number;
}

/** One bundle against its level-0 tile; hands on what the entries hash to, not what the tile says. */
const checkLeaves = (walk: Walk, tile: Tile): void => {
  const { findings, ids, tree } = walk;
  const stored = readTile({ ...walk.input, size: walk.size, findings }, tile);
  const entries = ids === null ? null : readBundle(walk, tile);
  if (entries === null || ids === null) {
    if (stored === null) tree.skip(tile);
    else tree.add(stored);
  } else {
    const first = tile.index * tileWidth;
    const hashes = leafHashes(entries);
    for (const place of stored === null || sameBytes(stored, hashes) ? [] : differences(stored, hashes)) {
      findings.add('entry-hash', { index: first + place, path: tilePath(tile) }, `entry ${first + place} is not what its tile says`);
    }
    for (const [place, entry] of entries.entries()) checkEntry(walk, ids, entry, first + place);
    walk.entries += entries.length;
    tree.add(hashes);
  }
  walk.input.progress(tile.index * tileWidth + tile.width, walk.size);
};

const checkEntry = ({ findings, places, times }: Walk, ids: IdTable, bytes: Uint8Array, index: number): void => {
  const problem = bytes.length > leafMaxBytes ? 'larger than 8 KiB' : scanLeaf(bytes, places);
  if (problem !== null) {
    findings.add('leaf', { index }, `entry ${index}: ${problem}`);
    return;
  }
  const objection = times?.objection(index, leafMs(bytes, places)) ?? null;
  if (objection !== null) findings.add('time', { index }, `entry ${index} ${objection}`);
  const [id, ref] = [places[idNumber] ?? absent, places[refNumber] ?? absent];
  // Before its own id is put, so that an entry cannot refer to itself: a reference is to an earlier entry.
  if (ref !== absent && ids.find(bytes, ref + 1) === null) {
    // With entries missing, the one referred to may be among them.
    const code = findings.has('missing') ? 'missing' : 'ref';
    findings.add(code, { index }, `entry ${index} refers to an entry that is not in the log before it`);
  }
  const earlier = ids.put(bytes, id + 1, index);
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

/** Every head that enough witnesses cosigned, with its time; the last one included. */
const witnessedHeads = (stored: readonly StoredHead[], head: CosignedCheckpoint): readonly WitnessedHead[] => {
  const last = head.hasQuorum ? medianTime(head.cosignatures) : null;
  const kept = stored.flatMap(({ size, root, atMs }) => (atMs === null ? [] : [{ size, root, atMs }]));
  return last === null ? kept : [...kept, { size: head.size, root: head.root, atMs: last.getTime() }];
};

/** A head of an earlier size; `path` null: not of the export, but kept by whoever checks. */
type EarlierHead = Omit<StoredHead, 'path'> & { readonly path: string | null };

/**
 * The log was signed at earlier sizes; it must begin with each of them. All that fit come before the first that does not, and the change is among the
 * entries between the two. Those after it do not fit either, and say nothing more.
 */
const checkHeads = ({ findings, tiles, size: whole }: Walk, heads: readonly EarlierHead[]): { readonly upTo: number; readonly misfit: number | null } => {
  // Most minutes bring nothing new: of one head seen often the first time is enough.
  const distinct = new Map(heads.map((one) => [`${one.size} ${Buffer.from(one.root).toString('base64')}`, one] as const).reverse());
  let upTo = 0;
  for (const one of [...distinct.values()].sort((a, b) => a.size - b.size)) {
    const { size, root, path } = one;
    const place = path === null ? {} : { path };
    if (size > whole) {
      findings.add('shrunk', { index: whole, ...place }, path === null ? `the log had ${size} entries and now has ${whole}` : `${saidBy(one)} ${size} entries, the log has ${whole}`);
      break;
    }
    const found = tiles.rootAt(size);
    if (found === null) findings.add('missing', place, `tiles for ${path === null ? 'the earlier checkpoint' : `the checkpoint of ${size} entries`} are missing`);
    else if (sameBytes(found, root)) upTo = size;
    else {
      const whose = path === null ? 'of the earlier checkpoint' : `that ${saidBy(one)}`;
      findings.add('fork', { index: upTo, ...place }, `the first ${size} entries are not those ${whose}; what differs begins among entries ${upTo} to ${size - 1}`);
      return { upTo, misfit: size };
    }
  }
  return { upTo, misfit: null };
};

const saidBy = ({ atMs }: EarlierHead): string => (atMs === null ? 'the log signed' : `witnesses saw at ${new Date(atMs).toISOString()}`);

/** A checkpoint that was kept elsewhere, or null when it is none of this log; that is found as well. */
const openSince = ({ findings }: Walk, { head, policy }: { readonly head: Checkpoint; readonly policy: LogPolicy }, since: Uint8Array): EarlierHead | null => {
  const old = openCheckpoint(since, policy.logs.map(({ key }) => key));
  if (old.kind === 'opened' && old.origin === head.origin) return { size: old.size, root: old.root, atMs: null, path: null };
  if (old.kind === 'refused') findings.add('checkpoint', {}, `earlier checkpoint: ${old.detail}`);
  else findings.add('fork', {}, 'the earlier checkpoint is of another log');
  return null;
};
