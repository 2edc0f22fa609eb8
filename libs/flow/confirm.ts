import { plainEntry, type EntryDraft } from './entry.js';
import type { Clock, Ids } from './ports.js';

/** A disclosure its recipient has. */
export interface ReceivedDisclosure {
  readonly id: string;
  readonly entryId: string;
  readonly caseId: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly trace: string | undefined;
}

/** The word of recipients. */
export interface ConfirmationStore {
  /** A disclosure this party has (null: any party), or null. */
  readonly find: (id: string, oin: string | null) => Promise<ReceivedDisclosure | null>;
  /** One transaction: the word, its entry, and what it does: the duty to make a correction known. False when it was given before. */
  readonly record: (received: ReceivedDisclosure, entry: EntryDraft, at: Date) => Promise<boolean>;
}

export interface ConfirmPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly confirmations: ConfirmationStore;
}

/** Who says so: the party itself, or a person who heard it, and how. */
export interface Confirmation {
  readonly id: string;
  readonly oin: string | null;
  readonly by: string;
  readonly how: string | null;
}

/** Keeps the recipient's word that it knows of a disclosure. `absent`: it has none such; a word given twice counts once. */
export const confirm = async ({ id, oin, by, how }: Confirmation, { clock, ids, confirmations }: ConfirmPorts): Promise<'confirmed' | 'repeated' | 'absent'> => {
  const found = await confirmations.find(id, oin);
  if (found === null) return 'absent';
  const at = clock.now();
  const facts = {
    id: ids.next(at), kind: 'outcome', at: at.toISOString(), to: found.recipient, ref: found.entryId, msg: found.id, trace: found.trace,
    code: oin === null ? 'confirmed-by-hand' : 'confirmed',
  } as const;
  return (await confirmations.record(found, { ...plainEntry(facts, { by }), reason: how }, at)) ? 'confirmed' : 'repeated';
};
