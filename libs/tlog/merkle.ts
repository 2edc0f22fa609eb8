import { hash } from 'node:crypto';

/** SHA-256 throughout (tlog-tiles). */
export const hashBytes = 32;

const leafPrefix = 0x00;
const nodePrefix = 0x01;

/** Hash of one entry, SHA-256(0x00 || bytes) (RFC 6962 §2.1). */
export const leafHash = (bytes: Uint8Array): Uint8Array => hash('sha256', prefixed(leafPrefix, bytes), 'buffer');

/** The hashes of many entries, one after another. */
export const leafHashes = (entries: readonly Uint8Array[]): Buffer => {
  const hashes = Buffer.allocUnsafe(entries.length * hashBytes);
  const longest = entries.reduce((most, { length }) => Math.max(most, length), 0);
  const message = Buffer.allocUnsafe(1 + longest);
  message[0] = leafPrefix;
  entries.forEach((entry, place) => {
    message.set(entry, 1);
    write(hashes, place, message.subarray(0, 1 + entry.length));
  });
  return hashes;
};

/** The inner nodes over each pair of hashes that stand one after another; an odd one at the end has no parent yet and is left out. */
export const parentsOf = (hashes: Uint8Array): Buffer => {
  const parents = Buffer.allocUnsafe(Math.floor(hashes.length / (2 * hashBytes)) * hashBytes);
  const message = Buffer.allocUnsafe(1 + 2 * hashBytes);
  message[0] = nodePrefix;
  for (let place = 0; place * hashBytes < parents.length; place += 1) {
    message.set(hashes.subarray(place * 2 * hashBytes, (place + 1) * 2 * hashBytes), 1);
    write(parents, place, message);
  }
  return parents;
};

// As a string of 32 one-byte characters: a buffer of its own for each hash takes longer than the hash.
const write = (hashes: Buffer, place: number, message: Uint8Array): void => {
  hashes.write(hash('sha256', message, 'binary'), place * hashBytes, hashBytes, 'latin1');
};

/** Hash of an inner node, SHA-256(0x01 || left || right) (RFC 6962 §2.1). Throws when either is not 32 bytes. */
export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  if (left.length !== hashBytes || right.length !== hashBytes) throw new Error('bug: a tree hash has 32 bytes');
  return hash('sha256', prefixed(nodePrefix, left, right), 'buffer');
};

const prefixed = (prefix: number, first: Uint8Array, second?: Uint8Array): Uint8Array => {
  const joined = Buffer.allocUnsafe(1 + first.length + (second?.length ?? 0));
  joined[0] = prefix;
  joined.set(first, 1);
  if (second !== undefined) joined.set(second, 1 + first.length);
  return joined;
};

/** Root of the empty tree: SHA-256 of nothing (RFC 6962 §2.1). */
export const emptyRoot = (): Uint8Array => hash('sha256', new Uint8Array(), 'buffer');

/** True for equal byte strings. Hashes in a public tree are no secret: constant time is not needed. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** A complete subtree: 2^level leaves from index * 2^level. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The whole tree folded to one hash for each complete subtree, largest (leftmost) first: all that appending needs. */
export interface CompactRange {
  readonly size: number;
  readonly hashes: readonly Uint8Array[];
}

/** The range before the first entry. */
export const emptyRange: CompactRange = { size: 0, hashes: [] };

/** Appends one leaf hash; `completed` is told of every subtree that became complete by it, the leaf itself first. */
export const append = (
  range: CompactRange,
  leaf: Uint8Array,
  completed?: (subtree: Subtree, hash: Uint8Array) => void,
): CompactRange => {
  const hashes = [...range.hashes];
  let carried = leaf;
  let index = range.size;
  let level = 0;
  completed?.({ level, index }, carried);
  // Every 1 bit at the low end of the size is a left sibling that is waiting: the same carry as adding one.
  for (; index % 2 === 1; index = (index - 1) / 2) {
    const left = hashes.pop();
    if (left === undefined) throw new Error('bug: compact range does not fit its size');
    carried = nodeHash(left, carried);
    level += 1;
    completed?.({ level, index: (index - 1) / 2 }, carried);
  }
  return { size: range.size + 1, hashes: [...hashes, carried] };
};

/** Root of the tree the range stands for (RFC 6962 §2.1). */
export const rootOf = (range: CompactRange): Uint8Array => (range.hashes.length === 0 ? emptyRoot() : foldRight(range.hashes));

/** Joins neighbouring subtrees, largest first, from the right: the hash of an incomplete subtree. */
export const foldRight = (hashes: readonly Uint8Array[]): Uint8Array => {
  const last = hashes.at(-1);
  if (last === undefined) throw new Error('bug: nothing to fold');
  return hashes.slice(0, -1).reduceRight((right, left) => nodeHash(left, right), last);
};

/** The complete subtrees that together are the leaves [start, end), left to right. `start` must be where a subtree of that size may start. */
export const subtreesOf = (start: number, end: number): readonly Subtree[] => {
  const subtrees: Subtree[] = [];
  for (let at = start; at < end;) {
    const level = largestAt(at, end - at);
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
};

const largestAt = (start: number, room: number): number => {
  let level = 0;
  while (2 ** (level + 1) <= room && start % 2 ** (level + 1) === 0) level += 1;
  return level;
};

/** Throws unless `size` is a tree size we can count to exactly. */
export const demandSize = (size: number): void => {
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('bug: not a tree size');
};
