import type { MailReceipt } from '@ketensluis/domain';
import type { EntryDraft } from './entry.js';
import type { DeliveryOutcome, OutgoingDisclosure } from './party-adapter.js';
import type { ClaimTerms, PlannedTask } from './ports.js';

/** A disclosure whose entry is released: under a checkpoint that suffices for it to leave. Only the log hands these out (I1). */
export type SealedDisclosure = OutgoingDisclosure & {
  readonly __sealed: true;
  readonly recipient: string;
  readonly messageId: string;
  readonly entryId: string;
  /** The document as JSON, made together with it and kept under the key of the case. */
  readonly twin: Uint8Array;
  /** It leaves on the signature of the log alone, because too few witnesses cosign: its recipient is owed a proof later. */
  readonly isUncosigned: boolean;
  readonly attempt: number;
  readonly firstTriedAt: Date;
};

/** What became of one try. */
export interface FinishedAttempt {
  readonly disclosure: SealedDisclosure;
  readonly outcome: DeliveryOutcome;
  /** Mark of the registers it was tried under: a hold under others than those that hold by now is none. */
  readonly under: string;
  readonly finishedAt: Date;
  /** `announced`: the party knows; its fetching ends the delivery. */
  readonly next:
    /** `awaits`: the receipt the duty waits for; null: this answer suffices. */
    | { readonly kind: 'done'; readonly awaits: MailReceipt | null }
    /** `isAway`: nobody was there, and what follows in the case waits with it. */
    | { readonly kind: 'retry'; readonly at: Date; readonly isAway: boolean }
    | { readonly kind: 'announced' | 'held' | 'dead' };
  readonly entry: EntryDraft | null;
  readonly task: PlannedTask | null;
}

/**
 * How many more disclosures a worker can take up, how many it may have under way to one party and how many it has to each, and how many bytes of attachments in
 * all of them.
 */
export interface DeliveryRoom extends ClaimTerms {
  readonly perParty: number;
  readonly underWay: ReadonlyMap<string, number>;
  readonly attachmentBytes: number;
}

/** Brings sealed disclosures to the adapters. */
export interface DeliveryStore {
  /** Claims sealed disclosures there is room for, at most a few per party (a slow party delays nobody), and opens their attempt. */
  readonly claimSealed: (at: Date, room: DeliveryRoom) => Promise<readonly SealedDisclosure[]>;
  /** These are still under way: nobody else takes them up for a while. */
  readonly keep: (ids: readonly string[]) => Promise<void>;
  /** One transaction: attempt, receipt, outcome entry, retry or end, duty, task. A hold under registers that changed meanwhile becomes a try at once. */
  readonly finish: (attempt: FinishedAttempt) => Promise<void>;
}
