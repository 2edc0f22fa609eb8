import type { Clock } from '@ketensluis/flow';
import { practiceAheadMs, type Queryable } from '@ketensluis/store';

/** The clock of the machine. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock for practice that runs ahead of the machine's; `refresh` reads how far, after somebody moved it. */
export interface PracticeClock extends Clock {
  readonly refresh: () => Promise<void>;
}

/** The practice clock kept in the database; within one process it never goes back (I11). */
export const practiceClock = async (client: Queryable): Promise<PracticeClock> => {
  let aheadMs = await practiceAheadMs(client);
  return {
    now: () => new Date(Date.now() + aheadMs),
    refresh: async () => {
      aheadMs = Math.max(aheadMs, await practiceAheadMs(client));
    },
  };
};
