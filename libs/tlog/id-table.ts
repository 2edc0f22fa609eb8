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
  const key = new Uint32Array(wordsPerId);
  let used = 0;

  const holdsKey = (slot: number): boolean => {
    const at = slot * wordsPerId;
    return words[at] === key[0] && words[at + 1] === key[1] && words[at + 2] === key[2] && words[at + 3] === key[3];
  };

  /** The slot of the id, or the free one where it belongs; leaves its words in `key`. */
  const slotOf = (id: string): number => {
    readWords(id, key);
    let slot = mix(key) % slots;
    while (indexes[slot] !== 0 && !holdsKey(slot)) slot = (slot + 1) % slots;
    return slot;
  };

  const find = (id: string): number | null => {
    const found = indexes[slotOf(id)] ?? 0;
    return found === 0 ? null : found - 1;
  };

  const put = (id: string, index: number): number | null => {
    const slot = slotOf(id);
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

const dash = 0x2d;

/** The 128 bits of a UUID as four words, without making strings: this runs once for every entry of a log. */
const readWords = (id: string, words: Uint32Array): void => {
  let digits = 0;
  let word = 0;
  for (let i = 0; i < id.length; i += 1) {
    const char = id.charCodeAt(i);
    if (char === dash) continue;
    word = (word << 4) | (char <= 0x39 ? char - 0x30 : char - 0x57);
    digits += 1;
    if (digits % 8 === 0) words[digits / 8 - 1] = word;
  }
};

const mix = (key: Uint32Array): number => {
  let mixed = 0;
  for (const word of key) mixed = Math.imul(mixed ^ word, 0x9e3779b1) ^ (mixed >>> 15);
  return mixed >>> 0;
};
