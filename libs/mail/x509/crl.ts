import type { KeyObject } from 'node:crypto';
import { Asn1Error, bits, boolean, context, integer, octets, readDer, sequence, smallInteger, spanAt, time, type Span } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { allReasons, readPointName, readReasons, type PointName } from './distribution-point.js';
import { readExtensionList, type Extension } from './extensions.js';
import { readGeneralNamesValue } from './general-name.js';
import { readName, type Name } from './name.js';
import { checkSignature, readAlgorithmRaw, sha256Hex, type AlgorithmIdentifier, type SignatureVerdict } from './signature.js';

/** A parsed revocation list (RFC 5280 §5). Parsed means well formed: whose word it is, `checkRevocation` finds out. */
export interface Crl {
  readonly sha256: string;
  readonly tbs: Uint8Array;
  readonly issuer: Name;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  readonly number: bigint | null;
  /** The list this one is a delta to; null for a complete list. */
  readonly baseNumber: bigint | null;
  readonly keyIdentifier: Uint8Array | null;
  readonly scope: CrlScope | null;
  /** True when a critical extension, of the list or of an entry, is not processed here: the list must not be used (RFC 5280 §5.2, §5.3). */
  readonly hasUnknownCritical: boolean;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  /** Reason per serial number (hexadecimal contents octets), per canonical name of the certificate issuer. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** What a list covers (issuingDistributionPoint, RFC 5280 §5.2.5). */
export interface CrlScope {
  readonly raw: Uint8Array;
  readonly name: PointName | null;
  readonly onlyUserCertificates: boolean;
  readonly onlyAuthorityCertificates: boolean;
  readonly onlyAttributeCertificates: boolean;
  readonly reasons: number;
  readonly isIndirect: boolean;
}

const crlSizeMaxBytes = 64 * 1024 * 1024;
const crlEntriesMax = 2_000_000;
/** Reason 8: the certificate left the list, in a delta after a hold (RFC 5280 §5.3.1). */
export const removeFromCrl = 8;

// A list of 200,000 entries costs 0.1 s to read and is asked about with every message.
const cacheMaxEntries = 64;
const cache = new Map<string, Crl>();

/** Reads one CRL in DER in one flat scan; the same octets give the same object while it is remembered. Throws Asn1Error when it is not one. */
export function parseCrl(der: Uint8Array): Crl {
  if (der.length > crlSizeMaxBytes) throw new Asn1Error('revocation list too large');
  const sha256 = sha256Hex(der);
  const known = cache.get(sha256);
  cache.delete(sha256);
  const crl = known ?? readCrl(Uint8Array.from(der), sha256);
  cache.set(sha256, crl);
  const oldest = cache.size > cacheMaxEntries ? cache.keys().next() : null;
  if (oldest !== null && oldest.done !== true) cache.delete(oldest.value);
  return crl;
}

function readCrl(raw: Uint8Array, sha256: string): Crl {
  const whole = expectSpan(spanAt(raw, 0, raw.length), 0x30);
  if (whole.end !== raw.length) throw new Asn1Error('bytes after the value');
  const [tbs, algorithm, signature, ...rest] = spansIn(raw, whole, 3);
  if (tbs?.tag !== 0x30 || algorithm === undefined || signature?.tag !== 0x03 || rest.length > 0) throw new Asn1Error('revocation list without three parts');
  const signatureAlgorithm = readAlgorithmRaw(slice(raw, algorithm));
  const { bytes, unused } = bits(readDer(slice(raw, signature)));
  if (unused !== 0) throw new Asn1Error('expected whole octets');
  return { sha256, tbs: slice(raw, tbs), signatureAlgorithm, signature: bytes, ...readTbs(raw, tbs, signatureAlgorithm) };
}

type TbsFields = Omit<Crl, 'sha256' | 'tbs' | 'signatureAlgorithm' | 'signature'>;

function readTbs(raw: Uint8Array, tbs: Span, outer: AlgorithmIdentifier): TbsFields {
  const fields = [...spansIn(raw, tbs, 7)];
  const versionSpan = fields[0]?.tag === 0x02 ? fields.shift() : undefined;
  if (versionSpan !== undefined && smallInteger(readDer(slice(raw, versionSpan))) !== 1) throw new Asn1Error('revocation list of an unknown version');
  const [algorithm, issuerSpan, thisUpdate, ...optional] = fields;
  if (algorithm === undefined || issuerSpan === undefined || thisUpdate === undefined) throw new Asn1Error('revocation list cut short');
  if (Buffer.compare(slice(raw, algorithm), outer.raw) !== 0) throw new Asn1Error('two signature algorithms');
  const nextUpdate = optional[0]?.tag === 0x17 || optional[0]?.tag === 0x18 ? optional.shift() : undefined;
  const revoked = optional[0]?.tag === 0x30 ? optional.shift() : undefined;
  const extensionSpan = optional[0]?.tag === 0xa0 ? optional.shift() : undefined;
  if (optional.length > 0 || (extensionSpan !== undefined && versionSpan === undefined)) throw new Asn1Error('revocation list with unknown fields');
  const issuer = readName(readDer(slice(raw, issuerSpan)));
  const extensions = readListExtensions(extensionSpan === undefined ? null : slice(raw, extensionSpan));
  const isIndirect = extensions.scope?.isIndirect === true;
  const scan = revoked === undefined ? { entries: new Map<string, Map<string, number>>(), hasUnknownCritical: false } : scanEntries(raw, revoked, { issuer: issuer.canonical, isIndirect });
  return {
    issuer,
    thisUpdate: time(readDer(slice(raw, thisUpdate))),
    nextUpdate: nextUpdate === undefined ? null : time(readDer(slice(raw, nextUpdate))),
    ...extensions,
    entries: scan.entries,
    hasUnknownCritical: extensions.hasUnknownCritical || scan.hasUnknownCritical,
  };
}

function spansIn(raw: Uint8Array, outer: Span, max: number): readonly Span[] {
  const spans: Span[] = [];
  for (let position = outer.contentStart; position < outer.end; ) {
    if (spans.length === max) throw new Asn1Error('too many fields');
    const span = spanAt(raw, position, outer.end);
    spans.push(span);
    position = span.end;
  }
  return spans;
}

function expectSpan(span: Span, tag: number): Span {
  if (span.tag !== tag) throw new Asn1Error('unexpected type');
  return span;
}

const slice = (raw: Uint8Array, span: Span): Uint8Array => raw.subarray(span.start, span.end);

const processed: ReadonlySet<string> = new Set([oids.crlNumber, oids.deltaCrlIndicator, oids.issuingDistributionPoint, oids.authorityKeyIdentifier]);

function readListExtensions(raw: Uint8Array | null): Pick<Crl, 'number' | 'baseNumber' | 'keyIdentifier' | 'scope' | 'hasUnknownCritical'> {
  const [list, ...rest] = raw === null ? [] : readDer(raw).children;
  if (rest.length > 0 || (raw !== null && list === undefined)) throw new Asn1Error('expected one list of extensions');
  const extensions: ReadonlyMap<string, Extension> = list === undefined ? new Map() : readExtensionList(list);
  const [number, base] = [extensions.get(oids.crlNumber), extensions.get(oids.deltaCrlIndicator)];
  const [scope, authority] = [extensions.get(oids.issuingDistributionPoint), extensions.get(oids.authorityKeyIdentifier)];
  const keyIdentifier = authority === undefined ? undefined : sequence(readDer(authority.value)).find((field) => context(field, 0));
  return {
    number: number === undefined ? null : integer(readDer(number.value)),
    baseNumber: base === undefined ? null : integer(readDer(base.value)),
    keyIdentifier: keyIdentifier === undefined ? null : octets(keyIdentifier),
    scope: scope === undefined ? null : readScope(scope.value),
    hasUnknownCritical: hasUnknownCritical(extensions, processed),
  };
}

function hasUnknownCritical(extensions: ReadonlyMap<string, Extension>, known: ReadonlySet<string>): boolean {
  return [...extensions.values()].some(({ id, isCritical }) => isCritical && !known.has(id));
}

function readScope(raw: Uint8Array): CrlScope {
  const fields = sequence(readDer(raw));
  const field = (number: number) => fields.find((candidate) => context(candidate, number));
  const flag = (number: number): boolean => {
    const found = field(number);
    return found !== undefined && boolean(found);
  };
  const [name, reasons] = [field(0), field(3)];
  return {
    raw,
    name: name === undefined ? null : readPointName(name),
    onlyUserCertificates: flag(1),
    onlyAuthorityCertificates: flag(2),
    onlyAttributeCertificates: flag(5),
    reasons: reasons === undefined ? allReasons : readReasons(reasons),
    isIndirect: flag(4),
  };
}

interface Scan {
  readonly entries: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly hasUnknownCritical: boolean;
}

/** Reads the entries without a node for each; in an indirect list an entry belongs to the issuer last named before it (RFC 5280 §5.3.3). */
function scanEntries(raw: Uint8Array, list: Span, of: { readonly issuer: string; readonly isIndirect: boolean }): Scan {
  const buffer = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const entries = new Map<string, Map<string, number>>();
  let [current, unknown, count] = [of.issuer, false, 0];
  let serials = new Map<string, number>();
  entries.set(current, serials);
  for (let position = list.contentStart; position < list.end; count += 1) {
    if (count === crlEntriesMax) throw new Asn1Error('revocation list of too many entries');
    const entry = expectSpan(spanAt(raw, position, list.end), 0x30);
    const serial = expectSpan(spanAt(raw, entry.contentStart, entry.end), 0x02);
    const revokedAt = spanAt(raw, serial.end, entry.end);
    if (revokedAt.tag !== 0x17 && revokedAt.tag !== 0x18) throw new Asn1Error('entry without a time');
    const extensions = revokedAt.end === entry.end ? noEntryExtensions : readEntryExtensions(buffer, revokedAt.end, entry.end);
    if (extensions.issuer !== null) {
      if (!of.isIndirect) throw new Asn1Error('entry of another issuer in a direct list');
      current = extensions.issuer;
      serials = entries.get(current) ?? new Map<string, number>();
      entries.set(current, serials);
    }
    unknown ||= extensions.hasUnknownCritical;
    serials.set(buffer.toString('hex', serial.contentStart, serial.end), extensions.reason);
    position = entry.end;
  }
  return { entries, hasUnknownCritical: unknown };
}

interface EntryExtensions {
  readonly reason: number;
  readonly issuer: string | null;
  readonly hasUnknownCritical: boolean;
}

const noEntryExtensions: EntryExtensions = { reason: 0, issuer: null, hasUnknownCritical: false };
const processedInEntry: ReadonlySet<string> = new Set([oids.reasonCode, oids.certificateIssuer]);
// What nearly every entry carries: SEQUENCE { SEQUENCE { reasonCode, OCTET STRING { ENUMERATED of one octet } } }.
const onlyReason = Buffer.from('300c300a0603551d1504030a01', 'hex');

function readEntryExtensions(buffer: Buffer, start: number, end: number): EntryExtensions {
  if (end - start === onlyReason.length + 1 && buffer.compare(onlyReason, 0, onlyReason.length, start, end - 1) === 0) {
    return { ...noEntryExtensions, reason: buffer[end - 1] ?? 0 };
  }
  const extensions = readExtensionList(readDer(buffer.subarray(start, end)));
  const [reason, issuer] = [extensions.get(oids.reasonCode), extensions.get(oids.certificateIssuer)];
  const names = issuer === undefined ? [] : readGeneralNamesValue(issuer.value);
  const name = names.find((candidate) => candidate.kind === 'directory');
  if (issuer !== undefined && name === undefined) throw new Asn1Error('entry of an issuer without a directory name');
  return {
    reason: reason === undefined ? 0 : smallInteger(readDer(reason.value)),
    issuer: name?.name.canonical ?? null,
    hasUnknownCritical: hasUnknownCritical(extensions, processedInEntry),
  };
}

const verdicts = new WeakMap<Crl, WeakMap<KeyObject, SignatureVerdict>>();

/** Whether `key` signed the list; remembered per list and key, as neither changes. */
export function crlSignedBy(crl: Crl, key: KeyObject): SignatureVerdict {
  const known = verdicts.get(crl)?.get(key);
  if (known !== undefined) return known;
  const verdict = checkSignature({ signed: crl.tbs, signature: crl.signature, algorithm: crl.signatureAlgorithm, key });
  const perKey = verdicts.get(crl) ?? new WeakMap<KeyObject, SignatureVerdict>();
  verdicts.set(crl, perKey.set(key, verdict));
  return verdict;
}
