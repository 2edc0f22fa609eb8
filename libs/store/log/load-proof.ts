import { formatProof, leafHash, planInclusion, verifyInclusion } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { createTileCache, fillPlans } from './tree-hashes.js';
import type { TileCache } from './tree-hashes.js';

/** A signed head. */
export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Uint8Array;
  /** The signed note, byte for byte. */
  readonly note: Uint8Array;
}

/** Everything that proves one entry to an outsider. */
export interface EntryProof {
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: StoredCheckpoint;
  /** The `.tlog-proof` that travels with a message (C2SP tlog-proof). */
  readonly file: Uint8Array;
}

/** The head under which entries are released. */
// The last cosigned note is of the released size, or of none when the log has no witnesses or has not heard them yet.
export const releasedSql = `
  select signed.size, signed.root, coalesce((select note from (select size, note from tlog_cosigned order by minute desc limit 1) last where last.size = signed.size), signed.note) as note
    from tlog_checkpoint signed where signed.size = (select released_size from tlog_head)`;
const signedSql = 'select size, root, note from tlog_checkpoint order by size desc limit 1';
const cosignedSql = `
  select last.size, signed.root, last.note from (select size, note from tlog_cosigned order by minute desc limit 1) last join tlog_checkpoint signed on signed.size = last.size`;

/** The head under which entries are released: cosigned when the log has witnesses, else signed. Null before the first. */
export const findCheckpoint = (client: Queryable): Promise<StoredCheckpoint | null> => find(client, releasedSql);

/** The last head the log signed by itself; with witnesses it may be ahead of what they cosigned. Null before the first. */
export const findSignedCheckpoint = (client: Queryable): Promise<StoredCheckpoint | null> => find(client, signedSql);

/** The last head that enough witnesses cosigned, also when the log needs none any more. Null when there never was one. */
export const findCosignedCheckpoint = (client: Queryable): Promise<StoredCheckpoint | null> => find(client, cosignedSql);

const find = async (client: Queryable, sql: string): Promise<StoredCheckpoint | null> => {
  const { rows } = await client.query<{ size: string; root: Buffer; note: Buffer }>(prepared(sql, []));
  const row = rows[0];
  return row === undefined ? null : { size: Number(row.size), root: row.root, note: row.note };
};

/** An entry and its place in the tree. */
export interface PlacedLeaf {
  readonly index: number;
  readonly leaf: Uint8Array;
}

/**
 * Proofs for any number of entries under one head, in at most two statements. Each is checked before it is handed out; null for an entry that is not below
 * the head or does not lead to its root: then the log was tampered with.
 */
export const loadProofs = async (
  client: Queryable, entries: readonly PlacedLeaf[], checkpoint: StoredCheckpoint, cache: TileCache,
): Promise<readonly (EntryProof | null)[]> => {
  const { size, root, note } = checkpoint;
  const plans = entries.map(({ index }) => (index < size ? planInclusion(index, size) : []));
  const filled = await fillPlans(client, plans, { size, cache });
  return entries.map(({ index, leaf }, place) => {
    const hashes = filled[place] ?? null;
    if (hashes === null || !verifyInclusion({ index, size, leaf: leafHash(leaf), proof: hashes, root })) return null;
    return { index, leaf, hashes, checkpoint, file: formatProof({ index, hashes, checkpoint: note }) };
  });
};

// One probe of the index on id, and by (id, at) one partition: without `offset 0` the planner joins all partitions.
const entrySql = `
  select l.seq, e.leaf
    from tlog_leaf l left join lateral (select leaf from entry where id = l.id and at = l.at offset 0) e on true
   where l.id = $1`;

/**
 * The proof that an entry is released, or null when it is not (yet). Checked before it is handed out: throws when the database does
 * not lead to the root that was signed, for then the log was tampered with.
 */
export const loadProof = async (client: Queryable, entryId: string, cache = createTileCache()): Promise<EntryProof | null> => {
  const { rows } = await client.query<{ seq: string; leaf: Buffer | null }>(prepared(entrySql, [entryId]));
  const row = rows[0];
  if (row === undefined) return null;
  const checkpoint = await findCheckpoint(client);
  const index = Number(row.seq);
  if (checkpoint === null || index >= checkpoint.size) return null;
  if (row.leaf === null) throw new Error(`entry ${index} is in the tree and not in the table`);
  const [proof] = await loadProofs(client, [{ index, leaf: row.leaf }], checkpoint, cache);
  if (proof === undefined || proof === null) throw new Error(`entry ${index} does not lead to the signed root`);
  return proof;
};
