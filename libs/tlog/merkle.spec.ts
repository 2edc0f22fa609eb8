import { describe, expect, test } from '@jest/globals';
import { append, emptyRange, emptyRoot, foldRight, leafHash, nodeHash, rootOf, subtreesOf } from './merkle.js';
import type { CompactRange, Subtree } from './merkle.js';
import { planConsistency, planInclusion, proofOf, verifyConsistency, verifyInclusion } from './merkle-proof.js';
import type { HashOf } from './merkle-proof.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

// The reference leaves of Certificate Transparency (certificate-transparency-go, merkletree tests) and the roots they give.
const referenceLeaves = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const referenceRoots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** RFC 6962 §2.1 word for word, as a second opinion on everything below. */
const treeHash = (leaves: readonly Uint8Array[]): Uint8Array => {
  const [only, second] = leaves;
  if (only === undefined) return emptyRoot();
  if (second === undefined) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)));
};

const grown = (leaves: readonly Uint8Array[]): { readonly ranges: readonly CompactRange[]; readonly hashOf: HashOf } => {
  const nodes = new Map<string, Uint8Array>();
  const ranges: CompactRange[] = [emptyRange];
  let range = emptyRange;
  for (const leaf of leaves) {
    range = append(range, leaf, ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash));
    ranges.push(range);
  }
  const hashOf = ({ level, index }: Subtree): Uint8Array => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new Error(`no node ${level}/${index}`);
    return hash;
  };
  return { ranges, hashOf };
};

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`entry ${i}`)));
const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
};

describe('the tree', () => {
  test('of nothing has the root RFC 6962 gives', () => {
    expect(hex(rootOf(emptyRange))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  test('gives the roots of the reference leaves at every size', () => {
    const { ranges } = grown(referenceLeaves.map((leaf) => leafHash(Buffer.from(leaf, 'hex'))));
    expect(ranges.slice(1).map((range) => hex(rootOf(range)))).toEqual(referenceRoots);
  });

  test('appended one by one has the root of the definition at every size up to 300', () => {
    const leaves = leavesOf(300);
    grown(leaves).ranges.forEach((range, size) => expect(hex(rootOf(range))).toBe(hex(treeHash(leaves.slice(0, size)))));
  });

  test('splits any beginning into complete subtrees that fold into its root', () => {
    const leaves = leavesOf(300);
    const { ranges, hashOf } = grown(leaves);
    for (let size = 1; size <= 300; size += 1) {
      expect(hex(foldRight(subtreesOf(0, size).map(hashOf)))).toBe(hex(rootOf(ranges[size] ?? emptyRange)));
    }
  });

  test('refuses to hash a node of anything but 32 bytes', () => {
    expect(() => nodeHash(new Uint8Array(32), new Uint8Array(31))).toThrow('bug:');
  });
});

describe('proofs', () => {
  const leaves = leavesOf(300);
  const { ranges, hashOf } = grown(leaves);
  const roots = ranges.map(rootOf);
  const rootAt = (size: number): Uint8Array => roots[size] ?? emptyRoot();
  const leafAt = (index: number): Uint8Array => leaves[index] ?? emptyRoot();

  test('of inclusion verify for every entry of every size up to 300, and for no other entry', () => {
    for (let size = 1; size <= 300; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const claim = { index, size, leaf: leafAt(index), proof: proofOf(planInclusion(index, size), hashOf), root: rootAt(size) };
        if (!verifyInclusion(claim)) throw new Error(`entry ${index} of ${size} is not proven`);
        if (size > 1 && verifyInclusion({ ...claim, index: (index + 1) % size })) throw new Error(`entry ${index} of ${size} passes for the next`);
      }
    }
  });

  test('of consistency verify between every two sizes up to 300', () => {
    for (let size = 1; size <= 300; size += 1) {
      for (let oldSize = 1; oldSize <= size; oldSize += 1) {
        const proof = proofOf(planConsistency(oldSize, size), hashOf);
        if (!verifyConsistency({ oldSize, oldRoot: rootAt(oldSize), size, root: rootAt(size), proof })) throw new Error(`${oldSize} to ${size}`);
      }
    }
  });

  test('of inclusion fail when any one bit of leaf, root or path differs', () => {
    let bit = 0;
    for (let size = 1; size <= 300; size += 7) {
      for (let index = 0; index < size; index += 5) {
        const claim = { index, size, leaf: leafAt(index), proof: proofOf(planInclusion(index, size), hashOf), root: rootAt(size) };
        bit = (bit + 37) % 256;
        expect(verifyInclusion({ ...claim, leaf: flipped(claim.leaf, bit) })).toBe(false);
        expect(verifyInclusion({ ...claim, root: flipped(claim.root, bit) })).toBe(false);
        claim.proof.forEach((hash, i) => expect(verifyInclusion({ ...claim, proof: claim.proof.with(i, flipped(hash, bit)) })).toBe(false));
        expect(verifyInclusion({ ...claim, proof: [...claim.proof, claim.root] })).toBe(false);
        if (claim.proof.length > 0) expect(verifyInclusion({ ...claim, proof: claim.proof.slice(1) })).toBe(false);
      }
    }
  });

  test('of consistency fail when any one bit of a root or the path differs', () => {
    let bit = 0;
    for (let size = 1; size <= 300; size += 7) {
      for (let oldSize = 1; oldSize <= size; oldSize += 5) {
        const claim = { oldSize, oldRoot: rootAt(oldSize), size, root: rootAt(size), proof: proofOf(planConsistency(oldSize, size), hashOf) };
        bit = (bit + 37) % 256;
        expect(verifyConsistency({ ...claim, oldRoot: flipped(claim.oldRoot, bit) })).toBe(false);
        expect(verifyConsistency({ ...claim, root: flipped(claim.root, bit) })).toBe(false);
        claim.proof.forEach((hash, i) => expect(verifyConsistency({ ...claim, proof: claim.proof.with(i, flipped(hash, bit)) })).toBe(false));
        expect(verifyConsistency({ ...claim, proof: [...claim.proof, claim.root] })).toBe(false);
        if (claim.proof.length > 0) expect(verifyConsistency({ ...claim, proof: claim.proof.slice(0, -1) })).toBe(false);
      }
    }
  });

  test.each([
    ['size 0 proves nothing', { oldSize: 0, size: 5 }],
    ['a log does not continue a larger one', { oldSize: 6, size: 5 }],
    ['sizes are whole numbers', { oldSize: 1.5, size: 5 }],
  ])('of consistency are refused where there is none: %s', (_, sizes) => {
    expect(verifyConsistency({ ...sizes, oldRoot: rootAt(1), root: rootAt(5), proof: [] })).toBe(false);
    expect(() => planConsistency(sizes.oldSize, sizes.size)).toThrow('bug:');
  });

  test('with a hash that is not 32 bytes are refused, not crashed on', () => {
    expect(verifyInclusion({ index: 0, size: 2, leaf: leafAt(0), proof: [new Uint8Array(31)], root: rootAt(2) })).toBe(false);
    expect(verifyConsistency({ oldSize: 1, oldRoot: rootAt(1), size: 2, root: rootAt(2), proof: [new Uint8Array(33)] })).toBe(false);
  });

  test('at sizes beyond 32 bits are as long as the tree is high', () => {
    expect(planInclusion(2 ** 40 + 5, 2 ** 41)).toHaveLength(41);
    expect(planConsistency(2 ** 40 + 1, 2 ** 41)).toHaveLength(42);
  });
});
