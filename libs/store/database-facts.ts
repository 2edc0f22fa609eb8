import type { Queryable } from './pool.js';

/** What a database tells of itself before a hub starts on it. */
export interface DatabaseFacts {
  /** The clock of its server. */
  readonly now: Date;
  /** The latest moment in the log; null while it is empty. */
  readonly lastEntryAt: Date | null;
  /** The name of the log it was first sealed for; null when no hub used it yet. */
  readonly logName: string | null;
  /** How far its practice clock is ahead. */
  readonly practiceAheadMs: number;
}

/** Reads them; nothing is changed. */
export const databaseFacts = async (client: Queryable): Promise<DatabaseFacts> => {
  const { rows: [row] } = await client.query<{ now: Date; last: Date | null; vkey: string | null; ahead_ms: string | null }>(
    'select clock_timestamp() as now, (select max(at) from entry) as last, (select vkey from hub_mark) as vkey, (select ahead_ms from practice_clock) as ahead_ms',
  );
  if (row === undefined) throw new Error('bug: a statement without a row');
  // A verifier key begins with the name (C2SP signed-note).
  return { now: row.now, lastEntryAt: row.last, logName: row.vkey?.split('+')[0] ?? null, practiceAheadMs: Number(row.ahead_ms ?? 0) };
};
