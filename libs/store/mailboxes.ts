import type pg from 'pg';
import { closeTask } from './upkeep.js';
import { openTask } from './save-plan.js';

/** How far a mailbox was read: every mail with a number up to `uid`, as long as its folder has this validity. */
export interface MailboxMark {
  readonly uidValidity: bigint;
  readonly uid: number;
}

/** Mailboxes the hub reads. */
export interface MailboxStore {
  /** Null when it was never read. */
  readonly find: (name: string) => Promise<MailboxMark | null>;
  /** From now on everything up to here counts as read; it never goes back within one validity. */
  readonly move: (name: string, mark: MailboxMark, at: Date) => Promise<void>;
  /** A person must look: the mailbox cannot be read, or stands still at one mail. */
  readonly stuck: (name: string, cause: string, at: Date) => Promise<void>;
  /** It is read again. */
  readonly goesOn: (name: string, at: Date) => Promise<void>;
}

/** The marks over one pool. */
export const createMailboxStore = (pool: pg.Pool): MailboxStore => ({
  find: async (name) => {
    const { rows } = await pool.query<{ uid_validity: string; uid: string }>('select uid_validity, uid from mailbox_mark where name = $1', [name]);
    const [row] = rows;
    return row === undefined ? null : { uidValidity: BigInt(row.uid_validity), uid: Number(row.uid) };
  },
  move: async (name, { uidValidity, uid }, at) => {
    await pool.query(
      `insert into mailbox_mark (name, uid_validity, uid, moved_at) values ($1, $2, $3, $4)
       on conflict (name) do update set uid_validity = excluded.uid_validity, moved_at = excluded.moved_at,
         uid = case when mailbox_mark.uid_validity = excluded.uid_validity then greatest(mailbox_mark.uid, excluded.uid) else excluded.uid end`,
      [name, uidValidity.toString(), uid, at],
    );
  },
  stuck: (name, cause, at) => openTask(pool, { kind: 'mailbox', ref: name, party: null, cause }, at),
  goesOn: async (name, at) => void (await closeTask(pool, 'mailbox', name, at)),
});
