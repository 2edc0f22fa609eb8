import type { KeyObject } from 'node:crypto';

/** A certificate (DER) with its private key, and the intermediates (DER, never the root) that lead to its anchor. */
export interface KeyPair {
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
  readonly chain: readonly Uint8Array[];
}
