import { rootOf, sameBytes, verifyConsistency } from '@ketensluis/tlog';
import type pg from 'pg';
import { rangeOf } from './sequence.js';
import type { SignedHead } from './signer.js';
import { loadConsistency } from './tree-hashes.js';

/** How the log in the database stands to a head that somebody else remembers. */
export type Continuity =
  /** It begins with all of what is remembered. */
  | 'continues'
  /** It has fewer entries: it was put back to an earlier moment, or is another one. */
  | 'behind'
  /** It has as many or more, and not those: it was rewritten, or is of another hub. */
  | 'other';

/** The log as the database has it. */
export interface LogHead extends SignedHead {
  readonly signedSize: number;
  /** The last checkpoint under the signature of the log; null before the first. */
  readonly checkpoint: Uint8Array | null;
  /** The key it was first signed with; null when no hub used this database yet. */
  readonly vkey: string | null;
}

/** Reads it; nothing is changed. */
export const loadLogHead = async (pool: pg.Pool): Promise<LogHead> => {
  const { rows: [row] } = await pool.query<{ size: string; stack: Buffer; signed: string; note: Buffer | null; vkey: string | null }>(
    `select head.size, stack, signed_size as signed, note, (select vkey from hub_mark) as vkey
     from tlog_head head left join tlog_checkpoint signed on signed.size = head.signed_size`,
  );
  if (row === undefined) throw new Error('bug: a log without a head');
  const size = Number(row.size);
  return { size, root: rootOf(rangeOf(size, row.stack)), signedSize: Number(row.signed), checkpoint: row.note, vkey: row.vkey };
};

/** Holds the log of the database against what was remembered of it, by its own tiles and the proof that a stranger would ask for. */
export const continuityOf = async (pool: pg.Pool, head: LogHead, remembered: SignedHead): Promise<Continuity> => {
  if (remembered.size === 0) return 'continues';
  if (remembered.size > head.size) return 'behind';
  if (remembered.size === head.size) return sameBytes(remembered.root, head.root) ? 'continues' : 'other';
  // Tiles that are not there prove nothing.
  const proof = await loadConsistency(pool, remembered.size, head.size).catch(() => null);
  return proof !== null && verifyConsistency({ oldSize: remembered.size, oldRoot: remembered.root, size: head.size, root: head.root, proof }) ? 'continues' : 'other';
};
