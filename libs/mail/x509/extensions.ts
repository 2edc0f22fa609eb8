import { Asn1Error, bits, boolean, context, integer, octets, oid, readDer, sequence, smallInteger, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { readDistributionPoints, type DistributionPoint } from './distribution-point.js';
import { readGeneralName, readGeneralNames, readGeneralNamesValue, type GeneralName } from './general-name.js';
import { readNameConstraints, type NameConstraints } from './name-constraints.js';

/** The bits of keyUsage in their order (RFC 5280 §4.2.1.3). */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof keyUsages)[number];

/** What the extensions of a certificate say (RFC 5280 §4.2); null or empty when an extension is absent. */
export interface CertificateExtensions {
  readonly keyUsage: readonly KeyUsage[] | null;
  readonly extendedKeyUsage: readonly string[] | null;
  readonly subjectAltNames: readonly GeneralName[];
  readonly subjectKeyIdentifier: Uint8Array | null;
  readonly authorityKeyIdentifier: AuthorityKeyIdentifier | null;
  readonly basicConstraints: BasicConstraints | null;
  readonly policies: readonly string[] | null;
  readonly policyMappings: readonly PolicyMapping[];
  readonly policyConstraints: PolicyConstraints | null;
  readonly inhibitAnyPolicy: number | null;
  readonly nameConstraints: NameConstraints | null;
  readonly crlDistributionPoints: readonly DistributionPoint[];
  /** Where its issuer answers whether it is revoked (RFC 5280 §4.2.2.1). */
  readonly ocspUrls: readonly string[];
  /** True for a responder whose issuer lets it go unchecked (RFC 6960 §4.2.2.2.1). */
  readonly hasOcspNoCheck: boolean;
  /** Extensions marked critical, by identifier. */
  readonly critical: readonly string[];
  /** Critical extensions this library does not process: whoever relies on the certificate must refuse it (RFC 5280 §4.2). */
  readonly unknownCritical: readonly string[];
}

export interface AuthorityKeyIdentifier {
  readonly keyIdentifier: Uint8Array | null;
  readonly issuer: readonly GeneralName[] | null;
  /** The contents of the serial number, in hexadecimal. */
  readonly serial: string | null;
}

export interface BasicConstraints {
  readonly isCa: boolean;
  readonly pathLength: number | null;
}

export interface PolicyMapping {
  readonly issuerPolicy: string;
  readonly subjectPolicy: string;
}

export interface PolicyConstraints {
  readonly requireExplicitPolicy: number | null;
  readonly inhibitPolicyMapping: number | null;
}

/** One extension as written: its value is the DER inside the OCTET STRING. */
export interface Extension {
  readonly id: string;
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

/** Reads an Extensions; an extension that stands twice is refused (RFC 5280 §4.2), for either could be the one that counts. */
export function readExtensionList(node: DerNode): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  for (const child of sequence(node)) {
    const extension = readExtension(child);
    if (extensions.has(extension.id)) throw new Asn1Error('extension that stands twice');
    extensions.set(extension.id, extension);
  }
  if (extensions.size === 0) throw new Asn1Error('extensions without an extension');
  return extensions;
}

function readExtension(node: DerNode): Extension {
  const [id, second, third, ...rest] = sequence(node);
  const value = third ?? second;
  if (id === undefined || value === undefined || rest.length > 0 || value.tag !== 0x04) throw new Asn1Error('extension without identifier or value');
  return { id: oid(id), isCritical: third !== undefined && second !== undefined && boolean(second), value: octets(value) };
}

/** More policies, mappings or purposes than this are taken for an attack; real certificates hold a handful. */
const identifiersMax = 1_000;

const processed: ReadonlySet<string> = new Set([
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.subjectAltName,
  oids.basicConstraints,
  oids.certificatePolicies,
  oids.policyMappings,
  oids.policyConstraints,
  oids.inhibitAnyPolicy,
  oids.nameConstraints,
  oids.crlDistributionPoints,
  oids.subjectKeyIdentifier,
  oids.authorityKeyIdentifier,
  oids.ocspNoCheck,
]);

/** The meaning of the extensions of a certificate; throws Asn1Error when one that is processed here is malformed. */
export function readCertificateExtensions(extensions: ReadonlyMap<string, Extension>): CertificateExtensions {
  const read = <T>(id: string, reader: (node: DerNode) => T): T | null => {
    const extension = extensions.get(id);
    return extension === undefined ? null : reader(readDer(extension.value));
  };
  const names = extensions.get(oids.subjectAltName);
  const critical = [...extensions.values()].filter(({ isCritical }) => isCritical).map(({ id }) => id);
  return {
    keyUsage: read(oids.keyUsage, readKeyUsage),
    extendedKeyUsage: read(oids.extendedKeyUsage, readIdentifiers),
    subjectAltNames: names === undefined ? [] : readGeneralNamesValue(names.value),
    subjectKeyIdentifier: read(oids.subjectKeyIdentifier, octets),
    authorityKeyIdentifier: read(oids.authorityKeyIdentifier, readAuthorityKeyIdentifier),
    basicConstraints: read(oids.basicConstraints, readBasicConstraints),
    policies: read(oids.certificatePolicies, readPolicies),
    policyMappings: read(oids.policyMappings, readPolicyMappings) ?? [],
    policyConstraints: read(oids.policyConstraints, readPolicyConstraints),
    inhibitAnyPolicy: read(oids.inhibitAnyPolicy, smallInteger),
    nameConstraints: read(oids.nameConstraints, readNameConstraints),
    crlDistributionPoints: read(oids.crlDistributionPoints, readDistributionPoints) ?? [],
    ocspUrls: read(oids.authorityInfoAccess, readOcspUrls) ?? [],
    hasOcspNoCheck: extensions.has(oids.ocspNoCheck),
    critical,
    unknownCritical: critical.filter((id) => !processed.has(id)),
  };
}

