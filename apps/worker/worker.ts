import { deliver, disclose, seal, type DisclosureJob } from '@ketensluis/flow';
import type { Hub, Ring } from '@ketensluis/platform';
import { startLoop, type Loop } from './loop.js';

/** How often the log is signed at most; a disclosure waits half of this on average before it may leave. */
const tickMs = 200;
/** A loop looks by itself this often, so that a ring that got lost costs little. */
const idleMs = 2_000;
/** Deliveries that end together make room in one claim. */
const claimMs = 20;
/** Terms are minutes or longer. */
const watchMs = 15_000;
/** Messages decided at the same time, each of another case. */
const decidersCount = 2;
/** Deliveries under way at the same time over all parties. */
const deliveriesMax = 32;
/** A message that fails this often is parked with its case (I14). */
const attemptsMax = 3;
const postponeMs = 5_000;

/** The worker: decides, seals, delivers and watches terms, until it is stopped. */
export interface Worker {
  readonly wake: (what: Ring) => void;
  /** Resolves when nothing is under way any more. */
  readonly stop: () => Promise<void>;
}

/** Starts every loop of the worker. A fault is logged and tried again; it never stops the process. */
export const startWorker = (hub: Hub): Worker => {
  const failed = (step: string) => (error: unknown) => hub.events.fault(`${step}.failed`, error);
  const loop = (name: string, spacingMs: number, step: () => Promise<boolean>, restMs = idleMs): Loop =>
    startLoop({ step, idleMs: restMs, spacingMs, failed: failed(name) });

  // One decider looks; it wakes the next when there is work, so that an idle hub asks once and not once per decider.
  const deciders: Loop[] = [];
  for (let place = 0; place < decidersCount; place += 1) {
    deciders.push(loop('disclose', 0, async () => {
      const found = await discloseNext(hub);
      if (found) deciders[place + 1]?.wake();
      return found;
    }));
  }
  const sealer = loop('seal', tickMs, async () => (await seal({ clock: hub.clock, log: hub.log })) > 0);
  const delivering = deliverer(hub, failed('deliver'));
  const sender = loop('deliver', claimMs, delivering.step);
  const watcher = loop('watch', 0, async () => (await hub.store.terms.watch(hub.clock.now()), false), watchMs);
  delivering.onRoom(sender.wake);

  const loopsOf: Readonly<Record<Ring, readonly Loop[]>> = {
    disclose: deciders.slice(0, 1),
    seal: [sealer],
    deliver: [sender],
    register: [],
    clock: [...deciders, sender, watcher],
  };
  return {
    wake: (what) => loopsOf[what].forEach((one) => one.wake()),
    stop: async () => {
      await Promise.all([...deciders, sealer, sender, watcher].map((one) => one.stop()));
      await delivering.ended();
    },
  };
};

/** One message: decided, or freed for later, or parked so that it blocks nothing but its own case. */
const discloseNext = async (hub: Hub): Promise<boolean> => {
  const job = await hub.store.cases.claim(hub.clock.now());
  if (job === null) return false;
  try {
    const plan = await disclose(job, { clock: hub.clock, ids: hub.ids, registers: hub.registers, cases: hub.store.cases });
    if (plan !== null) {
      const count = (kind: string) => plan.decisions.filter(({ decision }) => decision.kind === kind).length;
      hub.events.tell('message.decided', {
        messageId: job.messageId, outcome: plan.outcome, permits: count('permit'), holds: count('hold'), refusals: count('refuse'),
      });
    }
  } catch (error) {
    await setAside(hub, job, error);
  }
  return true;
};

const setAside = async (hub: Hub, job: DisclosureJob, error: unknown): Promise<void> => {
  hub.events.fault('message.failed', error, { messageId: job.messageId });
  const at = hub.clock.now();
  if (job.attempts >= attemptsMax) await hub.store.cases.park(job, 'fault', at);
  else await hub.store.cases.postpone(job, new Date(at.getTime() + postponeMs));
};

/** Keeps deliveries under way without waiting for the slowest of them. */
const deliverer = (hub: Hub, failed: (error: unknown) => void) => {
  const underWay = new Set<Promise<void>>();
  let room = (): void => undefined;
  const start = (one: Promise<void>): void => {
    underWay.add(one);
    void one.finally(() => {
      underWay.delete(one);
      room();
    });
  };
  return {
    onRoom: (tell: () => void) => {
      room = tell;
    },
    ended: async () => void (await Promise.allSettled(underWay)),
    step: async (): Promise<boolean> => {
      const free = deliveriesMax - underWay.size;
      if (free === 0) return false;
      const claimed = await hub.store.deliveries.claimSealed(hub.clock.now(), free);
      for (const disclosure of claimed) {
        start(
          deliver(disclosure, { clock: hub.clock, ids: hub.ids, chance: Math.random, registers: hub.registers, deliveries: hub.store.deliveries, adapterOf: hub.adapterOf })
            .then(({ outcome, next }) => hub.events.tell('delivery.attempted', {
              deliveryId: disclosure.id, party: disclosure.recipient, attempt: disclosure.attempt, outcome: outcome.kind, next: next.kind,
            }), failed),
        );
      }
      return claimed.length > 0;
    },
  };
};
