import { oids } from '../asn1/oid.js';
import { isSelfIssued, publicKeyOf, type Certificate } from './certificate.js';
import { anyName, checkNames, comparisonsMax, constrain, type ComparisonBudget, type NameState } from './name-constraints.js';
import { candidatePaths, type CandidatePath } from './path-building.js';
import { refusePath, type PathRefusal } from './path-refusal.js';
import { acceptedPolicies, addCertificate, applyMappings, countNodes, initialGraph, policyNodesMax, type PolicyGraph } from './policy.js';
import { refuseProfile, type Profile } from './profile.js';
import { refuseAuthorityPurpose, refusePurpose, vouchesFor, type Purpose } from './purpose.js';
import { checkRevocation, revocationBudget, type RevocationBudget, type RevocationEvidence } from './revocation.js';
import { keyWeakness } from './signature.js';
import { bySubject, readTrust, type Anchor, type PathTrust, type ReadTrust } from './trust.js';

/** The question: may this certificate be relied on for this purpose at this moment? */
export interface PathInput {
  readonly target: Certificate;
  /** Intermediates that came along; they are candidates, not trusted. */
  readonly intermediates: readonly Certificate[];
  readonly trust: PathTrust;
  readonly at: Date;
  readonly purpose: Purpose;
  readonly profile: Profile;
  /** Initial settings of RFC 5280 §6.1.1 (e) to (g); by default an explicit policy is required when the anchor names policies, and nothing is inhibited. */
  readonly policy?: PolicySettings;
}

export interface PolicySettings {
  readonly requireExplicit: boolean;
  readonly inhibitMapping: boolean;
  readonly inhibitAny: boolean;
}

export type PathResult = ValidPath | PathRefusal;

/** Proof that the target may be relied on; kept as evidence beside the message. */
export interface ValidPath {
  readonly kind: 'valid';
  /** From the anchor down to the target. */
  readonly path: readonly Certificate[];
  /** Policies, in the anchor's terms, that hold for the whole path and were accepted; 2.5.29.32.0 stands for any. */
  readonly policies: readonly string[];
  /** Name of the trust set whose anchor it leads to; null where anchors have none. */
  readonly trustSet: string | null;
  /** The revocation lists and OCSP responses relied on. */
  readonly revocation: readonly RevocationEvidence[];
}

/**
 * Builds paths from the target to the anchors and validates each (RFC 5280 §6.1 and §6.3, policies after RFC 9618) until one holds; otherwise the refusal
 * of the first path tried, or of the search. Bounded in depth, steps, paths, policies and names whatever the certificates say.
 */
export function validatePath(input: PathInput): PathResult {
  return validateWith({
    ...input,
    trust: readTrust(input.trust),
    offered: bySubject(input.intermediates),
    names: { comparisonsLeft: comparisonsMax },
    revocation: revocationBudget(),
  });
}

interface Validation extends Omit<PathInput, 'trust' | 'intermediates'> {
  readonly trust: ReadTrust;
  readonly offered: ReadonlyMap<string, readonly Certificate[]>;
  readonly names: ComparisonBudget;
  readonly revocation: RevocationBudget;
}

function validateWith(input: Validation): PathResult {
  const search = candidatePaths(input);
  let first: PathRefusal | null = null;
  for (let step = search.next(); ; step = search.next()) {
    if (step.done === true) return first ?? step.value;
    const result = validateCandidate(step.value, input);
    if (result.kind === 'valid' || result.code === 'budget') return result;
    first ??= result;
  }
}

/** The state variables of RFC 5280 §6.1.2. */
interface PathState {
  readonly graph: PolicyGraph;
  readonly names: NameState;
  readonly explicitPolicy: number;
  readonly policyMapping: number;
  readonly inhibitAny: number;
  readonly pathLength: number;
}

function validateCandidate(candidate: CandidatePath, input: Validation): PathResult {
  const { anchor, certificates } = candidate;
  const refusedAnchor = refuseAnchor(anchor, input);
  if (refusedAnchor !== null) return refusedAnchor;
  let state = initialState(anchor, certificates.length, input);
  for (const [i, certificate] of certificates.entries()) {
    const isLast = i === certificates.length - 1;
    const next = isLast ? finish(certificate, state, input) : descend(certificate, state, input);
    if ('kind' in next) return next;
    state = next;
  }
  const policies = acceptedPolicies(state.graph, anchor.policies);
  const [target] = certificates.slice(-1);
  if (target !== undefined && state.explicitPolicy === 0 && policies.length === 0) return refusePath('policy', target, 'no accepted policy holds for the whole path');
  return withRevocation(candidate, policies, input);
}

function initialState(anchor: Anchor, length: number, { policy }: Validation): PathState {
  const settings = policy ?? { requireExplicit: anchor.policies !== null, inhibitMapping: false, inhibitAny: false };
  return {
    graph: initialGraph,
    names: anyName,
    explicitPolicy: settings.requireExplicit ? 0 : length + 1,
    policyMapping: settings.inhibitMapping ? 0 : length + 1,
    inhibitAny: settings.inhibitAny ? 0 : length + 1,
    pathLength: length,
  };
}

/** An anchor is trusted by configuration, so RFC 5280 asks nothing of its certificate; the strict profile lets trust end when the certificate does. */
function refuseAnchor({ certificate, uses }: Anchor, { profile, at, purpose }: Validation): PathRefusal | null {
  if (!vouchesFor(uses, purpose)) return refusePath('no-path', certificate, `the anchor is not for ${purpose}`);
  const key = publicKeyOf(certificate);
  if (key === null || keyWeakness(key) !== null) return refusePath('weak-key', certificate, 'key of the anchor');
  return profile === 'strict' ? refuseTime(certificate, at) : null;
}

