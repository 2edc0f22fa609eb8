import type { Leaf } from '@ketensluis/tlog';

/**
 * An entry of the log before it has salts, ciphertext and an index. `facts` becomes the leaf as it is, so it holds no personal data (I7);
 * the rest is committed to with a salt and kept apart, encrypted and destroyable.
 */
export interface EntryDraft {
  readonly facts: Omit<Leaf, 'v' | 'c' | 'sealed'>;
  /** Canonical identifiers of the persons concerned; one commitment and one pseudonym each. */
  readonly subjects: readonly string[];
  /** Why, in words. */
  readonly reason: string | null;
  /** The bytes that go out, exactly; only a disclosure has them. */
  readonly payload: Uint8Array | null;
  /** Whatever else an auditor may need, e.g. what was left out. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** An entry that concerns no person and carries nothing. */
export const plainEntry = (facts: EntryDraft['facts'], detail: EntryDraft['detail'] = {}): EntryDraft => ({
  facts,
  subjects: [],
  reason: null,
  payload: null,
  detail,
});
