import { embeddedWork, type Hub, type Ring, type WorkSource } from '@ketensluis/platform';
import { startDeciding } from './decide.js';
import { startDelivering } from './deliver.js';
import { loopOf, type Part } from './part.js';
import { startOffering } from './offer.js';
import { startSealing } from './seal.js';
import { startWatching } from './watch.js';

/** What a worker does, each by itself or together with others; any number of processes may do the same. */
export const workerRoles = ['decide', 'seal', 'deliver', 'watch'] as const;
export type WorkerRole = (typeof workerRoles)[number];

/** Keys and certificates change by a ring; what mails let us know may wait this long. */
const trustMs = 5_000;

/** A worker that runs, until it is stopped. */
export interface Worker {
  readonly wake: (what: Ring) => void;
  /** Resolves when nothing is under way any more. */
  readonly stop: () => Promise<void>;
}

const starts: Readonly<Record<WorkerRole, (hub: Hub, work: WorkSource) => Part>> = { decide: startDeciding, seal: startSealing, deliver: startDelivering, watch: startWatching };

/**
 * Starts the loops of these roles; all of them when not told. A process without any role still keeps its keys those of now. Who decides or delivers also offers work to
 * the broker, where there is one: with either of them gone the other must still hear of its own. Whoever opened `work` closes it, after this has stopped.
 */
export const startWorker = (hub: Hub, roles: readonly WorkerRole[] = workerRoles, work: WorkSource = embeddedWork): Worker => {
  const offering = work.broker === null || !roles.some((role) => role === 'decide' || role === 'deliver') ? [] : [startOffering(hub, work.broker)];
  const parts = [...workerRoles.filter((role) => roles.includes(role)).map((role) => starts[role](hub, work)), ...offering, keepKeys(hub)];
  return {
    wake: (what) => parts.forEach(({ hears }) => hears[what]?.forEach((one) => one.wake())),
    stop: async () => {
      await Promise.all(parts.flatMap(({ loops }) => loops.map((one) => one.stop())));
      await Promise.all(parts.map(({ ended }) => ended()));
    },
  };
};

/** Keys and certificates are memory of each process. */
const keepKeys = (hub: Hub): Part => {
  const keeper = loopOf(hub, { name: 'trust', step: hub.trustUpkeep.step, restMs: trustMs });
  hub.trustUpkeep.onWork(keeper.wake);
  return { loops: [keeper], hears: { register: [keeper], clock: [keeper] }, ended: async () => undefined };
};
