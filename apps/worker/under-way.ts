import { partyOf } from '@ketensluis/domain';
import { deliver, evidenceOf, outcomeCode, prove, takeWork, type DeliveryRoom, type MarkedRegisters, type OwedProof, type SealedDisclosure, type WorkNotice, type WorkQueue } from '@ketensluis/flow';
import type { Hub } from '@ketensluis/platform';
import { isOther } from './part.js';

/** Deliveries under way at the same time over all parties, and to one of them: a slow party holds so many hands and no more. */
const deliveriesMax = 64;
const deliveriesPerParty = 8;
/** From here on a party gets a hand only while it has none: however many parties hang, the other half is for those that answer. */
const deliveriesCrowded = deliveriesMax / 2;
/** Much less than a claim lasts (libs/store/deliveries.ts). */
const keepMs = 5_000;
/** Proofs under way at the same time. */
const provesMax = 8;

/** Keeps deliveries under way without waiting for the slowest of them. */
export const deliverer = (hub: Hub, queue: WorkQueue, failed: (error: unknown) => void) => {
  const ports = { clock: hub.clock, ids: hub.ids, chance: Math.random, deliveries: hub.store.deliveries };
  const underWay = new Map<Promise<void>, Load>();
  // Also while the process stops: what it has in hand is nobody else's.
  const keeping = setInterval(() => {
    const long = [...underWay.values()].filter(({ startedAt }) => performance.now() - startedAt > keepMs).map(({ id }) => id);
    if (long.length > 0) hub.store.deliveries.keep(long).catch(failed);
  }, keepMs).unref();
  let room = (): void => undefined;
  const start = (disclosure: SealedDisclosure, known: MarkedRegisters): void => {
    // Taken before it goes: the adapter may use the bytes up.
    const load = { id: disclosure.id, startedAt: performance.now(), party: disclosure.recipient, attachmentBytes: disclosure.attachments.reduce((sum, { content }) => sum + content.length, 0) };
    const beganMs = performance.now();
    // It was claimed under these registers, so it needs no look of its own.
    const one = deliver(disclosure, { ...ports, registers: { current: async () => known }, adapterOf: (party) => hub.adapterOf(party, known.mark) }).then(({ outcome, next }) => {
      if (next.kind === 'retry') queue.putOff('deliver', [disclosure.id], next.at);
      hub.events.tell('delivery.attempted', {
        messageId: disclosure.messageId, deliveryId: disclosure.id, entryId: disclosure.entryId, party: disclosure.recipient, channel: partyOf(known.registers, disclosure.recipient)?.channel?.kind ?? 'none',
        attempt: disclosure.attempt, outcome: outcome.kind, code: outcomeCode(outcome), next: next.kind, durationMs: Math.round(performance.now() - beganMs),
        ...(disclosure.isUncosigned ? { state: 'uncosigned' } : {}), traceparent: evidenceOf(outcome)?.traceparent,
      });
    }).catch(failed);
    underWay.set(one, load);
    void one.finally(() => {
      underWay.delete(one);
      queue.settle('deliver', [disclosure.id]);
      room();
    });
  };
  return {
    onRoom: (tell: () => void) => {
      room = tell;
    },
    ended: async () => {
      await Promise.allSettled(underWay.keys());
      clearInterval(keeping);
    },
    step: async (): Promise<boolean> => {
      const isCrowded = underWay.size >= deliveriesCrowded;
      const most = (isCrowded ? deliveriesMax : deliveriesCrowded) - underWay.size;
      if (most === 0) return false;
      const known = await hub.registers.last();
      const room = { most, perParty: isCrowded ? 1 : deliveriesPerParty, mark: known.mark, ...loadOf([...underWay.values()]) };
      const claimed = await takeWork({
        kind: 'deliver', most, idOf: ({ id }: SealedDisclosure) => id, fitting: (notices) => fittingIn(room, notices),
        claim: (only) => hub.store.deliveries.claimSealed(hub.clock.now(), { ...room, ...(only === undefined ? {} : { only }) }),
      }, { clock: hub.clock, queue, store: hub.store.queue });
      for (const disclosure of claimed) start(disclosure, known);
      if (claimed.length === most && !isCrowded) return true;
      // What is left waits for what is under way, for its moment, or for the log, and each of them wakes this loop.
      return claimed.length === 0 && isOther(hub, known.mark);
    },
  };
};

/** Brings the proofs that are owed since disclosures left uncosigned. */
export const prover = (hub: Hub, failed: (error: unknown) => void) => {
  const ports = { clock: hub.clock, ids: hub.ids, chance: Math.random, registers: hub.registers, proofs: hub.store.proofs, adapterOf: hub.adapterOf };
  const underWay = new Set<Promise<void>>();
  let room = (): void => undefined;
  const start = (owed: OwedProof): void => {
    const one = prove(owed, ports).then(({ next }) => hub.events.tell('proof.attempted', {
      deliveryId: owed.id, party: owed.recipient, attempt: owed.attempt, next: next.kind,
    }), failed);
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
      const most = provesMax - underWay.size;
      if (most === 0) return false;
      await hub.registers.current();
      (await hub.store.proofs.claimOwed(hub.clock.now(), most)).forEach(start);
      // What ends wakes this loop; there is no more to claim before that.
      return false;
    },
  };
};

/** What one delivery under way takes up. */
interface Load {
  readonly id: string;
  readonly startedAt: number;
  readonly party: string;
  readonly attachmentBytes: number;
}

/** A party has more notices in hand than hands: what ends is followed by what is there, and not by what the broker must send first. */
const fittingIn = ({ perParty, underWay }: Pick<DeliveryRoom, 'perParty' | 'underWay'>, notices: readonly WorkNotice[]): readonly WorkNotice[] => {
  const taken = new Map(underWay);
  return notices.filter(({ lane }) => {
    const its = (taken.get(lane) ?? 0) + 1;
    taken.set(lane, its);
    return its <= perParty;
  });
};

const loadOf = (loads: readonly Load[]): Pick<DeliveryRoom, 'underWay' | 'attachmentBytes'> => {
  const underWay = new Map<string, number>();
  for (const { party } of loads) underWay.set(party, (underWay.get(party) ?? 0) + 1);
  return { underWay, attachmentBytes: loads.reduce((sum, { attachmentBytes }) => sum + attachmentBytes, 0) };
};
