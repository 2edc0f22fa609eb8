import type { WorkKind, WorkQueue } from '@ketensluis/flow';
import { openBroker, type Broker, type BrokerEvent, type BrokerOptions } from '@ketensluis/queue';
import { readFile } from 'node:fs/promises';
import type { Configuration } from './config.js';
import type { Hub } from './hub.js';

export { BrokerNotUsable, type Broker } from '@ketensluis/queue';

/** Where the worker of a process hears which work there is. */
export interface WorkSource {
  readonly queue: WorkQueue;
  /** Null: the tables of PostgreSQL are the queue, and its bell wakes whoever looks. */
  readonly broker: Broker | null;
}

/** Without a broker every worker looks for whatever there is, and nothing is kept of what it heard. */
const embeddedQueue: WorkQueue = { take: () => null, giveBack: () => undefined, settle: () => undefined, putOff: () => undefined, isAtWork: () => false };

/** The queue of a hub that needs no broker. */
export const embeddedWork: WorkSource = { queue: embeddedQueue, broker: null };

/**
 * Opens the broker of the settings, for a process that works on these kinds; without one, or without work for it, the embedded queue. Rejects with
 * `BrokerNotUsable` where a person must put something right; one that is away is waited for beside the work.
 */
export const openWork = async (hub: Pick<Hub, 'clock' | 'events'>, { brokerUrl, brokerCa }: Pick<Configuration, 'brokerUrl' | 'brokerCa'>, kinds: readonly WorkKind[] = ['disclose', 'deliver']): Promise<WorkSource> =>
  brokerUrl === null || kinds.length === 0 ? embeddedWork : brokerWork(hub, { url: brokerUrl, ca: brokerCa === null ? null : await readFile(brokerCa, 'utf8'), kinds });

/** The same over a broker that is named in full. */
export const brokerWork = async ({ clock, events }: Pick<Hub, 'clock' | 'events'>, options: Omit<BrokerOptions, 'now' | 'told'>): Promise<WorkSource> => {
  const told = (event: BrokerEvent): void => {
    if (event.kind === 'poisoned') events.tell('queue.poisoned', { code: event.code, count: event.count });
    else if (event.kind === 'unusable') events.fault('broker.unusable', event.problem, { connection: event.line });
    else events.tell(`broker.${event.kind}`, { connection: event.line });
  };
  const broker = await openBroker({ ...options, now: clock.now, told });
  return { queue: broker.queue, broker };
};
