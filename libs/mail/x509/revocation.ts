import { publicKeyOf, type Certificate } from './certificate.js';
import { crlSignedBy, removeFromCrl, type Crl } from './crl.js';
import { allReasons, fullNames, type DistributionPoint } from './distribution-point.js';
import { sameGeneralName, type GeneralName } from './general-name.js';
import { ocspStatusOf } from './ocsp-status.js';
import { refusePath, type PathRefusal } from './path-refusal.js';
import type { ReadTrust } from './trust.js';

/** Bounds on validating the issuers of revocation lists, which are themselves certificates that may be revoked. */
export interface RevocationBudget {
  issuersLeft: number;
  /** Issuers being validated now: one that needs its own list to be believed is not believed. */
  readonly pending: Set<string>;
}

/** The budget of one validation: a path of ten, each level with a separate list issuer, fits. */
export const revocationBudget = (): RevocationBudget => ({ issuersLeft: 16, pending: new Set() });

/** A list or an answer that was relied on: enough to know it again among those an authority keeps. */
export type RevocationEvidence =
  | { readonly kind: 'list'; readonly sha256: string; /** Decimal; null where the list has none. */ readonly number: string | null; readonly thisUpdate: Date; readonly nextUpdate: Date | null }
  | { readonly kind: 'answer'; readonly sha256: string; readonly producedAt: Date; readonly thisUpdate: Date; readonly nextUpdate: Date | null };

export interface RevocationInput {
  readonly anchor: Certificate;
  /** The path below the anchor, from the top down; everything but revocation holds. */
  readonly certificates: readonly Certificate[];
  readonly trust: ReadTrust;
  readonly offered: ReadonlyMap<string, readonly Certificate[]>;
  readonly at: Date;
  readonly budget: RevocationBudget;
  readonly validateIssuer: (issuer: Certificate) => boolean;
}

/**
 * Whether no certificate of the path is revoked, by the answers (RFC 6960) and lists at hand (RFC 5280 §6.3). With `require` a certificate of which any reason stays unknown is
 * refused as 'revocation-unknown'; a revoked one is refused either way, whatever its date says.
 */
export function checkRevocation(input: RevocationInput): { readonly kind: 'unrevoked'; readonly revocation: readonly RevocationEvidence[] } | PathRefusal {
  const used = new Map<string, RevocationEvidence>();
  for (const [i, certificate] of input.certificates.entries()) {
    // Authorities above this one were found unrevoked in earlier rounds, so their keys may speak.
    const proven = [input.anchor, ...input.certificates.slice(0, i)];
    const status = statusOf(certificate, { ...input, proven, used });
    if (status === 'revoked') return refusePath('revoked', certificate, 'revoked');
    if (status === 'unknown' && input.trust.revocation === 'require') return refusePath('revocation-unknown', certificate, 'no usable answer or revocation list');
  }
  return { kind: 'unrevoked', revocation: [...used.values()] };
}

interface StatusInput extends RevocationInput {
  readonly proven: readonly Certificate[];
  readonly used: Map<string, RevocationEvidence>;
}

/** A certificate whose own point names a list issuer: when that issuer is itself, its authority chose so, and only then may its own list clear it. */
interface ListInput extends StatusInput {
  readonly mayVouchForItself: Certificate | null;
}

type Status = 'unrevoked' | 'revoked' | 'unknown';

/**
 * An answer goes before lists, and yet a list that names the certificate counts against a good answer. A responder that does not know a certificate of
 * its own issuer leaves it unknown whatever the lists say: perhaps it was never issued (RFC 6960 §2.2).
 */
function statusOf(certificate: Certificate, input: StatusInput): Status {
  const { proven, at, trust, used } = input;
  const issuer = proven.at(-1);
  const answer = issuer === undefined ? null : ocspStatusOf({ certificate, issuer, at, isUnrevoked: (delegate) => statusByLists(delegate, input) === 'unrevoked' }, trust.ocsp);
  if (answer === null) return statusByLists(certificate, input);
  const { sha256, producedAt, thisUpdate, nextUpdate } = answer;
  used.set(sha256, { kind: 'answer', sha256, producedAt, thisUpdate, nextUpdate });
  if (answer.status !== 'good') return answer.status;
  return statusByLists(certificate, input) === 'revoked' ? 'revoked' : 'unrevoked';
}

function statusByLists(certificate: Certificate, input: StatusInput): Status {
  let reasons = 0;
  for (const point of pointsOf(certificate)) {
    for (const crl of listsFor(point, certificate, input)) {
      const interim = (crl.scope?.reasons ?? allReasons) & point.reasons;
      const mayVouchForItself = point.crlIssuer !== null ? certificate : null;
      if ((interim & ~reasons) === 0 || !isUsable(crl, { ...input, mayVouchForItself })) continue;
      const delta = deltaOf(crl, { ...input, mayVouchForItself });
      for (const list of delta === null ? [crl] : [crl, delta]) input.used.set(list.sha256, evidenceOf(list));
      const reason = reasonIn(delta, certificate) ?? reasonIn(crl, certificate);
      if (reason !== null && reason !== removeFromCrl) return 'revoked';
      reasons |= interim;
      if (reasons === allReasons) return 'unrevoked';
    }
  }
  return 'unknown';
}

