import { der, tlv, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { keyUsages, type KeyUsage, type PolicyMapping } from './extensions.js';

/** What a new certificate says beyond name and key; what is absent is left out. */
export interface IssueExtensions {
  /** Present for an authority; `pathLength` null sets no limit. */
  readonly authority?: { readonly pathLength: number | null };
  readonly keyUsage?: readonly KeyUsage[];
  /** Dotted identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly emails?: readonly string[];
  readonly dns?: readonly string[];
  /** IPv4 addresses in dotted form. */
  readonly ip?: readonly string[];
  readonly policies?: readonly string[];
  readonly policyMappings?: readonly PolicyMapping[];
  readonly requireExplicitPolicy?: number;
  readonly nameConstraints?: { readonly permitted?: Subtrees; readonly excluded?: Subtrees };
  readonly crlUrls?: readonly string[];
  readonly ocspUrls?: readonly string[];
  /** Anything else, as DER; tests use it for what no careful authority writes. */
  readonly other?: readonly { readonly id: string; readonly isCritical: boolean; readonly value: Uint8Array }[];
}

/** Subtrees of names; `ip` holds ranges such as `127.0.0.0/8`. */
export interface Subtrees {
  readonly emails?: readonly string[];
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
}

interface KeyIdentifiers {
  readonly keyIdentifier: Uint8Array;
  readonly issuerKeyIdentifier: Uint8Array;
}

/** The Extensions of a certificate, each critical where RFC 5280 §4.2.1 wants it. */
export function certificateExtensions(given: IssueExtensions, { keyIdentifier, issuerKeyIdentifier }: KeyIdentifiers): Der {
  return der.sequence(
    ...askedExtensions(given),
    extension(oids.subjectKeyIdentifier, false, der.octets(keyIdentifier)),
    extension(oids.authorityKeyIdentifier, false, der.sequence(der.implicit(0, issuerKeyIdentifier))),
    ...(given.other ?? []).map(({ id, isCritical, value }) => extension(id, isCritical, value)),
  );
}

/** The Extensions one asks an authority for: its own identifiers it fills in itself. */
export const requestedExtensions = (given: IssueExtensions): Der => der.sequence(...askedExtensions(given));

function askedExtensions(given: IssueExtensions): readonly Der[] {
  const { authority, keyUsage, extendedKeyUsage, policies, policyMappings, requireExplicitPolicy, nameConstraints, crlUrls, ocspUrls } = given;
  const names = generalNames(given);
  return [
    ...(authority === undefined ? [] : [extension(oids.basicConstraints, true, basicConstraints(authority.pathLength))]),
    ...(keyUsage === undefined ? [] : [extension(oids.keyUsage, true, keyUsageBits(keyUsage))]),
    ...(extendedKeyUsage === undefined ? [] : [extension(oids.extendedKeyUsage, false, der.sequence(...extendedKeyUsage.map(der.oid)))]),
    ...(names.length === 0 ? [] : [extension(oids.subjectAltName, false, der.sequence(...names))]),
    ...(policies === undefined ? [] : [extension(oids.certificatePolicies, false, der.sequence(...policies.map((policy) => der.sequence(der.oid(policy)))))]),
    ...(policyMappings === undefined ? [] : [extension(oids.policyMappings, true, mappings(policyMappings))]),
    ...(requireExplicitPolicy === undefined ? [] : [extension(oids.policyConstraints, true, der.sequence(der.implicit(0, Uint8Array.of(requireExplicitPolicy))))]),
    ...(nameConstraints === undefined ? [] : [extension(oids.nameConstraints, true, constraints(nameConstraints.permitted, nameConstraints.excluded))]),
    ...(crlUrls === undefined ? [] : [extension(oids.crlDistributionPoints, false, der.sequence(...crlUrls.map((url) => der.sequence(pointName(url)))))]),
    ...(ocspUrls === undefined ? [] : [extension(oids.authorityInfoAccess, false, der.sequence(...ocspUrls.map(ocspAccess)))]),
  ];
}

/** One Extension; criticality is written only when true, as DER leaves out defaults. */
export function extension(id: string, isCritical: boolean, value: Uint8Array): Der {
  return der.sequence(der.oid(id), ...(isCritical ? [der.boolean(true)] : []), der.octets(value));
}

/** A DistributionPointName in its tag [0], with one address. */
export function pointName(url: string): Der {
  return der.context(0, der.context(0, der.implicit(6, Buffer.from(url, 'latin1'))));
}

const ocspAccess = (url: string): Der => der.sequence(der.oid(oids.ocspAccess), der.implicit(6, Buffer.from(url, 'latin1')));

function basicConstraints(pathLength: number | null): Der {
  return der.sequence(der.boolean(true), ...(pathLength === null ? [] : [der.integer(pathLength)]));
}

/** A named bit list without trailing zero bits (X.690 §11.2.2). */
function keyUsageBits(usages: readonly KeyUsage[]): Der {
  const numbers = usages.map((usage) => keyUsages.indexOf(usage));
  const last = Math.max(...numbers);
  const octets = new Uint8Array((last >> 3) + 1);
  for (const number of numbers) octets[number >> 3] = (octets[number >> 3] ?? 0) | (0x80 >> (number & 7));
  return der.bits(octets, 7 - (last & 7));
}

function mappings(given: readonly PolicyMapping[]): Der {
  return der.sequence(...given.map(({ issuerPolicy, subjectPolicy }) => der.sequence(der.oid(issuerPolicy), der.oid(subjectPolicy))));
}

function generalNames({ emails = [], dns = [], ip = [] }: Subtrees): readonly Der[] {
  return [
    ...emails.map((email) => (/^[\x00-\x7f]*$/.test(email) ? der.implicit(1, Buffer.from(email, 'latin1')) : smtpUtf8Mailbox(email))),
    ...dns.map((host) => der.implicit(2, Buffer.from(host, 'latin1'))),
    ...ip.map((address) => der.implicit(7, Uint8Array.from(address.split('.').map(Number)))),
  ];
}

function smtpUtf8Mailbox(mailbox: string): Der {
  return der.context(0, der.oid(oids.smtpUtf8Mailbox), der.explicit(0, der.utf8(mailbox)));
}

function constraints(permitted: Subtrees | undefined, excluded: Subtrees | undefined): Der {
  const field = (number: number, subtrees: Subtrees | undefined): readonly Der[] =>
    subtrees === undefined ? [] : [der.context(number, ...subtreeNames(subtrees).map((name) => der.sequence(name)))];
  return der.sequence(...field(0, permitted), ...field(1, excluded));
}

function subtreeNames({ emails = [], dns = [], ip = [] }: Subtrees): readonly Der[] {
  return [...generalNames({ emails, dns }), ...ip.map((range) => tlv(0x87, addressRange(range)))];
}

function addressRange(range: string): Uint8Array {
  const [address = '', size = '32'] = range.split('/');
  const mask = Array.from({ length: 4 }, (_, i) => 0xff & (0xff00 >> Math.min(8, Math.max(0, Number(size) - i * 8))));
  return Uint8Array.from([...address.split('.').map(Number), ...mask]);
}
