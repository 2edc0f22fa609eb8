import { formatProof, leafHash, planInclusion, verifyInclusion } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { loadPlan } from './tree-hashes.js';

/** The last signed head. */
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

/** The last signed head, or null before the first. */
export const findCheckpoint = async (client: Queryable): Promise<StoredCheckpoint | null> => {
  const { rows } = await client.query<{ size: string; root: Buffer; note: Buffer }>(
    'select size, root, note from tlog_checkpoint order by size desc limit 1',
  );
  const row = rows[0];
  return row === undefined ? null : { size: Number(row.size), root: row.root, note: row.note };
};

/**
 * The proof that an entry is sealed, or null when it is not (yet). Checked before it is handed out: throws when the database does
 * not lead to the root that was signed, for then the log was tampered with.
 */
export const loadProof = async (client: Queryable, entryId: string): Promise<EntryProof | null> => {
  // One probe of the index on id, and by (id, at) one partition: without `offset 0` the planner joins all partitions.
  const { rows } = await client.query<{ seq: string; leaf: Buffer | null }>(
    `select l.seq, e.leaf
       from tlog_leaf l left join lateral (select leaf from entry where id = l.id and at = l.at offset 0) e on true
      where l.id = $1`,
    [entryId],
  );
  const checkpoint = await findCheckpoint(client);
  const row = rows[0];
  if (row === undefined || checkpoint === null) return null;
  const index = Number(row.seq);
  if (index >= checkpoint.size) return null;
  if (row.leaf === null) throw new Error(`entry ${index} is in the tree and not in the table`);
  const hashes = await loadPlan(client, planInclusion(index, checkpoint.size));
  if (!verifyInclusion({ index, size: checkpoint.size, leaf: leafHash(row.leaf), proof: hashes, root: checkpoint.root })) {
    throw new Error(`entry ${index} does not lead to the signed root`);
  }
  return { index, leaf: row.leaf, hashes, checkpoint, file: formatProof({ index, hashes, checkpoint: checkpoint.note }) };
};
