import { certificateSignedBy, publicKeyOf, type Certificate } from './certificate.js';
import { refusePath, type PathRefusal } from './path-refusal.js';
import type { Anchor, ReadTrust } from './trust.js';

/** A chain whose names and signatures fit: from the certificate below the anchor down to the target. Nothing else of it is checked yet. */
export interface CandidatePath {
  readonly anchor: Anchor;
  readonly certificates: readonly Certificate[];
}

/** Longest path in certificates, the anchor not counted; hubs of cross-certificates are deeper only in attacks. */
const pathDepthMax = 10;
/** Issuers tried in one search. */
const buildStepsMax = 100;
/** Paths offered in one search. */
const candidatePathsMax = 16;

export interface PathSearch {
  readonly target: Certificate;
  readonly trust: ReadTrust;
  /** Certificates that came with the message, by subject name. */
  readonly offered: ReadonlyMap<string, readonly Certificate[]>;
  readonly at: Date;
}

/** Every path from an anchor to the target within the budgets, the likeliest first; returns why there is none, or no more. */
export function* candidatePaths(search: PathSearch): Generator<CandidatePath, PathRefusal> {
  const state: SearchState = { stepsLeft: buildStepsMax, pathsLeft: candidatePathsMax, closest: null };
  yield* extend([search.target], search, state);
  if (state.stepsLeft <= 0 || state.pathsLeft <= 0) return refusePath('budget', search.target, 'too many possible paths');
  return state.closest ?? refusePath('no-path', search.target, 'no path to an anchor');
}

interface SearchState {
  stepsLeft: number;
  pathsLeft: number;
  /** The most telling reason why an issuer by name was not the issuer by signature. */
  closest: PathRefusal | null;
}

function* extend(chain: readonly Certificate[], search: PathSearch, state: SearchState): Generator<CandidatePath> {
  const [top] = chain;
  if (top === undefined) return;
  for (const anchor of search.trust.anchorsByName.get(top.issuer.canonical) ?? []) {
    if (!mayStep(state) || !signs(anchor.certificate, top, state)) continue;
    state.pathsLeft -= 1;
    yield { anchor, certificates: chain };
  }
  if (chain.length === pathDepthMax) return;
  for (const issuer of issuersOf(top, search)) {
    if (state.pathsLeft <= 0) return;
    if (chain.some((certificate) => isSameAuthority(certificate, issuer))) continue;
    if (mayStep(state) && signs(issuer, top, state)) yield* extend([issuer, ...chain], search, state);
  }
}

function mayStep(state: SearchState): boolean {
  state.stepsLeft -= 1;
  return state.stepsLeft > 0 && state.pathsLeft > 0;
}

/** One name with one key twice in a path is a loop (RFC 4158 §2.4.2), through whichever cross-certificate it comes back. */
function isSameAuthority(a: Certificate, b: Certificate): boolean {
  return a.sha256 === b.sha256 || (a.subject.canonical === b.subject.canonical && Buffer.compare(a.spki, b.spki) === 0);
}

function issuersOf(certificate: Certificate, search: PathSearch): readonly Certificate[] {
  const name = certificate.issuer.canonical;
  const known = [...(search.trust.intermediatesByName.get(name) ?? []), ...(search.offered.get(name) ?? [])];
  const unique = [...new Map(known.map((candidate) => [candidate.sha256, candidate])).values()];
  const rank = (candidate: Certificate): number => (hasKeyIdentifier(candidate, certificate) ? 0 : 2) + (isCurrent(candidate, search.at) ? 0 : 1);
  return unique.toSorted((a, b) => rank(a) - rank(b));
}

function hasKeyIdentifier(candidate: Certificate, child: Certificate): boolean {
  const wanted = child.authorityKeyIdentifier?.keyIdentifier ?? null;
  const own = candidate.subjectKeyIdentifier;
  return wanted !== null && own !== null && Buffer.compare(wanted, own) === 0;
}

function isCurrent({ notBefore, notAfter }: Certificate, at: Date): boolean {
  return notBefore <= at && at <= notAfter;
}

function signs(issuer: Certificate, child: Certificate, state: SearchState): boolean {
  const key = publicKeyOf(issuer);
  const verdict = key === null ? 'weak-key' : certificateSignedBy(child, key);
  if (verdict === 'good') return true;
  state.closest = refusePath(verdict, child, 'signature of its issuer does not hold');
  return false;
}
