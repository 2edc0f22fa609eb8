import { createHash } from 'node:crypto';
import { Asn1Error, bits, context, der, integer, octets, oid, readDer, sequence, smallInteger, time, type Der, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import type { Certificate } from './certificate.js';
import { readExtensionList, type Extension } from './extensions.js';
import { extension } from './issue-extensions.js';
import { readName } from './name.js';
import { readAlgorithm, sha256Hex, type AlgorithmIdentifier } from './signature.js';

/** What a responder says of one certificate. `unknown` is its word too: it does not know of such a certificate (RFC 6960 §2.2). */
export type OcspStatus = 'good' | 'revoked' | 'unknown';

/** One answer: about which certificate (the text of its CertID), what, and from when to when. */
export interface OcspSingle {
  readonly id: string;
  readonly status: OcspStatus;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
  readonly hasUnknownCritical: boolean;
}

/** A parsed response (RFC 6960 §4.2.1). Parsed means well formed: whose word it is, `ocspStatusOf` finds out. */
export interface OcspResponse {
  readonly kind: 'response';
  readonly sha256: string;
  readonly tbs: Uint8Array;
  /** The canonical name of the responder, or the SHA-1 of its key in hexadecimal. */
  readonly responder: { readonly kind: 'name' | 'key'; readonly value: string };
  readonly producedAt: Date;
  readonly singles: readonly OcspSingle[];
  /** Hexadecimal. */
  readonly nonce: string | null;
  readonly hasUnknownCritical: boolean;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  /** Certificates that came along (DER); candidates for the responder, not trusted. */
  readonly certificates: readonly Uint8Array[];
}

/** A responder that gives no answer now; `status` is its number (RFC 6960 §4.2.1): 3 try later, 6 unauthorized. */
export interface OcspUnsuccessful {
  readonly kind: 'unsuccessful';
  readonly status: number;
}

export const ocspSizeMaxBytes = 64 * 1024;
const singlesMax = 64;
const certificatesMax = 16;

/** Reads one response in DER. Throws Asn1Error when it is not one. */
export function parseOcspResponse(bytes: Uint8Array): OcspResponse | OcspUnsuccessful {
  if (bytes.length > ocspSizeMaxBytes) throw new Asn1Error('OCSP response too large');
  const raw = Uint8Array.from(bytes);
  const [status, body, ...rest] = universal(readDer(raw), 0x30).children;
  if (status?.tag !== 0x0a || rest.length > 0) throw new Asn1Error('OCSP response without a status');
  const number = smallInteger(status);
  if ((number === 0) !== (body !== undefined)) throw new Asn1Error('OCSP status that does not fit its contents');
  if (body === undefined) return { kind: 'unsuccessful', status: number };
  const [type, content, ...more] = only(body, 0xa0, 0x30).children;
  if (type === undefined || content?.tag !== 0x04 || more.length > 0) throw new Asn1Error('OCSP response bytes without type or content');
  if (oid(type) !== oids.ocspBasic) throw new Asn1Error('OCSP response of an unknown type');
  return { kind: 'response', sha256: sha256Hex(raw), ...readBasic(readDer(octets(content))) };
}

const universal = (node: DerNode, tag: number): DerNode => {
  if (node.tag !== tag) throw new Asn1Error('unexpected type');
  return node;
};

/** The one value inside an explicit tag. */
const only = (node: DerNode, tag: number, inside: number): DerNode => {
  const [child, ...rest] = universal(node, tag).children;
  if (child === undefined || rest.length > 0) throw new Asn1Error('expected one value');
  return universal(child, inside);
};

type BasicFields = Omit<OcspResponse, 'kind' | 'sha256'>;

function readBasic(node: DerNode): BasicFields {
  const [tbs, algorithm, signature, certificates, ...rest] = universal(node, 0x30).children;
  if (tbs?.tag !== 0x30 || algorithm?.tag !== 0x30 || signature?.tag !== 0x03 || rest.length > 0) throw new Asn1Error('OCSP response without three parts');
  const { bytes, unused } = bits(signature);
  if (unused !== 0) throw new Asn1Error('expected whole octets');
  const list = certificates === undefined ? [] : only(certificates, 0xa0, 0x30).children;
  if (list.length > certificatesMax) throw new Asn1Error('OCSP response with too many certificates');
  return { tbs: tbs.raw, signatureAlgorithm: readAlgorithm(algorithm), signature: bytes, certificates: list.map(({ raw }) => raw), ...readResponseBody(tbs) };
}

function readResponseBody(tbs: DerNode): Omit<BasicFields, 'tbs' | 'signatureAlgorithm' | 'signature' | 'certificates'> {
  const fields = [...tbs.children];
  const version = fields[0]?.tag === 0xa0 ? fields.shift() : undefined;
  if (version !== undefined && smallInteger(only(version, 0xa0, 0x02)) !== 0) throw new Asn1Error('OCSP response of an unknown version');
  const [responder, producedAt, responses, extensions, ...rest] = fields;
  if (responder === undefined || producedAt?.tag !== 0x18 || responses?.tag !== 0x30 || rest.length > 0) throw new Asn1Error('OCSP response cut short');
  if (responses.children.length === 0 || responses.children.length > singlesMax) throw new Asn1Error('no or too many answers');
  const known = extensions === undefined ? new Map<string, Extension>() : readExtensionList(only(extensions, 0xa1, 0x30));
  const nonce = known.get(oids.ocspNonce);
  return {
    responder: readResponder(responder),
    producedAt: time(producedAt),
    singles: responses.children.map(readSingle),
    nonce: nonce === undefined ? null : nonceText(nonce.value),
    hasUnknownCritical: [...known.values()].some(({ id, isCritical }) => isCritical && id !== oids.ocspNonce),
  };
}

// An OCTET STRING inside the value (RFC 9654 §2.1); some responders give the bare octets back.
function nonceText(value: Uint8Array): string {
  return Buffer.from(value[0] === 0x04 && value[1] === value.length - 2 ? value.subarray(2) : value).toString('hex');
}

function readResponder(node: DerNode): OcspResponse['responder'] {
  if (node.tag === 0xa1) return { kind: 'name', value: readName(only(node, 0xa1, 0x30)).canonical };
  return { kind: 'key', value: Buffer.from(octets(only(node, 0xa2, 0x04))).toString('hex') };
}

const statusByTag: Readonly<Record<number, OcspStatus>> = { 0x80: 'good', 0xa1: 'revoked', 0x82: 'unknown' };

function readSingle(node: DerNode): OcspSingle {
  const [id, state, thisUpdate, ...optional] = universal(node, 0x30).children;
  const status = statusByTag[state?.tag ?? 0];
  if (id === undefined || status === undefined || thisUpdate?.tag !== 0x18) throw new Asn1Error('OCSP answer cut short');
  const next = optional[0] !== undefined && context(optional[0], 0) ? optional.shift() : undefined;
  const extensions = optional[0] !== undefined && context(optional[0], 1) ? optional.shift() : undefined;
  if (optional.length > 0) throw new Asn1Error('OCSP answer with unknown fields');
  const known = extensions === undefined ? [] : [...readExtensionList(only(extensions, 0xa1, 0x30)).values()];
  return {
    id: readId(id),
    status,
    thisUpdate: time(thisUpdate),
    nextUpdate: next === undefined ? null : time(only(next, 0xa0, 0x18)),
    hasUnknownCritical: known.some(({ isCritical }) => isCritical),
  };
}

type IdHash = 'sha1' | 'sha256';
const hashByOid: Readonly<Record<string, IdHash>> = { [oids.sha1]: 'sha1', [oids.sha256]: 'sha256' };

function readId(node: DerNode): string {
  const [algorithm, name, key, serial, ...rest] = sequence(universal(node, 0x30));
  if (algorithm === undefined || name?.tag !== 0x04 || key?.tag !== 0x04 || serial?.tag !== 0x02 || rest.length > 0) throw new Asn1Error('CertID without four parts');
  integer(serial);
  const { id, parameters } = readAlgorithm(algorithm);
  if (parameters !== null && parameters.tag !== 0x05) throw new Asn1Error('parameters where none belong');
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return idText(hashByOid[id] ?? id, hex(octets(name)), hex(octets(key)), hex(serial.content));
}

const idText = (hash: string, name: string, key: string, serial: string): string => `${hash}:${name}:${key}:${serial}`;

interface IssuerHashes {
  readonly name: string;
  readonly key: string;
}

const issuerHashes: Readonly<Record<IdHash, WeakMap<Certificate, IssuerHashes>>> = { sha1: new WeakMap(), sha256: new WeakMap() };
const digest = (hash: IdHash, bytes: Uint8Array): string => createHash(hash).update(bytes).digest('hex');

function hashesOf(issuer: Certificate, hash: IdHash): IssuerHashes {
  const known = issuerHashes[hash].get(issuer);
  if (known !== undefined) return known;
  const made = { name: digest(hash, issuer.subject.raw), key: digest(hash, issuer.keyBytes) };
  issuerHashes[hash].set(issuer, made);
  return made;
}

/** The names under which responders may speak of a certificate of this issuer (CertID, RFC 6960 §4.1.1). */
export function ocspIdsOf(certificate: Certificate, issuer: Certificate): readonly string[] {
  return (['sha1', 'sha256'] as const).map((hash) => {
    const { name, key } = hashesOf(issuer, hash);
    return idText(hash, name, key, certificate.serial);
  });
}

/** The SHA-1 of a key by which a responder may name itself (RFC 6960 §4.2.1). */
export const ocspKeyHash = (certificate: Certificate): string => hashesOf(certificate, 'sha1').key;

/**
 * A request for one certificate. SHA-1 finds the issuer and proves nothing: it is what every responder understands (RFC 6960 §4.3, RFC 5019 §2.1.1).
 * With a nonce of 32 octets (RFC 9654) an answer that carries another one is of somebody else.
 */
export function ocspRequest(certificate: Certificate, issuer: Certificate, nonce: Uint8Array | null): Der {
  const { name, key } = hashesOf(issuer, 'sha1');
  const id = der.sequence(
    der.sequence(der.oid(oids.sha1), der.null()),
    der.octets(Buffer.from(name, 'hex')),
    der.octets(Buffer.from(key, 'hex')),
    certificate.serialRaw,
  );
  const extensions = nonce === null ? [] : [der.explicit(2, der.sequence(extension(oids.ocspNonce, false, der.octets(nonce))))];
  return der.sequence(der.sequence(der.sequence(der.sequence(id)), ...extensions));
}
