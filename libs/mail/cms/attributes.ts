import { hash } from 'node:crypto';
import { Asn1Error, der, octets, oid, readDer, sequence, time, type Der, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import type { Certificate } from '../x509/certificate.js';
import { readAlgorithm, type AlgorithmIdentifier } from '../x509/signature.js';
import { digestOf, type DigestName } from './algorithms.js';
import { isSameName, issuerAndSerial } from './certificates.js';
import { fieldsOf, inner, tags } from './fields.js';
import { oaepIdentifier } from './key-transport.js';
import { cmsLimits, refuse } from './refusal.js';

/** Signed or authenticated attributes as they were read: `encoded` is the SET OF that the signature or the tag covers. */
export interface Attributes {
  readonly encoded: Uint8Array;
  readonly valuesByType: ReadonlyMap<string, readonly DerNode[]>;
}

/** The attributes under an implicit [n] tag, demanded in DER and each type once (RFC 5652 §5.3, §11; rule 8). */
export function readAttributes(node: DerNode): Attributes {
  const encoded = Uint8Array.from(node.raw);
  encoded[0] = tags.set; // the signature covers the SET OF, not the tag that stands in the message (RFC 5652 §5.4)
  const elements = distinguished(encoded).children;
  if (elements.length > cmsLimits.attributesMax) return refuse('too-large', 'attributes');
  const valuesByType = new Map<string, readonly DerNode[]>();
  let previous: DerNode | null = null;
  for (const element of elements) {
    if (previous !== null && Buffer.compare(previous.raw, element.raw) >= 0) return refuse('attributes', 'SET OF not in the order of DER');
    previous = element;
    const fields = fieldsOf(element);
    const type = oid(fields.required(tags.oid));
    const values = fields.required(tags.set).children;
    fields.end();
    if (valuesByType.has(type)) return refuse('attributes', `attribute ${type} twice`);
    valuesByType.set(type, values);
  }
  return { encoded, valuesByType };
}

function distinguished(encoded: Uint8Array): DerNode {
  try {
    return readDer(encoded);
  } catch (error) {
    if (error instanceof Asn1Error) return refuse('attributes', `not in DER: ${error.message}`);
    throw error;
  }
}

/** The one value of an attribute, or null when the attribute is absent; refused when it has no value, several or one of another type. */
export function valueOf(attributes: Attributes, type: string, ...allowed: readonly number[]): DerNode | null {
  const values = attributes.valuesByType.get(type);
  if (values === undefined) return null;
  const [only, ...others] = values;
  if (only === undefined || others.length > 0 || !allowed.includes(only.tag)) return refuse('attributes', `attribute ${type} without exactly one value`);
  return only;
}

/** Refuses attributes whose content-type is absent or not this one; S/MIME signs id-data only (RFC 8551 §2.4.1), and receipts. */
export function expectContentType(attributes: Attributes, type: string): void {
  const value = valueOf(attributes, oids.contentType, tags.oid);
  if (value === null || oid(value) !== type) refuse('attributes', 'content-type attribute absent or not that of the content');
}

/** The message digest that was signed; refused when absent. */
export function messageDigestOf(attributes: Attributes): Uint8Array {
  const value = valueOf(attributes, oids.messageDigest, tags.octets);
  return value === null ? refuse('attributes', 'no messageDigest') : octets(value);
}

/** The moment the sender says it signed, or null; a claim, never used for revocation (rule 8). */
export function signingTimeOf(attributes: Attributes): Date | null {
  const value = valueOf(attributes, oids.signingTime, 0x17, 0x18);
  return value === null ? null : time(value);
}

const capabilitiesMax = 64;

/** The algorithms that the sender says it can read, as object identifiers in its order of preference (RFC 8551 §2.5.2); [] when it says nothing. */
export function capabilitiesOf(attributes: Attributes): readonly string[] {
  const value = valueOf(attributes, oids.smimeCapabilities, tags.sequence);
  return value === null ? [] : sequence(value).slice(0, capabilitiesMax).map((capability) => oid(fieldsOf(capability).required(tags.oid)));
}

/** Refuses a signer's certificate that is not the one the signer bound into the signature (RFC 5035 §4; rule 8). Absent binds nothing. */
export function expectSigningCertificate(attributes: Attributes, signer: Certificate): void {
  const value = valueOf(attributes, oids.signingCertificateV2, tags.sequence);
  if (value === null) return;
  const [first] = fieldsOf(value).required(tags.sequence).children;
  if (first === undefined) return refuse('attributes', 'signingCertificateV2 names no certificate');
  const fields = fieldsOf(first);
  const algorithm = fields.optional(tags.sequence);
  const digest: DigestName = algorithm === null ? 'sha256' : digestOf(readAlgorithm(algorithm));
  const isSame = hash(digest, signer.raw, 'buffer').equals(octets(fields.required(tags.octets)));
  const issuerSerial = fields.optional(tags.sequence);
  fields.end();
  if (!isSame || (issuerSerial !== null && !isIssuerSerialOf(issuerSerial, signer))) refuse('attributes', 'signingCertificateV2 names another certificate');
}

/** IssuerSerial of RFC 5035 §4: the issuer as GeneralNames with one directoryName, and the serial number. */
function isIssuerSerialOf(node: DerNode, signer: Certificate): boolean {
  const fields = fieldsOf(node);
  const name = inner(inner(fields.required(tags.sequence), 0xa4), tags.sequence);
  const serial = fields.required(tags.integer);
  return isSameName(name, signer.issuer) && Buffer.compare(serial.raw, signer.serialRaw) === 0;
}

/** Refuses algorithms outside the signature that are not the ones inside it (RFC 6211); absent protects nothing. */
export function expectAlgorithmProtection(attributes: Attributes, digest: AlgorithmIdentifier, signature: DerNode): void {
  const value = valueOf(attributes, oids.cmsAlgorithmProtection, tags.sequence);
  if (value === null) return;
  const fields = fieldsOf(value);
  const isSameDigest = readAlgorithm(fields.required(tags.sequence)).id === digest.id;
  const isSameSignature = Buffer.compare(fields.required(0xa1).content, signature.content) === 0;
  if (!isSameDigest || !isSameSignature) refuse('attributes', 'algorithms are not the protected ones');
}

/** What our signed attributes say. */
export interface OwnAttributes {
  readonly digest: Uint8Array;
  readonly at: Date;
  readonly signer: Certificate;
  readonly encryption: Certificate | null;
  /** What is signed when it is no ordinary content. */
  readonly contentType?: string;
  /** More attributes, by object identifier, each with its one value. */
  readonly more?: Readonly<Record<string, Der>>;
}

/** Our signed attributes as SET OF, ready to be signed; `asField` gives them the tag they carry in the SignerInfo. */
export function ownAttributes(input: OwnAttributes): Der {
  const attributes = [
    attribute(oids.contentType, der.oid(input.contentType ?? oids.data)),
    attribute(oids.signingTime, der.time(input.at)),
    attribute(oids.messageDigest, der.octets(input.digest)),
    ownCapabilities,
    // SHA-256 is the default of ESSCertIDv2 and therefore not written (RFC 5035 §4).
    attribute(oids.signingCertificateV2, der.sequence(der.sequence(der.sequence(der.octets(hash('sha256', input.signer.raw, 'buffer')))))),
  ];
  if (input.encryption !== null) attributes.push(attribute(oids.encryptionKeyPreference, der.context(0, ...issuerAndSerial(input.encryption))));
  for (const [type, value] of Object.entries(input.more ?? {})) attributes.push(attribute(type, value));
  return der.setOf(...attributes);
}

/** The same attributes under the implicit [0] of SignerInfo. */
export function asField(attributes: Der): Der {
  const field = Uint8Array.from(attributes);
  field[0] = 0xa0;
  return field;
}

const attribute = (type: string, value: Der): Der => der.sequence(der.oid(type), der.set(value));

// In order of preference: keys bound to their cipher (RFC 9709), GCM before CBC, key agreement before transport (RFC 8551 §2.5.2).
const ownCapabilities = attribute(
  oids.smimeCapabilities,
  der.sequence(
    der.sequence(der.oid(oids.cekHkdfSha256)),
    der.sequence(der.oid(oids.aes256Gcm)),
    der.sequence(der.oid(oids.aes128Gcm)),
    der.sequence(der.oid(oids.aes256Cbc)),
    der.sequence(der.oid(oids.dhSinglePassStdDhSha256Kdf), der.sequence(der.oid(oids.aes256Wrap))),
    oaepIdentifier,
    // No algorithm: it says that what is inside CMS may come without transfer encoding (RFC 8551 §3.1.2).
    der.sequence(der.oid(oids.preferBinaryInside)),
  ),
);
