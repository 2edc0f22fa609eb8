import type { CaseLawPage } from '@ketensluis/contract';
import type { HeldRuling } from '@ketensluis/domain';
import type { EntryDraft } from './entry.js';

/** A part of the public feed: what was published or changed from one moment to another. */
export interface CaseLawWindow {
  readonly from: Date;
  readonly to: Date;
}

/** Why a page could not be had; nothing of what the other side wrote. */
export type CaseLawFailure =
  | 'not-reached' | 'timeout' | 'not-trusted' | 'not-allowed' | 'refused' | 'too-large' | 'not-readable';

/** The public feed. Never rejects for what the other side does. */
export interface CaseLawSource {
  /** Most entries a page has. */
  readonly pageEntries: number;
  /** The page that begins after so many entries of the window, oldest change first. */
  readonly page: (window: CaseLawWindow, after: number) => Promise<CaseLawPage | { readonly kind: 'failed'; readonly code: CaseLawFailure }>;
}

/** One disclosure of a ruling that stands in a feed, as it is listed now. */
export interface ListedRuling {
  readonly party: string;
  readonly mid: string;
  readonly entryId: string;
  readonly listing: Uint8Array;
}

/** What linking changes where a ruling is listed: the new listing with the entry of the log that says so, or null where nothing changes. */
export type Relist = (listed: ListedRuling) => { readonly listing: Uint8Array; readonly entry: EntryDraft } | null;

/** Keeps which ECLI belongs to which ruling, and how far the public feed was read. */
export interface CaseLawStore {
  /** Everything before this moment was seen; null before the first reading. */
  readonly seenTo: () => Promise<Date | null>;
  /**
   * Rulings that were applied since are known by court and case number from now on. What was published of one before the hub knew it was passed over, so the same
   * transaction takes what was seen back to when it was given, and never to before `earliest`.
   */
  readonly index: (earliest: Date) => Promise<void>;
  /** Rulings of this court under any of these case numbers that were not replaced. */
  readonly find: (court: string, numbers: readonly string[]) => Promise<readonly HeldRuling[]>;
  /** One transaction: the link, and what it changes in feeds. `linked` once; `known` when it was; `taken` when the ruling has another ECLI. */
  readonly link: (ecli: string, ruling: HeldRuling, relist: Relist, at: Date) => Promise<'linked' | 'known' | 'taken'>;
  /** One transaction: the link is gone, and with it what it changed; false when there was none. */
  readonly unlink: (ecli: string, relist: Relist, at: Date) => Promise<boolean>;
  /** A person looks at it, once for each ECLI. */
  readonly ask: (ecli: string, cause: string, at: Date) => Promise<void>;
  /** The window was read to its end. */
  readonly advance: (seenTo: Date, at: Date, counts: { readonly seen: number; readonly linked: number }) => Promise<void>;
  /** It was not: it is read again. */
  readonly fail: (code: string, at: Date) => Promise<void>;
}
