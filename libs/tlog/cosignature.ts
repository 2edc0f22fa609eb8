import { verify } from 'node:crypto';
import { openCheckpoint } from './checkpoint.js';
import type { CheckpointRefusal, OpenedCheckpoint } from './checkpoint.js';
import { signatureLineOf } from './note.js';
import type { NoteSignature } from './note.js';
import { signText } from './note-key.js';
import type { Cosigner, CosignerKey } from './note-key.js';
import { hasQuorum } from './policy.js';
import type { LogPolicy, PolicyWitness } from './policy.js';

/** The word of one witness: as of `at`, this was the largest checkpoint of the log it had seen (C2SP tlog-cosignature). */
export interface Cosignature {
  /** Name of the witness in the policy. */
  readonly witness: string;
  /** By the clock of the witness, in whole seconds. */
  readonly at: Date;
  /** The line as it stands in the note, without its line feed. */
  readonly line: string;
}

/** A checkpoint signed by its log, with what the witnesses of a policy say of it. */
export interface CosignedCheckpoint extends OpenedCheckpoint {
  /** One for each witness; a second line of the same one counts for nothing. */
  readonly cosignatures: readonly Cosignature[];
  readonly hasQuorum: boolean;
}

const timeBytes = 8;
const signatureBytes = 64;
// Of a Date, in seconds; the format allows more (2^63 - 1).
const timeMax = 8_640_000_000_000;

/** The line of a witness over the text of a checkpoint, with its line feed. Says that it is the largest the witness has seen: remember it first. */
export const cosign = (cosigner: Cosigner, text: string, at: Date): string => {
  const seconds = Math.floor(at.getTime() / 1000);
  if (!Number.isSafeInteger(seconds) || seconds < 1) throw new Error('bug: a cosignature has a time after 1970');
  const time = Buffer.alloc(timeBytes);
  time.writeBigUInt64BE(BigInt(seconds));
  return signatureLineOf(cosigner.name, cosigner.keyId, Buffer.concat([time, signText(cosigner, messageOf(text, seconds))]));
};

/** Time of a signature line of `key` over the text; null when it is not that. Never throws. */
export const cosignatureTime = (signature: NoteSignature, text: string, key: CosignerKey): Date | null => {
  const bytes = Buffer.from(signature.signature);
  if (signature.name !== key.name || signature.keyId !== key.keyId || bytes.length !== timeBytes + signatureBytes) return null;
  const seconds = Number(bytes.readBigUInt64BE(0));
  if (seconds < 1 || seconds > timeMax) return null;
  return verify(null, messageOf(text, seconds), key.publicKey, bytes.subarray(timeBytes)) ? new Date(seconds * 1000) : null;
};

/**
 * Verifies a checkpoint against a policy: signed by a log of it, and by which witnesses, when, and whether they are enough. Lines of
 * unknown keys are left aside; a false line of a witness of the policy refuses the whole (C2SP signed-note). Never throws.
 */
export const openCosigned = (note: Uint8Array, policy: LogPolicy): CosignedCheckpoint | CheckpointRefusal => {
  const opened = openCheckpoint(note, policy.logs.map(({ key }) => key));
  if (opened.kind === 'refused') return opened;
  const cosignatures: Cosignature[] = [];
  for (const signature of opened.unknown) {
    const witness = witnessOf(signature, policy.witnesses);
    if (witness === undefined || cosignatures.some((one) => one.witness === witness.name)) continue;
    const at = cosignatureTime(signature, opened.text, witness.key);
    if (at === null) return { kind: 'refused', code: 'bad-signature', detail: `cosignature of ${witness.key.name} is false` };
    cosignatures.push({ witness: witness.name, at, line: signature.line });
  }
  return { ...opened, cosignatures, hasQuorum: hasQuorum(policy.quorum, new Set(cosignatures.map(({ witness }) => witness))) };
};

/** The middle of the times of the witnesses; the mean of two in the middle. Null when there is none. */
export const medianTime = (cosignatures: readonly Cosignature[]): Date | null => {
  const times = cosignatures.map(({ at }) => at.getTime()).sort((a, b) => a - b);
  const [low, high] = [times[Math.floor((times.length - 1) / 2)], times[Math.floor(times.length / 2)]];
  return low === undefined || high === undefined ? null : new Date((low + high) / 2);
};

const witnessOf = ({ name, keyId }: NoteSignature, witnesses: readonly PolicyWitness[]): PolicyWitness | undefined =>
  witnesses.find(({ key }) => key.name === name && key.keyId === keyId);

const messageOf = (text: string, seconds: number): Uint8Array => Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`, 'utf8');
