import { disclose, takeWork, type DisclosureJob, type DisclosurePlan, type WorkQueue } from '@ketensluis/flow';
import { timeOf, type Broker, type Hub, type WorkSource } from '@ketensluis/platform';
import type { Loop } from './loop.js';
import { isOther, loopOf, type Part } from './part.js';

/** Transactions in which messages are decided at the same time, and how many messages each takes up, all of another case. */
const decidersCount = 2;
const decideMost = 16;
/**
 * What comes in within this time is decided together; it waits longer than that for the next signature of the log. A transaction costs much the same for one
 * message as for many, so where many come it gathers longer, and no longer once there are more than it takes up.
 */
const gatherMs = 40;
const gatherManyMs = 100;
const many = 3;
/** A message that fails this often is parked with its case (I14). */
const attemptsMax = 3;
const postponeMs = 5_000;
/** A worker shows this often that it is there, and looks who else is. */
const seatMs = 1_000;

/**
 * Decides what came in. Registers that are not as logged stop the work before anything is taken up: no case is parked for it, no lease kept. A claim under the
 * registers that were read last takes nothing once others hold; only what found nothing looks whether they do.
 */
export const startDeciding = (hub: Hub, { queue, broker }: WorkSource): Part => {
  // One decider looks; it wakes the next when there is more work than it took, so that an idle hub asks once and not once per decider.
  const deciders: Loop[] = [];
  const ports = { clock: hub.clock, queue, store: hub.store.queue };
  for (let place = 0; place < decidersCount; place += 1) {
    let taken = 0;
    const step = async (): Promise<boolean> => {
      const { mark } = await hub.registers.last();
      const jobs = await takeWork({
        kind: 'disclose', most: decideMost, idOf: ({ job }: DisclosureJob) => job,
        claim: (only) => hub.store.cases.claim(hub.clock.now(), { most: decideMost, mark, ...(only === undefined ? {} : { only }) }),
      }, ports);
      taken = jobs.length;
      if (jobs.length === 0) return isOther(hub, mark);
      if (jobs.length === decideMost) deciders[place + 1]?.wake();
      await discloseAll(hub, jobs, queue);
      return true;
    };
    deciders.push(loopOf(hub, { name: 'disclose', step, spacingMs: () => (taken >= many && taken < decideMost ? gatherManyMs : gatherMs) }));
  }
  const sharing = broker === null ? [] : [shareCases(hub, broker)];
  broker?.onWork('disclose', () => deciders[0]?.wake());
  return { loops: [...deciders, ...sharing.map(({ loop }) => loop)], hears: { disclose: deciders.slice(0, 1), clock: deciders }, ended: async () => sharing.forEach(({ leave }) => leave()) };
};

/** Keeps a seat among those that decide, and listens to its share of the cases: dealt anew when one of them comes or goes. */
const shareCases = (hub: Hub, broker: Broker): { readonly loop: Loop; readonly leave: () => void } => {
  const seat = hub.store.queue.openSeat();
  const step = async (): Promise<boolean> => {
    // Whoever cannot hear of work leaves its share to those who can.
    if (broker.isListening()) await broker.share(await seat.take());
    else seat.leave();
    return false;
  };
  return { loop: loopOf(hub, { name: 'share', step, restMs: seatMs }), leave: seat.leave };
};

/** Each message decided, or freed for later, or parked so that it blocks nothing but its own case. */
const discloseAll = async (hub: Hub, jobs: readonly DisclosureJob[], queue: WorkQueue): Promise<void> => {
  const [begunAt, beganMs] = [hub.clock.now(), performance.now()];
  try {
    const decided = await disclose(jobs, { clock: hub.clock, ids: hub.ids, registers: hub.registers, cases: hub.store.cases });
    for (const { job, result } of decided) {
      if (result?.kind === 'fault') await setAside(hub, job, { fault: result.fault, queue });
      if (result?.kind !== 'planned') continue;
      hub.events.tell('message.decided', { messageId: job.messageId, entryId: firstEntryOf(result.plan), ...toldOf(result.plan), ...waitOf(job, result.plan, begunAt), durationMs: Math.round(performance.now() - beganMs) });
    }
  } finally {
    // What could not even be set aside is in PostgreSQL still, and is offered again when its lease has ended.
    queue.settle('disclose', jobs.map(({ job }) => job));
  }
};

/** One of the entries of a decision, which all have its moment. */
const firstEntryOf = ({ decisions, entries }: DisclosurePlan): string | undefined => (decisions[0]?.entry ?? entries[0])?.facts.id;

/** How many of each kind, and of each decision the rule or the code: nobody is named. */
const toldOf = ({ outcome, decisions }: DisclosurePlan) => {
  const count = (kind: string) => decisions.filter(({ decision }) => decision.kind === kind).length;
  const reasons = decisions.map(({ decision: { kind, ruleId, reasons: [first] } }) => `${kind}:${(kind === 'permit' ? ruleId : first) ?? 'none'}`);
  return { outcome, permits: count('permit'), holds: count('hold'), refusals: count('refuse'), reasons };
};

// The id of a message begins with the moment it was received. What is decided anew, or comes about later with the same message, did not wait since then.
const waitOf = ({ messageId, event }: DisclosureJob, { outcome, file }: DisclosurePlan, at: Date): { readonly waitedMs?: number } =>
  event === null && (outcome === 'refused' || file !== null) ? { waitedMs: Math.max(0, at.getTime() - timeOf(messageId).getTime()) } : {};

const setAside = async (hub: Hub, job: DisclosureJob, { fault, queue }: { readonly fault: unknown; readonly queue: WorkQueue }): Promise<void> => {
  hub.events.fault('message.failed', fault, { messageId: job.messageId });
  const at = hub.clock.now();
  if (job.attempts >= attemptsMax) return hub.store.cases.park(job, 'fault', at);
  const until = new Date(at.getTime() + postponeMs);
  await hub.store.cases.postpone(job, until);
  queue.putOff('disclose', [job.job], until);
};
