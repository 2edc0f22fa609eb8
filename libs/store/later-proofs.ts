import type { FinishedProof, OwedProof } from '@ketensluis/flow';
import type pg from 'pg';
import { ringSoon } from './bell.js';
import type { Claiming } from './deliveries.js';
import { findCosignedCheckpoint, loadProofs } from './log/load-proof.js';
import { NotAsLogged, openProof, type ProvenRow } from './open-disclosure.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { draftParts } from './record.js';
import { openTask, taskPart } from './save-plan.js';
import { oneStatement, prepared, type Part } from './statement.js';

/** As for a delivery: longer than any try may take, only a crash gets that far. */
const leaseSeconds = 1_800;

/** A fault of the database in between is over by then, or comes again. */
const againMs = 30_000;

interface OwedRow extends ProvenRow {
  readonly case_id: string;
  readonly entry_id: string;
  readonly sequence: number;
  readonly seq: string;
  readonly tries: number;
  readonly first_tried_at: Date;
}

// Delivered: what is still tried carries the complete proof itself. A body whose term is over cannot be opened, and so not be proven, any more.
const claim = `with due as (
    select distinct on (delivery.recipient) catch_up.mid
    from catch_up join delivery using (mid) join outbox using (mid)
    where catch_up.cosigned_at is not null and catch_up.sent_at is null and catch_up.given_up_at is null
      and coalesce(catch_up.due_at, catch_up.cosigned_at) <= $1 and delivery.state = 'delivered' and outbox.sealed is not null
      and not exists (select from catch_up busy join delivery other using (mid)
        where busy.sent_at is null and busy.lease_until >= now() and other.recipient = delivery.recipient)
    order by delivery.recipient, coalesce(catch_up.due_at, catch_up.cosigned_at), catch_up.mid limit $2),
  claimed as (
    update catch_up set lease_until = now() + make_interval(secs => $3), tries = tries + 1, first_tried_at = coalesce(first_tried_at, $1)
    where mid in (select mid from due) and (lease_until is null or lease_until < now()) and sent_at is null
    returning mid, tries, first_tried_at)
  select claimed.mid, claimed.tries, claimed.first_tried_at, delivery.entry_id, delivery.case_id, delivery.recipient, delivery.number as sequence,
    case_file.wrapped_key, outbox.sealed, outbox.leaf, tlog_leaf.h as in_tree, tlog_leaf.seq
  from claimed join delivery using (mid) join outbox using (mid) join tlog_leaf on tlog_leaf.id = delivery.entry_id
  join case_file on case_file.id = delivery.case_id`;

/** Claims proofs that are owed, each opened under the last cosigned checkpoint; one that differs from the log is given up with a task. */
export const claimOwed = async ({ pool, vault, tiles }: Claiming, at: Date, most: number): Promise<readonly OwedProof[]> => {
  const { rows } = await pool.query<OwedRow>(prepared(claim, [at, most, leaseSeconds]));
  const checkpoint = rows.length === 0 ? null : await findCosignedCheckpoint(pool);
  if (checkpoint === null) return [];
  const proofs = await loadProofs(pool, rows.map(({ seq, leaf }) => ({ index: Number(seq), leaf })), checkpoint, tiles);
  const owed: OwedProof[] = [];
  for (const [place, row] of rows.entries()) {
    try {
      owed.push({
        id: row.mid, caseId: row.case_id, number: row.sequence, proof: openProof(vault, row, proofs[place] ?? null),
        recipient: row.recipient, entryId: row.entry_id, attempt: row.tries, firstTriedAt: row.first_tried_at,
      });
    } catch (fault) {
      await setAside(pool, row.mid, fault, at);
    }
  }
  return owed;
};

const setAside = (pool: pg.Pool, mid: string, fault: unknown, at: Date): Promise<void> =>
  inTransaction(pool, async (client) => {
    if (fault instanceof NotAsLogged) {
      await client.query('update catch_up set lease_until = null, given_up_at = $2 where mid = $1', [mid, at]);
      await openTask(client, { kind: 'log', ref: mid, party: null, cause: fault.message }, at);
      return;
    }
    await client.query('update catch_up set lease_until = null, due_at = $2 where mid = $1', [mid, new Date(at.getTime() + againMs)]);
  });

/** Writes how a try ended, in one transaction: outcome entry, next try or end, task. */
export const finishProof = async (pool: pg.Pool, keys: PeriodKeys, finished: FinishedProof): Promise<void> => {
  const { owed, entry, task, finishedAt } = finished;
  const entries = entry === null ? [] : await draftParts(pool, keys, [{ draft: entry, caseId: owed.caseId, outgoing: null }]);
  const tasks = task === null ? [] : [taskPart(task, finishedAt)];
  await pool.query(oneStatement([...nextParts(finished), ...entries, ...tasks]));
  if (entries.length > 0) ringSoon(pool, 'seal');
};

const nextParts = ({ owed: { id }, next, finishedAt }: FinishedProof): readonly Part[] => {
  switch (next.kind) {
    case 'done':
      return [
        { sql: 'update catch_up set lease_until = null, sent_at = $2 where mid = $1 and sent_at is null', values: [id, finishedAt] },
        { sql: "update task set closed_at = $2 where kind in ('dead-letter', 'certificate') and ref = $1 and closed_at is null", values: [id, finishedAt] },
      ];
    case 'retry':
      return [{ sql: 'update catch_up set lease_until = null, due_at = $2 where mid = $1', values: [id, next.at] }];
    case 'waiting':
      return [{
        sql: `update catch_up set lease_until = null, due_at = $2, tries = tries - 1, first_tried_at = case when tries > 1 then first_tried_at end where mid = $1`,
        values: [id, next.until],
      }];
    case 'given-up':
      return [{ sql: 'update catch_up set lease_until = null, given_up_at = $2 where mid = $1', values: [id, finishedAt] }];
  }
};

/** Frees a proof that was given up, with its tasks; false when there is none. */
export const proveAgain = async (pool: pg.Pool, mid: string, at: Date): Promise<boolean> => {
  const { rowCount } = await pool.query(
    `with freed as (
       update catch_up set given_up_at = null, due_at = $2, tries = 0, first_tried_at = null where mid = $1 and sent_at is null and given_up_at is not null returning mid),
     closed as (update task set closed_at = $2 where kind in ('dead-letter', 'certificate', 'log') and closed_at is null and ref in (select mid::text from freed))
     select mid from freed`,
    [mid, at],
  );
  return rowCount === 1;
};