function refuseTime(certificate: Certificate, at: Date): PathRefusal | null {
  if (at < certificate.notBefore) return refusePath('not-yet-valid', certificate, 'not valid yet');
  // Both ends belong to the validity (RFC 5280 §4.1.2.5).
  return at > certificate.notAfter ? refusePath('expired', certificate, 'no longer valid') : null;
}

/** Basic certificate processing (RFC 5280 §6.1.3); the signature and the chain of names were checked in building. */
function process(certificate: Certificate, state: PathState, input: Validation, isLast: boolean): PathState | PathRefusal {
  const role = isLast ? (input.purpose === 'sign-crl' ? 'crl-issuer' : 'end') : 'authority';
  const refusal = refuseTime(certificate, input.at) ?? (input.profile === 'strict' ? refuseProfile(certificate, role) : null);
  if (refusal !== null) return refusal;
  if (certificate.unknownCritical.length > 0) return refusePath('critical-extension', certificate, `unknown critical extension ${certificate.unknownCritical[0] ?? ''}`);
  const isExempt = !isLast && isSelfIssued(certificate);
  const names = isExempt ? 'allowed' : checkNames(certificate, state.names, input.names);
  if (names === 'budget') return refusePath('budget', certificate, 'too many names to compare');
  if (names === 'not-allowed') return refusePath('name-constraints', certificate, 'a name its authority may not vouch for');
  const graph = addCertificate(state.graph, certificate.policies, state.inhibitAny > 0 || isExempt);
  if (countNodes(graph) > policyNodesMax) return refusePath('budget', certificate, 'too many policies');
  if (state.explicitPolicy === 0 && graph === null) return refusePath('policy', certificate, 'no policy holds for the whole path');
  return { ...state, graph };
}

/** Preparation for the next certificate (RFC 5280 §6.1.4). */
function descend(certificate: Certificate, before: PathState, input: Validation): PathState | PathRefusal {
  const state = process(certificate, before, input, false);
  if ('kind' in state) return state;
  const { policyMappings, policyConstraints, nameConstraints, basicConstraints, keyUsage, inhibitAnyPolicy } = certificate;
  const isAnyMapped = policyMappings.some(({ issuerPolicy, subjectPolicy }) => issuerPolicy === oids.anyPolicy || subjectPolicy === oids.anyPolicy);
  if (isAnyMapped) return refusePath('policy', certificate, 'anyPolicy mapped');
  if (basicConstraints?.isCa !== true) return refusePath('not-an-authority', certificate, 'not an authority');
  if (keyUsage !== null && !keyUsage.includes('keyCertSign')) return refusePath('key-usage', certificate, 'may not sign certificates');
  const purpose = refuseAuthorityPurpose(certificate, input.purpose);
  if (purpose !== null) return purpose;
  const used = isSelfIssued(certificate) ? 0 : 1;
  if (state.pathLength < used) return refusePath('path-too-long', certificate, 'more authorities than a path length allows');
  const graph = applyMappings(state.graph, policyMappings, state.policyMapping === 0);
  if (countNodes(graph) > policyNodesMax) return refusePath('budget', certificate, 'too many policies');
  const count = (value: number, limit: number | null): number => Math.min(Math.max(value - used, 0), limit ?? Infinity);
  return {
    graph,
    names: nameConstraints === null ? state.names : constrain(state.names, nameConstraints),
    explicitPolicy: count(state.explicitPolicy, policyConstraints?.requireExplicitPolicy ?? null),
    policyMapping: count(state.policyMapping, policyConstraints?.inhibitPolicyMapping ?? null),
    inhibitAny: count(state.inhibitAny, inhibitAnyPolicy),
    pathLength: count(state.pathLength, basicConstraints.pathLength),
  };
}

/** Wrap-up (RFC 5280 §6.1.5) and what the purpose asks of the target. */
function finish(certificate: Certificate, before: PathState, input: Validation): PathState | PathRefusal {
  const state = process(certificate, before, input, true);
  if ('kind' in state) return state;
  const key = publicKeyOf(certificate);
  if (key === null || keyWeakness(key) !== null) return refusePath('weak-key', certificate, 'key too weak or of an unknown kind');
  const purpose = refusePurpose(certificate, input.purpose);
  if (purpose !== null) return purpose;
  const explicitPolicy = certificate.policyConstraints?.requireExplicitPolicy === 0 ? 0 : Math.max(state.explicitPolicy - 1, 0);
  return { ...state, explicitPolicy };
}

function withRevocation(candidate: CandidatePath, policies: readonly string[], input: Validation): PathResult {
  const { anchor, certificates } = candidate;
  const checked = checkRevocation({
    anchor: anchor.certificate,
    certificates,
    trust: input.trust,
    offered: input.offered,
    at: input.at,
    budget: input.revocation,
    // The issuer of a list is validated to the same anchor (RFC 5280 §6.3.3 (f)), for no policy: it vouches for serial numbers only.
    validateIssuer: (issuer) =>
      validateWith({ ...input, target: issuer, purpose: 'sign-crl', policy: { requireExplicit: false, inhibitMapping: false, inhibitAny: false }, trust: onlyAnchor(input.trust, anchor) }).kind === 'valid',
  });
  if (checked.kind === 'refused') return checked;
  return { kind: 'valid', path: [anchor.certificate, ...certificates], policies, trustSet: anchor.set ?? null, revocation: checked.revocation };
}

function onlyAnchor(trust: ReadTrust, { certificate }: Anchor): ReadTrust {
  const only: readonly Anchor[] = [{ certificate, policies: null }];
  return { ...trust, anchors: only, anchorsByName: new Map([[certificate.subject.canonical, only]]) };
}

export type { PathRefusal, PathRefusalCode } from './path-refusal.js';
