import { sizeContentType } from './add-checkpoint.js';
import type { AddCheckpoint, WitnessAnswer } from './add-checkpoint.js';
import { openCheckpoint, parseCheckpointText } from './checkpoint.js';
import { emptyRoot, sameBytes } from './merkle.js';
import { verifyConsistency } from './merkle-proof.js';
import { parseNote } from './note.js';
import type { VerifierKey } from './note-key.js';

/** All that a witness remembers of one log: the last head it cosigned, and when by its own clock. */
export interface WitnessMemory {
  readonly size: number;
  readonly root: Uint8Array;
  readonly time: Date;
}

/** The memory of a witness that never cosigned a head of this log. */
export const emptyMemory = (): WitnessMemory => ({ size: 0, root: emptyRoot(), time: new Date(0) });

/** A request, and what the witness knows when it comes. `keys`: those it trusts for the origin, and none when it does not know the origin. */
export interface WitnessRequest {
  readonly request: AddCheckpoint;
  readonly keys: readonly VerifierKey[];
  readonly memory: WitnessMemory;
  readonly at: Date;
}

/** `cosign`: first make `next` durable, then sign `text`, then answer 200. Anything else leaves the memory as it is. */
export type WitnessStep =
  | { readonly kind: 'cosign'; readonly next: WitnessMemory; readonly text: string }
  | { readonly kind: 'answer'; readonly answer: WitnessAnswer };

/** The origin a checkpoint says it is of, unproven; null when it is no checkpoint. */
export const originIn = (checkpoint: Uint8Array): string | null => {
  const note = parseNote(checkpoint);
  return 'kind' in note ? null : (parseCheckpointText(note.text)?.origin ?? null);
};

/**
 * What a witness does with `add-checkpoint` (C2SP tlog-witness): it cosigns one history of a log, never two, and never with a time before its
 * last one. Requests about one origin must come one after the other. Never throws.
 */
export const witness = ({ request, keys, memory, at }: WitnessRequest): WitnessStep => {
  const origin = originIn(request.checkpoint);
  if (origin === null) return refuse(400, 'not a checkpoint');
  if (keys.length === 0) return refuse(404, 'unknown log');
  const opened = openCheckpoint(request.checkpoint, keys);
  if (opened.kind === 'refused') return refuse(403, 'no true signature of a key that is known here');
  const { size, root, text } = opened;
  if (request.oldSize > size) return refuse(400, 'the old size is above that of the checkpoint');
  if (request.oldSize !== memory.size) return tellSize(memory.size);
  if (size === memory.size && !sameBytes(root, memory.root)) return tellSize(memory.size);
  if (!continues(memory, { size, root }, request.proof)) return refuse(422, 'the proof does not lead from what was cosigned to this checkpoint');
  // A cosignature says "as of this time": with a clock that went back it would be a lie (log.md 5).
  if (at.getTime() < memory.time.getTime()) return refuse(503, 'the clock of this witness is before its last cosignature');
  return { kind: 'cosign', next: { size, root, time: at }, text };
};

const continues = (memory: WitnessMemory, head: { readonly size: number; readonly root: Uint8Array }, proof: readonly Uint8Array[]): boolean => {
  // Everything continues the empty log; a proof from there is always empty.
  if (memory.size === 0) return proof.length === 0 && (head.size > 0 || sameBytes(head.root, emptyRoot()));
  return verifyConsistency({ oldSize: memory.size, oldRoot: memory.root, size: head.size, root: head.root, proof });
};

const refuse = (status: number, sentence: string): WitnessStep =>
  ({ kind: 'answer', answer: { status, contentType: 'text/plain; charset=utf-8', body: Buffer.from(`${sentence}\n`) } });

const tellSize = (size: number): WitnessStep => ({ kind: 'answer', answer: { status: 409, contentType: sizeContentType, body: Buffer.from(`${size}\n`) } });
