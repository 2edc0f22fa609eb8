import type { WitnessAnswer } from '@ketensluis/tlog';
import type { Clock } from './ports.js';

/** Why a witness gave no answer at all. */
export type SilenceCause = 'timeout' | 'no-connection' | 'answer-too-large' | 'busy';

/** Brings a request to a witness. One at a time to each: while one is under way a next is `busy`. Never throws. */
export interface WitnessClient {
  readonly add: (url: string, body: Uint8Array) => Promise<{ readonly kind: 'answered'; readonly answer: WitnessAnswer } | { readonly kind: 'silent'; readonly cause: SilenceCause }>;
}

/** The last signed head, and what the witnesses made of the log so far. */
export interface HeadToWitness {
  readonly size: number;
  readonly root: Uint8Array;
  /** The note as the log signed it. */
  readonly note: Uint8Array;
  readonly releasedSize: number;
  readonly cosignedAt: Date | null;
  readonly quorumLostAt: Date | null;
  readonly isContradicted: boolean;
  /** An entry waits too long for its signature: to cosign the old head once more would say that there was none. */
  readonly isStalled: boolean;
  readonly witnesses: ReadonlyMap<string, KnownWitness>;
}

/** What is known of one witness: the size it cosigned last, and why it did not the last time it was asked. */
export interface KnownWitness {
  readonly size: number;
  readonly problem: string | null;
}

/** One witness after a round. `problem` is null when it cosigned. */
export interface AskedWitnessState extends KnownWitness {
  readonly name: string;
}

/** What a round without a quorum leaves behind. */
export interface LostQuorum {
  readonly at: Date;
  readonly isContradicted: boolean;
  readonly witnesses: readonly AskedWitnessState[];
  /** Set when a person must look. */
  readonly alarm: string | null;
}

/** A checkpoint with lines of enough witnesses. */
export interface CosignedHead {
  readonly at: Date;
  readonly size: number;
  readonly note: Uint8Array;
  readonly witnesses: readonly AskedWitnessState[];
}

/** Keeps what witnesses said; what may leave depends on it. */
export interface ReleaseStore {
  /** Null before the first signature. */
  readonly head: (at: Date) => Promise<HeadToWitness | null>;
  /** Proof that the tree of `size` begins with that of `oldSize`. */
  readonly consistency: (oldSize: number, size: number) => Promise<readonly Uint8Array[]>;
  /** One transaction: the note is kept, its entries are released, what left uncosigned has its proof, the alarm is closed. */
  readonly saveCosigned: (head: CosignedHead) => Promise<void>;
  /** The moment the quorum was lost is kept from the first time on; nothing more is released. */
  readonly saveLost: (lost: LostQuorum) => Promise<void>;
}

/** What a round of the witnesses works with. */
export interface WitnessPorts {
  readonly clock: Clock;
  readonly client: WitnessClient;
  readonly releases: ReleaseStore;
}
