import type { KeyObject } from 'node:crypto';
import { Asn1Error } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { certificateSignedBy, parseCertificate, publicKeyOf, type Certificate } from './certificate.js';
import { ocspIdsOf, ocspKeyHash, type OcspResponse, type OcspSingle } from './ocsp.js';
import { checkSignature, type SignatureVerdict } from './signature.js';

/** Responses by the name of the certificate they speak of. */
export type OcspBook = ReadonlyMap<string, readonly OcspResponse[]>;

/** What is asked: about which certificate of which proven issuer, when, and whether a delegate that must be looked up is unrevoked. */
export interface OcspQuestion {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  readonly at: Date;
  readonly isUnrevoked: (delegate: Certificate) => boolean;
}

/** The book of these responses; an answer is found under each certificate it speaks of, the newest first. */
export function ocspBook(responses: readonly OcspResponse[]): OcspBook {
  const book = new Map<string, OcspResponse[]>();
  const ordered = responses.toSorted((a, b) => b.producedAt.getTime() - a.producedAt.getTime());
  for (const response of ordered) for (const { id } of response.singles) book.set(id, [...(book.get(id) ?? []), response]);
  return book;
}

/** One usable answer, and when it was made. */
export interface OcspAnswer extends Pick<OcspSingle, 'status' | 'thisUpdate' | 'nextUpdate'> {
  readonly sha256: string;
  readonly producedAt: Date;
}

/** What a current response that its issuer answers for says of a certificate; null when there is none (RFC 6960 §3.2). */
export function ocspStatusOf(question: OcspQuestion, book: OcspBook): OcspAnswer | null {
  if (book.size === 0) return null;
  for (const id of ocspIdsOf(question.certificate, question.issuer)) {
    for (const response of book.get(id) ?? []) {
      const judged = judgeOcsp(response, id, question);
      if (judged.kind === 'usable') return { ...judged.single, sha256: response.sha256, producedAt: response.producedAt };
    }
  }
  return null;
}

/** A responder writes whole seconds by its own clock: an answer to a question of this moment may carry the next one. */
const aheadMs = 5_000;

/** Why a response does not count; closed. */
export type OcspRefusal = 'other-certificate' | 'not-current' | 'critical-extension' | 'wrong-signer' | 'bad-signature';

/** Judges one response: about this certificate, of now, and signed by its issuer or by whom the issuer delegated to (RFC 6960 §3.2, §4.2.2.2). */
export function judgeOcsp(
  response: OcspResponse, id: string, question: OcspQuestion,
): { readonly kind: 'usable'; readonly single: OcspSingle } | { readonly kind: 'refused'; readonly code: OcspRefusal } {
  const single = response.singles.find((one) => one.id === id);
  if (single === undefined) return { kind: 'refused', code: 'other-certificate' };
  // Without nextUpdate nobody can tell whether an answer that was kept is stale, as with a list.
  const isCurrent = single.thisUpdate.getTime() <= question.at.getTime() + aheadMs && single.nextUpdate !== null && question.at < single.nextUpdate;
  if (!isCurrent) return { kind: 'refused', code: 'not-current' };
  if (response.hasUnknownCritical || single.hasUnknownCritical) return { kind: 'refused', code: 'critical-extension' };
  const signers = signersOf(response, question);
  if (signers.length === 0) return { kind: 'refused', code: 'wrong-signer' };
  return signers.some((signer) => isSignedBy(response, signer)) ? { kind: 'usable', single } : { kind: 'refused', code: 'bad-signature' };
}

function signersOf(response: OcspResponse, question: OcspQuestion): readonly Certificate[] {
  const own = isNamed(response, question.issuer) ? [question.issuer] : [];
  return [...own, ...delegatesOf(response, question)];
}

function isNamed({ responder }: OcspResponse, certificate: Certificate): boolean {
  return responder.value === (responder.kind === 'name' ? certificate.subject.canonical : ocspKeyHash(certificate));
}

/** Certificates in the response by which the very issuer delegated: with this purpose written out, and valid now (RFC 6960 §4.2.2.2). */
function delegatesOf(response: OcspResponse, question: OcspQuestion): readonly Certificate[] {
  return response.certificates.map(parsed).filter((delegate) => delegate !== null).filter((delegate) => isNamed(response, delegate) && isDelegate(delegate, question));
}

function parsed(raw: Uint8Array): Certificate | null {
  try {
    return parseCertificate(raw);
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

function isDelegate(delegate: Certificate, { issuer, at, isUnrevoked }: OcspQuestion): boolean {
  const key = publicKeyOf(issuer);
  const isIssued = delegate.issuer.canonical === issuer.subject.canonical && key !== null && certificateSignedBy(delegate, key) === 'good';
  if (!isIssued || at < delegate.notBefore || at > delegate.notAfter || delegate.unknownCritical.length > 0) return false;
  if (delegate.extendedKeyUsage?.includes(oids.ocspSigning) !== true) return false;
  if (delegate.keyUsage !== null && !delegate.keyUsage.includes('digitalSignature')) return false;
  // Its issuer lets it go unchecked for as long as it lives (RFC 6960 §4.2.2.2.1), or a list must clear it: it cannot clear itself.
  return delegate.hasOcspNoCheck || isUnrevoked(delegate);
}

const verdicts = new WeakMap<OcspResponse, WeakMap<KeyObject, SignatureVerdict>>();

function isSignedBy(response: OcspResponse, signer: Certificate): boolean {
  const key = publicKeyOf(signer);
  if (key === null) return false;
  const known = verdicts.get(response)?.get(key);
  if (known !== undefined) return known === 'good';
  const verdict = checkSignature({ signed: response.tbs, signature: response.signature, algorithm: response.signatureAlgorithm, key });
  const perKey = verdicts.get(response) ?? new WeakMap<KeyObject, SignatureVerdict>();
  verdicts.set(response, perKey.set(key, verdict));
  return verdict === 'good';
}
