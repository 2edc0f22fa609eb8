import { isActive, nextTry, partyOf } from '@ketensluis/domain';
import type { DeliverPorts } from './deliver.js';
import { outcomeEntry } from './entry.js';
import type { DeliveryOutcome } from './party-adapter.js';
import type { PlannedTask } from './ports.js';
import type { FinishedProof, OwedProof, ProofStore } from './prove-ports.js';

export interface ProvePorts extends Omit<DeliverPorts, 'deliveries'> {
  readonly proofs: ProofStore;
}

/** How long after this a party that is paused or has ended is looked at again. */
const lookAgainMs = 5 * 60 * 1_000;

/**
 * Makes one try to bring the proof that is owed since a disclosure left uncosigned (log.md 6), and records how it ended. Nothing of the disclosure
 * goes along. A party that is paused or has ended gets none until it is active again. Resolves when the end is durable; a crash before that is tried
 * again under the same id.
 */
export const prove = async (owed: OwedProof, ports: ProvePorts): Promise<FinishedProof> => {
  const finished = settle(owed, await attempt(owed, ports), ports);
  await ports.proofs.finish(finished);
  return finished;
};

const attempt = async (owed: OwedProof, { registers, clock, adapterOf }: ProvePorts): Promise<DeliveryOutcome | null> => {
  const party = partyOf((await registers.current()).registers, owed.recipient);
  if (party === null || !isActive(party, clock.now())) return null;
  const adapter = await adapterOf(owed.recipient);
  const { id, caseId, number, proof } = owed;
  if (adapter === null) return { kind: 'unusable', code: 'no-certificate', detail: 'the party has no usable channel', evidence: null };
  return adapter.prove({ id, caseId, number, proof }, clock.now());
};

/** What one outcome leads to; null: the party is not connected now. */
const settle = (owed: OwedProof, outcome: DeliveryOutcome | null, ports: ProvePorts): FinishedProof => {
  const finishedAt = ports.clock.now();
  const ended = (next: FinishedProof['next'], code: string | null, task: PlannedTask | null): FinishedProof => ({
    owed, finishedAt, next, entry: code === null ? null : outcomeEntry(owed, code, { id: ports.ids.next(finishedAt), at: finishedAt }), task,
  });
  if (outcome === null) return ended({ kind: 'waiting', until: new Date(finishedAt.getTime() + lookAgainMs) }, null, null);
  const later = (cause: string, meanwhile: PlannedTask | null): FinishedProof => {
    const at = nextTry(owed.attempt, owed.firstTriedAt, finishedAt, ports.chance());
    return at === null
      ? ended({ kind: 'given-up' }, 'proof-expired', taskFor(owed, 'dead-letter', `proof not accepted within five days: ${cause}`))
      : ended({ kind: 'retry', at }, null, meanwhile);
  };
  switch (outcome.kind) {
    case 'delivered':
      return ended({ kind: 'done' }, 'proof-delivered', null);
    // It stands where the party reads, and the party knows; nothing waits for that it is read.
    case 'announced':
      return ended({ kind: 'done' }, 'proof-announced', null);
    case 'deferred':
    case 'unknown':
      return later(outcome.cause, null);
    case 'rejected':
      return ended({ kind: 'given-up' }, 'proof-failed', taskFor(owed, 'dead-letter', `proof refused by the party with ${outcome.code}`));
    case 'unusable':
      // A new certificate needs no word of ours: the next try finds it (I12).
      return later(outcome.code, taskFor(owed, 'certificate', outcome.code));
  }
};

const taskFor = ({ id, recipient }: OwedProof, kind: PlannedTask['kind'], cause: string): PlannedTask => ({ kind, ref: id, party: recipient, cause });
