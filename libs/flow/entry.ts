import { parseLeaf, type Leaf } from '@ketensluis/tlog';

/**
 * An entry of the log before it has salts, ciphertext and an index. `facts` becomes the leaf as it is, so it holds no personal data (I7);
 * the rest is committed to with a salt and kept apart, encrypted and destroyable.
 */
export interface EntryDraft {
  readonly facts: Omit<Leaf, 'v' | 'c' | 'sealed'>;
  /** The persons concerned, each by every name of `subjectNames`: the first is committed to, all of them find the entry. */
  readonly subjects: readonly (readonly string[])[];
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

/** A disclosure that has its first entry. */
interface Disclosed {
  readonly id: string;
  readonly recipient: string;
  readonly entryId: string;
  readonly proof: { readonly leaf: Uint8Array };
}

/** Which entry it is; `schema`: what it is about beside the disclosure. */
interface OutcomeMark {
  readonly id: string;
  readonly at: Date;
  readonly schema?: string;
  readonly detail?: EntryDraft['detail'];
}

/** The second entry of a disclosure: what became of it (log.md 6); it carries on the trace of the first. */
export const outcomeEntry = ({ id: msg, recipient, entryId, proof }: Disclosed, code: string, { id, at, schema, detail }: OutcomeMark): EntryDraft => {
  const first = parseLeaf(proof.leaf);
  const trace = first.kind === 'leaf' ? first.leaf.trace : undefined;
  return plainEntry({ id, kind: 'outcome', at: at.toISOString(), to: recipient, ref: entryId, msg, trace, code, ...(schema === undefined ? {} : { schema }) }, detail);
};