/** What a certificate without extensions says. */
export const noExtensions: CertificateExtensions = readCertificateExtensions(new Map());

function readKeyUsage(node: DerNode): readonly KeyUsage[] {
  const { bytes } = bits(node);
  const usages = keyUsages.filter((_usage, i) => ((bytes[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0);
  // At least one bit must be set (RFC 5280 §4.2.1.3).
  if (usages.length === 0) throw new Asn1Error('key usage of nothing');
  return usages;
}

function readIdentifiers(node: DerNode): readonly string[] {
  const identifiers = sequence(node);
  if (identifiers.length === 0 || identifiers.length > identifiersMax) throw new Asn1Error('no or too many identifiers');
  return identifiers.map(oid);
}

function readOcspUrls(node: DerNode): readonly string[] {
  const accesses = sequence(node);
  if (accesses.length === 0 || accesses.length > identifiersMax) throw new Asn1Error('no or too many ways of access');
  return accesses.flatMap((access) => {
    const [method, location, ...rest] = sequence(access);
    if (method === undefined || location === undefined || rest.length > 0) throw new Asn1Error('access without method or location');
    const name = oid(method) === oids.ocspAccess ? readGeneralName(location) : null;
    return name?.kind === 'uri' ? [name.value] : [];
  });
}

function readAuthorityKeyIdentifier(node: DerNode): AuthorityKeyIdentifier {
  const fields = sequence(node);
  const keyIdentifier = fields.find((field) => context(field, 0));
  const issuer = fields.find((field) => context(field, 1));
  const serial = fields.find((field) => context(field, 2));
  if (serial !== undefined) integer(serial);
  return {
    keyIdentifier: keyIdentifier === undefined ? null : octets(keyIdentifier),
    issuer: issuer === undefined ? null : readGeneralNames(sequence(issuer)),
    serial: serial === undefined ? null : Buffer.from(serial.content).toString('hex'),
  };
}

function readBasicConstraints(node: DerNode): BasicConstraints {
  const [first, ...rest] = sequence(node);
  const isFlag = first?.tag === 0x01;
  const [length, ...others] = isFlag ? rest : first === undefined ? [] : [first, ...rest];
  if (others.length > 0) throw new Asn1Error('basic constraints with more than two fields');
  const isCa = isFlag && boolean(first);
  // A path length means something for an authority only (RFC 5280 §4.2.1.9).
  if (!isCa && length !== undefined) throw new Asn1Error('path length without authority');
  return { isCa, pathLength: length === undefined ? null : smallInteger(length) };
}

function readPolicies(node: DerNode): readonly string[] {
  const policies = sequence(node).map((policy) => {
    const [id] = sequence(policy);
    if (id === undefined) throw new Asn1Error('policy without identifier');
    return oid(id);
  });
  if (policies.length === 0 || policies.length > identifiersMax) throw new Asn1Error('no or too many policies');
  if (new Set(policies).size !== policies.length) throw new Asn1Error('policy that stands twice');
  return policies;
}

function readPolicyMappings(node: DerNode): readonly PolicyMapping[] {
  const mappings = sequence(node).map((mapping) => {
    const [issuerPolicy, subjectPolicy, ...rest] = sequence(mapping);
    if (issuerPolicy === undefined || subjectPolicy === undefined || rest.length > 0) throw new Asn1Error('policy mapping without two policies');
    return { issuerPolicy: oid(issuerPolicy), subjectPolicy: oid(subjectPolicy) };
  });
  if (mappings.length === 0 || mappings.length > identifiersMax) throw new Asn1Error('no or too many policy mappings');
  return mappings;
}

function readPolicyConstraints(node: DerNode): PolicyConstraints {
  const fields = sequence(node);
  const requireExplicitPolicy = fields.find((field) => context(field, 0));
  const inhibitPolicyMapping = fields.find((field) => context(field, 1));
  if (requireExplicitPolicy === undefined && inhibitPolicyMapping === undefined) throw new Asn1Error('empty policy constraints');
  return {
    requireExplicitPolicy: requireExplicitPolicy === undefined ? null : smallInteger(requireExplicitPolicy),
    inhibitPolicyMapping: inhibitPolicyMapping === undefined ? null : smallInteger(inhibitPolicyMapping),
  };
}