const evidenceOf = ({ sha256, number, thisUpdate, nextUpdate }: Crl): RevocationEvidence =>
  ({ kind: 'list', sha256, number: number === null ? null : String(number), thisUpdate, nextUpdate });

/** The points of the certificate, and last the issuer itself for all reasons (RFC 5280 §6.3.3, after step (l)). */
function pointsOf(certificate: Certificate): readonly DistributionPoint[] {
  const issuer: GeneralName = { kind: 'directory', name: certificate.issuer };
  return [...certificate.crlDistributionPoints, { name: { kind: 'full', names: [issuer] }, reasons: allReasons, crlIssuer: null }];
}

/** Complete lists whose issuer and scope cover the certificate (§6.3.3 (b)), newest first. */
function listsFor(point: DistributionPoint, certificate: Certificate, { trust }: StatusInput): readonly Crl[] {
  const issuers = point.crlIssuer === null ? [certificate.issuer.canonical] : directoryNames(point.crlIssuer);
  const lists = issuers.flatMap((issuer) => trust.crlsByIssuer.get(issuer) ?? []);
  return lists.filter((crl) => crl.baseNumber === null && covers(crl, point, certificate));
}

function directoryNames(names: readonly GeneralName[]): readonly string[] {
  return names.flatMap((name) => (name.kind === 'directory' ? [name.name.canonical] : []));
}

function covers(crl: Crl, point: DistributionPoint, certificate: Certificate): boolean {
  const { scope } = crl;
  if (scope === null) return point.crlIssuer === null;
  const isAuthority = certificate.basicConstraints?.isCa === true;
  if (point.crlIssuer !== null && !scope.isIndirect) return false;
  if (scope.onlyAttributeCertificates || (scope.onlyUserCertificates && isAuthority) || (scope.onlyAuthorityCertificates && !isAuthority)) return false;
  if (scope.name === null) return true;
  const listed = fullNames(scope.name, crl.issuer);
  return namesOf(point, crl, certificate).some((name) => listed.some((other) => sameGeneralName(name, other)));
}

function namesOf(point: DistributionPoint, crl: Crl, certificate: Certificate): readonly GeneralName[] {
  if (point.name === null) return point.crlIssuer ?? [];
  return fullNames(point.name, point.crlIssuer === null ? certificate.issuer : crl.issuer);
}

/** Whether a list is current, understood, and signed by an issuer we can prove (§6.3.3 (a), (f), (g)). */
function isUsable(crl: Crl, input: ListInput): boolean {
  // Without nextUpdate nobody can tell whether the list is stale; RFC 5280 §5.1.2.5 demands it.
  const isCurrent = crl.thisUpdate <= input.at && crl.nextUpdate !== null && input.at < crl.nextUpdate;
  return isCurrent && !crl.hasUnknownCritical && issuersOf(crl, input).some((issuer) => isSignedBy(crl, issuer) && isProven(issuer, input));
}

function issuersOf(crl: Crl, { proven, offered, trust }: StatusInput): readonly Certificate[] {
  const name = crl.issuer.canonical;
  const others = [...(trust.intermediatesByName.get(name) ?? []), ...(offered.get(name) ?? [])];
  const all = [...proven.filter(({ subject }) => subject.canonical === name), ...others];
  return [...new Map(all.map((issuer) => [issuer.sha256, issuer])).values()];
}

function isSignedBy(crl: Crl, issuer: Certificate): boolean {
  if (issuer.keyUsage !== null && !issuer.keyUsage.includes('cRLSign')) return false;
  const key = publicKeyOf(issuer);
  return key !== null && crlSignedBy(crl, key) === 'good';
}

function isProven(issuer: Certificate, input: ListInput): boolean {
  if (input.proven.some(({ sha256 }) => sha256 === issuer.sha256)) return true;
  const { budget } = input;
  if (budget.pending.has(issuer.sha256)) return input.mayVouchForItself?.sha256 === issuer.sha256;
  if (budget.issuersLeft <= 0) return false;
  budget.issuersLeft -= 1;
  budget.pending.add(issuer.sha256);
  const isValid = input.validateIssuer(issuer);
  budget.pending.delete(issuer.sha256);
  return isValid;
}

/** The newest delta to this list: same issuer, scope and key, base not after it, itself not before it (§6.3.3 (c)). */
function deltaOf(crl: Crl, input: ListInput): Crl | null {
  const { number } = crl;
  if (number === null) return null;
  const deltas = (input.trust.crlsByIssuer.get(crl.issuer.canonical) ?? []).filter(
    (delta) => delta.baseNumber !== null && delta.baseNumber <= number && (delta.number ?? 0n) >= number && isSameOrigin(delta, crl),
  );
  return deltas.find((delta) => isUsable(delta, input)) ?? null;
}

function isSameOrigin(a: Crl, b: Crl): boolean {
  return sameOctets(a.scope?.raw ?? null, b.scope?.raw ?? null) && sameOctets(a.keyIdentifier, b.keyIdentifier);
}

function sameOctets(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}

function reasonIn(crl: Crl | null, certificate: Certificate): number | null {
  return crl?.entries.get(certificate.issuer.canonical)?.get(certificate.serial) ?? null;
}
