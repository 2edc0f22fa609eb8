import { rootOf } from '@ketensluis/tlog';
import type pg from 'pg';
import { inTransaction } from '../pool.js';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { rangeOf } from './sequence.js';
import type { LogSigner, SignRefusal } from './signer.js';
import { loadConsistency } from './tree-hashes.js';

/** Channel on which PostgreSQL tells that entries became sealed; the payload is the new signed size. */
export const sealedChannel = 'log_sealed';

/** Reference of the one task that says that the log is not signed. */
export const signerTask = 'signer';

/** What signing brought: `added` entries came under the signature. They may leave, unless they await witnesses (I1). */
export type SignedOutcome = { readonly kind: 'sealed'; readonly size: number; readonly added: number; readonly awaitsWitnesses: boolean } | SignRefusal;

/**
 * Has the tree as it is committed signed, stores the checkpoint and raises the signed size. A refusal changes nothing: nothing more
 * leaves. May be repeated at any time, also after a crash between signature and storing: the same head gives the same note.
 */
export const signHead = (pool: pg.Pool, signer: LogSigner, at: Date): Promise<SignedOutcome> =>
  inTransaction(pool, async (client) => {
    // One signing at a time in this database. This transaction has written nothing of the tree, so what it reads is committed:
    // a signature over a transaction that may still roll back would be a fork.
    await client.query(prepared("select pg_advisory_xact_lock(hashtext('ketensluis.sign_head')), set_config('jit', 'off', true), set_config('idle_in_transaction_session_timeout', '3s', true)", []));
    const head = await readHead(client);
    const { awaitsWitnesses } = head;
    if (head.size === head.signedSize) return { kind: 'sealed', size: head.size, added: 0, awaitsWitnesses };
    const last = await signer.last();
    if ('kind' in last) return last;
    // A signer that is ahead of the database refuses by itself; no proof leads backwards.
    const proof = last.size > head.size ? [] : await loadConsistency(client, last.size, head.size);
    const answer = await signer.sign({ size: head.size, root: head.root, proof, at });
    if (answer.kind === 'refused') return answer;
    await saveCheckpoint(client, { size: head.size, root: head.root, note: answer.note, at });
    return { kind: 'sealed', size: head.size, added: head.size - head.signedSize, awaitsWitnesses };
  });

interface Head {
  readonly size: number;
  readonly signedSize: number;
  readonly root: Uint8Array;
  readonly awaitsWitnesses: boolean;
}

const readHead = async (client: Queryable): Promise<Head> => {
  const { rows } = await client.query<{ size: string; stack: Buffer; signed_size: string; needs_quorum: boolean }>(
    prepared('select size, stack, signed_size, needs_quorum from tlog_head', []),
  );
  const row = rows[0];
  if (row === undefined) throw new Error('bug: tlog_head has no row');
  const size = Number(row.size);
  return { size, signedSize: Number(row.signed_size), root: rootOf(rangeOf(size, row.stack)), awaitsWitnesses: row.needs_quorum };
};

const saveCheckpoint = async (client: Queryable, checkpoint: { readonly size: number; readonly root: Uint8Array; readonly note: Uint8Array; readonly at: Date }): Promise<void> => {
  const { size, root, note, at } = checkpoint;
  // Without a witness policy the signature releases, in the same statement; whoever was told that the log is not signed need not look any more. The notice is
  // delivered when this commits: whoever hears it finds the new size.
  await client.query(prepared(
    `with kept as (insert into tlog_checkpoint (size, root, signed_at, note) values ($1::bigint, $2, $3, $4) on conflict (size) do nothing),
       raised as (update tlog_head set signed_size = $1::bigint, released_size = case when needs_quorum then released_size else $1::bigint end
         where signed_size < $1::bigint),
       told as (update task set closed_at = $3 where kind = 'log' and ref = $7 and closed_at is null)
     select pg_notify($5, $6)`,
    [size, root, at, note, sealedChannel, String(size), signerTask],
  ));
};
