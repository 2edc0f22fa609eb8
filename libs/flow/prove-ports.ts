import type { EntryDraft } from './entry.js';
import type { LaterProof } from './party-adapter.js';
import type { PlannedTask } from './ports.js';

/** A proof that is owed, claimed for one try: under a cosigned checkpoint, and held against the log. */
export interface OwedProof extends LaterProof {
  /** OIN of the party. */
  readonly recipient: string;
  /** The entry of the disclosure. */
  readonly entryId: string;
  readonly attempt: number;
  readonly firstTriedAt: Date;
}

/** What became of one try. */
export interface FinishedProof {
  readonly owed: OwedProof;
  readonly finishedAt: Date;
  /** `waiting`: the party is not connected now; this was no try. `given-up`: until a person frees it. */
  readonly next: { readonly kind: 'done' } | { readonly kind: 'retry'; readonly at: Date } | { readonly kind: 'waiting'; readonly until: Date } | { readonly kind: 'given-up' };
  readonly entry: EntryDraft | null;
  readonly task: PlannedTask | null;
}

/** Hands out the proofs that are owed. */
export interface ProofStore {
  /** Claims at most so many, of each party one at a time (a slow party delays nobody). Only what was delivered is owed a proof, and only once a quorum cosigned its entry. */
  readonly claimOwed: (at: Date, most: number) => Promise<readonly OwedProof[]>;
  /** One transaction: outcome entry, next try or end, task. */
  readonly finish: (finished: FinishedProof) => Promise<void>;
}
