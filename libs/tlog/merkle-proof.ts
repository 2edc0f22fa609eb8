import { demandSize, foldRight, hashBytes, nodeHash, sameBytes, subtreesOf } from './merkle.js';
import type { Subtree } from './merkle.js';

/** Gives the hash of a complete subtree, from tiles or from wherever the tree is kept. */
export type HashOf = (subtree: Subtree) => Uint8Array;

/** A proof before it has hashes: for each element the complete subtrees that fold into it. */
export type ProofPlan = readonly (readonly Subtree[])[];

/** What an inclusion proof of leaf `index` in a tree of `size` consists of (RFC 9162 §2.1.3.1). Throws when the index is outside. */
export const planInclusion = (index: number, size: number): ProofPlan => {
  demandSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) throw new Error('bug: index outside the tree');
  const steps: (readonly Subtree[])[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start);
    if (index < middle) {
      steps.push(subtreesOf(middle, end));
      end = middle;
    } else {
      steps.push(subtreesOf(start, middle));
      start = middle;
    }
  }
  return steps.reverse();
};

/** What a consistency proof from `oldSize` to `size` consists of (RFC 9162 §2.1.4.1). Throws unless 0 < oldSize <= size: size 0 has no proof. */
export const planConsistency = (oldSize: number, size: number): ProofPlan => {
  demandSize(size);
  if (!Number.isSafeInteger(oldSize) || oldSize < 1 || oldSize > size) throw new Error('bug: no consistency proof between these sizes');
  const steps: (readonly Subtree[])[] = [];
  let [start, end] = [0, size];
  while (oldSize !== end) {
    const middle = start + largestPowerBelow(end - start);
    if (oldSize <= middle) {
      steps.push(subtreesOf(middle, end));
      end = middle;
    } else {
      steps.push(subtreesOf(start, middle));
      start = middle;
    }
  }
  // From zero the old tree is itself a complete subtree, and its root is known to whoever checks.
  if (start > 0) steps.push(subtreesOf(start, end));
  return steps.reverse();
};

/** Fills a plan with hashes. */
export const proofOf = (plan: ProofPlan, hashOf: HashOf): readonly Uint8Array[] => plan.map((subtrees) => foldRight(subtrees.map(hashOf)));

/** An inclusion proof and what it is to prove. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** True when `leaf` is the hash of entry `index` in the tree of `size` with that root (RFC 9162 §2.1.3.2). Never throws. */
export const verifyInclusion = (claim: InclusionClaim): boolean => {
  const { index, size, leaf, proof, root } = claim;
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  if (![leaf, root, ...proof].every(isHash)) return false;
  let [node, last, carried] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      carried = nodeHash(sibling, carried);
      [node, last] = skipEven(node, last);
    } else {
      carried = nodeHash(carried, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameBytes(carried, root);
};

/** A consistency proof and what it is to prove. */
export interface ConsistencyClaim {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * True when the tree of `size` begins with the whole tree of `oldSize` (RFC 9162 §2.1.4.2). Never throws. Size 0 is refused:
 * everything is consistent with an empty log, so the first checkpoint must be trusted for another reason.
 */
export const verifyConsistency = (claim: ConsistencyClaim): boolean => {
  const { oldSize, oldRoot, size, root, proof } = claim;
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(size) || oldSize < 1 || oldSize > size) return false;
  if (![oldRoot, root, ...proof].every(isHash)) return false;
  if (oldSize === size) return proof.length === 0 && sameBytes(oldRoot, root);
  const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : proof;
  if (first === undefined) return false;
  let [node, last] = [oldSize - 1, size - 1];
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  let [oldCarried, carried] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      [oldCarried, carried] = [nodeHash(sibling, oldCarried), nodeHash(sibling, carried)];
      [node, last] = skipEven(node, last);
    } else {
      carried = nodeHash(carried, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && sameBytes(oldCarried, oldRoot) && sameBytes(carried, root);
};

const isHash = (bytes: Uint8Array): boolean => bytes.length === hashBytes;
// Not >>: sizes may pass 2^31.
const half = (n: number): number => Math.floor(n / 2);
const isPowerOfTwo = (n: number): boolean => 2 ** Math.floor(Math.log2(n)) === n;

const skipEven = (node: number, last: number): [number, number] => {
  let pair: [number, number] = [node, last];
  while (pair[0] !== 0 && pair[0] % 2 === 0) pair = [half(pair[0]), half(pair[1])];
  return pair;
};

/** k of RFC 9162 §2.1: the largest power of two smaller than n. */
const largestPowerBelow = (n: number): number => {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
};
