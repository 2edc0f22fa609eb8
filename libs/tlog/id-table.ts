import { hexValue } from './leaf-forms.js';

/** Remembers at which index each UUID stood, in 20 bytes an id with room to spare: a Set of strings would take 100 MB per million. */
export interface IdTable {
  /** Index where the id that stands in `bytes` at `at` stood before, or null when it is new; then it is remembered at `index`. */
  readonly put: (bytes: Uint8Array, at: number, index: number) => number | null;
  /** Index of the id that stands in `bytes` at `at`, or null. */
  readonly find: (bytes: Uint8Array, at: number) => number | null;
}

const wordsPerId = 4;

/** A table for `count` ids; more are refused by throwing. Ids are lower-case UUIDs, known to be well formed. */
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
  const slotOf = (bytes: Uint8Array, at: number): number => {
    readWords(bytes, at, key);
    // A power of two: masking is the remainder.
    let slot = mix(key) & (slots - 1);
    while (indexes[slot] !== 0 && !holdsKey(slot)) slot = (slot + 1) & (slots - 1);
    return slot;
  };

  const find = (bytes: Uint8Array, at: number): number | null => {
    const found = indexes[slotOf(bytes, at)] ?? 0;
    return found === 0 ? null : found - 1;
  };

  const put = (bytes: Uint8Array, at: number, index: number): number | null => {
    const slot = slotOf(bytes, at);
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

/** The 128 bits of a UUID as four words, without making strings: this runs once for every entry of a log. */
const readWords = (bytes: Uint8Array, at: number, words: Uint32Array): void => {
  words[0] = (fourDigits(bytes, at) << 16) | fourDigits(bytes, at + 4);
  words[1] = (fourDigits(bytes, at + 9) << 16) | fourDigits(bytes, at + 14);
  words[2] = (fourDigits(bytes, at + 19) << 16) | fourDigits(bytes, at + 24);
  words[3] = (fourDigits(bytes, at + 28) << 16) | fourDigits(bytes, at + 32);
};

const fourDigits = (bytes: Uint8Array, at: number): number =>
  (hexValue(bytes[at] ?? 0) << 12) | (hexValue(bytes[at + 1] ?? 0) << 8) | (hexValue(bytes[at + 2] ?? 0) << 4) | hexValue(bytes[at + 3] ?? 0);

const mix = (key: Uint32Array): number => {
  let mixed = 0;
  for (let place = 0; place < wordsPerId; place += 1) mixed = Math.imul(mixed ^ (key[place] ?? 0), 0x9e3779b1) ^ (mixed >>> 15);
  return mixed >>> 0;
};
