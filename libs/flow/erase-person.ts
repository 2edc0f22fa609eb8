import { functionCodeSchema } from '@ketensluis/domain';
import { plainEntry } from './entry.js';
import type { Erasure, RetentionPorts } from './retention-ports.js';

/** Grounds for erasing somebody from the personal part of the log before its term. */
export const erasureGrounds = { 'avg-17': 'AVG art. 17', 'wpg-28': 'Wpg art. 28' } as const;
/** One of `erasureGrounds`. */
export type ErasureGround = keyof typeof erasureGrounds;

/**
 * Erases one person from the personal part of the entries of one controller: salts, identifier and pseudonym go, and the whole personal part where
 * nobody else is in it. Each entry gets a `correction` that says so; entry, tree and proofs stay. What is held stays and is counted.
 */
export const erasePerson = async (
  erasure: Erasure,
  told: { readonly ground: ErasureGround; readonly byFunction: string },
  { clock, ids, erasures }: Pick<RetentionPorts, 'clock' | 'ids' | 'erasures'>,
): Promise<{ readonly kind: 'erased'; readonly erased: number; readonly held: number } | { readonly kind: 'refused'; readonly detail: string }> => {
  if (!functionCodeSchema.safeParse(told.byFunction).success) return { kind: 'refused', detail: 'a function is a code such as privacy-officer, without spaces' };
  const at = clock.now();
  const { entries, held } = await erasures.find(erasure, at);
  const corrections = entries.map((entry) => ({
    entryId: entry.id,
    entryAt: entry.at,
    draft: plainEntry({
      id: ids.next(at), kind: 'correction', at: at.toISOString(), ref: entry.id, code: `erased.${told.ground}`, role: told.byFunction, controller: erasure.controller,
    }),
  }));
  await erasures.erase(erasure.names, corrections, at);
  return { kind: 'erased', erased: entries.length, held };
};
