import { commitmentLabels, opens, saltBytes } from './commitment.js';
import type { CommitmentLabel } from './commitment.js';
import type { LeafCommitments } from './leaf.js';

/** What a `.opening.json` says: label and salt of one commitment, and the committed text where that is not a document of its own. */
export interface OpeningFile {
  readonly label: CommitmentLabel;
  readonly salt: Uint8Array;
  /** Null for a payload: its bytes are the document itself. */
  readonly text: string | null;
}

/** Largest file read; a reason in words fits many times over. */
const openingMaxBytes = 65_536;

/** The bytes of an opening file: one line of JSON, keys sorted. Whoever has them and what was committed to can open the commitment; nobody else can. */
export const formatOpening = ({ label, salt, text }: OpeningFile): Uint8Array => {
  if (salt.length !== saltBytes) throw new Error('bug: a salt has 32 bytes');
  return Buffer.from(JSON.stringify({ label, salt: Buffer.from(salt).toString('base64'), ...(text === null ? {} : { text }), v: 1 }), 'utf8');
};

/** Reads an opening file; null for whatever `formatOpening` would not have written byte for byte. Never throws. */
export const parseOpening = (bytes: Uint8Array): OpeningFile | null => {
  if (bytes.length > openingMaxBytes) return null;
  const value = readJson(bytes);
  if (typeof value !== 'object' || value === null || !('label' in value) || !('salt' in value)) return null;
  const label = commitmentLabels.find((one) => one === value.label);
  const salt = typeof value.salt === 'string' ? Buffer.from(value.salt, 'base64') : null;
  const text = 'text' in value ? value.text : null;
  if (label === undefined || salt === null || salt.length !== saltBytes || (text !== null && !isText(text))) return null;
  const opening: OpeningFile = { label, salt, text };
  // One way to write it: no second file opens the same commitment, and no key hides in it.
  return Buffer.compare(formatOpening(opening), bytes) === 0 ? opening : null;
};

// Half a surrogate pair has no bytes of its own: it would open as another character.
const isText = (value: unknown): value is string => typeof value === 'string' && Buffer.from(value, 'utf8').toString('utf8') === value;

const readJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
};

/** True when label, salt and these bytes open a commitment of the leaf; a subject may be any of those listed. */
export const opensLeaf = ({ label, salt }: OpeningFile, bytes: Uint8Array, commitments: LeafCommitments | undefined): boolean => {
  const found = commitments?.[label];
  const candidates = found === undefined ? [] : typeof found === 'string' ? [found] : found;
  return candidates.some((commitment) => opens({ label, salt, bytes }, commitment));
};
