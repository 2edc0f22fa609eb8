import type { NewHold, RetentionObject, RetentionRules } from '@ketensluis/domain';
import type { EntryDraft } from './entry.js';
import type { Clock, Ids, RegisterReader } from './ports.js';

/** What can go as one: a case, a mail as it came in, an outgoing body, a month of the log or of the access log, a year of pseudonyms, a deferral. */
export type ErasedKind = 'case' | 'raw' | 'outgoing' | 'month' | 'month-part' | 'year' | 'access' | 'deferral';

/** Something with a clock whose start lies far enough back to be looked at. */
export interface RetentionCandidate {
  readonly kind: ErasedKind;
  readonly ref: string;
  readonly object: RetentionObject;
  readonly law: string | null;
  /** CBS code of the municipality of its case; null for the hub's own log. */
  readonly municipality: string | null;
  /** The case it belongs to, when it goes with it. */
  readonly caseId: string | null;
  readonly startedAt: Date;
  /** Rows that go with it. */
  readonly count: number;
  /** Shares of the keys that open it and nothing else. */
  readonly shares: readonly string[];
  /** Entries of a month that stay because they are held. */
  readonly excepted: readonly string[];
  /** First and last index in the log, for a month. */
  readonly range: { readonly first: number; readonly last: number } | null;
  /** Why it cannot go now although its term may be over. */
  readonly blocked: 'held' | 'waiting' | null;
}

/** What is asked for: objects whose clock started before this moment, as things stand at `at`. */
export interface CandidateQuestion {
  readonly object: RetentionObject;
  readonly law: string | null;
  readonly before: Date;
  readonly at: Date;
}

/** A proposal as it was shown and hashed. */
export interface StoredProposal {
  readonly id: string;
  readonly controller: string | null;
  readonly body: Uint8Array;
  /** Of `body`, hexadecimal: what is approved. */
  readonly sha256: string;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly startedAt: Date | null;
  readonly doneAt: Date | null;
  /** The certificate, once it is done. */
  readonly certificate: Uint8Array | null;
  /** Functions whose approval is of this very hash, oldest first. */
  readonly approvers: readonly string[];
}

/** One approval: a person, never shown outside the database, in a function. */
export interface Approval {
  readonly proposalId: string;
  readonly person: string;
  readonly function: string;
  readonly sha256: string;
  readonly at: Date;
}

/** How a destruction run ends: the certificate and, for the log, its entries with what each is about. */
export interface FinishedRun {
  readonly proposalId: string;
  readonly at: Date;
  readonly certificate: Uint8Array;
  readonly entries: readonly { readonly draft: EntryDraft; readonly refs: readonly string[] }[];
}

/** What is due, who approved it, and how it goes. */
export interface DestructionStore {
  /** Objects that may be due, oldest first; at most a few thousand. */
  readonly candidates: (question: CandidateQuestion) => Promise<readonly RetentionCandidate[]>;
  /** The same for one object, as it is now; null when it is gone. */
  readonly candidate: (item: Pick<RetentionCandidate, 'kind' | 'ref' | 'object' | 'law'>, at: Date) => Promise<RetentionCandidate | null>;
  /** The first start among those that began at `from` or later; null when there is none. */
  readonly nextStart: (question: Pick<CandidateQuestion, 'object' | 'law'>, from: Date) => Promise<Date | null>;
  /** The proposal is kept as it is; nothing else changes. Returns its hash. */
  readonly saveProposal: (proposal: { readonly id: string; readonly controller: string | null; readonly body: Uint8Array; readonly refs: readonly string[]; readonly madeAt: Date; readonly madeBy: string; readonly expiresAt: Date }) => Promise<string>;
  readonly findProposal: (id: string) => Promise<StoredProposal | null>;
  readonly proposals: () => Promise<readonly StoredProposal[]>;
  /** False when this person or this function approved it before. */
  readonly approve: (approval: Approval) => Promise<boolean>;
  /** From now on rows it names may go. */
  readonly start: (proposalId: string, at: Date) => Promise<void>;
  /**
   * Once this resolves nothing of the object opens and its rows are gone; the list beside the database says so first, then the key goes, then the
   * rows. May be repeated, also after a crash at any point. Gives the shares of every key that went with it, also in an earlier run.
   * Null, and nothing done, when something came in for the case at this very moment.
   */
  readonly destroy: (object: RetentionCandidate, proposalId: string, at: Date) => Promise<readonly string[] | null>;
  /** True once the list beside the database says that it goes: then it does, whatever came since. */
  readonly hasBegun: (object: Pick<RetentionCandidate, 'kind' | 'ref'>) => Promise<boolean>;
  /** One transaction: entries, what each object's end is told by, the certificate. Then the certificate is on disk. */
  readonly finish: (run: FinishedRun) => Promise<void>;
  /** Writes the certificate of a finished run to disk again, when it is not there. */
  readonly publish: (proposal: StoredProposal) => Promise<void>;
}

/** What a hold is put on: a case, or what the log holds of one person in a period. */
export type HoldTarget =
  | { readonly kind: 'case'; readonly law: string; readonly municipality: string; readonly number: string }
  | { readonly kind: 'person'; readonly names: readonly string[]; readonly from: Date; readonly to: Date };

/** A hold as it stands. */
export interface StandingHold extends NewHold {
  readonly id: string;
  readonly cases: readonly string[];
  readonly entries: number;
  readonly liftedAt: Date | null;
}

/** Legal holds. */
export interface HoldStore {
  /** One transaction: the hold, what it is on, its entry. Null, and nothing written, when there is no such case or no entry about this person. */
  readonly add: (hold: NewHold & { readonly id: string }, target: HoldTarget, entry: EntryDraft) => Promise<{ readonly cases: number; readonly entries: number } | null>;
  readonly all: () => Promise<readonly StandingHold[]>;
  /** One transaction: the hold ends, its entry. False when there is none that runs. */
  readonly lift: (id: string, by: string, entry: EntryDraft) => Promise<boolean>;
}

/** One person's part of the log, erased before its term. */
export interface Erasure {
  readonly names: readonly string[];
  readonly controller: string;
  readonly from: Date;
  readonly to: Date;
}

/** Erases one person from the personal part of the log. */
export interface ErasureStore {
  /** Entries of this controller about this person in the period, that are not held; and how many are. */
  readonly find: (erasure: Erasure, at: Date) => Promise<{ readonly entries: readonly { readonly id: string; readonly at: Date }[]; readonly held: number }>;
  /** Once this resolves each entry is erased and told by its correction; the list beside the database says so first. May be repeated. */
  readonly erase: (names: readonly string[], corrections: readonly { readonly entryId: string; readonly entryAt: Date; readonly draft: EntryDraft }[], at: Date) => Promise<void>;
}

/** What the flows of retention work with. */
export interface RetentionPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly rules: RetentionRules;
  readonly destruction: DestructionStore;
  readonly holds: HoldStore;
  readonly erasures: ErasureStore;
}

