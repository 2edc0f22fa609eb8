import type { CaseFile, Decision, Duty, DutyKey, LawPack, Message, Necessity, OnwardEvent, OriginalMessage, Registers } from '@ketensluis/domain';
import type { MailRefusal, OpenedMail } from '@ketensluis/mail';
import type { EntryDraft } from './entry.js';

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
  /** `raw` is handed over: what is opened brings it back. */
  readonly open: (raw: Uint8Array, at: Date) => Promise<OpenedMail | MailRefusal>;
}

/** The registers of one moment; `mark` says which versions they are: where it is as it was, so are they. */
export interface MarkedRegisters {
  readonly registers: Registers;
  readonly pack: LawPack;
  readonly mark: string;
}

/** What the hub decides by, each with its version (I4). */
export interface RegisterReader {
  /** What is current at the moment of the call. `mark`: what a statement just now saw to hold; while that is what was read last it is not looked up again. */
  readonly current: (mark?: string) => Promise<MarkedRegisters>;
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
  /** Recipients with a decision that stands: a permit or a refusal. */
  readonly settled: ReadonlySet<string>;
  /** The message it corrects or withdraws; null when it names none, or none that is there. */
  readonly original: OriginalMessage | null;
  /** It was corrected or withdrawn meanwhile: nobody gets it any more. */
  readonly isReplaced: boolean;
  /** Why somebody with authority finds permitted disclosures of it necessary. */
  readonly necessity: readonly Necessity[];
}

/** One decision with the entry that records it and, for a permit, what goes out. */
export interface PlannedDecision {
  readonly decision: Decision;
  readonly entry: EntryDraft;
  /**
   * `attachments` are places in the message, from 0; `twin` is the document as JSON, kept beside it because it is read at every try. `isAcute`: the
   * law pack marks it as an acute threat to life.
   */
  readonly outgoing: {
    readonly mid: string; readonly party: string; readonly twin: Uint8Array; readonly attachments: readonly number[]; readonly isAcute: boolean;
  } | null;
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
  /** The message this one corrects or withdraws: what still waits of it leaves no more. */
  readonly replaces: string | null;
  readonly tasks: readonly PlannedTask[];
}

/** What a person must look at. */
export interface PlannedTask {
  readonly kind:
    | 'dead-letter' | 'certificate' | 'stopped' | 'not-fetched' | 'receipt-missing' | 'reconcile' | 'undelivered' | 'undelivered-privacy'
    | 'parked-case' | 'refused-message' | 'duty-late' | 'returned' | 'question' | 'log' | 'witness' | 'expiry' | 'proposal' | 'mailbox' | 'ecli';
  readonly ref: string;
  readonly party: string | null;
  readonly cause: string;
}

/** How much is claimed, and the mark of the registers it will be dealt with by: where others hold by now, nothing is claimed. */
export interface ClaimTerms {
  readonly most: number;
  readonly mark: string;
  /** Nothing but these, which a queue told of; anything when absent. */
  readonly only?: readonly string[];
}

/** What became of a job: its plan, as it was written; a fault, and nothing was; or null, because somebody else had done it. */
export interface DecidedJob {
  readonly job: DisclosureJob;
  readonly result: { readonly kind: 'planned'; readonly plan: DisclosurePlan } | { readonly kind: 'fault'; readonly fault: unknown } | null;
}

/** Applies messages to cases. */
export interface CaseStore {
  /** Claims the next messages whose cases are free, each of another case. Order is kept per case (I14). */
  readonly claim: (at: Date, terms: ClaimTerms) => Promise<readonly DisclosureJob[]>;
  /**
   * One transaction for all of them: locks the cases and keeps the registers as they are, asks for each plan, with the mark of what holds, writes all of it,
   * takes the jobs from the queue. A plan that cannot be made or written fails alone (I14).
   */
  readonly disclose: (jobs: readonly DisclosureJob[], at: Date, plan: (loaded: LoadedMessage, mark: string) => Promise<DisclosurePlan>) => Promise<readonly DecidedJob[]>;
  /** The message stays at the head of its case and blocks nothing else; a task is open. */
  readonly park: (job: DisclosureJob, code: string, at: Date) => Promise<void>;
  /** The job is free again from `at`. */
  readonly postpone: (job: DisclosureJob, at: Date) => Promise<void>;
}

/** The Merkle tree and its signer. */
export interface LogStore {
  /** Appends what is recorded to the tree, signs the head; returns how many entries were signed. Throws when the log cannot be signed: then nothing leaves. */
  readonly seal: (at: Date) => Promise<number>;
  /** Takes the turn to seal, or keeps it: one process of the hub has it. False: another one seals, and its last head is remembered here too. */
  readonly hold: () => Promise<boolean>;
  /** Another process may seal at once. */
  readonly leave: () => void;
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
  /** Why, in words; committed to by the entry and kept apart from it (I7). */
  readonly reason: string | null;
  /** Of the policy entry that records this change. */
  readonly entryId: string;
  /** Reasons of holds that this change may lift. */
  readonly releases: readonly string[];
}
