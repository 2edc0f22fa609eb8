import type { Clock } from '@ketensluis/flow';
import type pg from 'pg';

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock for practice that runs ahead of the machine's; `refresh` reads how far, after somebody moved it. */
export interface PracticeClock extends Clock {
  readonly refresh: () => Promise<void>;
}

/** The practice clock kept in the database; it is never behind the machine's clock. */
export const practiceClock = async (pool: pg.Pool): Promise<PracticeClock> => {
  let aheadMs = 0;
  const refresh = async (): Promise<void> => {
    const { rows } = await pool.query<{ ahead_ms: string }>('select ahead_ms from practice_clock');
    aheadMs = Math.max(aheadMs, Number(rows[0]?.ahead_ms ?? 0));
  };
  await refresh();
  return { now: () => new Date(Date.now() + aheadMs), refresh };
};

/** Moves the practice clock forward by `byMs` and rings; it is never moved back, for the log's signer would refuse (I11). */
export const movePracticeClock = async (pool: pg.Pool, byMs: number): Promise<Date> => {
  if (byMs < 0) throw new Error('the practice clock only goes forward');
  const { rows } = await pool.query<{ ahead_ms: string }>("update practice_clock set ahead_ms = ahead_ms + $1 returning ahead_ms, pg_notify('ketensluis', 'clock')", [byMs]);
  return new Date(Date.now() + Number(rows[0]?.ahead_ms ?? 0));
};
