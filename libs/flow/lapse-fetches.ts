import { outcomeEntry } from './entry.js';
import type { FetchStore } from './fetch-ports.js';
import type { Clock, Ids } from './ports.js';

/** Whoever is told to come back does so within seconds; a process that ended in the middle is gone long before this. */
const comesBackMs = 60 * 60_000;

export interface LapsePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly fetches: Pick<FetchStore, 'lapse'>;
}

/**
 * Ends fetches that were begun and that nobody came back for: the log could not be sealed in time, the caller had gone, or the process ended. Their entry says that
 * the party has the disclosure. It does not: bytes leave only after the fetch was written down as one that took place. Another entry says so and names the one it
 * corrects; a disclosure that nobody has goes on waiting to be fetched. Returns how many ended.
 */
export const lapseFetches = ({ clock, ids, fetches }: LapsePorts): Promise<number> => {
  const at = clock.now();
  return fetches.lapse(new Date(at.getTime() - comesBackMs), ({ entryId, isDelivered, isHeld, of }) =>
    outcomeEntry(of, isDelivered ? 'delivered' : isHeld ? 'held' : 'fetch-lapsed', { id: ids.next(at), at, schema: `fetch/${entryId}`, detail: { corrects: entryId, left: false } }));
};
