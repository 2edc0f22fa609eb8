import { cosignatureTime } from './cosignature.js';
import { hashBytes } from './merkle.js';
import { parseSignature } from './note.js';
import type { CosignerKey } from './note-key.js';

/** Words of `POST <prefix>/add-checkpoint` (C2SP tlog-witness), for both ends. */
export interface AddCheckpoint {
  /** Size of the last checkpoint the witness is known to have cosigned. */
  readonly oldSize: number;
  /** Consistency proof from there (RFC 6962 §2.1.2). */
  readonly proof: readonly Uint8Array[];
  /** The signed note. */
  readonly checkpoint: Uint8Array;
}

/** Most bytes of a request: 63 lines of proof and a checkpoint with the signatures of many. */
export const requestMaxBytes = 65_536;
/** Most bytes of an answer that are looked at. */
export const answerMaxBytes = 16_384;
/** Content type of a 409 that tells the size the witness has. */
export const sizeContentType = 'text/x.tlog.size';

const proofLinesMax = 63;

/** The body of a request. */
export const formatAddCheckpoint = ({ oldSize, proof, checkpoint }: AddCheckpoint): Uint8Array => {
  const lines = [`old ${oldSize}`, ...proof.map((hash) => Buffer.from(hash).toString('base64')), '', ''];
  return Buffer.concat([Buffer.from(lines.join('\n'), 'utf8'), checkpoint]);
};

/** Reads a body without believing it; null when malformed. Never throws. */
export const parseAddCheckpoint = (bytes: Uint8Array): AddCheckpoint | null => {
  if (bytes.length > requestMaxBytes) return null;
  const whole = Buffer.from(bytes);
  const split = whole.indexOf('\n\n');
  if (split < 0) return null;
  const [first, ...encoded] = whole.subarray(0, split).toString('latin1').split('\n');
  const oldSize = sizeIn(/^old (.*)$/.exec(first ?? '')?.[1] ?? '');
  if (oldSize === null || encoded.length > proofLinesMax) return null;
  if (!encoded.every((line) => /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(line))) return null;
  return { oldSize, proof: encoded.map((line) => Buffer.from(line, 'base64').subarray(0, hashBytes)), checkpoint: whole.subarray(split + 2) };
};

/** What came back over HTTP. */
export interface WitnessAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Uint8Array;
}

/** What the answer of a witness means to who asked. */
export type WitnessVerdict =
  | { readonly kind: 'cosigned'; readonly line: string; readonly at: Date }
  /** It has cosigned another size than we said: ask again from there. */
  | { readonly kind: 'other-size'; readonly size: number }
  /** It holds another history than ours: somebody went back or forked. */
  | { readonly kind: 'contradicted'; readonly detail: string; /** How many entries it has cosigned, where it says that these are more than ours. */ readonly seen?: number }
  /** It did not sign, or not what we asked. `detail` is ours, never its words. */
  | { readonly kind: 'refused'; readonly detail: string };

/** What was asked, and of whom. */
export interface AskedWitness {
  readonly key: CosignerKey;
  readonly oldSize: number;
  readonly size: number;
  /** The signed text of the checkpoint. */
  readonly text: string;
}

/** Reads the answer of a witness without believing it: only its own signature over our very checkpoint counts. Never throws. */
export const readWitnessAnswer = (answer: WitnessAnswer, asked: AskedWitness): WitnessVerdict => {
  if (answer.body.length > answerMaxBytes) return { kind: 'refused', detail: 'answer too large' };
  switch (answer.status) {
    case 200: return readCosignature(answer, asked);
    case 409: return readConflict(answer, asked);
    // We made the proof from our own tree and from the size it named.
    case 422: return { kind: 'contradicted', detail: 'says that our log does not continue what it has seen' };
    case 403: return { kind: 'refused', detail: 'does not know the key of our log' };
    case 404: return { kind: 'refused', detail: 'does not know our log' };
    default: return { kind: 'refused', detail: `answered ${answer.status}` };
  }
};

const readCosignature = (answer: WitnessAnswer, { key, text }: AskedWitness): WitnessVerdict => {
  for (const line of Buffer.from(answer.body).toString('utf8').split('\n')) {
    const signature = parseSignature(line);
    // Lines of other keys are to be left aside (C2SP tlog-witness).
    if (signature === null || signature.name !== key.name || signature.keyId !== key.keyId) continue;
    const at = cosignatureTime(signature, text, key);
    return at === null ? { kind: 'refused', detail: 'its signature is not over our checkpoint' } : { kind: 'cosigned', line: signature.line, at };
  }
  return { kind: 'refused', detail: 'answered 200 without its signature' };
};

const readConflict = (answer: WitnessAnswer, { oldSize, size }: AskedWitness): WitnessVerdict => {
  const told = answer.contentType?.split(';')[0]?.trim() === sizeContentType ? Buffer.from(answer.body).toString('latin1') : '';
  const has = told.endsWith('\n') ? sizeIn(told.slice(0, -1)) : null;
  if (has === null) return { kind: 'contradicted', detail: 'holds another root than ours, or tells no size' };
  // The size we said is the size it has, so it can only be the root that differs.
  if (has === oldSize) return { kind: 'contradicted', detail: `holds another root at size ${has}` };
  return has > size ? { kind: 'contradicted', detail: `has seen ${has} entries, we have ${size}`, seen: has } : { kind: 'other-size', size: has };
};

const sizeIn = (text: string): number | null => {
  const size = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(size) ? size : null;
};
