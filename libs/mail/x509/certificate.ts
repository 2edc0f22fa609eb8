import { createPublicKey, type KeyObject } from 'node:crypto';
import { Asn1Error, bits, context, integer, readDer, sequence, smallInteger, time, type DerNode } from '../asn1/der.js';
import { noExtensions, readCertificateExtensions, readExtensionList, type CertificateExtensions } from './extensions.js';
import { readName, type Name } from './name.js';
import { checkSignature, readAlgorithm, sha256Hex, type AlgorithmIdentifier, type SignatureVerdict } from './signature.js';

/** A parsed certificate (RFC 5280 §4.1). Parsed means well formed, not trusted: trust comes from `validatePath` alone. */
export interface Certificate extends CertificateExtensions {
  /** The whole certificate, a copy of its own so that it does not keep a message in memory. */
  readonly raw: Uint8Array;
  /** SHA-256 over `raw` in hexadecimal; names the certificate. */
  readonly sha256: string;
  readonly tbs: Uint8Array;
  readonly version: number;
  /** The contents octets of the serial number in hexadecimal, sign octet included. */
  readonly serial: string;
  /** The serial number as encoded, as an IssuerAndSerialNumber repeats it. */
  readonly serialRaw: Uint8Array;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** The SubjectPublicKeyInfo as encoded. */
  readonly spki: Uint8Array;
  /** Identifier and parameters of the subject's key. */
  readonly keyAlgorithm: AlgorithmIdentifier;
  /** The octets of the subject's key: for elliptic curves the point. */
  readonly keyBytes: Uint8Array;
  readonly hasUniqueIds: boolean;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
}

const certificateSizeMaxBytes = 256 * 1024;

// Reading a certificate costs 0.05 ms and its key 0.14 ms; the authorities of a chain return with every message.
const cacheMaxEntries = 512;
const cachedSizeMaxBytes = 16 * 1024;
const cache = new Map<string, Certificate>();

/** Reads one certificate in DER; the same octets give the same object while it is remembered. Throws Asn1Error when it is not one. */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > certificateSizeMaxBytes) throw new Asn1Error('certificate too large');
  const sha256 = sha256Hex(der);
  const known = cache.get(sha256);
  if (known !== undefined) {
    cache.delete(sha256);
    cache.set(sha256, known);
    return known;
  }
  const certificate = readCertificate(Uint8Array.from(der), sha256);
  if (der.length <= cachedSizeMaxBytes) remember(certificate);
  return certificate;
}

function remember(certificate: Certificate): void {
  cache.set(certificate.sha256, certificate);
  if (cache.size <= cacheMaxEntries) return;
  const oldest = cache.keys().next();
  if (oldest.done !== true) cache.delete(oldest.value);
}

function readCertificate(raw: Uint8Array, sha256: string): Certificate {
  const whole = readDer(raw);
  const [tbs, algorithm, signature, ...rest] = sequence(whole);
  if (tbs === undefined || algorithm === undefined || signature === undefined || rest.length > 0) throw new Asn1Error('certificate without three parts');
  // What the signature does not cover must be exactly as written: the readers would take a context-specific tag here as well.
  if (whole.tag !== 0x30 || tbs.tag !== 0x30 || algorithm.tag !== 0x30 || signature.tag !== 0x03) throw new Asn1Error('certificate without three parts');
  const signatureAlgorithm = readAlgorithm(algorithm);
  return { raw, sha256, tbs: tbs.raw, signatureAlgorithm, signature: wholeOctets(signature), ...readTbs(tbs, signatureAlgorithm) };
}

type TbsFields = Omit<Certificate, 'raw' | 'sha256' | 'tbs' | 'signatureAlgorithm' | 'signature'>;

function readTbs(tbs: DerNode, outer: AlgorithmIdentifier): TbsFields {
  const fields = [...sequence(tbs)];
  const versionField = fields[0] !== undefined && context(fields[0], 0) ? fields.shift() : undefined;
  const version = versionField === undefined ? 1 : readVersion(versionField);
  const [serial, algorithm, issuer, validity, subject, key, ...optional] = fields;
  if (serial === undefined || algorithm === undefined || issuer === undefined) throw new Asn1Error('certificate cut short');
  if (validity === undefined || subject === undefined || key === undefined) throw new Asn1Error('certificate cut short');
  // The algorithm inside the signature must be the one outside (RFC 5280 §4.1.1.2), or the outside one is nobody's word.
  if (Buffer.compare(readAlgorithm(algorithm).raw, outer.raw) !== 0) throw new Asn1Error('two signature algorithms');
  integer(serial);
  return {
    version,
    serial: Buffer.from(serial.content).toString('hex'),
    serialRaw: serial.raw,
    issuer: readName(issuer),
    subject: readName(subject),
    ...readValidity(validity),
    ...readKey(key),
    ...readOptional(optional, version),
  };
}

