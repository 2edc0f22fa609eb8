import type { Reader } from '@ketensluis/domain';
import type { Tile } from '@ketensluis/tlog';
import type { ProvenEntry } from './audit-rows.js';
import type { EntryDraft } from './entry.js';

/** A reader with how often it looked at entries. */
export interface ListedReader extends Reader {
  readonly reads: { readonly given: number; readonly refused: number; readonly lastAt: Date | null };
}

/** Who may read the log. */
export interface ReaderStore {
  /** The reader with this bearer token, whether it is still valid or not; null when the token was never given out. */
  readonly find: (token: string) => Promise<Reader | null>;
  readonly list: () => Promise<readonly ListedReader[]>;
  /** One transaction: reader and policy entry. Returns the token, which is kept nowhere. */
  readonly add: (reader: Reader, by: string, entry: EntryDraft) => Promise<string>;
  /** One transaction; false, and nothing is written, when there is no such reader or it was revoked before. */
  readonly revoke: (id: string, by: string, entry: EntryDraft) => Promise<boolean>;
  /** The look of a known reader stands in the access log. */
  readonly recordRead: (access: LogAccess & { readonly reader: Reader }) => Promise<void>;
}

/** Whose entries: those a party sent or received, or those in the cases of one municipality. */
export interface EntryScope {
  readonly role: 'party' | 'controller';
  readonly oin: string;
}

/** One entry with its place and proof, by its id. */
export interface OwnEntry extends ProvenEntry {
  readonly id: string;
}

/** A part of one's own entries, in the order of the log. */
export interface EntryPage {
  readonly entries: readonly OwnEntry[];
  /** Where the next page goes on; null when the log is empty. A page may hold no entry and still not be the last. */
  readonly next: number | null;
  readonly isLast: boolean;
}

/** The log as far as it was released: what is not under a released checkpoint does not exist here. Throws when the database lacks what it must hold. */
export interface LogReadStore {
  /** The verifier key, and the witness policy when there is one. */
  readonly key: () => Promise<{ readonly vkey: string; readonly policy: string | null }>;
  readonly checkpoint: () => Promise<Uint8Array | null>;
  readonly tile: (tile: Tile) => Promise<Uint8Array | null>;
  readonly bundle: (index: number, width: number) => Promise<Uint8Array | null>;
  readonly own: (scope: EntryScope, page: { readonly after: number | null; readonly limit: number }) => Promise<EntryPage>;
  /** `foreign`: there is such an entry, and it is not of this scope. */
  readonly entry: (scope: EntryScope, id: string) => Promise<OwnEntry | 'foreign' | null>;
}

/** What somebody asks of the log. */
export type LogQuestion =
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'key' }
  | ({ readonly kind: 'tile' } & Tile)
  | { readonly kind: 'bundle'; readonly index: number; readonly width: number }
  | { readonly kind: 'own'; readonly after: number | null; readonly limit: number }
  | { readonly kind: 'entry'; readonly id: string };

/** One look at entries, or one try, for the access log; identifiers only (I13). */
export interface LogAccess {
  readonly at: Date;
  /** Null when the token is not known. */
  readonly reader: Reader | null;
  readonly question: LogQuestion;
  readonly outcome: 'given' | 'refused' | 'absent';
  /** Entries that were shown. */
  readonly count: number;
  /** W3C trace id of the request. */
  readonly trace: string | null;
}
