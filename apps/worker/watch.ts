import { lapseFetches, linkEcli } from '@ketensluis/flow';
import type { Hub } from '@ketensluis/platform';
import { loopOf, watchMs, type Part } from './part.js';

/** How often the public case-law feed is looked at; a ruling is published days after it was given. */
const caseLawMs = 10 * 60_000;
/** A fetch that nobody came back for has waited an hour. */
const lapseMs = 60_000;

/** Watches terms, and reads what rulings were published. */
export const startWatching = (hub: Hub): Part => {
  const watcher = loopOf(hub, { name: 'watch', step: async () => (await hub.store.terms.watch(hub.clock.now()), false), restMs: watchMs });
  const lapsing = loopOf(hub, { name: 'lapse', step: async () => (await lapseFetches({ clock: hub.clock, ids: hub.ids, fetches: hub.store.fetches })) > 0, restMs: lapseMs });
  const reading = hub.caseLaw === null ? [] : [loopOf(hub, { name: 'case-law', step: caseLawRound(hub, hub.caseLaw), restMs: caseLawMs })];
  return { loops: [watcher, lapsing, ...reading], hears: { clock: [watcher, lapsing] }, ended: async () => undefined };
};

/** The next window of the public case-law feed; the one after it at once, while there is something to catch up with. */
const caseLawRound = (hub: Hub, source: NonNullable<Hub['caseLaw']>): (() => Promise<boolean>) => async () => {
  const reading = await linkEcli({ clock: hub.clock, ids: hub.ids, source, cases: hub.store.caseLaw });
  if (reading.kind === 'read') hub.events.tell('case-law.read', { count: reading.seen, next: `${reading.linked}-linked` });
  if (reading.kind === 'failed') hub.events.tell('case-law.failed', { reason: reading.code });
  return reading.kind === 'read' && hub.clock.now().getTime() - reading.seenTo.getTime() > caseLawMs;
};
