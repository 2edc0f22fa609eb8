import { hashBytes } from './merkle.js';
import { openNote, signNote } from './note.js';
import type { NoteRefusal, NoteSignature } from './note.js';
import type { NoteSigner, VerifierKey } from './note-key.js';

/** The head of a log at one size (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint signed by a key we trust for that very origin. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly kind: 'opened';
  /** The signed text, extension lines included: what a witness signs as well. */
  readonly text: string;
  readonly signedBy: readonly VerifierKey[];
  readonly unknown: readonly NoteSignature[];
}

/** Why a checkpoint is not accepted. */
export interface CheckpointRefusal {
  readonly kind: 'refused';
  readonly code: NoteRefusal['code'] | 'wrong-origin';
  readonly detail: string;
}

/** The three lines that are signed: origin, size, root. We write no extension lines: monitors cannot audit them. */
export const checkpointText = (checkpoint: Checkpoint): string => {
  if (!/^[^\s+]+$/u.test(checkpoint.origin)) throw new Error('bug: an origin has no spaces and no plus');
  if (checkpoint.root.length !== hashBytes || !Number.isSafeInteger(checkpoint.size) || checkpoint.size < 0) throw new Error('bug: not a tree head');
  return `${checkpoint.origin}\n${checkpoint.size}\n${Buffer.from(checkpoint.root).toString('base64')}\n`;
};

/** Reads the signed text; null unless it is a checkpoint to the letter. Extension lines of other logs are allowed and ignored. */
export const parseCheckpointText = (text: string): Checkpoint | null => {
  const match = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)\n(?:[^\n]+\n)*$/u.exec(text);
  const [origin, digits, encoded] = [match?.[1], match?.[2], match?.[3]];
  if (origin === undefined || digits === undefined || encoded === undefined) return null;
  const size = Number(digits);
  return Number.isSafeInteger(size) ? { origin, size, root: Buffer.from(encoded, 'base64') } : null;
};

/** A checkpoint as a signed note. */
export const signCheckpoint = (checkpoint: Checkpoint, signer: NoteSigner): Uint8Array => signNote(checkpointText(checkpoint), [signer]);

/** Verifies a checkpoint. The origin must be the name of one of the keys that signed it. Never throws. */
export const openCheckpoint = (note: Uint8Array, keys: readonly VerifierKey[]): OpenedCheckpoint | CheckpointRefusal => {
  const opened = openNote(note, keys);
  if (opened.kind === 'refused') return opened;
  const checkpoint = parseCheckpointText(opened.text);
  if (checkpoint === null) return { kind: 'refused', code: 'malformed', detail: 'not a checkpoint' };
  // Without this a witness that signs notes for many logs could stand in for the log itself.
  if (!opened.signedBy.some((key) => key.name === checkpoint.origin)) {
    return { kind: 'refused', code: 'wrong-origin', detail: 'the origin is not the name of the key that signed' };
  }
  return { ...checkpoint, kind: 'opened', text: opened.text, signedBy: opened.signedBy, unknown: opened.unknown };
};
