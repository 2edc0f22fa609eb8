import type { CaseFile, Decision, Duty, DutyKey, LawPack, Message, MessageBody, OnwardEvent, Registers } from '@ketensluis/domain';
import type { MailRefusal, OpenedMail } from '@ketensluis/mail';
import type { EntryDraft } from './entry.js';
import type { DeliveryOutcome, OutgoingDisclosure } from './party-adapter.js';

/** The one source of time (I11). In practice it can be moved; it never goes back within one process. */
export interface Clock {
  readonly now: () => Date;
}

/** Fresh UUIDv7 identifiers, ordered by `at`. */
export interface Ids {
  readonly next: (at: Date) => string;
}

/** Bytes from outside to a proven mail; runs in a worker thread (smime.md). */
export interface MailOpener {
  readonly open: (raw: Uint8Array, at: Date) => Promise<OpenedMail | MailRefusal>;
}

/** What the hub decides by, each with its version (I4). Reads what is current at the moment of the call. */
export interface RegisterReader {
  readonly current: () => Promise<{ readonly registers: Registers; readonly pack: LawPack }>;
}

/** A mail that was proven and understood, ready to be kept. */
export interface AcceptedMail {
  readonly id: string;
  readonly receivedAt: Date;
  readonly raw: Uint8Array;
  readonly message: MessageBody;
  /** Content of the attachments, in the order the message names them. */
  readonly attachments: readonly Uint8Array[];
  readonly signatureSha256: string;
  readonly signerSha256: string;
}

/**
 * `saved`: message, raw mail and queue row are durable (I5). `repeated`: this very mail was saved under `id`, and its sender may not have had
 * our answer. `replayed`: this signature or sender id was accepted and answered before.
 */
export type Saved = { readonly kind: 'saved' } | { readonly kind: 'repeated'; readonly id: string } | { readonly kind: 'replayed' };

/** Keeps what came in. */
export interface IntakeStore {
  /** Nothing is written unless it is `saved`. */
  readonly saveAccepted: (mail: AcceptedMail) => Promise<Saved>;
  /** The sender of these messages has had its 250: from now on the same mail is a replay. */
  readonly confirmAnswered: (ids: readonly string[]) => Promise<void>;
  /** The refusal is a durable log entry (I3). */
  readonly recordRefusal: (entry: EntryDraft) => Promise<void>;
}

/** A claimed piece of work: a message with its own event, or an event the hub brings about with an earlier message. */
export interface DisclosureJob {
  readonly job: string;
  readonly messageId: string;
  readonly event: OnwardEvent | null;
  /** How often it was claimed, this time included. */
  readonly attempts: number;
}

/** One message that waits for its decisions, with its case locked. */
export interface LoadedMessage {
  readonly id: string;
  readonly message: Message;
  /** Null when nothing was applied to the case yet. */
  readonly file: CaseFile | null;
  readonly event: OnwardEvent | null;
  /** Null at first; afterwards the recipients whose disclosure is held and is decided anew. */
  readonly held: ReadonlySet<string> | null;
}

/** One decision with the entry that records it and, for a permit, what goes out. */
export interface PlannedDecision {
  readonly decision: Decision;
  readonly entry: EntryDraft;
  /** `attachments` are places in the message, from 0; `twin` is the document as JSON, kept beside it because it is read at every try. */
  readonly outgoing: { readonly mid: string; readonly party: string; readonly twin: Uint8Array; readonly attachments: readonly number[] } | null;
}

/** Everything one message changes; written in one commit. */
export interface DisclosurePlan {
  readonly outcome: 'applied' | 'refused';
  readonly file: CaseFile | null;
  readonly decisions: readonly PlannedDecision[];
  /** Entries besides those of the decisions. */
  readonly entries: readonly EntryDraft[];
  readonly duties: readonly Duty[];
  /** Duties that get this moment also when they are open with another one. */
  readonly moved: readonly Duty[];
  readonly closes: readonly DutyKey[];
  readonly onward: readonly OnwardEvent[];
  readonly tasks: readonly PlannedTask[];
}

/** What a person must look at. */
export interface PlannedTask {
  readonly kind: 'dead-letter' | 'certificate' | 'stopped' | 'parked-case' | 'refused-message' | 'duty-late' | 'log';
  readonly ref: string;
  readonly party: string | null;
  readonly cause: string;
}

/** Applies messages to cases. */
export interface CaseStore {
  /** Claims the next message whose case is free; null when none waits. Order is kept per case (I14). */
  readonly claim: (at: Date) => Promise<DisclosureJob | null>;
  /**
   * One transaction: locks the case and keeps the registers as they are, asks for the plan, writes all of it, takes the job from the queue.
   * Null when the job was done meanwhile by somebody else.
   */
  readonly disclose: (job: DisclosureJob, at: Date, plan: (loaded: LoadedMessage) => Promise<DisclosurePlan>) => Promise<DisclosurePlan | null>;
  /** The message stays at the head of its case and blocks nothing else; a task is open. */
  readonly park: (job: DisclosureJob, code: string, at: Date) => Promise<void>;
  /** The job is free again from `at`. */
  readonly postpone: (job: DisclosureJob, at: Date) => Promise<void>;
}

/** A disclosure whose entry lies below the signed size. Only the log hands these out (I1). */
export type SealedDisclosure = OutgoingDisclosure & {
  readonly __sealed: true;
  readonly recipient: string;
  readonly entryId: string;
  /** The document as JSON, made together with it and kept under the key of the case. */
  readonly twin: Uint8Array;
  readonly attempt: number;
  readonly firstTriedAt: Date;
};

/** What became of one try. */
export interface FinishedAttempt {
  readonly disclosure: SealedDisclosure;
  readonly outcome: DeliveryOutcome;
  readonly finishedAt: Date;
  readonly next: { readonly kind: 'done' } | { readonly kind: 'retry'; readonly at: Date } | { readonly kind: 'held' } | { readonly kind: 'dead' };
  readonly entry: EntryDraft | null;
  readonly task: PlannedTask | null;
}

/** Brings sealed disclosures to the adapters. */
export interface DeliveryStore {
  /** Claims up to `most` sealed disclosures, at most a few per party (a slow party delays nobody), and opens their attempt. */
  readonly claimSealed: (at: Date, most: number) => Promise<readonly SealedDisclosure[]>;
  /** One transaction: attempt, receipt, outcome entry, retry or end, duty, task. */
  readonly finish: (attempt: FinishedAttempt) => Promise<void>;
}

/** The Merkle tree and its signer. */
export interface LogStore {
  /** Appends what is recorded to the tree, signs the head; returns how many entries became sealed. Throws when the log cannot be signed: then nothing leaves. */
  readonly seal: (at: Date) => Promise<number>;
}

/** Terms that run by the clock. */
export interface TermStore {
  /** Duties past their term became tasks, ended bans became jobs; returns how many. Safe to repeat. */
  readonly watch: (at: Date) => Promise<number>;
}

/** Versioned registers. */
export interface RegisterStore {
  /** The current body and version of one document, or null. */
  readonly find: (kind: string, key: string) => Promise<{ readonly version: number; readonly body: unknown } | null>;
  /** One transaction: a new version of each document and its policy entry; holds that may now be released are queued again. */
  readonly apply: (changes: readonly RegisterChange[]) => Promise<void>;
}

/** A new version of one register document. */
export interface RegisterChange {
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly body: unknown;
  readonly appliedAt: Date;
  readonly appliedBy: string;
  /** Of the policy entry that records this change. */
  readonly entryId: string;
  /** Reasons of holds that this change may lift. */
  readonly releases: readonly string[];
}
