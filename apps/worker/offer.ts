import { offer, offerAgain } from '@ketensluis/flow';
import type { Broker, Hub } from '@ketensluis/platform';
import { loopOf, type Part } from './part.js';

/** What comes in within this time is offered together: each round is a commit, and the next signature of the log is further away than this. */
const gatherMs = 50;

/**
 * Offers the broker what PostgreSQL has, and again what the broker lost (I8). Of several processes one offers, and another takes over when it is gone.
 */
export const startOffering = (hub: Hub, broker: Broker): Part => {
  const ports = { clock: hub.clock, store: hub.store.queue, offers: broker.offers };
  const offering = loopOf(hub, { name: 'offer', step: () => offer(ports), spacingMs: gatherMs });
  const again = loopOf(hub, {
    name: 'offer-again', restMs: broker.patienceMs,
    step: async () => {
      const count = await offerAgain(broker.patienceMs, ports);
      if (count > 0) hub.events.tell('work.offered-again', { count });
      return false;
    },
  });
  return {
    loops: [offering, again],
    hears: { disclose: [offering], deliver: [offering], clock: [offering, again] },
    ended: () => hub.store.queue.leaveTurn(),
  };
};
