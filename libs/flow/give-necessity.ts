import { isActive, partyOf, type Category, type Necessity } from '@ketensluis/domain';
import type { Leaf } from '@ketensluis/tlog';
import type { EntryDraft } from './entry.js';
import type { Clock, Ids, RegisterReader } from './ports.js';

/** A disclosure that waits until somebody with authority says why it is necessary. */
export interface NecessityHold {
  readonly messageId: string;
  /** OIN of the party, or the role where nobody is connected. */
  readonly recipient: string;
  readonly caseId: string;
  /** Municipality and number of the case. */
  readonly caseName: string;
  readonly type: string;
  /** The entry that records the hold. */
  readonly entryId: string;
  readonly leaf: Leaf;
}

/** Keeps why permitted disclosures are necessary. */
export interface NecessityStore {
  /** Every hold that waits for it, oldest first. */
  readonly waiting: () => Promise<readonly NecessityHold[]>;
  /** One transaction: the reason under the key of its case, its entry, and the message queued to be decided anew. */
  readonly save: (necessity: Necessity, hold: NecessityHold, entry: EntryDraft) => Promise<void>;
}

export interface NecessityPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly necessities: NecessityStore;
}

/** What somebody writes down: for which categories (none where the power itself is weighed), why, and in which function. */
export interface GivenNecessity {
  readonly messageId: string;
  readonly recipient: string;
  readonly categories: readonly Category[];
  readonly reason: string;
  readonly by: string;
}

/**
 * Writes down why a permitted disclosure of special data is necessary (AVG art. 9, 10; law.md 3.6 step 5), and has it decided anew. The log names who said so
 * and for which categories; the reason is only committed to. It opens nothing the law does not permit: every other check is made again.
 */
export const giveNecessity = async (
  given: GivenNecessity, { clock, ids, registers, necessities }: NecessityPorts,
): Promise<{ readonly kind: 'given' } | { readonly kind: 'refused'; readonly detail: string }> => {
  const hold = (await necessities.waiting()).find(({ messageId, recipient }) => messageId === given.messageId && recipient === given.recipient);
  if (hold === undefined) return { kind: 'refused', detail: 'nothing of this message waits for a reason toward this recipient' };
  if (given.reason.trim() === '') return { kind: 'refused', detail: 'a reason has words' };
  const at = clock.now();
  const party = partyOf((await registers.current()).registers, given.recipient);
  if (party !== null && !isActive(party, at)) return { kind: 'refused', detail: 'the recipient is not connected now' };
  const { controller, trace, law, rule, from, to, toRole } = hold.leaf;
  const entry: EntryDraft = {
    facts: {
      id: ids.next(at), kind: 'policy', at: at.toISOString(), code: 'necessity.given', role: given.by, ref: hold.entryId, msg: given.messageId,
      controller, trace, law, rule, from, to, toRole, ...(given.categories.length === 0 ? {} : { cat: [...given.categories].sort() }),
    },
    subjects: [], reason: given.reason, payload: null, detail: {},
  };
  await necessities.save({ ...given, at }, hold, entry);
  return { kind: 'given' };
};
