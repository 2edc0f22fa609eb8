import type { Queryable } from '../pool.js';

/** What the database tells of how the hub is, in numbers; no case and no person. */
export interface DatabaseHealth {
  /** The clock of its server. */
  readonly now: Date;
  readonly practiceAheadMs: number;
  /** Entries recorded, in the tree, and released. */
  readonly log: { readonly size: number; readonly signed: number; readonly released: number; /** Recorded and not released, those that are not in the tree yet included. */ readonly waiting: number; readonly oldestWaitingAt: Date | null; readonly isContradicted: boolean; readonly quorumLostAt: Date | null };
  readonly witnesses: readonly { readonly name: string; readonly answeredAt: Date | null; readonly problem: string | null }[];
  /** Open tasks by kind. */
  readonly tasks: readonly { readonly kind: string; readonly count: number; readonly oldestAt: Date }[];
}

/** Reads all of it. */
export const databaseHealth = async (client: Queryable): Promise<DatabaseHealth> => {
  const { rows: [head] } = await client.query<{ now: Date; ahead: string | null; size: string; signed: string; released: string; pending: number; oldest: Date | null; contradicted: boolean; lost: Date | null }>(
    `select clock_timestamp() as now, (select ahead_ms from practice_clock) as ahead, size, signed_size as signed, released_size as released, contradicted, quorum_lost_at as lost,
       (select count(*)::int from pending) as pending,
       coalesce((select min(at) from pending), (select at from tlog_leaf where seq = released_size and released_size < size)) as oldest from tlog_head`,
  );
  if (head === undefined) throw new Error('bug: a log without a head');
  const { rows: witnesses } = await client.query<DatabaseHealth['witnesses'][number]>('select name, answered_at as "answeredAt", problem from witness_state order by name');
  const { rows: tasks } = await client.query<DatabaseHealth['tasks'][number]>('select kind, count(*)::int as count, min(opened_at) as "oldestAt" from task where closed_at is null group by kind order by kind');
  return {
    now: head.now, practiceAheadMs: Number(head.ahead ?? 0), witnesses, tasks,
    log: { size: Number(head.size), signed: Number(head.signed), released: Number(head.released), waiting: head.pending + Number(head.size) - Number(head.released), oldestWaitingAt: head.oldest, isContradicted: head.contradicted, quorumLostAt: head.lost },
  };
};
