import { createHash, hash } from 'node:crypto';
import { der, flatten, octets, oid, rope, smallInteger, tlv, type Der, type DerNode, type Rope } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { parseCertificate, type Certificate } from '../x509/certificate.js';
import { readAlgorithm } from '../x509/signature.js';
import { digestOf, type DigestName } from './algorithms.js';
import * as attributes from './attributes.js';
import { expectMaySign, isIssuerAndSerialOf, isKeyIdentifierOf, issuerAndSerial, knownCertificate } from './certificates.js';
import { contentOf, octetsOf } from './content.js';
import { receiptContent, requestIn, requestValue, type ReceiptRequest } from './receipt.js';
import { fieldsOf, inner, tags } from './fields.js';
import type { KeyPair } from './keys.js';
import { cmsLimits, refuse, refusing, type CmsRefusal } from './refusal.js';
import { isSignedBy, ownScheme, replayIdentity, schemeDigestIdentifier, schemeIdentifier, schemeName, schemeOf, signWith } from './signature.js';

export interface SignInput {
  /** In one piece or in several, which are not joined. */
  readonly content: Uint8Array | readonly Uint8Array[];
  /** True leaves the content out: it then stands beside the signature, as in multipart/signed. */
  readonly detached: boolean;
  readonly signer: KeyPair;
  readonly at: Date;
  /** Named as the certificate to encrypt answers to, and included when it is not the signer's own (RFC 8551 §2.5.3). */
  readonly encryptionCertificate?: Uint8Array;
  readonly signature?: 'default' | 'rsa-pss';
  /** Asks whoever has the message for a signed receipt to this address (RFC 2634). */
  readonly receiptRequest?: { readonly contentIdentifier: Uint8Array; readonly to: string };
}

/**
 * The content signed, as ContentInfo in DER (RFC 5652 §5): one signer, with content type, time, digest, capabilities and its own certificate among
 * the signed attributes; the certificate and intermediates are included, the root is not. Nothing of the content is copied: the rope holds the
 * caller's own pieces. Throws when the key is not one that signs.
 */
export function signInPieces(input: SignInput): Rope {
  return signKept(input).signed;
}

/** The same with what is to be kept of it, to know a receipt by. */
export function signKept(input: SignInput): Signed {
  const signed = refusing(() => sign(input, ordinary(input)));
  if (!('kind' in signed)) return signed;
  throw new Error(`bug: own key not checked before signing: ${signed.detail}`);
}

/** The same in one piece, for what is small. */
export const signData = (input: SignInput): Uint8Array => flatten(signInPieces(input));

/** What was signed, and the values a receipt will repeat. */
export interface Signed {
  readonly signed: Rope;
  readonly messageSignatureDigest: Uint8Array;
  readonly signature: Uint8Array;
}

interface SignedKind {
  readonly contentType: string;
  readonly more: Readonly<Record<string, Der>>;
  /** Of SignedData: 3 where the content is not id-data (RFC 5652 §5.1). */
  readonly version: 1 | 3;
}

const ordinary = ({ receiptRequest: asked }: SignInput): SignedKind =>
  ({ contentType: oids.data, version: 1, more: asked === undefined ? {} : { [oids.receiptRequest]: requestValue(asked.contentIdentifier, asked.to) } });

/** The receipt a request asks for, signed, as ContentInfo in DER (RFC 2634 §2.4). The signature of the request was verified before. */
export function signReceipt({ request, signer, at }: { readonly request: VerifiedRequest; readonly signer: KeyPair; readonly at: Date }): Uint8Array {
  const content = receiptContent({ contentIdentifier: request.contentIdentifier, signature: request.signature });
  const kind: SignedKind = { contentType: oids.receiptContent, version: 3, more: { [oids.messageSignatureDigest]: der.octets(request.messageSignatureDigest) } };
  const made = refusing(() => sign({ content, detached: false, signer, at }, kind));
  if ('kind' in made) throw new Error(`bug: own key not checked before signing: ${made.detail}`);
  return flatten(made.signed);
}

function sign({ content, detached, signer, at, encryptionCertificate, signature: wanted = 'default' }: SignInput, kind: SignedKind): Signed {
  const pieces = content instanceof Uint8Array ? [content] : content;
  const own = knownCertificate(signer.certificate);
  const encryption = encryptionCertificate === undefined ? null : parseCertificate(encryptionCertificate);
  const scheme = ownScheme(own, wanted);
  const digestIdentifier = schemeDigestIdentifier(scheme);
  const signedAttributes = attributes.ownAttributes({ digest: digestOfPieces(scheme.digest, pieces), at, signer: own.certificate, encryption, ...kind });
  const signature = signWith(signer.privateKey, scheme, signedAttributes);
  const signerInfo = der.sequence(
    der.integer(1),
    der.sequence(...issuerAndSerial(own.certificate)),
    digestIdentifier,
    attributes.asField(signedAttributes),
    schemeIdentifier(scheme),
    der.octets(signature),
  );
  const certificates = [signer.certificate, ...signer.chain];
  if (encryption !== null && encryption.sha256 !== own.certificate.sha256) certificates.push(encryption.raw);
  const encapsulated = detached ? [] : [rope(0xa0, rope(tags.octets, ...pieces))];
  const signedData = rope(
    tags.sequence,
    der.integer(kind.version),
    der.set(digestIdentifier),
    rope(tags.sequence, der.oid(kind.contentType), ...encapsulated),
    setOf(0xa0, certificates),
    der.set(signerInfo),
  );
  return { signed: rope(tags.sequence, der.oid(oids.signedData), rope(0xa0, signedData)), messageSignatureDigest: hash(scheme.digest, signedAttributes, 'buffer'), signature };
}

