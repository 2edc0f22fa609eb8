import type { AccessAction, Outcome, ReaderRole, Verdict } from '@ketensluis/domain';
import type { Leaf, LeafKind } from '@ketensluis/tlog';

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
