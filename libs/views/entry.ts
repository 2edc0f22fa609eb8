import type { Leaf } from '@ketensluis/tlog';

/** One person an entry concerns, as outsiders may have him: a pseudonym under the key of the year, and what it was made of. */
export interface ViewedPerson {
  /** Hexadecimal; the same person has the same one within a year, and nobody can compute it once the key of the year is destroyed. */
  readonly pseudonym: string;
  readonly kind: 'bsn' | 'name';
}

/** The one record every view is made of: an entry, what became of it, and of its destroyable part only what a view may tell. */
export interface ViewedEntry {
  readonly index: number;
  readonly leaf: Leaf;
  /** When the checkpoint that seals it was signed. */
  readonly registeredAt: Date;
  readonly outcome: { readonly code: string; readonly at: Date } | null;
  /** Null when the personal part was destroyed. */
  readonly persons: readonly ViewedPerson[] | null;
  /** `inzage uitgesteld`: the persons concerned may not see it yet (Wpg art. 27, UAVG art. 41). */
  readonly isDeferred: boolean;
}

/** Kinds that are a processing of data on persons; the others are the log's own housekeeping, and outcomes stand with their disclosure. */
const processing: readonly Leaf['kind'][] = ['disclosure', 'hold', 'refusal', 'consultation', 'correction', 'destruction'];

/** True for entries that the views for processing registers tell of. */
export const isProcessing = ({ leaf }: ViewedEntry): boolean => processing.includes(leaf.kind);

/** From the decision until its outcome; the same moment while there is none. */
export const periodOf = ({ leaf, outcome }: ViewedEntry): { readonly startMs: number; readonly endMs: number } => {
  const startMs = Date.parse(leaf.at);
  return { startMs, endMs: Math.max(startMs, outcome?.at.getTime() ?? startMs) };
};