function digestOfPieces(name: DigestName, pieces: readonly Uint8Array[]): Buffer {
  const [only, ...more] = pieces;
  if (only !== undefined && more.length === 0) return hash(name, only, 'buffer');
  const digest = createHash(name);
  for (const piece of pieces) digest.update(piece);
  return digest.digest();
}

/** A SET OF under an implicit tag, in the order of DER. */
function setOf(tag: number, values: readonly Uint8Array[]): Der {
  return tlv(tag, ...[...values].sort(Buffer.compare));
}

/** One signer whose signature was verified. Whether its certificate is valid and trusted is for the caller to establish. */
export interface VerifiedSigner {
  readonly certificate: Certificate;
  /** All certificates in the message (DER), to build the path from; nothing says that they are valid or belong to it. */
  readonly certificates: readonly Uint8Array[];
  /** When the sender says it signed; a claim. */
  readonly signingTime: Date | null;
  /** SHA-256 of the signature in hexadecimal, to know a replay by (rule 9); the same for the two forms an ECDSA signature has. */
  readonly signatureSha256: string;
  readonly algorithm: string;
  /** What the sender says it can read, as object identifiers in order of preference. */
  readonly capabilities: readonly string[];
  /** The receipt it asks for, if any. */
  readonly receiptRequest: VerifiedRequest | null;
  /** In a receipt: the digest its signer says it verified the signature of the message by. */
  readonly messageSignatureDigest: Uint8Array | null;
}

/** A request for a receipt with what the receipt will repeat of the message. */
export interface VerifiedRequest extends ReceiptRequest {
  readonly messageSignatureDigest: Uint8Array;
  readonly signature: Uint8Array;
}

export interface VerifiedContent {
  readonly kind: 'verified';
  /** Exactly the octets that every signer signed. */
  readonly content: Uint8Array;
  /** At least one. */
  readonly signers: readonly VerifiedSigner[];
}

export interface VerifyInput {
  /** The content beside the signature, or null when it must be inside. */
  readonly detachedContent: Uint8Array | null;
  readonly at: Date;
  /** What was signed; ordinary content when absent. */
  readonly content?: 'data' | 'receipt';
}

/** How far from `at` a signing time may lie: mail servers retry for days, clocks differ by minutes (rule 8). */
export const signingTimeWindow = { beforeMs: 14 * 24 * 3_600_000, afterMs: 3_600_000 } as const;

/**
 * The content with its signers when every signature is right, else a refusal: signed attributes are demanded, in DER, without repetition and in
 * accord with the content; content both inside and beside the message is refused (rules 7 and 8). The certificate path is not validated here.
 */
export function verifySignedData(bytes: Uint8Array, input: VerifyInput): VerifiedContent | CmsRefusal {
  return refusing(() => {
    const contentType = input.content === 'receipt' ? oids.receiptContent : oids.data;
    const signedData = readSignedData(contentOf(bytes, 'signed-data').value, contentType);
    const content = coveredContent(signedData.embedded, input.detachedContent);
    const { certificates } = signedData;
    const message = { content, certificates, candidates: certificates.map(parseCertificate), contentType, at: input.at, digests: new Map<DigestName, Buffer>() };
    return { kind: 'verified', content, signers: signedData.signerInfos.map((signerInfo) => verifySigner(signerInfo, message)) };
  });
}

interface SignedMessage {
  readonly embedded: Uint8Array | null;
  readonly certificates: readonly Uint8Array[];
  readonly signerInfos: readonly DerNode[];
}

function readSignedData(value: DerNode, contentType: string): SignedMessage {
  const fields = fieldsOf(value);
  const version = smallInteger(fields.required(tags.integer));
  fields.required(tags.set); // digestAlgorithms: a hint for streaming, each SignerInfo names its own
  const encapsulated = fieldsOf(fields.required(tags.sequence));
  const certificates = fields.optional(0xa0)?.children ?? [];
  fields.optional(0xa1); // CRLs: revocation is judged by what we fetched, not by what the sender includes
  const signerInfos = fields.required(tags.set).children;
  fields.end();
  if (version === 2 || version > 5) return refuse('malformed', 'version of SignedData');
  if (certificates.length > cmsLimits.certificatesMax) return refuse('too-large', 'certificates');
  if (signerInfos.length > cmsLimits.signersMax) return refuse('too-large', 'signers');
  if (signerInfos.length === 0) return refuse('no-signer', 'no SignerInfo');
  const type = oid(encapsulated.required(tags.oid));
  const embedded = encapsulated.optional(0xa0);
  encapsulated.end();
  if (type !== contentType) return refuse('wrong-content-type', `signed content is ${type}`);
  return {
    embedded: embedded === null ? null : octetsOf(inner(embedded, tags.octets, tags.octetSegments)),
    // Attribute certificates and other formats carry other tags; they prove nothing here (RFC 5652 §10.2.2).
    certificates: certificates.filter(({ tag }) => tag === tags.sequence).map(({ raw }) => raw),
    signerInfos,
  };
}

