import type { Clock } from './ports.js';
import type { QueueStore, WaitingWork, WorkOffers } from './queue-ports.js';

/** How much is offered before the broker says that it has it. */
const offerWindow = 200;
/** How much of what is overdue is looked at in one statement, and in one round. */
const pageMost = 1_000;
const pagesMost = 10;

export interface OfferPorts {
  readonly clock: Clock;
  readonly store: QueueStore;
  readonly offers: WorkOffers;
}

/**
 * Offers the broker what is due and was not offered yet. Returns true when there may be more. Marked first and offered then: what gets lost in between is
 * overdue after a while, as is everything a broker loses. Does nothing while the broker is away or another process has the turn.
 */
export const offer = async ({ clock, store, offers }: OfferPorts): Promise<boolean> => {
  if (!offers.isOpen() || !(await store.holdTurn())) return false;
  const fresh = await store.takeUnoffered(clock.now(), offerWindow);
  if (fresh.length > 0) await offers.offer(fresh.map(({ notice }) => notice));
  return fresh.length === offerWindow;
};

/**
 * Offers again what was offered `patienceMs` ago, is due, and is in nobody's hands, where nothing waits in line before it: the broker has lost it. Returns how
 * many. What stands in a long line is not lost, and offering it twice would make the line longer; so each line is asked once, and what stands in one that has
 * something waiting is not looked at.
 */
export const offerAgain = async (patienceMs: number, { clock, store, offers }: OfferPorts): Promise<number> => {
  if (!offers.isOpen() || !(await store.holdTurn())) return 0;
  const empty = await offers.look(await store.lanes());
  const at = clock.now();
  const deliveries = empty.parties.length === 0 ? [] : await store.overdueDeliveries(at, { patienceMs, parties: empty.parties, most: offerWindow });
  let [lost, after]: [readonly WaitingWork[], string] = [deliveries, '0'];
  for (let pages = 0; empty.anyOfCases && pages < pagesMost && lost.length < offerWindow; pages += 1) {
    const page = await store.overdueMessages(at, { patienceMs, after, most: pageMost });
    lost = [...lost, ...page.filter(({ notice }) => empty.has(notice))].slice(0, offerWindow);
    const last = page.at(-1);
    if (last === undefined || page.length < pageMost) break;
    after = last.row;
  }
  if (lost.length === 0) return 0;
  await store.markOffered(lost.map(({ row }) => row));
  return offers.offer(lost.map(({ notice }) => notice));
};
