import type { AccessAction, ConsultationPurpose, LawPack, Outcome, Party, ReaderRole, Verdict } from '@ketensluis/domain';
import type { Leaf, LeafKind } from '@ketensluis/tlog';
import type { ViewedPerson } from '@ketensluis/views';
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

/** Stands in a filter for "has none". */
export const absent = '-';

/** Stands in a filter for every entry that is a decision: disclosures, holds and refusals. */
export const decided = 'decided';

/** Which entries are meant; null asks for nothing. Times are half-open; a text is compared whole, and `absent` means that there is none. */
export interface LogFilter {
  readonly controller: string | null;
  readonly from: Date;
  readonly to: Date;
  /** Names of persons as `askedName` writes them; any of them. Leaves the process only as pseudonyms. */
  readonly subjects: readonly string[] | null;
  readonly recipient: string | null;
  readonly sender: string | null;
  readonly kind: LeafKind | typeof decided | null;
  readonly decision: string | null;
  readonly type: string | null;
  readonly category: string | null;
  /** Code of the article, such as `wth:2.8`. */
  readonly basis: string | null;
  readonly rule: string | null;
  /** SHA-256 of the law pack applied. */
  readonly policy: string | null;
  /** First reason of a hold or refusal, or code of any other entry. */
  readonly reason: string | null;
  readonly purpose: string | null;
  readonly outcome: Outcome | null;
  /** Only when the recipient was reached over this kind of channel: the parties and the time each had it. */
  readonly channel: readonly { readonly oin: string; readonly from: Date; readonly to: Date }[] | null;
  /** Only outside office hours in Europe/Amsterdam; the holidays of the period, `YYYY-MM-DD`. */
  readonly outsideHours: { readonly holidays: readonly string[] } | null;
}

/** One page of entries, newest first. `size` is that of the tree when the first page was asked for: what came later does not move the pages. */
export interface PageRequest {
  readonly filter: LogFilter;
  readonly size: number | null;
  /** Index of the last row shown; null for the first page. */
  readonly after: number | null;
  readonly limit: number;
  readonly order: 'newest' | 'oldest';
}

/** One released entry with what became of it. */
export interface LogRow {
  readonly index: number;
  readonly leaf: Leaf;
  readonly outcome: { readonly code: string; readonly at: Date } | null;
}

/** `isLast` when nothing follows. */
export interface LogPage {
  readonly rows: readonly LogRow[];
  readonly size: number;
  readonly isLast: boolean;
}

/** By what entries can be counted; each is a field of `LogFilter` by the same name, `month` (YYYY-MM, Europe/Amsterdam) a period. */
export const figureKeys = ['month', 'kind', 'decision', 'type', 'sender', 'recipient', 'rule', 'reason', 'category', 'purpose', 'outcome'] as const;
/** One of `figureKeys`. */
export type FigureKey = (typeof figureKeys)[number];

/** How many entries have these values, `absent` where there is none. */
export interface Figure {
  readonly of: Readonly<Partial<Record<FigureKey, string>>>;
  readonly count: number;
}

/** Everything that proves one entry to an outsider. */
export interface ProvenEntry {
  readonly index: number;
  readonly leaf: Uint8Array;
  /** The `.tlog-proof` file, byte for byte. */
  readonly proof: Uint8Array;
}

/** One row of the access log. */
export interface AccessRow {
  readonly seq: number;
  readonly at: Date;
  readonly account: string;
  readonly function: string;
  readonly action: AccessAction;
  readonly purpose: string;
  readonly controller: string | null;
  readonly trace: string;
  readonly question: Readonly<Record<string, unknown>>;
  readonly objects: readonly string[];
  readonly objectCount: number;
  readonly entryId: string;
}

/** One look of a program at entries or at a feed over HTTP, or one try (`program_read`): it has no purpose and no entry of its own. */
export interface HttpRead {
  readonly seq: number;
  readonly at: Date;
  /** By a token of the reader list, or as a connected party by the API or its feed. */
  readonly way: 'reader' | 'api' | 'feed';
  readonly reader: { readonly name: string; readonly role: ReaderRole; readonly oin: string | null };
  readonly question: 'bundle' | 'own' | 'entry' | 'feed';
  /** Of a feed: which archive document; null for the subscription document. */
  readonly archive: number | null;
  /** First index of the bundle or page that was asked for; of a feed the first place that was shown. */
  readonly first: number | null;
  /** Of a feed: the last place that was shown. */
  readonly last: number | null;
  /** The entry that was asked for. */
  readonly entryId: string | null;
  /** `same`: the party had this document of its feed. `late`: the log could not seal what it was to be shown. */
  readonly outcome: 'given' | 'refused' | 'absent' | 'same' | 'late';
  /** Entries that were shown; of a feed, those shown for the first time. */
  readonly count: number;
  readonly trace: string | null;
}

/** A line of who looked into the log: a person by a command, or a program over HTTP. */
export type AccessLine = ({ readonly kind: 'person' } & AccessRow) | ({ readonly kind: 'http' } & HttpRead);

/** Which looks are meant; null asks for nothing. */
export interface AccessFilter {
  readonly kind: AccessLine['kind'] | null;
  /** What persons did. */
  readonly actions: readonly AccessAction[] | null;
  /** Looks that showed at least so many entries. */
  readonly countMin: number | null;
  /** As `LogFilter.outsideHours`. */
  readonly outsideHours: { readonly holidays: readonly string[] } | null;
}

/** A line by which to go on: its kind and number. */
export type AccessMark = Pick<AccessLine, 'kind' | 'seq'>;

/** A change of a register as the log has it. */
export interface RegisterEvent {
  readonly entryId: string;
  readonly at: Date;
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly by: string;
  /** The document; rules of law as `{ text }`. */
  readonly body: unknown;
}

/** What a sample was drawn from and by; others draw the same again with it. */
export interface SampleDraw {
  readonly id: string;
  readonly at: Date;
  readonly controller: string | null;
  readonly from: Date;
  readonly to: Date;
  readonly seed: string;
  readonly size: number;
  readonly population: number;
  readonly indexes: readonly number[];
}

/** How one entry of a sample was found to be. */
export interface Judgement {
  readonly index: number;
  readonly verdict: Verdict;
  readonly at: Date;
  readonly by: string;
  readonly remark: string | null;
}

/** What checking the log inside found. */
export interface LogCheck {
  readonly verdict: 'unchanged' | 'changed';
  readonly size: number;
  readonly problems: readonly string[];
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
