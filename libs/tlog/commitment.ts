import { createHash, timingSafeEqual } from 'node:crypto';

/** What is committed to; the label keeps a commitment to one from passing for another. */
export const commitmentLabels = ['subject', 'actor', 'payload', 'reason'] as const;
export type CommitmentLabel = (typeof commitmentLabels)[number];

/** Length of a salt. Fixed: a verifier that took another length could be shown salt and bytes cut at another place. */
export const saltBytes = 32;

/** What opens a commitment: the part of an entry that is destroyed with the retention term. */
export interface Opening {
  readonly label: CommitmentLabel;
  readonly salt: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * SHA-256("ketensluis/commit/v1" 0x00 label 0x00 salt bytes), 32 bytes. Without the salt nothing can be guessed from it, which
 * an unsalted hash would allow: all numbers that can be a BSN are hashed within minutes. Throws on a salt of another length.
 */
export const commit = (opening: Opening): Uint8Array => {
  if (opening.salt.length !== saltBytes) throw new Error('bug: a salt has 32 bytes');
  return createHash('sha256')
    .update(`ketensluis/commit/v1\0${opening.label}\0`, 'utf8')
    .update(opening.salt)
    .update(opening.bytes)
    .digest();
};

/** The form a commitment has in a leaf: base64 of 32 bytes. */
export const commitmentText = (opening: Opening): string => Buffer.from(commit(opening)).toString('base64');

/** True when the opening belongs to the commitment as it stands in a leaf; false for any other length of salt or text. */
export const opens = (opening: Opening, commitment: string): boolean => {
  if (opening.salt.length !== saltBytes) return false;
  const expected = Buffer.from(commitment, 'base64');
  if (expected.length !== 32 || expected.toString('base64') !== commitment) return false;
  return timingSafeEqual(expected, commit(opening));
};
