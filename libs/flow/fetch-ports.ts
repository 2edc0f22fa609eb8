import type { AwaitedReceipt } from '@ketensluis/domain';
import type { EntryDraft } from './entry.js';
import type { SealedDisclosure } from './delivery-ports.js';
import type { PlannedTask } from './ports.js';

/** Who fetches, and what proved it: the sha256 (hexadecimal) of its certificate or key; at the console, of the account of the person. */
export interface FetchCaller {
  readonly oin: string;
  readonly way: 'certificate' | 'token' | 'console';
  readonly sha256: string;
}

/** That a fetch took place. */
export interface FinishedFetch {
  readonly caller: FetchCaller;
  readonly at: Date;
  /** What the duty waits for after the first fetch; null: having it suffices. */
  readonly awaits: AwaitedReceipt | null;
}

/** Why what was asked for stays here. */
export interface FetchHold {
  readonly entry: EntryDraft;
  readonly task: PlannedTask;
  readonly at: Date;
}

/** A disclosure its recipient may ask for, with what was fetched of it before. */
export interface Fetchable {
  readonly disclosure: SealedDisclosure;
  /** It was brought or fetched before. */
  readonly isDelivered: boolean;
  /** A person, or a rule that ended, stopped it. */
  readonly isStopped: boolean;
  readonly fetches: number;
  readonly firstFetchedAt: Date | null;
}

/** `absent`: there is no such released disclosure for this party. `gone`: there was, and what it held is destroyed or is not what the log says. */
export type FoundFetchable = { readonly kind: 'found'; readonly fetchable: Fetchable } | { readonly kind: 'absent' } | { readonly kind: 'gone' };

/** A fetch that is recorded: its entry, and whether that is released. */
export interface BegunFetch {
  readonly entryId: string;
}

/** A fetch whose entry says that it took place and after which nothing left, and whether the party had the disclosure all the same. */
export interface RetractedFetch {
  readonly entryId: string;
  readonly isDelivered: boolean;
}

/** A fetch that nobody came back for, with what its entries need. */
export interface LapsedFetch extends RetractedFetch {
  readonly isHeld: boolean;
  /** Of the disclosure: its id, recipient, entry and the leaf of that. */
  readonly of: { readonly id: string; readonly recipient: string; readonly entryId: string; readonly proof: { readonly leaf: Uint8Array } };
}

/** Keeps what parties fetch. */
export interface FetchStore {
  /** Opened and held against its entry, with its proof. Nothing is handed out of what is not released (I1). */
  readonly find: (mid: string, recipient: string, at: Date) => Promise<FoundFetchable>;
  /** The entry of this fetch is durable; that of an earlier one after which nothing left is taken up instead. */
  readonly begin: (mid: string, caller: FetchCaller, entry: EntryDraft, at: Date) => Promise<BegunFetch>;
  /** Waits, bounded, until the entry is released; false when it is not, or nobody is there any more, and then the fetch is kept for the next one. */
  readonly awaitRelease: (mid: string, fetch: BegunFetch, at: Date, isThere: () => boolean) => Promise<boolean>;
  /**
   * One transaction: the fetch took place; the first one ends the delivery, with attempt, duty and tasks. `stopped`: its message was corrected or withdrawn
   * meanwhile, so nothing may leave; whoever corrects or withdraws counts among those who have it only who fetched before.
   */
  readonly finish: (mid: string, fetch: BegunFetch, finished: FinishedFetch) => Promise<'first' | 'again' | 'stopped'>;
  /** One transaction: every fetch of it after which nothing left is forgotten, and the log gets for each an entry that says so. */
  readonly retract: (mid: string, entryOf: (fetch: RetractedFetch) => EntryDraft) => Promise<void>;
  /** One transaction: fetches that were begun before this moment and after which nothing left are forgotten, some at a time, with the same entry. Returns how many. */
  readonly lapse: (before: Date, entryOf: (fetch: LapsedFetch) => EntryDraft) => Promise<number>;
  /**
   * One transaction: the delivery is held with its entry and task. `none`: there was nothing left to hold. `changed`: other registers hold than those it was
   * judged by, so nothing was written.
   */
  readonly stop: (mid: string, under: string, hold: FetchHold) => Promise<'held' | 'none' | 'changed'>;
}
