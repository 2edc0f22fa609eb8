import { Asn1Error } from '../asn1/der.js';
import { parseCertificate, type Certificate } from './certificate.js';
import { parseCrl, type Crl } from './crl.js';
import { grouped } from './grouped.js';
import { parseOcspResponse } from './ocsp.js';
import { ocspBook, type OcspBook } from './ocsp-status.js';

/** Whom to believe, as octets: anchors with the policies accepted under each (null accepts any), known intermediates and revocation lists. */
export interface PathTrust {
  readonly anchors: readonly { readonly certificate: Uint8Array; readonly policies: readonly string[] | null; readonly uses?: Anchor['uses']; readonly set?: string }[];
  readonly intermediates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
  /** Responses of OCSP (RFC 6960) that were fetched; a current one is heard before any list. */
  readonly ocsp?: readonly Uint8Array[];
  /** 'require' refuses when any level lacks a usable list or answer; 'if-available' refuses only what a usable list revokes. */
  readonly revocation: 'require' | 'if-available';
}

/** A trust that was read: by name, so that finding an issuer or a list costs one look-up. */
export interface ReadTrust {
  readonly anchors: readonly Anchor[];
  readonly anchorsByName: ReadonlyMap<string, readonly Anchor[]>;
  readonly intermediatesByName: ReadonlyMap<string, readonly Certificate[]>;
  /** Newest first: a later list replaces an earlier one of the same scope. */
  readonly crlsByIssuer: ReadonlyMap<string, readonly Crl[]>;
  readonly ocsp: OcspBook;
  readonly revocation: PathTrust['revocation'];
}

/** A certificate trusted by configuration, and the policies accepted under it. */
export interface Anchor {
  readonly certificate: Certificate;
  readonly policies: readonly string[] | null;
  /** What it vouches for; everything when absent. */
  readonly uses?: readonly ('mail' | 'tls')[] | undefined;
  /** Name of the trust set it stands in. */
  readonly set?: string | undefined;
}

const read = new WeakMap<PathTrust, ReadTrust>();

/**
 * The trust read, once per object, so a caller keeps one object until something changes. A malformed anchor throws Asn1Error, as it is our own
 * configuration; malformed intermediates and lists come from others and are left out, which can only refuse more.
 */
export function readTrust(trust: PathTrust): ReadTrust {
  const known = read.get(trust);
  if (known !== undefined) return known;
  const anchors = trust.anchors.map(({ certificate, ...rest }) => ({ certificate: parseCertificate(certificate), ...rest }));
  const crls = wellFormed(trust.crls, parseCrl).toSorted((a, b) => b.thisUpdate.getTime() - a.thisUpdate.getTime());
  const result: ReadTrust = {
    anchors,
    anchorsByName: grouped(anchors, ({ certificate }) => certificate.subject.canonical),
    intermediatesByName: bySubject(wellFormed(trust.intermediates, parseCertificate)),
    crlsByIssuer: grouped(crls, ({ issuer }) => issuer.canonical),
    ocsp: ocspBook(wellFormed(trust.ocsp ?? [], parseOcspResponse).filter((answer) => answer.kind === 'response')),
    revocation: trust.revocation,
  };
  read.set(trust, result);
  return result;
}

/** Certificates by the canonical name of their subject. */
export function bySubject(certificates: readonly Certificate[]): ReadonlyMap<string, readonly Certificate[]> {
  return grouped(certificates, ({ subject }) => subject.canonical);
}

function wellFormed<T>(encodings: readonly Uint8Array[], parse: (der: Uint8Array) => T): readonly T[] {
  return encodings.flatMap((der) => {
    try {
      return [parse(der)];
    } catch (error) {
      if (error instanceof Asn1Error) return [];
      throw error;
    }
  });
}
