import { nextTry } from '@ketensluis/domain';
import { plainEntry, type EntryDraft } from './entry.js';
import type { DeliveryOutcome, PartyAdapter } from './party-adapter.js';
import type { Clock, DeliveryStore, FinishedAttempt, Ids, PlannedTask, SealedDisclosure } from './ports.js';

export interface DeliverPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** A random number in [0, 1), for the jitter of retries. */
  readonly chance: () => number;
  readonly deliveries: DeliveryStore;
  /** The adapter of a party's channel, or null when the party has none that can be used. */
  readonly adapterOf: (party: string) => Promise<PartyAdapter | null>;
}

/**
 * Makes one try to bring a sealed disclosure to its party and records how it ended. A repeat carries the same id.
 * Resolves when attempt, receipt or next try are durable; a crash before that shows as an attempt without outcome and is tried again.
 */
export const deliver = async (disclosure: SealedDisclosure, ports: DeliverPorts): Promise<FinishedAttempt> => {
  const adapter = await ports.adapterOf(disclosure.recipient);
  const outcome = adapter === null ? noChannel : await adapter.deliver(disclosure, ports.clock.now());
  const finished = settle(disclosure, outcome, ports);
  await ports.deliveries.finish(finished);
  return finished;
};

const noChannel: DeliveryOutcome = { kind: 'unusable', code: 'no-certificate', detail: 'the party has no usable channel', evidence: null };

/** What one outcome leads to: 4xx and silence are tried again, 5xx is a dead letter at once, no safe channel is a hold (I12). */
const settle = (disclosure: SealedDisclosure, outcome: DeliveryOutcome, ports: DeliverPorts): FinishedAttempt => {
  const finishedAt = ports.clock.now();
  const ended = (next: FinishedAttempt['next'], code: string | null, task: PlannedTask | null): FinishedAttempt => ({
    disclosure,
    outcome,
    finishedAt,
    next,
    entry: code === null ? null : outcomeEntry(disclosure, code, ports.ids.next(finishedAt), finishedAt),
    task,
  });
  switch (outcome.kind) {
    case 'delivered':
      return ended({ kind: 'done' }, 'delivered', null);
    case 'deferred':
    case 'unknown': {
      const at = nextTry(disclosure.attempt, disclosure.firstTriedAt, finishedAt, ports.chance());
      if (at !== null) return ended({ kind: 'retry', at }, null, null);
      return ended({ kind: 'dead' }, 'expired', deadLetter(disclosure, `no acceptance within five days: ${outcome.cause}`));
    }
    case 'rejected':
      return ended({ kind: 'dead' }, 'failed', deadLetter(disclosure, `refused by the party with ${outcome.code}`));
    case 'unusable':
      return ended({ kind: 'held' }, 'held', { kind: 'certificate', ref: disclosure.id, party: disclosure.recipient, cause: outcome.code });
  }
};

const deadLetter = (disclosure: SealedDisclosure, cause: string): PlannedTask => ({
  kind: 'dead-letter',
  ref: disclosure.id,
  party: disclosure.recipient,
  cause,
});

/** The second entry of a disclosure: what became of it (log.md 6). */
const outcomeEntry = (disclosure: SealedDisclosure, code: string, id: string, at: Date): EntryDraft =>
  plainEntry({ id, kind: 'outcome', at: at.toISOString(), to: disclosure.recipient, ref: disclosure.entryId, msg: disclosure.id, code });