function readVersion(field: DerNode): number {
  const [number, ...rest] = field.children;
  if (field.tag !== 0xa0 || number?.tag !== 0x02 || rest.length > 0) throw new Asn1Error('certificate without a version');
  const version = smallInteger(number) + 1;
  if (version !== 2 && version !== 3) throw new Asn1Error('certificate of an unknown version');
  return version;
}

function readValidity(node: DerNode): { notBefore: Date; notAfter: Date } {
  const [notBefore, notAfter, ...rest] = sequence(node);
  if (notBefore === undefined || notAfter === undefined || rest.length > 0) throw new Asn1Error('validity without two times');
  return { notBefore: time(notBefore), notAfter: time(notAfter) };
}

function readKey(node: DerNode): Pick<Certificate, 'spki' | 'keyAlgorithm' | 'keyBytes'> {
  const [algorithm, key, ...rest] = sequence(node);
  if (algorithm === undefined || key === undefined || rest.length > 0) throw new Asn1Error('public key without two parts');
  return { spki: node.raw, keyAlgorithm: readAlgorithm(algorithm), keyBytes: wholeOctets(key) };
}

function wholeOctets(node: DerNode): Uint8Array {
  const { bytes, unused } = bits(node);
  if (node.tag !== 0x03 || unused !== 0) throw new Asn1Error('expected whole octets');
  return bytes;
}

/** Unique identifiers [1], [2] and extensions [3], in this order, each at most once, each only from its version on (RFC 5280 §4.1). */
function readOptional(fields: readonly DerNode[], version: number): CertificateExtensions & { readonly hasUniqueIds: boolean } {
  const numbers = fields.map(({ tag }) => tag & 0x1f);
  const isOrdered = numbers.every((number, i) => number > (numbers[i - 1] ?? 0));
  const isKnown = fields.every(({ tag }) => tag === 0x81 || tag === 0x82 || tag === 0xa3);
  if (!isOrdered || !isKnown) throw new Asn1Error('certificate with unknown fields');
  const extensions = fields.find(({ tag }) => tag === 0xa3);
  const hasUniqueIds = numbers.some((number) => number < 3);
  if ((hasUniqueIds && version < 2) || (extensions !== undefined && version < 3)) throw new Asn1Error('field of a later version');
  if (extensions === undefined) return { ...noExtensions, hasUniqueIds };
  const [list, ...rest] = extensions.children;
  if (list === undefined || rest.length > 0) throw new Asn1Error('expected one list of extensions');
  return { ...readCertificateExtensions(readExtensionList(list)), hasUniqueIds };
}

const keys = new WeakMap<Certificate, KeyObject | null>();

/** The public key of a certificate, read once; null when it is of no kind this platform knows. */
export function publicKeyOf(certificate: Certificate): KeyObject | null {
  const known = keys.get(certificate);
  if (known !== undefined) return known;
  const key = readPublicKey(certificate.spki);
  keys.set(certificate, key);
  return key;
}

function readPublicKey(spki: Uint8Array): KeyObject | null {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return null;
  }
}

const verdicts = new WeakMap<Certificate, WeakMap<KeyObject, SignatureVerdict>>();

/** Whether `key` signed the certificate; remembered per certificate and key, as neither changes. */
export function certificateSignedBy(certificate: Certificate, key: KeyObject): SignatureVerdict {
  const known = verdicts.get(certificate)?.get(key);
  if (known !== undefined) return known;
  const { tbs, signature, signatureAlgorithm } = certificate;
  const verdict = checkSignature({ signed: tbs, signature, algorithm: signatureAlgorithm, key });
  const perKey = verdicts.get(certificate) ?? new WeakMap<KeyObject, SignatureVerdict>();
  verdicts.set(certificate, perKey.set(key, verdict));
  return verdict;
}

/** Whether issuer and subject are one name: such certificates count neither for path length nor for names (RFC 5280 §6.1). */
export function isSelfIssued(certificate: Certificate): boolean {
  return certificate.issuer.canonical === certificate.subject.canonical;
}

/** The mail addresses a certificate is issued for: rfc822Name and SmtpUTF8Mailbox alternative names, as written (RFC 8550 §3). */
export function mailAddressesOf(certificate: Certificate): readonly string[] {
  return certificate.subjectAltNames.flatMap((name) => (name.kind === 'email' || name.kind === 'utf8-mailbox' ? [name.value] : []));
}
