import { Asn1Error, bits, context, readDer, sequence, tlv, type DerNode } from '../asn1/der.js';
import { readGeneralNames, type GeneralName } from './general-name.js';
import { readName, type Name } from './name.js';

/** Reasons for revocation as bits of ReasonFlags (RFC 5280 §4.2.1.13): keyCompromise through aACompromise; bit 0 is unused. */
export const allReasons = 0b1_1111_1110;

/** Where revocation of a certificate is published, for which reasons and by whom (RFC 5280 §4.2.1.13). */
export interface DistributionPoint {
  readonly name: PointName | null;
  readonly reasons: number;
  readonly crlIssuer: readonly GeneralName[] | null;
}

/** The name of a distribution point; a relative one is completed with the name of the CRL issuer by `fullNames`. */
export type PointName =
  | { readonly kind: 'full'; readonly names: readonly GeneralName[] }
  | { readonly kind: 'relative'; readonly attributes: Uint8Array };

/** Reads a CRLDistributionPoints. */
export function readDistributionPoints(node: DerNode): readonly DistributionPoint[] {
  const points = sequence(node);
  if (points.length === 0 || points.length > pointsMax) throw new Asn1Error('no or too many distribution points');
  return points.map((point) => {
    const fields = sequence(point);
    const name = fields.find((field) => context(field, 0));
    const reasons = fields.find((field) => context(field, 1));
    const issuer = fields.find((field) => context(field, 2));
    // A point of reasons alone points nowhere (RFC 5280 §4.2.1.13).
    if (name === undefined && issuer === undefined) throw new Asn1Error('distribution point without name or issuer');
    return {
      name: name === undefined ? null : readPointName(name),
      reasons: reasons === undefined ? allReasons : readReasons(reasons),
      crlIssuer: issuer === undefined ? null : readGeneralNames(sequence(issuer)),
    };
  });
}

const pointsMax = 64;

/** Reads a DistributionPointName inside its tag [0]. */
export function readPointName(node: DerNode): PointName {
  const [choice, ...rest] = sequence(node);
  if (choice === undefined || rest.length > 0) throw new Asn1Error('expected one distribution point name');
  if (choice.tag === 0xa0) return { kind: 'full', names: readGeneralNames(choice.children) };
  if (choice.tag === 0xa1) return { kind: 'relative', attributes: choice.content };
  throw new Asn1Error('expected a distribution point name');
}

/** Reads ReasonFlags as bits, bit i for reason i. */
export function readReasons(node: DerNode): number {
  const { bytes } = bits(node);
  let reasons = 0;
  for (let i = 0; i <= 8; i += 1) if (((bytes[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0) reasons |= 1 << i;
  return reasons & allReasons;
}

/** Where the lists of these points are fetched over HTTP; other ways are not taken (RFC 5280 §4.2.1.13). */
export function distributionUrls(points: readonly DistributionPoint[]): readonly string[] {
  const names = points.flatMap(({ name }) => (name?.kind === 'full' ? name.names : []));
  return names.flatMap((name) => (name.kind === 'uri' && /^http:\/\//i.test(name.value) ? [name.value] : []));
}

/** All names of a point: a relative name is one more relative name below that of the CRL issuer. */
export function fullNames(name: PointName, crlIssuer: Name): readonly GeneralName[] {
  if (name.kind === 'full') return name.names;
  const below = tlv(0x31, name.attributes);
  return [{ kind: 'directory', name: readName(readDer(tlv(0x30, readDer(crlIssuer.raw).content, below))) }];
}
