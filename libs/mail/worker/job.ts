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

const handedOverFromBytes = 64 * 1024;

/**
 * The bytes ready to be handed over: large ones as they are, and whoever had them finds them empty afterwards; small ones as a copy. A view into a
 * larger buffer takes all of that buffer along, which may hold somebody else's mail: it is copied too, unless it is most of its buffer.
 */
export const ownBytes = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer && bytes.byteLength >= handedOverFromBytes && bytes.byteLength * 2 > bytes.buffer.byteLength
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);

/** The buffers to hand over instead of copying, each once. */
export const transferList = (all: readonly Uint8Array<ArrayBuffer>[]): ArrayBuffer[] => [...new Set(all.map((bytes) => bytes.buffer))];
