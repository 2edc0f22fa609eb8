import type { EntryPage, EntryScope, LogReadStore, OwnEntry } from '@ketensluis/flow';
import { bundlePath, hashesAt, tilePath, tileWidth } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { loadBundle } from './export-log.js';
import { findCheckpoint, loadProof, loadProofs, type EntryProof } from './load-proof.js';
import { createTileCache, loadTile, type TileCache } from './tree-hashes.js';

/** Leaves one request for own entries looks through at most: a party with few entries in a large log asks again with `next`. */
export const walkMax = 10_000;

/**
 * The log as outsiders read it (C2SP tlog-tiles): nothing beyond the last released checkpoint. `key` says what the log is verified with. Throws
 * when the database lacks a part of what was signed, and names it: a hole is never served as an absent file.
 */
export const createLogReadStore = (client: Queryable, key: LogReadStore['key']): LogReadStore => {
  const cache = createTileCache();
  return {
    key,
    checkpoint: async () => (await findCheckpoint(client))?.note ?? null,
    tile: async (tile) => ((await isReleased(client, tile)) ? demand(tilePath(tile), await loadTile(client, tile)) : null),
    bundle: async (index, width) => {
      const tile = { level: 0, index, width };
      return (await isReleased(client, tile)) ? demand(bundlePath(index, width), await loadBundle(client, tile)) : null;
    },
    own: (scope, page) => ownEntries({ client, cache }, scope, page),
    entry: (scope, id) => ownEntry({ client, cache }, scope, id),
  };
};

/** Where proofs are read from; full tiles never change, so they are kept in memory. */
interface Source {
  readonly client: Queryable;
  readonly cache: TileCache;
}

/** True when the tree under the released checkpoint has all hashes of this tile; narrower tiles than the tree has are prefixes of it. */
const isReleased = async (client: Queryable, { level, index, width }: { readonly level: number; readonly index: number; readonly width: number }): Promise<boolean> => {
  const checkpoint = await findCheckpoint(client);
  return checkpoint !== null && index * tileWidth + width <= hashesAt(level, checkpoint.size);
};

const demand = (path: string, bytes: Uint8Array | null): Uint8Array => {
  if (bytes === null) throw new Error(`the database lacks a part of ${path}`);
  return bytes;
};

/**
 * Whose an entry is. Who sent something reads every decision about it. Who received something reads that and how it ended, but no hold or
 * refusal that names it: that there was something it did not get, is what it may not get.
 */
const ownership: Readonly<Record<EntryScope['role'], string>> = {
  party: "(e.sender = $1 or (e.recipient = $1 and e.kind in ('disclosure', 'outcome')))",
  controller: 'e.controller = $1',
};

const ownEntries = async ({ client, cache }: Source, scope: EntryScope, { after, limit }: { readonly after: number | null; readonly limit: number }): Promise<EntryPage> => {
  const checkpoint = await findCheckpoint(client);
  const size = checkpoint?.size ?? 0;
  const first = Math.min((after ?? -1) + 1, size);
  const end = Math.min(first + walkMax, size);
  // Leaf by leaf in the order of the tree: exact also where the order of the clock is another, and no index that every entry pays for. An
  // entry that is in the tree and not in the table could be anybody's, so nobody gets a page with a hole in it.
  const { rows } = await client.query<{ seq: string; id: string; leaf: Buffer | null }>(
    `select l.seq, l.id, e.leaf
       from tlog_leaf l left join lateral (select sender, recipient, controller, kind, leaf from entry where id = l.id and at = l.at offset 0) e on true
      where l.seq >= $2 and l.seq < $3 and (${ownership[scope.role]} or e.kind is null) order by l.seq limit $4`,
    [scope.oin, first, end, limit],
  );
  const leaves = rows.map(({ seq, leaf }) => ({ index: Number(seq), leaf: leaf ?? missing(Number(seq)) }));
  const proofs = checkpoint === null ? [] : await loadProofs(client, leaves, checkpoint, cache);
  const last = rows.length === limit ? Number(rows.at(-1)?.seq) : end - 1;
  return { entries: rows.map(({ id }, place) => proven(id, proofs[place] ?? null)), next: last < 0 ? null : last, isLast: last >= size - 1 };
};

const missing = (index: number): never => {
  throw new Error(`entry ${index} is in the tree and not in the table`);
};

const ownEntry = async ({ client, cache }: Source, scope: EntryScope, id: string): Promise<OwnEntry | 'foreign' | null> => {
  const { rows } = await client.query<{ own: boolean | null }>(
    `select ${ownership[scope.role]} or e.kind is null as own
       from tlog_leaf l left join lateral (select sender, recipient, controller, kind from entry where id = l.id and at = l.at offset 0) e on true
      where l.id = $2`,
    [scope.oin, id],
  );
  const [row] = rows;
  if (row === undefined) return null;
  if (row.own !== true) return 'foreign';
  const proof = await loadProof(client, id, cache);
  return proof === null ? null : proven(id, proof);
};

const proven = (id: string, proof: EntryProof | null): OwnEntry => {
  if (proof === null) throw new Error(`entry ${id} does not lead to the signed root`);
  return { id, index: proof.index, leaf: proof.leaf, proof: proof.file };
};
