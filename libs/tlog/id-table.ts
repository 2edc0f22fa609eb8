/** Remembers at which index each UUID stood, in 20 bytes an id with room to spare: a Set of strings would take 100 MB per million. */
export interface IdTable {
  /** Index where the id stood before, or null when it is new; then it is remembered at `index`. */
  readonly put: (id: string, index: number) => number | null;
  /** Index of an id, or null. */
  readonly find: (id: string) => number | null;
}

const wordsPerId = 4;

/** A table for `count` ids; more are refused by throwing. Ids are lower-case UUIDs. */
export const createIdTable = (count: number): IdTable => {
  // Open addressing at most half full keeps probes short; index + 1, so that zero means free.
  const slots = 2 ** Math.max(4, Math.ceil(Math.log2(count * 2 + 1)));
  const words = new Uint32Array(slots * wordsPerId);
  const indexes = new Float64Array(slots);
  let used = 0;

  const slotOf = (id: string): { readonly slot: number; readonly key: Uint32Array } => {
    const key = wordsOf(id);
    let slot = mix(key) % slots;
    while (indexes[slot] !== 0 && key.some((word, i) => words[slot * wordsPerId + i] !== word)) slot = (slot + 1) % slots;
    return { slot, key };
  };

  const find = (id: string): number | null => {
    const found = indexes[slotOf(id).slot] ?? 0;
    return found === 0 ? null : found - 1;
  };

  const put = (id: string, index: number): number | null => {
    const { slot, key } = slotOf(id);
    const found = indexes[slot] ?? 0;
    if (found !== 0) return found - 1;
    used += 1;
    if (used > count) throw new Error('bug: more ids than entries');
    words.set(key, slot * wordsPerId);
    indexes[slot] = index + 1;
    return null;
  };

  return { put, find };
};

const wordsOf = (id: string): Uint32Array => {
  const hex = id.replaceAll('-', '');
  return Uint32Array.from([0, 8, 16, 24], (at) => Number.parseInt(hex.slice(at, at + 8), 16));
};

const mix = (key: Uint32Array): number => {
  let mixed = 0;
  for (const word of key) mixed = Math.imul(mixed ^ word, 0x9e3779b1) ^ (mixed >>> 15);
  return mixed >>> 0;
};
