import type { KeyPair, Trust } from '../smime/identity.js';
import type { OpenedMail } from '../smime/inbound.js';
import type { SealInput } from '../smime/outbound.js';
import type { MailRefusal } from '../smime/refusal.js';

/** What a thread is asked to do. `keys`, `trust` and `signer` are null when they are those of its job before: a key is costly to hand over. */
export type Job =
  | { readonly kind: 'open'; readonly raw: Uint8Array; readonly at: Date; readonly keys: readonly KeyPair[] | null; readonly trust: Trust | null }
  | { readonly kind: 'seal'; readonly input: Omit<SealInput, 'signer'>; readonly signer: KeyPair | null };

/** What a thread answers. */
export type Answer =
  | { readonly kind: 'open'; readonly result: OpenedMail | MailRefusal }
  | { readonly kind: 'seal'; readonly result: Uint8Array };

/**
 * The bytes in a buffer of their own. A view into a larger buffer would be posted with all of that buffer, which may hold
 * somebody else's mail; the small buffers of Node share one.
 */
export const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength && bytes.byteLength > 65_536
    ? new Uint8Array(bytes.buffer)
    : new Uint8Array(bytes);

/** The buffers to hand over instead of copying, each once. */
export const transferList = (all: readonly Uint8Array<ArrayBuffer>[]): ArrayBuffer[] => [...new Set(all.map((bytes) => bytes.buffer))];
