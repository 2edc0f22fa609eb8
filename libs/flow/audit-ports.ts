import type { AccessAction, ConsultationPurpose, LawPack, Party } from '@ketensluis/domain';
import type { ViewedPerson } from '@ketensluis/views';
import type {
  AccessFilter, AccessLine, AccessMark, AccessRow, Figure, FigureKey, Judgement, LogCheck, LogFilter,
  LogPage, LogRow, PageRequest, ProvenEntry, RegisterEvent, SampleDraw,
} from './audit-rows.js';
import type { EntryDraft } from './entry.js';
import type { Clock, Ids } from './ports.js';

/** Who asks, why, and whose entries: those of one controller (I10), or null for all of them. */
export interface Asker {
  /** The account; stands in the access log, never in the disclosure log. */
  readonly account: string;
  /** Code of the function, as in `fg`; the log names it in clear. */
  readonly function: string;
  readonly purpose: ConsultationPurpose;
  readonly controller: string | null;
}

/** Reads the log within one look; sees one state of the database throughout. Every answer holds only entries of the controller asked for (I10). */
export interface AuditReader {
  readonly page: (request: PageRequest) => Promise<LogPage>;
  /** Released entries only, like `page`: the sum is the number of rows that page through. */
  readonly figures: (filter: LogFilter, by: readonly FigureKey[]) => Promise<readonly Figure[]>;
  /** How many rows `page` pages through below this size of the tree, counted up to `most`. */
  readonly count: (request: { readonly filter: LogFilter; readonly size: number; readonly most: number }) => Promise<number>;
  /** When the oldest entry that is not released yet was recorded; null when all are. */
  readonly releasedUntil: () => Promise<Date | null>;
  /** Of these entries, the ones withheld from the person at `at`. */
  readonly deferred: (ids: readonly string[], at: Date) => Promise<ReadonlySet<string>>;
  /** Null when no such entry is released, or when it is of another controller. */
  readonly entryAt: (index: number, controller: string | null) => Promise<LogRow | null>;
  /** As `entryAt`, for a few at once, in the order of the log; absent for those that are not there. */
  readonly entriesAt: (indexes: readonly number[], controller: string | null) => Promise<readonly LogRow[]>;
  /** By entry; absent for one that is not released. Throws when one does not lead to the signed root: then the log was tampered with. */
  readonly proofs: (ids: readonly string[]) => Promise<ReadonlyMap<string, ProvenEntry>>;
  /** By entry, the `.opening.json` of the commitment to a person with one of these names; absent where the entry knows him by another name, or no more. */
  readonly openings: (ids: readonly string[], names: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** By entry, the persons concerned by pseudonym of the year; absent where that was destroyed. */
  readonly persons: (ids: readonly string[]) => Promise<ReadonlyMap<string, readonly ViewedPerson[]>>;
  /** By index, when the first checkpoint above it was signed. */
  readonly signedAt: (indexes: readonly number[]) => Promise<ReadonlyMap<number, Date>>;
  /** Newest first. */
  readonly access: (request: { readonly controller: string | null; readonly before: AccessMark | null; readonly limit: number; readonly filter: AccessFilter }) => Promise<readonly AccessLine[]>;
  readonly checks: (from: Date, to: Date) => Promise<readonly AccessRow[]>;
  readonly registerEvents: (from: Date, to: Date) => Promise<readonly RegisterEvent[]>;
  readonly sampleOf: (draw: Pick<SampleDraw, 'controller' | 'from' | 'to' | 'seed'> & { readonly size: number | null; readonly count: number }) => Promise<Pick<SampleDraw, 'size' | 'population' | 'indexes'>>;
  readonly samples: (controller: string | null, from: Date, to: Date) => Promise<readonly { readonly draw: SampleDraw; readonly judgements: readonly Judgement[] }[]>;
  /** The last judgement of each entry of a sample that has one. */
  readonly judgements: (sampleId: string) => Promise<readonly Judgement[]>;
  readonly findSample: (id: string, controller: string | null) => Promise<SampleDraw | null>;
  readonly caseEntries: (municipality: string, number: string, controller: string | null) => Promise<{ readonly caseId: string; readonly ids: readonly string[] } | null>;
  readonly check: () => Promise<LogCheck>;
  /** Verifier key of the log; null before a hub ever ran on it. */
  readonly vkey: () => Promise<string | null>;
}

/** Something a look leaves behind, in its own commit. */
export type AuditChange =
  | { readonly kind: 'sample'; readonly draw: SampleDraw }
  | { readonly kind: 'judgement'; readonly sampleId: string; readonly judgement: Judgement }
  | { readonly kind: 'deferral'; readonly target: { readonly entryId: string } | { readonly caseId: string }; readonly until: Date; readonly reason: string; readonly by: string; readonly at: Date };

/** What is recorded of one look: the row of the access log and the entry of kind `consultation`, with one trace id. */
export interface AccessDraft {
  readonly asker: Asker;
  readonly action: AccessAction;
  readonly at: Date;
  readonly trace: string;
  readonly entry: EntryDraft;
}

/** What a look gives: the answer, the question as the access log may hold it, the entries shown, and what it changes. */
export interface Looked<T> {
  readonly value: T;
  readonly question: Readonly<Record<string, unknown>>;
  readonly objects: readonly string[];
  readonly changes?: readonly AuditChange[];
}

/** The log as something one looks into. */
export interface AuditStore {
  /**
   * Looks, and records that somebody looked, in one commit; the answer comes back only when both are durable. When the record cannot be written
   * nothing is shown (Wpg art. 32a).
   */
  readonly consult: <T>(access: AccessDraft, look: (log: AuditReader) => Promise<Looked<T>>) => Promise<T>;
}

/** The registers as they were: names and rules by the time or version an entry speaks of. */
export interface RegisterHistory {
  /** The party as its newest version at that moment had it; the oldest when it came later. Null for an OIN that was never connected. */
  readonly partyAt: (oin: string, at: Date) => Party | null;
  readonly packOf: (sha256: string) => { readonly version: number; readonly pack: LawPack } | null;
  /** Every version of every party with the time it was current. */
  readonly parties: readonly { readonly party: Party; readonly from: Date; readonly to: Date }[];
  /** Every version of the law packs, oldest first. */
  readonly packs: readonly { readonly key: string; readonly version: number; readonly pack: LawPack }[];
}

/** What a question to the log needs. */
export interface AuditPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** A fresh W3C trace id: 32 hexadecimal digits. */
  readonly trace: () => string;
  readonly history: () => Promise<RegisterHistory>;
  readonly audit: AuditStore;
}
