import { der, tlv, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { parseCertificate } from './certificate.js';
import { extension, pointName } from './issue-extensions.js';
import { signatureAlgorithm, signed, subjectKeyIdentifierOf, type Issuer } from './issue.js';

/** One certificate taken back: its serial number, since when, and why (reason code of RFC 5280 §5.3.1; null says nothing). */
export interface Revocation {
  readonly serial: bigint;
  readonly revokedAt: Date;
  readonly reason: number | null;
}

export interface IssueCrlInput {
  readonly issuer: Issuer & { readonly certificate: Uint8Array };
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly Revocation[];
  /** Address of the distribution point the list is limited to; null for all certificates of the issuer. */
  readonly pointUrl?: string;
  /** Number of the complete list this one is a delta to. */
  readonly baseNumber?: number;
}

/** A new revocation list in DER (RFC 5280 §5.1), for the practice authority and for tests. */
export function issueCrl(input: IssueCrlInput): Uint8Array {
  const authority = parseCertificate(input.issuer.certificate);
  const algorithm = signatureAlgorithm(input.issuer.privateKey, null);
  const { pointUrl, baseNumber } = input;
  const extensions = der.sequence(
    extension(oids.authorityKeyIdentifier, false, der.sequence(der.implicit(0, subjectKeyIdentifierOf(authority)))),
    extension(oids.crlNumber, false, der.integer(input.number)),
    ...(baseNumber === undefined ? [] : [extension(oids.deltaCrlIndicator, true, der.integer(baseNumber))]),
    ...(pointUrl === undefined ? [] : [extension(oids.issuingDistributionPoint, true, der.sequence(pointName(pointUrl)))]),
  );
  const tbs = der.sequence(
    der.integer(1),
    algorithm,
    authority.subject.raw,
    der.time(input.thisUpdate),
    der.time(input.nextUpdate),
    // An empty list of entries is left out, not written empty (RFC 5280 §5.1.2.6).
    ...(input.revoked.length === 0 ? [] : [tlv(0x30, Buffer.concat(input.revoked.map(entry)))]),
    der.explicit(0, extensions),
  );
  return signed(tbs, algorithm, input.issuer.privateKey);
}

function entry({ serial, revokedAt, reason }: Revocation): Der {
  const reasons = reason === null ? [] : [der.sequence(extension(oids.reasonCode, false, der.enumerated(reason)))];
  return der.sequence(der.integer(serial), der.time(revokedAt), ...reasons);
}
