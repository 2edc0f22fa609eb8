import type { Hub } from '@ketensluis/platform';
import { readLimiter } from '@ketensluis/platform';

const limiters = new WeakMap<object, ReturnType<typeof readLimiter>>();

/** Counts the requests of parties and strangers; one store for all controllers of a process. */
export const requestLimiter = (hub: Pick<Hub, 'clock'>): ReturnType<typeof readLimiter> => {
  const limiter = limiters.get(hub.clock) ?? readLimiter(hub.clock);
  limiters.set(hub.clock, limiter);
  return limiter;
};
