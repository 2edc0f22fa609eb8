import type { OwnKey, PartyCertificate, Warning } from '@ketensluis/domain';

/** A certificate as it is kept: its bytes, and what people and programs find it by. */
export interface KeptCertificate {
  readonly sha256: string;
  readonly der: Uint8Array;
  /** For people; may hold a person's name, so it goes into no log. */
  readonly subject: string;
  readonly issuer: string;
  /** Hexadecimal. */
  readonly serial: string;
  readonly ski: Uint8Array | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly usages: readonly string[];
  readonly policies: readonly string[];
}

/** An own key or a certificate of a party, with its version. */
export type TrustDocument = (OwnKey | PartyCertificate) & { readonly version: number };

/** A new version of a document, with the code by which its policy entry tells what happened. */
export interface TrustChange {
  readonly document: OwnKey | PartyCertificate;
  readonly version: number;
  readonly code: string;
  readonly at: Date;
  readonly by: string;
  readonly entryId: string;
}

/** What a change brings along, in the same transaction. */
export interface TrustExtras {
  readonly certificates: readonly KeptCertificate[];
  /** A task that a person has to take up, and references of tasks of its kind that are done. */
  readonly task: { readonly ref: string; readonly party: string | null; readonly cause: string } | null;
  readonly done: readonly string[];
}

/** A revocation list that was proven: whose, from where, and until when. */
export interface FetchedList {
  readonly url: string;
  readonly issuer: string;
  readonly number: bigint | null;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly der: Uint8Array;
}

/** An answer about one certificate that was proven. */
export interface FetchedAnswer {
  /** Of the certificate, hexadecimal. */
  readonly certificate: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly der: Uint8Array;
}

/** What somebody said he can read, and when he signed that. */
export interface SeenCapabilities {
  readonly address: string;
  readonly algorithms: readonly string[];
  readonly signedAt: Date;
}

/** Everything about keys and certificates that is kept, as it is now. */
export interface TrustRecords {
  /** How far the documents go: what is decided by them is saved only while nothing follows. */
  readonly head: number;
  readonly documents: readonly TrustDocument[];
  /** By sha256: every certificate a document names. */
  readonly certificates: ReadonlyMap<string, KeptCertificate>;
  readonly lists: readonly FetchedList[];
  readonly answers: readonly FetchedAnswer[];
  readonly capabilities: ReadonlyMap<string, SeenCapabilities>;
}

/** Keys and certificates in the database. */
export interface TrustStore {
  /** Another text whenever anything of it changed. */
  readonly mark: () => Promise<string>;
  /** Throws when a document is not what the log says of it (I4): somebody changed the database. */
  readonly load: () => Promise<TrustRecords>;
  /**
   * One transaction: versions, their policy entries, certificates, task, and deliveries to try again; rings. False, and nothing written, when documents were
   * added after `head`: two persons who approve in one instant, or two hubs that learn one certificate, must each decide on what the other left.
   */
  readonly save: (changes: readonly TrustChange[], extras: TrustExtras, head: number) => Promise<boolean>;
  /** Kept unless a list of a later number, or an answer of a later moment, is there. True when it was kept. */
  readonly saveList: (list: FetchedList, at: Date) => Promise<boolean>;
  readonly saveAnswer: (answer: FetchedAnswer, at: Date) => Promise<boolean>;
  /** Kept unless a later one is there. */
  readonly saveCapabilities: (seen: SeenCapabilities, at: Date) => Promise<void>;
  /** What was held for want of a usable certificate is tried again; returns how much. To be called when the keys in memory are those of now. */
  readonly retryHeld: (at: Date) => Promise<number>;
  /** Addresses that were tried, with the moment of the last try and what was wrong. */
  readonly sources: () => Promise<ReadonlyMap<string, { readonly triedAt: Date; readonly problem: string | null }>>;
  readonly saveTried: (url: string, problem: string | null, at: Date) => Promise<void>;
  /** A task for each warning once, also when a person closed it; tasks about what does not end any more are closed. Returns how many are new. */
  readonly saveWarnings: (warnings: readonly Warning[], at: Date) => Promise<number>;
}

/** Why nothing usable was fetched; closed. */
export type FetchProblem =
  | 'host-not-allowed' | 'address-not-allowed' | 'host-not-found' | 'no-connection' | 'timeout' | 'redirect' | 'bad-status' | 'too-large' | 'not-http';

/** Fetches over plain HTTP what proves itself by a signature: from named hosts only, without redirects, within bounds. Never throws. */
export interface RevocationClient {
  readonly get: (url: string, maxBytes: number) => Promise<{ readonly kind: 'fetched'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly problem: FetchProblem }>;
  readonly ask: (url: string, request: Uint8Array, maxBytes: number) => Promise<{ readonly kind: 'fetched'; readonly bytes: Uint8Array } | { readonly kind: 'failed'; readonly problem: FetchProblem }>;
}
