import { Asn1Error, oid, sequence, set, text, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';

/** A distinguished name: two names are the same person or authority exactly when their `canonical` forms are equal (RFC 5280 §7.1). */
export interface Name {
  readonly raw: Uint8Array;
  /** One canonical form per relative name, root first; a name lies within another when these begin with the other's. */
  readonly rdns: readonly string[];
  readonly canonical: string;
  /** For logs only: `CN=..., O=...`, without control characters and cut to 200 characters. */
  readonly printable: string;
  /** Values of emailAddress attributes: name constraints on mail addresses bind them too (RFC 5280 §4.2.1.10). */
  readonly emails: readonly string[];
  readonly commonName: string | null;
  /** The one serialNumber attribute, in which PKIoverheid puts the OIN of an organisation; null without, or with more than one. */
  readonly serialNumber: string | null;
}

/** Reads a Name (RFC 5280 §4.1.2.4); throws Asn1Error when it is not one. */
export function readName(node: DerNode): Name {
  const rdns = sequence(node).map(readRelativeName);
  const attributes = rdns.flat();
  const canonicals = rdns.map((rdn) => JSON.stringify(rdn.map(canonicalAttribute).sort()));
  return {
    raw: node.raw,
    rdns: canonicals,
    canonical: canonicals.join(''),
    printable: printable(attributes),
    emails: attributes.filter(({ type }) => type === oids.emailAddress).map((attribute) => attribute.text ?? ''),
    commonName: attributes.findLast(({ type }) => type === oids.commonName)?.text ?? null,
    serialNumber: onlyText(attributes.filter(({ type }) => type === oids.serialNumber)),
  };
}

const onlyText = (attributes: readonly Attribute[]): string | null => (attributes.length === 1 ? (attributes[0]?.text ?? null) : null);

interface Attribute {
  readonly type: string;
  /** Null when the value is not text. */
  readonly text: string | null;
  readonly value: DerNode;
}

function readRelativeName(node: DerNode): readonly Attribute[] {
  const attributes = set(node).map(readAttribute);
  if (attributes.length === 0) throw new Asn1Error('relative name without an attribute');
  return attributes;
}

const textTags: ReadonlySet<number> = new Set([0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a, 0x1c, 0x1e]);

function readAttribute(node: DerNode): Attribute {
  const [type, value, ...rest] = sequence(node);
  if (type === undefined || value === undefined || rest.length > 0) throw new Asn1Error('attribute without type or value');
  return { type: oid(type), text: textTags.has(value.tag) ? text(value) : null, value };
}

// PrintableString and UTF8String are one text in two encodings, and domain components and addresses are IA5String (RFC 5280 §7.1, §7.3).
// Any other type is compared octet for octet, which can only refuse too much.
const comparableTags: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);

function canonicalAttribute({ type, text: value, value: node }: Attribute): string {
  const isComparable = value !== null && comparableTags.has(node.tag);
  return isComparable ? `${type}=${foldText(value)}` : `${type}#${Buffer.from(node.raw).toString('hex')}`;
}

/** The form in which two texts that differ in case or spacing only are equal (RFC 4518 §2, as RFC 5280 §7.1 uses it). */
function foldText(value: string): string {
  return value.normalize('NFKC').toLowerCase().normalize('NFKC').trim().replace(/\s+/gu, ' ');
}

const shortNames: Readonly<Record<string, string>> = {
  [oids.commonName]: 'CN',
  [oids.surname]: 'SN',
  [oids.serialNumber]: 'serialNumber',
  [oids.country]: 'C',
  [oids.locality]: 'L',
  [oids.province]: 'ST',
  [oids.organization]: 'O',
  [oids.organizationalUnit]: 'OU',
  [oids.organizationIdentifier]: 'organizationIdentifier',
  [oids.domainComponent]: 'DC',
  [oids.emailAddress]: 'emailAddress',
};

const printableMaxCharacters = 200;

function printable(attributes: readonly Attribute[]): string {
  const parts = attributes.toReversed().map(({ type, text: value }) => `${shortNames[type] ?? type}=${value ?? '?'}`);
  return parts.join(', ').replace(/[\p{C}\u2028\u2029]/gu, '?').slice(0, printableMaxCharacters);
}