/** One content and no other: a reader must never show a second one as signed (CVE-2018-18509). */
function coveredContent(embedded: Uint8Array | null, detached: Uint8Array | null): Uint8Array {
  if (embedded !== null && detached !== null) return refuse('content', 'content both inside and beside the signature');
  return embedded ?? detached ?? refuse('content', 'no content');
}

interface VerifyingMessage {
  readonly content: Uint8Array;
  readonly certificates: readonly Uint8Array[];
  readonly candidates: readonly Certificate[];
  readonly contentType: string;
  readonly at: Date;
  /** Digests of the content made so far: eight signers with one digest cost one pass. */
  readonly digests: Map<DigestName, Buffer>;
}

/** SignerInfo (RFC 5652 §5.3-5.6). */
function verifySigner(signerInfo: DerNode, message: VerifyingMessage): VerifiedSigner {
  const fields = fieldsOf(signerInfo);
  const version = smallInteger(fields.required(tags.integer));
  const identifier = fields.required(tags.sequence, 0x80);
  const digestAlgorithm = readAlgorithm(fields.required(tags.sequence));
  const signedField = fields.optional(0xa0);
  const signatureNode = fields.required(tags.sequence);
  const signature = octetsOf(fields.required(tags.octets, tags.octetSegments));
  fields.optional(0xa1); // unsigned attributes prove nothing
  fields.end();
  if (version !== (identifier.tag === 0x80 ? 3 : 1)) return refuse('malformed', 'version of the signer');
  // Without them the signature covers the content itself, and an attacker may pass somebody's signed attributes off as content.
  if (signedField === null) return refuse('attributes', 'no signed attributes');
  const signer = signerOf(identifier, message.candidates);
  const digest = digestOf(digestAlgorithm);
  const scheme = schemeOf(readAlgorithm(signatureNode), digest);
  const signed = attributes.readAttributes(signedField);
  attributes.expectContentType(signed, message.contentType);
  attributes.expectAlgorithmProtection(signed, digestAlgorithm, signatureNode);
  attributes.expectSigningCertificate(signed, signer);
  const signingTime = attributes.signingTimeOf(signed);
  if (signingTime !== null && !isWithinWindow(signingTime, message.at)) return refuse('attributes', 'signing time outside the window');
  if (!contentDigest(message, digest).equals(attributes.messageDigestOf(signed))) return refuse('digest', 'content is not what was signed');
  const known = knownCertificate(signer.raw);
  if (!isSignedBy(known, scheme, signed.encoded, signature)) return refuse('signature', 'signature does not fit the key');
  return {
    certificate: signer,
    certificates: message.certificates,
    signingTime,
    signatureSha256: hash('sha256', replayIdentity(known, signature), 'hex'),
    algorithm: schemeName(scheme, known),
    capabilities: attributes.capabilitiesOf(signed),
    ...receiptParts(signed, { signature, digest, isReceipt: message.contentType === oids.receiptContent }),
  };
}

/** A receipt is never asked for by a receipt (RFC 2634 §2.2). */
function receiptParts(signed: attributes.Attributes, { signature, digest, isReceipt }: { readonly signature: Uint8Array; readonly digest: DigestName; readonly isReceipt: boolean }): Pick<VerifiedSigner, 'receiptRequest' | 'messageSignatureDigest'> {
  const request = isReceipt ? null : requestIn(signed);
  const said = isReceipt ? attributes.valueOf(signed, oids.messageSignatureDigest, tags.octets) : null;
  return {
    receiptRequest: request === null ? null : { ...request, signature, messageSignatureDigest: hash(digest, signed.encoded, 'buffer') },
    messageSignatureDigest: said === null ? null : octets(said),
  };
}

function signerOf(identifier: DerNode, candidates: readonly Certificate[]): Certificate {
  const signer = candidates.find((candidate) =>
    identifier.tag === 0x80 ? isKeyIdentifierOf(identifier.content, candidate) : isIssuerAndSerialOf(identifier, candidate),
  );
  if (signer === undefined) return refuse('unknown-signer', 'the signer is not among the certificates');
  expectMaySign(signer);
  return signer;
}

function isWithinWindow(signingTime: Date, at: Date): boolean {
  const age = at.getTime() - signingTime.getTime();
  return age <= signingTimeWindow.beforeMs && age >= -signingTimeWindow.afterMs;
}

function contentDigest({ digests, content }: VerifyingMessage, name: DigestName): Buffer {
  const known = digests.get(name);
  if (known !== undefined) return known;
  const digest = hash(name, content, 'buffer');
  digests.set(name, digest);
  return digest;
}
