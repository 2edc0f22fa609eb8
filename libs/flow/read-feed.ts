import { feedPageItems, readListing, writeFeed, type FeedLine } from '@ketensluis/contract';
import { traceOf } from '@ketensluis/domain';
import { plainEntry, type EntryDraft } from './entry.js';
import type { FeedAccess, FeedItem, FeedMarks, FeedRange, FeedStore, ShownItem } from './feed-ports.js';
import type { FetchCaller } from './fetch-ports.js';
import type { Clock, Ids } from './ports.js';

export interface ReadFeedPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly feeds: FeedStore;
  /** Names what the document is made of, for one caller: equal texts, equal names, and nobody else's. */
  readonly nameOf: (text: string) => string;
}

/** What is asked for: the subscription document (`archive` null) or a page of the archive, at an address, by somebody who may have a document already. */
export interface FeedQuestion {
  readonly archive: number | null;
  /** True of the name of a document the caller says it has. */
  readonly isKnown: (name: string) => boolean;
  readonly address: string;
  readonly fetchAddress: string;
}

/** `given`: what was new in it is sealed in the log, so the bytes may leave. `later`: it could not be sealed in time, and nothing leaves. */
export type FeedVerdict =
  | { readonly kind: 'given'; readonly name: string; readonly updatedAt: Date; readonly body: Uint8Array; readonly fresh: number }
  | { readonly kind: 'same'; readonly name: string; readonly updatedAt: Date }
  | { readonly kind: 'absent' | 'later' };

/**
 * Gives a party a document of its own feed. What it was never shown before is a disclosure of codes: an entry `feed-read` for each is recorded and released before this
 * resolves with `given` (I1). A look that shows nothing new leaves a row of access only.
 */
export const readFeed = async ({ archive, isKnown, address, fetchAddress }: FeedQuestion, caller: FetchCaller, ports: ReadFeedPorts): Promise<FeedVerdict> => {
  const { clock, ids, feeds, nameOf } = ports;
  const at = clock.now();
  const record = (outcome: FeedAccess['outcome'], range: FeedRange | null, fresh: number): Promise<void> =>
    feeds.recordRead({ at: clock.now(), caller, archive, outcome, range, fresh });

  const size = await feeds.size(caller.oin, at);
  const range = rangeOf(archive, size);
  if (range === null) {
    await record('absent', null, 0);
    return { kind: 'absent' };
  }
  const marks = await feeds.marks(caller.oin, range);
  const around = neighbours(archive, size);
  const name = nameOf([caller.oin, address, fetchAddress, archive, around.next, range.first, range.last, marks.listed, marks.id].join('\n'));
  const { updatedAt } = marks;
  // What was never shown is never "the same", whatever the caller says it has.
  if (marks.fresh === 0 && isKnown(name)) {
    await record('same', range, 0);
    return { kind: 'same', name, updatedAt };
  }
  if (marks.fresh > 0) await feeds.show(caller.oin, range, (item) => readEntry({ item, caller, name }, ids.next(at), at));
  if (!(await feeds.awaitRelease(caller.oin, range, at))) {
    await record('late', range, 0);
    return { kind: 'later' };
  }
  const body = await documentOf({ caller, archive, range, address, fetchAddress, ...around }, marks, feeds);
  await record('given', range, marks.fresh);
  return { kind: 'given', name, updatedAt, body, fresh: marks.fresh };
};

/** The subscription document holds the newest items, so that who reads nothing else misses little; a page of the archive holds the same items for good. */
const rangeOf = (archive: number | null, size: number): FeedRange | null => {
  if (archive === null) return { first: Math.max(1, size - feedPageItems + 1), last: size };
  return archive >= 1 && archive * feedPageItems <= size ? { first: (archive - 1) * feedPageItems + 1, last: archive * feedPageItems } : null;
};

/** The archive holds the full pages; the newest of them is before the subscription document (RFC 5005 §4). */
const neighbours = (archive: number | null, size: number): { readonly previous: number | null; readonly next: number | null } => {
  const full = Math.floor(size / feedPageItems);
  if (archive === null) return { previous: full === 0 ? null : full, next: null };
  return { previous: archive === 1 ? null : archive - 1, next: archive < full ? archive + 1 : null };
};

interface WantedDocument {
  readonly caller: FetchCaller;
  readonly archive: number | null;
  readonly range: FeedRange;
  readonly address: string;
  readonly fetchAddress: string;
  readonly previous: number | null;
  readonly next: number | null;
}

const documentOf = async ({ caller, range, ...wanted }: WantedDocument, { id, updatedAt }: FeedMarks, feeds: FeedStore): Promise<Uint8Array> => {
  const items = await feeds.items(caller.oin, range);
  return writeFeed({ ...wanted, id, updatedAt, lines: items.map(lineOf) });
};

const lineOf = ({ kind, mid, at, listing }: FeedItem): FeedLine =>
  (kind === 'withdrawn' ? { kind, mid, at } : { kind, mid, at, listing: listing === null ? null : readListing(listing) });

interface FeedReading {
  readonly item: ShownItem;
  readonly caller: FetchCaller;
  readonly name: string;
}

/** A party was shown, for the first time, that there is this disclosure, with its codes. */
const readEntry = ({ item, caller, name }: FeedReading, id: string, at: Date): EntryDraft => plainEntry(
  { id, kind: 'outcome', at: at.toISOString(), to: caller.oin, ref: item.entryId, msg: item.mid, code: 'feed-read', trace: traceOf(id) },
  { way: caller.way, sha256: caller.sha256, place: item.seq, document: name },
);
