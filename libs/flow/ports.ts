import type { CaseFile, Decision, Duty, DutyKey, LawPack, MailReceipt, Message, MessageBody, Necessity, OnwardEvent, OriginalMessage, Registers } from '@ketensluis/domain';
import type { MailRefusal, OpenedMail, PathEvidence } from '@ketensluis/mail';
import type { EntryDraft } from './entry.js';
import type { DeliveryOutcome, OutgoingDisclosure } from './party-adapter.js';
import type { MailVerdict } from './report-ports.js';

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
  /** What its signature was believed by; absent for what did not come by mail. */
  readonly evidence?: PathEvidence;
  /** What its sender asked to be told, as a mail that is ready to go; kept with the message, so that it is sent for what was stored and for nothing else. */
  readonly answer?: { readonly kind: 'mdn' | 'signed'; readonly to: string; readonly mail: Uint8Array };
  /** Set for what did not come by mail. */
  readonly posted?: PostedRequest;
}

/** A request over HTTP, or a form of the console, by the name its sender gave it: the same name with the same bytes is a repeat. */
export interface PostedRequest {
  readonly way: 'webhook' | 'api' | 'console';
  readonly key: string;
  readonly bodySha256: string;
}

/**
 * `saved`: message, raw mail and queue row are durable (I5). `repeated`: this very mail was saved under `id`, and its sender may not have had
 * our answer. `replayed`: this signature or sender id was accepted and answered before. Of a posted message `repeated` is told as long as its request is
 * remembered, and `replayed` also when the same request name came with other bytes.
 */
export type Saved = { readonly kind: 'saved' } | { readonly kind: 'repeated'; readonly id: string } | { readonly kind: 'replayed' };

/** Keeps what came in. */
export interface IntakeStore {
  /** Nothing is written unless it is `saved`. */
  readonly saveAccepted: (mail: AcceptedMail) => Promise<Saved>;
  /** The sender of these messages has had its 250: from now on the same mail is a replay. */
  readonly confirmAnswered: (ids: readonly string[]) => Promise<void>;
  /** What DNS says of who brought an accepted mail; kept with it, and nothing hangs on it. */
  readonly keepVerdict: (messageId: string, verdict: MailVerdict) => Promise<void>;
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
  readonly kind: 'dead-letter' | 'certificate' | 'stopped' | 'parked-case' | 'refused-message' | 'duty-late' | 'log' | 'witness' | 'not-fetched' | 'receipt-missing' | 'reconcile' | 'expiry' | 'proposal' | 'mailbox' | 'ecli' | 'returned' | 'question' | 'undelivered' | 'undelivered-privacy';
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
    | { readonly kind: 'done'; /** The receipt the duty waits for; null: this answer suffices. */ readonly awaits: MailReceipt | null } | { readonly kind: 'announced' } | { readonly kind: 'retry'; readonly at: Date; /** Nobody was there: what follows in the case waits with it. */ readonly isAway: boolean } | { readonly kind: 'held' } | { readonly kind: 'dead' };
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
