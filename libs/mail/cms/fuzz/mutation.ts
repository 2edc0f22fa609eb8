import { Asn1Error, readBer, tlv, type DerNode } from '../../asn1/der.js';

/** A number from 0 up to 1, the same row of them for the same seed (mulberry32): a failing mutation can be made again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** The message with one change: of an octet or a run of octets, or of a whole ASN.1 value with the lengths around it made right again. */
export function mutated(message: Uint8Array, random: () => number): Uint8Array {
  return random() < 0.5 ? mutatedOctets(message, random) : mutatedValue(message, random);
}

const below = (random: () => number, end: number): number => Math.floor(random() * end);

// Lengths, tags and signs on which readers go wrong.
const telling = [0x00, 0x01, 0x02, 0x04, 0x05, 0x06, 0x1f, 0x24, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x84, 0xa0, 0xff] as const;
const runMaxBytes = 64;

function mutatedOctets(message: Uint8Array, random: () => number): Uint8Array {
  const start = below(random, message.length);
  const end = Math.min(message.length, start + 1 + below(random, runMaxBytes));
  const head = message.subarray(0, start);
  const run = message.subarray(start, end);
  const changed = Uint8Array.from(message);
  switch (below(random, 6)) {
    case 0:
      changed[start] = (changed[start] ?? 0) ^ (1 << below(random, 8));
      return changed;
    case 1:
      changed[start] = telling[below(random, telling.length)] ?? 0;
      return changed;
    case 2:
      return head;
    case 3:
      return Buffer.concat([head, message.subarray(end)]);
    case 4:
      return Buffer.concat([head, run, run, message.subarray(end)]);
    default:
      return Buffer.concat([message, run]);
  }
}

function mutatedValue(message: Uint8Array, random: () => number): Uint8Array {
  const root = treeOf(message);
  if (root === null) return mutatedOctets(message, random);
  const all = nodesOf(root);
  const target = all[below(random, all.length)] ?? root;
  const other = all[below(random, all.length)] ?? root;
  switch (below(random, 6)) {
    case 0:
      return rebuilt(root, target, new Uint8Array(0));
    case 1:
      return rebuilt(root, target, Buffer.concat([target.raw, target.raw]));
    case 2:
      return rebuilt(root, target, other.raw);
    case 3:
      return rebuilt(root, target, tlv(telling[below(random, telling.length)] ?? 0, target.content));
    case 4:
      return rebuilt(root, target, tlv(target.tag, ...[...target.children].reverse().map(({ raw }) => raw)));
    default:
      return rebuilt(root, target, tlv(target.tag, target.content.subarray(0, below(random, target.content.length + 1))));
  }
}

function treeOf(message: Uint8Array): DerNode | null {
  try {
    return readBer(message);
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

function nodesOf(node: DerNode): readonly DerNode[] {
  return [node, ...node.children.flatMap(nodesOf)];
}

/** The tree with `target` replaced; values on the way to it get the length they then need, all others keep their octets. */
function rebuilt(node: DerNode, target: DerNode, replacement: Uint8Array): Uint8Array {
  if (node === target) return replacement;
  if (node.children.length === 0) return node.raw;
  return tlv(node.tag, ...node.children.map((child) => rebuilt(child, target, replacement)));
}
