import type { WebhookScheme, WebhookSigner, WebhookVerifier } from '@ketensluis/contract';
import type { KeyDirection, KeyPeriod } from '@ketensluis/domain';

export type { WebhookScheme, WebhookSigner, WebhookVerifier } from '@ketensluis/contract';

/** What may be known of a key: everything but its secret. */
export interface WebhookKey extends KeyPeriod {
  readonly id: string;
  /** Rises with every change of its period. */
  readonly version: number;
  readonly party: string;
  readonly direction: KeyDirection;
  readonly scheme: WebhookScheme;
  /** Of `v1a` the 32 bytes of the public key; null for `v1`. */
  readonly publicKey: Uint8Array | null;
  readonly changedAt: Date;
  readonly changedBy: string;
}

/** A version of a key to be kept, with the id of the policy entry that records it; `secret` with the first version of a key that has one. */
export interface WebhookKeyChange {
  readonly key: WebhookKey;
  readonly entryId: string;
  readonly secret: Uint8Array | null;
}

/**
 * The keys of webhooks. Every version is an entry of the log (I4), and keys are read only as the log has them: a key that the database alone knows, or
 * that it forgot the end of, throws `WebhookKeyNotAsLogged`.
 */
export interface WebhookKeys {
  /** What the hub signs with toward this party: keys in force at `at`, those that are not retiring first. Empty when there is none. */
  readonly signers: (party: string, at: Date) => Promise<readonly WebhookSigner[]>;
  /** What a webhook of this party is held against: keys in force at `at`. Empty when there is none. */
  readonly verifiers: (party: string, at: Date) => Promise<readonly WebhookVerifier[]>;
  /** The current version of every key there ever was, of one party or of all. */
  readonly list: (party: string | null) => Promise<readonly WebhookKey[]>;
  /** One transaction: these versions, their secrets and entries. Throws when a version was taken meanwhile. Then the secrets of keys that ended are destroyed. */
  readonly save: (changes: readonly WebhookKeyChange[]) => Promise<void>;
}

/** Endpoints that are switched off. */
export interface WebhookEndpoints {
  readonly isOff: (party: string, url: string) => Promise<boolean>;
  /** One transaction: off until an operator switches it on, and an entry that says so. May be repeated. */
  readonly switchOff: (change: { readonly party: string; readonly url: string; readonly at: Date; readonly entryId: string }) => Promise<void>;
  /** One transaction: on again, an entry, and what was held because it was off is tried again. False when it was not off. */
  readonly switchOn: (change: { readonly party: string; readonly url: string; readonly at: Date; readonly by: string; readonly entryId: string }) => Promise<boolean>;
}
