import { rereadDisclosure, type DisclosureDocument } from '@ketensluis/contract';
import { awaitedReceipt, nextTry, partyOf, stopReason, type LawPack, type MailReceipt, type Registers } from '@ketensluis/domain';
import { outcomeEntry } from './entry.js';
import type { DeferralCause, DeliveryOutcome, PartyAdapter } from './party-adapter.js';
import type { DeliveryStore, FinishedAttempt, SealedDisclosure } from './delivery-ports.js';
import type { Clock, Ids, PlannedTask, RegisterReader } from './ports.js';

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
  const content = rereadDisclosure(disclosure.twin);
  const { registers, pack, mark } = await ports.registers.current();
  const outcome = objection(disclosure, content, { registers, at: ports.clock.now() }) ?? (await attempt({ ...disclosure, ...(content === null ? {} : { content, ...formsOf(content, pack) }) }, ports));
  const awaits = awaitedReceipt(partyOf(registers, disclosure.recipient)?.channel ?? null);
  const finished = settle(disclosure, { outcome, awaits, under: mark }, ports);
  await ports.deliveries.finish(finished);
  return finished;
};

/** As the rule says now: a rule that was made stricter holds for what still waits. */
const formsOf = ({ ground }: DisclosureDocument, pack: LawPack): { readonly mayGoWhole: boolean; readonly mayGoByTls: boolean } => {
  const rule = pack.rules.find(({ id }) => id === ground.rule);
  return { mayGoWhole: rule?.fullByWebhook === true, mayGoByTls: rule?.enforcedTls === true };
};

const attempt = async (disclosure: SealedDisclosure, ports: DeliverPorts): Promise<DeliveryOutcome> => {
  const adapter = await ports.adapterOf(disclosure.recipient);
  return adapter === null ? unusable('no-certificate', 'the party has no usable channel') : adapter.deliver(disclosure, ports.clock.now());
};

/** Why this disclosure must not leave now: what it rests on ended meanwhile, or it is not what its document says. */
const objection = (disclosure: SealedDisclosure, content: DisclosureDocument | null, { registers, at }: { readonly registers: Registers; readonly at: Date }): DeliveryOutcome | null => {
  if (content === null) return unusable('not-as-logged', 'the document cannot be read');
  if (!isAsWritten(disclosure, content)) return unusable('not-as-logged', 'recipient or attachments differ from the document');
  const { ground, recipient, fields } = content;
  const on = { ...ground, recipient, municipality: content.case.municipality, minors: fields['minderjarigen'] !== undefined };
  const reason = stopReason(on, registers, at);
  return reason === null ? null : unusable('no-longer-permitted', reason);
};

/** The log commits to the document, and the document names recipient and attachments: nobody else gets it, and nothing goes along (I1). */
const isAsWritten = (disclosure: SealedDisclosure, document: DisclosureDocument): boolean => {
  const named = document.attachments.map(({ sha256 }) => sha256).sort();
  const present = disclosure.attachments.map(({ sha256 }) => sha256).sort();
  return document.id === disclosure.id && document.recipient.oin === disclosure.recipient && named.join() === present.join();
};

const unusable = (code: Extract<DeliveryOutcome, { kind: 'unusable' }>['code'], detail: string): DeliveryOutcome => ({ kind: 'unusable', code, detail, evidence: null });

interface Tried extends Pick<FinishedAttempt, 'outcome' | 'under'> {
  readonly awaits: MailReceipt | null;
}

/** What one outcome leads to: 4xx and silence are tried again, 5xx is a dead letter at once, no safe channel is a hold (I12). */
const settle = (disclosure: SealedDisclosure, { outcome, awaits, under }: Tried, ports: DeliverPorts): FinishedAttempt => {
  const finishedAt = ports.clock.now();
  const ended = (next: FinishedAttempt['next'], code: string | null, task: PlannedTask | null): FinishedAttempt => ({
    disclosure,
    outcome,
    under,
    finishedAt,
    next,
    entry: code === null ? null : outcomeEntry(disclosure, code, { id: ports.ids.next(finishedAt), at: finishedAt }),
    task,
  });
  switch (outcome.kind) {
    case 'delivered':
      return ended({ kind: 'done', awaits }, 'delivered', null);
    case 'announced':
      return ended({ kind: 'announced' }, null, null);
    case 'deferred':
    case 'unknown': {
      const at = nextTry(disclosure.attempt, disclosure.firstTriedAt, finishedAt, ports.chance());
      if (at !== null) {
        const next = notSooner(at, outcome.kind === 'deferred' ? outcome.notBefore : undefined);
        return ended({ kind: 'retry', at: next, isAway: away.has(outcome.cause) && next.getTime() - finishedAt.getTime() <= awayMaxMs }, null, null);
      }
      return ended({ kind: 'dead' }, 'expired', taskFor(disclosure, 'dead-letter', `no acceptance within five days: ${outcome.cause}`));
    }
    case 'rejected':
      return ended({ kind: 'dead' }, 'failed', taskFor(disclosure, 'dead-letter', `refused by the party with ${outcome.code}`));
    case 'unusable':
      return ended({ kind: 'held' }, 'held', heldTask(disclosure, outcome));
  }
};

/** Causes that are of the party and not of this disclosure. */
const away: ReadonlySet<string> = new Set(['connection-refused', 'connection-lost', 'timeout', 'host-not-found', 'not-believed', 'adapter-closed'] satisfies DeferralCause[]);
/** A party that is away for a moment reads things in their order. For longer nothing waits on another: a withdrawal must not wait hours for a mail that keeps failing. */
const awayMaxMs = 15 * 60 * 1_000;

/** The moment the party named, where that is later; more than a day is not waited for, whatever it says. */
const notSooner = (at: Date, notBefore: Date | undefined): Date =>
  notBefore === undefined || notBefore <= at ? at : new Date(Math.min(notBefore.getTime(), at.getTime() + waitMaxMs));

const waitMaxMs = 24 * 60 * 60 * 1_000;

const heldTask = (disclosure: SealedDisclosure, { code, detail }: Extract<DeliveryOutcome, { kind: 'unusable' }>): PlannedTask => {
  if (code === 'not-as-logged') return taskFor(disclosure, 'log', detail);
  return code === 'no-longer-permitted' ? taskFor(disclosure, 'stopped', detail) : taskFor(disclosure, 'certificate', code === 'no-safe-route' ? detail : code);
};

const taskFor = ({ id, recipient }: SealedDisclosure, kind: PlannedTask['kind'], cause: string): PlannedTask => ({ kind, ref: id, party: recipient, cause });
