import type { EntryDraft } from './entry.js';
import type { FetchCaller } from './fetch-ports.js';

/**
 * What an item of a feed says of a delivery: it is there, the proof that was owed of it is there, it was corrected or withdrawn, or it is there with another
 * ECLI than before.
 */
export type FeedItemKind = 'entry' | 'proof' | 'withdrawn' | 'ecli';

/** One item of the feed of a party, with its place; `mid` is the delivery it is about. */
export interface FeedItem {
  readonly seq: number;
  readonly kind: FeedItemKind;
  readonly mid: string;
  readonly at: Date;
  /** The stored listing of an `entry` or `ecli`; null for other kinds. */
  readonly listing: Uint8Array | null;
}

/** An item that is about to be shown, with the entry of its disclosure. */
export interface ShownItem {
  readonly seq: number;
  readonly mid: string;
  readonly entryId: string;
}

/** An item on its way into a feed. */
export interface NewFeedItem {
  readonly party: string;
  readonly kind: 'entry' | 'proof';
  readonly mid: string;
  readonly caseId: string;
  /** Codes only; null for a proof. */
  readonly listing: Uint8Array | null;
}

/** What a part of a feed is made of, without what stands in it: the same marks, the same document. */
export interface FeedMarks {
  /** Permanent id of the feed. */
  readonly id: string;
  /** Items of the part that are not destroyed. */
  readonly listed: number;
  /** Items of the part that were never shown. */
  readonly fresh: number;
  /** When the newest item of this part, or with none the feed itself, came about. */
  readonly updatedAt: Date;
}

/** Places in a feed, both included. */
export interface FeedRange {
  readonly first: number;
  readonly last: number;
}

/** One look of a party at its feed. `same`: it has this document already. `late`: the log could not seal what it was to be shown for the first time. */
export interface FeedAccess {
  readonly at: Date;
  readonly caller: FetchCaller;
  readonly archive: number | null;
  readonly outcome: 'given' | 'same' | 'absent' | 'late';
  readonly range: FeedRange | null;
  readonly fresh: number;
}

/** Keeps the feeds of the parties. */
export interface FeedStore {
  /** The item is durable, in its place. What the party was not shown yet is not listed twice; what it was shown is listed again. */
  readonly list: (item: NewFeedItem, at: Date) => Promise<void>;
  /** How many items the feed has; one that is not there yet begins here. */
  readonly size: (party: string, at: Date) => Promise<number>;
  readonly marks: (party: string, range: FeedRange) => Promise<FeedMarks>;
  /** Oldest first; what was destroyed is not among them. */
  readonly items: (party: string, range: FeedRange) => Promise<readonly FeedItem[]>;
  /** One transaction: what of the range was never shown is from now on shown, each item under an entry of its own that is recorded with it. */
  readonly show: (party: string, range: FeedRange, entryOf: (item: ShownItem) => EntryDraft) => Promise<void>;
  /** Waits, bounded, until every entry under which the range is shown is released. */
  readonly awaitRelease: (party: string, range: FeedRange, at: Date) => Promise<boolean>;
  /** The look is durable. The database refuses `given` for what is not released (I1). */
  readonly recordRead: (access: FeedAccess) => Promise<void>;
}
