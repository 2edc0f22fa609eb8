import { oids } from '../asn1/oid.js';
import type { PolicyMapping } from './extensions.js';
import { grouped } from './grouped.js';

/**
 * The policies a path is valid under, as the graph of RFC 9618 §5.1: one layer per certificate, one node per policy in a layer. The tree of RFC 5280
 * §6.1.2 grows exponentially under hostile mappings; the graph does not. Null is the empty graph: no policy is left.
 */
export type PolicyGraph = readonly ReadonlyMap<string, PolicyNode>[] | null;

interface PolicyNode {
  readonly policy: string;
  /** Policies of the next certificate that stand for this one. */
  readonly expected: readonly string[];
  readonly parents: readonly PolicyNode[];
}

/** More nodes than this refuse the path; a real one has a dozen. */
export const policyNodesMax = 2_000;

const any: string = oids.anyPolicy;

/** The graph before the first certificate (RFC 9618 §5.3 (a)). */
export const initialGraph: PolicyGraph = [new Map([[any, { policy: any, expected: [any], parents: [] }]])];

/** The graph with one more certificate (RFC 9618 §5.4 (d), (e)); `acceptAny` tells whether anyPolicy still counts. */
export function addCertificate(graph: PolicyGraph, policies: readonly string[] | null, acceptAny: boolean): PolicyGraph {
  if (graph === null || policies === null) return null;
  const above = graph.at(-1) ?? new Map<string, PolicyNode>();
  const expecting = nodesByExpectation(above);
  const layer = new Map<string, PolicyNode>();
  const add = (policy: string, parents: readonly PolicyNode[]): void => {
    layer.set(policy, { policy, expected: [policy], parents });
  };
  const anyAbove = above.get(any);
  for (const policy of policies) {
    if (policy === any) continue;
    const parents = expecting.get(policy) ?? (anyAbove === undefined ? [] : [anyAbove]);
    if (parents.length > 0) add(policy, parents);
  }
  if (acceptAny && policies.includes(any)) {
    for (const [policy, parents] of expecting) if (!layer.has(policy)) add(policy, parents);
  }
  return prune([...graph, layer]);
}

function nodesByExpectation(layer: ReadonlyMap<string, PolicyNode>): ReadonlyMap<string, readonly PolicyNode[]> {
  const index = new Map<string, PolicyNode[]>();
  for (const node of layer.values()) {
    for (const policy of node.expected) {
      const nodes = index.get(policy);
      if (nodes === undefined) index.set(policy, [node]);
      else nodes.push(node);
    }
  }
  return index;
}

/** The graph after the mappings of its last certificate (RFC 9618 §5.5 (b)); when mapping is inhibited the mapped policies fall away. */
export function applyMappings(graph: PolicyGraph, mappings: readonly PolicyMapping[], isInhibited: boolean): PolicyGraph {
  if (graph === null || mappings.length === 0) return graph;
  const layer = new Map(graph.at(-1));
  const subjects = grouped(mappings, ({ issuerPolicy }) => issuerPolicy);
  for (const [policy, group] of subjects) {
    if (isInhibited) {
      layer.delete(policy);
      continue;
    }
    // A policy accepted through anyPolicy hangs below the anyPolicy of the layer above.
    const parents = layer.get(policy)?.parents ?? layer.get(any)?.parents;
    const expected = [...new Set(group.map(({ subjectPolicy }) => subjectPolicy))];
    if (parents !== undefined) layer.set(policy, { policy, expected, parents });
  }
  return prune([...graph.slice(0, -1), layer]);
}

/** Drops, from the last layer up, every node that nothing below relies on (RFC 9618 §5.4 (d)(3)). */
function prune(graph: readonly ReadonlyMap<string, PolicyNode>[]): PolicyGraph {
  const kept: ReadonlyMap<string, PolicyNode>[] = [];
  let needed: ReadonlySet<PolicyNode> | null = null;
  for (const layer of graph.toReversed()) {
    const nodes: readonly PolicyNode[] = [...layer.values()].filter((node) => needed === null || needed.has(node));
    if (nodes.length === 0) return null;
    kept.unshift(new Map(nodes.map((node) => [node.policy, node])));
    needed = new Set(nodes.flatMap(({ parents }) => parents));
  }
  return kept;
}

/** How many nodes the graph has, to hold against `policyNodesMax`. */
export function countNodes(graph: PolicyGraph): number {
  return (graph ?? []).reduce((sum, layer) => sum + layer.size, 0);
}

/**
 * The policies, in the terms of the anchor, under which the path is valid and the user accepts it (RFC 9618 §5.6 (g)); anyPolicy among them when no
 * certificate narrowed it and the user accepts any. `accepted` null accepts any.
 */
export function acceptedPolicies(graph: PolicyGraph, accepted: readonly string[] | null): readonly string[] {
  if (graph === null) return [];
  const authority = new Set<string>();
  for (const layer of graph) {
    for (const { policy, parents } of layer.values()) {
      if (policy !== any && parents.some((parent) => parent.policy === any)) authority.add(policy);
    }
  }
  if (graph.at(-1)?.has(any) === true) authority.add(any);
  if (accepted === null || accepted.includes(any)) return [...authority];
  return accepted.filter((policy) => authority.has(policy) || authority.has(any));
}
