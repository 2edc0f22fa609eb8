import { readDisclosure, type DisclosureDocument } from '@ketensluis/contract';
import { nextTry, stopReason } from '@ketensluis/domain';
import { plainEntry, type EntryDraft } from './entry.js';
import type { DeliveryOutcome, PartyAdapter } from './party-adapter.js';
import type { Clock, DeliveryStore, FinishedAttempt, Ids, PlannedTask, RegisterReader, SealedDisclosure } from './ports.js';

export interface DeliverPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** A random number in [0, 1), for the jitter of retries. */
  readonly chance: () => number;
  readonly registers: RegisterReader;
  readonly deliveries: DeliveryStore;
  /** The adapter of a party's channel, or null when the party has none that can be used. */
  readonly adapterOf: (party: string) => Promise<PartyAdapter | null>;
}

/**
 * Makes one try to bring a sealed disclosure to its party and records how it ended. A repeat carries the same id.
 * Resolves when attempt, receipt or next try are durable; a crash before that shows as an attempt without outcome and is tried again.
 */
export const deliver = async (disclosure: SealedDisclosure, ports: DeliverPorts): Promise<FinishedAttempt> => {
  const read = readDisclosure(disclosure.twin, 'application/json');
  const content = read.kind === 'read' ? read.disclosure : null;
  const finished = settle(disclosure, (await objection(disclosure, content, ports)) ?? (await attempt({ ...disclosure, ...(content === null ? {} : { content }) }, ports)), ports);
  await ports.deliveries.finish(finished);
  return finished;
};

const attempt = async (disclosure: SealedDisclosure, ports: DeliverPorts): Promise<DeliveryOutcome> => {
  const adapter = await ports.adapterOf(disclosure.recipient);
  return adapter === null ? unusable('no-certificate', 'the party has no usable channel') : adapter.deliver(disclosure, ports.clock.now());
};

/** Why this disclosure must not leave now: what it rests on ended meanwhile, or it is not what its document says. */
const objection = async (disclosure: SealedDisclosure, content: DisclosureDocument | null, { registers, clock }: DeliverPorts): Promise<DeliveryOutcome | null> => {
  if (content === null) return unusable('not-as-logged', 'the document cannot be read');
  if (!isAsWritten(disclosure, content)) return unusable('not-as-logged', 'recipient or attachments differ from the document');
  const { ground, recipient } = content;
  const on = { ...ground, recipient, municipality: content.case.municipality };
  const reason = stopReason(on, (await registers.current()).registers, clock.now());
  return reason === null ? null : unusable('no-longer-permitted', reason);
};

/** The log commits to the document, and the document names recipient and attachments: nobody else gets it, and nothing goes along (I1). */
const isAsWritten = (disclosure: SealedDisclosure, document: DisclosureDocument): boolean => {
  const named = document.attachments.map(({ sha256 }) => sha256).sort();
  const present = disclosure.attachments.map(({ sha256 }) => sha256).sort();
  return document.id === disclosure.id && document.recipient.oin === disclosure.recipient && named.join() === present.join();
};

const unusable = (code: Extract<DeliveryOutcome, { kind: 'unusable' }>['code'], detail: string): DeliveryOutcome => ({ kind: 'unusable', code, detail, evidence: null });

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
      return ended({ kind: 'dead' }, 'expired', taskFor(disclosure, 'dead-letter', `no acceptance within five days: ${outcome.cause}`));
    }
    case 'rejected':
      return ended({ kind: 'dead' }, 'failed', taskFor(disclosure, 'dead-letter', `refused by the party with ${outcome.code}`));
    case 'unusable':
      return ended({ kind: 'held' }, 'held', heldTask(disclosure, outcome));
  }
};

const heldTask = (disclosure: SealedDisclosure, { code, detail }: Extract<DeliveryOutcome, { kind: 'unusable' }>): PlannedTask => {
  if (code === 'not-as-logged') return taskFor(disclosure, 'log', detail);
  return code === 'no-longer-permitted' ? taskFor(disclosure, 'stopped', detail) : taskFor(disclosure, 'certificate', code);
};

const taskFor = ({ id, recipient }: SealedDisclosure, kind: PlannedTask['kind'], cause: string): PlannedTask => ({ kind, ref: id, party: recipient, cause });

/** The second entry of a disclosure: what became of it (log.md 6). */
const outcomeEntry = (disclosure: SealedDisclosure, code: string, id: string, at: Date): EntryDraft =>
  plainEntry({ id, kind: 'outcome', at: at.toISOString(), to: disclosure.recipient, ref: disclosure.entryId, msg: disclosure.id, code });
