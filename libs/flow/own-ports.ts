import type { ApiScope } from '@ketensluis/domain';
import type { EntryDraft } from './entry.js';

/** How far a delivery is, as its recipient may know it. */
export const deliveryStates = ['waiting', 'announced', 'delivered', 'held', 'dead'] as const;
/** One of `deliveryStates`. */
export type DeliveryState = (typeof deliveryStates)[number];

/** One try to bring a delivery. */
export interface OwnAttempt {
  readonly number: number;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly outcome: string | null;
  readonly code: string | null;
}

/** A delivery as its recipient sees it: no content, and nothing about anybody else. */
export interface OwnDelivery {
  readonly id: string;
  readonly messageType: string;
  readonly number: number;
  readonly state: DeliveryState;
  readonly entryId: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  /** Oldest first. */
  readonly attempts: readonly OwnAttempt[];
}

/** Which deliveries are asked for; null means any. */
export interface DeliveryFilter {
  /** The id after which the page begins. */
  readonly after: string | null;
  /** Absent: the oldest first. */
  readonly order?: 'newest-first';
  readonly limit: number;
  readonly state: DeliveryState | null;
  readonly messageType: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

/** One look of a caller of the API at entries of its own, for the access log; identifiers only (I13). */
export interface OwnLook {
  readonly at: Date;
  readonly oin: string;
  /** SHA-256 (hexadecimal) of what the caller proved itself with. */
  readonly proofSha256: string;
  readonly scope: Extract<ApiScope, 'logregels'>;
  readonly first: number | null;
  readonly entryId: string | null;
  readonly outcome: 'given' | 'refused' | 'absent';
  readonly count: number;
  readonly trace: string | null;
}

/** A request of the API by the name its caller gave it. */
export interface NamedRequest {
  readonly oin: string;
  readonly key: string;
  /** SHA-256 (hexadecimal) of what was asked where. */
  readonly sha256: string;
  /** Id of what comes of it. */
  readonly ref: string;
  readonly at: Date;
}

/** Keeps that tests were sent. */
export interface TestStore {
  /** The entry is durable. */
  readonly record: (entry: EntryDraft) => Promise<void>;
  /** Waits, bounded, until the entry is released; false when it is not. */
  readonly awaitRelease: (entryId: string, at: Date) => Promise<boolean>;
}

/**
 * What a party may see of its own. A delivery is there once its entry is released (I1), and not when what it rests on ended, or when it was withdrawn before
 * the party heard of it: that there is something the party does not get, is what it may not know.
 */
export interface OwnStore extends TestStore {
  /** In the order in which they were made. */
  readonly deliveries: (recipient: string, filter: DeliveryFilter, at: Date) => Promise<readonly OwnDelivery[]>;
  readonly delivery: (recipient: string, id: string, at: Date) => Promise<OwnDelivery | null>;
  readonly recordLook: (look: OwnLook) => Promise<void>;
  /** The name stands for this request from now on. `repeated`: it did already. `other`: it stands for something else. */
  readonly nameRequest: (request: NamedRequest) => Promise<'new' | 'repeated' | 'other'>;
}
