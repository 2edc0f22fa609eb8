import { databaseHealth, type DatabaseHealth } from './desk/doctor.js';
import type { Queryable } from './pool.js';

/** How the hub is doing, as whoever watches it from outside is told: numbers, codes and moments; no case and no person. */
export interface Figures extends Pick<DatabaseHealth, 'log' | 'witnesses' | 'tasks'> {
  readonly needsQuorum: boolean;
  /** What waits, and since when the first of it is due; null while nothing is. */
  readonly queues: readonly { readonly queue: 'disclose' | 'deliver'; readonly length: number; readonly dueSince: Date | null }[];
  readonly duties: Readonly<Record<'overdue' | 'day' | 'later' | 'undated', number>>;
  /** The last check of the whole log; null before the first. */
  readonly verified: { readonly at: Date; readonly isUnchanged: boolean } | null;
}

/** Reads them as of `at`. Only what is open is looked at, so a hub with a long past is asked as fast as a new one. */
export const loadFigures = async (client: Queryable, at: Date): Promise<Figures> => {
  const { log, witnesses, tasks } = await databaseHealth(client);
  const [waiting, duties, checks, head] = [
    // What stands behind a parked message of its case cannot be decided: a person is told of that one.
    await client.query<{ kind: 'disclose' | 'deliver'; length: number; due_since: Date | null }>(
      `select queue.kind, count(*)::int as length, min(due_at) filter (where due_at <= $1) as due_since from queue
       left join (select distinct kind, lane from queue where kind = 'disclose' and parked_code is not null) parked on parked.kind = queue.kind and parked.lane = queue.lane
       where parked_code is null and parked.lane is null group by queue.kind`,
      [at],
    ),
    await client.query<Figures['duties']>(
      `select count(*) filter (where due_at <= $1)::int as overdue, count(*) filter (where due_at > $1 and due_at <= $1::timestamptz + interval '1 day')::int as day,
         count(*) filter (where due_at > $1::timestamptz + interval '1 day')::int as later, count(*) filter (where due_at is null)::int as undated
       from duty where closed_at is null`,
      [at],
    ),
    await client.query<{ at: Date; unchanged: boolean }>('select at, unchanged from last_log_check()'),
    await client.query<{ needs_quorum: boolean }>('select needs_quorum from tlog_head'),
  ];
  const [due] = duties.rows;
  if (due === undefined) throw new Error('bug: a count without a row');
  const [check] = checks.rows;
  const queues = (['disclose', 'deliver'] as const).map((queue) => {
    const found = waiting.rows.find(({ kind }) => kind === queue);
    return { queue, length: found?.length ?? 0, dueSince: found?.due_since ?? null };
  });
  return { log, witnesses, tasks, queues, duties: due, needsQuorum: head.rows[0]?.needs_quorum === true, verified: check === undefined ? null : { at: check.at, isUnchanged: check.unchanged } };
};
