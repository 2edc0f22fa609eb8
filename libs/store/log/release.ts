import type { AskedWitnessState, CosignedHead, HeadToWitness, LostQuorum, ReleaseStore } from '@ketensluis/flow';
import type pg from 'pg';
import type { Queryable } from '../pool.js';
import { taskPart } from '../save-plan.js';
import { oneStatement, prepared, type Part } from '../statement.js';
import { createTileCache, loadConsistency } from './tree-hashes.js';

/** An entry that waits longer than this for its signature stalls the log. */
const stallMs = 30_000;

/** Reference of the one task that says that too few witnesses cosign. */
export const quorumTask = 'quorum';

/**
 * From now on only cosigned checkpoints release entries, or the log's own signature does. What was released stays so. Without a policy everything
 * signed is released at once: who runs the hub decides whether it has witnesses.
 */
export const demandQuorum = async (client: Queryable, isDemanded: boolean): Promise<void> => {
  await client.query(
    isDemanded
      ? 'update tlog_head set needs_quorum = true where not needs_quorum'
      : 'update tlog_head set needs_quorum = false, released_size = signed_size, quorum_lost_at = null, contradicted = false where needs_quorum',
  );
};

/** What witnesses said, kept in PostgreSQL. */
export const releaseStore = (pool: pg.Pool): ReleaseStore => {
  const tiles = createTileCache();
  return {
    head: (at) => readHead(pool, at),
    consistency: (oldSize, size) => loadConsistency(pool, oldSize, size, tiles),
    saveCosigned: (head) => saveCosigned(pool, head),
    saveLost: (lost) => saveLost(pool, lost),
  };
};

interface HeadRow {
  readonly size: string;
  readonly released_size: string;
  readonly cosigned_at: Date | null;
  readonly quorum_lost_at: Date | null;
  readonly contradicted: boolean;
  readonly root: Buffer;
  readonly note: Buffer;
  readonly stalled: boolean;
  readonly witnesses: readonly { readonly name: string; readonly size: number; readonly problem: string | null }[];
}

const readHead = async (client: Queryable, at: Date): Promise<HeadToWitness | null> => {
  const { rows } = await client.query<HeadRow>(prepared(
    `select signed.size, released_size, cosigned_at, quorum_lost_at, contradicted, root, note,
       exists (select from pending where pending.at < $1) or exists (
         select from tlog_leaf where seq = head.signed_size and head.signed_size < head.size and tlog_leaf.at < $1) as stalled,
       (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'size', size, 'problem', problem)), '[]') from witness_state) as witnesses
     from tlog_head head join tlog_checkpoint signed on signed.size = head.signed_size`,
    [new Date(at.getTime() - stallMs)],
  ));
  const row = rows[0];
  if (row === undefined) return null;
  return {
    size: Number(row.size), root: row.root, note: row.note, releasedSize: Number(row.released_size), cosignedAt: row.cosigned_at,
    quorumLostAt: row.quorum_lost_at, isContradicted: row.contradicted, isStalled: row.stalled,
    witnesses: new Map(row.witnesses.map(({ name, size, problem }) => [name, { size, problem }])),
  };
};

const saveCosigned = async (pool: pg.Pool, { at, size, note, witnesses }: CosignedHead): Promise<void> => {
  // A trigger of the table raises the released size. A round of another process that ends late has an older head: kept in the next minute it would stand as
  // the last one, and proofs from the released size would lack their witnesses.
  const kept = {
    sql: `insert into tlog_cosigned (cosigned_at, size, note)
       select $1::timestamptz, $2::bigint, $3::bytea from (select released_size from tlog_head for update) head where released_size <= $2::bigint
       on conflict (minute) do update set cosigned_at = excluded.cosigned_at, size = excluded.size, note = excluded.note
         where tlog_cosigned.size <= excluded.size and tlog_cosigned.cosigned_at <= excluded.cosigned_at`,
    values: [at, size, note],
  };
  const caughtUp = {
    sql: 'update catch_up set cosigned_at = $2 from tlog_leaf where tlog_leaf.id = catch_up.entry_id and catch_up.cosigned_at is null and tlog_leaf.seq < $1::bigint',
    values: [size, at],
  };
  const closed = { sql: "update task set closed_at = $1 where kind = 'witness' and ref = $2 and closed_at is null", values: [at, quorumTask] };
  await pool.query(oneStatement([kept, caughtUp, closed, witnessPart(witnesses, at)], ['deliver']));
};

const saveLost = async (pool: pg.Pool, { at, isContradicted, witnesses, alarm }: LostQuorum): Promise<void> => {
  const head = {
    sql: `update tlog_head set quorum_lost_at = coalesce(quorum_lost_at, $1::timestamptz), contradicted = contradicted or $2::boolean
      where quorum_lost_at is null or (not contradicted and $2::boolean)`,
    values: [at, isContradicted],
  };
  const task = alarm === null ? [] : [taskPart({ kind: 'witness', ref: quorumTask, party: null, cause: alarm }, at)];
  await pool.query(oneStatement([head, witnessPart(witnesses, at), ...task]));
};

/** Who was asked and did not change is not written again. */
const witnessPart = (witnesses: readonly AskedWitnessState[], at: Date): Part => ({
  sql: `insert into witness_state as known (name, size, answered_at, problem)
    select name, size, case when problem is null then $2::timestamptz end, problem
      from unnest($1::text[], $3::bigint[], $4::text[]) as asked (name, size, problem)
    on conflict (name) do update set size = excluded.size, answered_at = coalesce(excluded.answered_at, known.answered_at), problem = excluded.problem
      where known.size <> excluded.size or known.problem is distinct from excluded.problem or known.answered_at < excluded.answered_at - interval '30 seconds'`,
  values: [witnesses.map(({ name }) => name), at, witnesses.map(({ size }) => size), witnesses.map(({ problem }) => problem)],
});
