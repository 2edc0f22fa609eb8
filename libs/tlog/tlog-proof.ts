import type { CosignedCheckpoint } from './cosignature.js';
import { verifyInclusion } from './merkle-proof.js';
import { openTrusted } from './trust.js';
import type { LogTrust } from './trust.js';

const heading = 'c2sp.org/tlog-proof@v1';
// 2^53 leaves make a path of 53 hashes.
const hashesMax = 64;
const proofMaxBytes = 1_100_000;

/** A proof that travels with a message (C2SP tlog-proof): place, path and the signed checkpoint. */
export interface TlogProof {
  readonly index: number;
  readonly hashes: readonly Uint8Array[];
  /** The checkpoint as it was signed, byte for byte. */
  readonly checkpoint: Uint8Array;
}

/** The bytes of a `.tlog-proof` file. */
export const formatProof = (proof: TlogProof): Uint8Array => {
  const lines = [heading, `index ${proof.index}`, ...proof.hashes.map((hash) => Buffer.from(hash).toString('base64')), '', ''];
  return Buffer.concat([Buffer.from(lines.join('\n'), 'utf8'), proof.checkpoint]);
};

/** Reads a `.tlog-proof` without believing it; null when malformed. An `extra` line is skipped: it is not authenticated. Never throws. */
export const parseProof = (bytes: Uint8Array): TlogProof | null => {
  if (bytes.length > proofMaxBytes) return null;
  const whole = Buffer.from(bytes);
  const split = whole.indexOf('\n\n');
  if (split < 0) return null;
  const [first, ...rest] = whole.subarray(0, split).toString('latin1').split('\n');
  if (first !== heading) return null;
  const [indexLine, ...encoded] = rest[0]?.startsWith('extra ') === true ? rest.slice(1) : rest;
  const digits = /^index (0|[1-9][0-9]{0,15})$/.exec(indexLine ?? '')?.[1];
  const index = Number(digits);
  if (digits === undefined || !Number.isSafeInteger(index) || encoded.length > hashesMax) return null;
  if (!encoded.every((line) => /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(line))) return null;
  return { index, hashes: encoded.map((line) => Buffer.from(line, 'base64')), checkpoint: whole.subarray(split + 2) };
};

/** What checking a proof says. `no-quorum`: signed by the log, and not by as many witnesses as the policy asks for. */
export type ProofVerdict =
  | { readonly kind: 'proven'; readonly index: number; readonly checkpoint: CosignedCheckpoint }
  | { readonly kind: 'refused'; readonly code: 'malformed' | 'checkpoint' | 'no-quorum' | 'not-included'; readonly detail: string };

/** Proves that the leaf (its hash) stands in the log that is trusted. Needs no network and no log. Never throws. */
export const verifyProof = (bytes: Uint8Array, leaf: Uint8Array, trust: LogTrust): ProofVerdict => {
  const proof = parseProof(bytes);
  if (proof === null) return { kind: 'refused', code: 'malformed', detail: 'not a tlog-proof' };
  const checkpoint = openTrusted(proof.checkpoint, trust);
  if (checkpoint.kind === 'refused') return { kind: 'refused', code: checkpoint.code === 'no-quorum' ? 'no-quorum' : 'checkpoint', detail: checkpoint.detail };
  const { size, root } = checkpoint;
  if (!verifyInclusion({ index: proof.index, size, leaf, proof: proof.hashes, root })) {
    return { kind: 'refused', code: 'not-included', detail: `the leaf is not entry ${proof.index} of this checkpoint` };
  }
  return { kind: 'proven', index: proof.index, checkpoint };
};
