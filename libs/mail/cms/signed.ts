import { hash } from 'node:crypto';
import { octets, oid, smallInteger, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { parseCertificate, type Certificate } from '../x509/certificate.js';
import { readAlgorithm } from '../x509/signature.js';
import { digestOf, type DigestName } from './algorithms.js';
import * as attributes from './attributes.js';
import { expectMaySign, isIssuerAndSerialOf, isKeyIdentifierOf, knownCertificate } from './certificates.js';
import { contentOf, octetsOf } from './content.js';
import { fieldsOf, inner, tags } from './fields.js';
import { requestIn, type ReceiptRequest } from './receipt.js';
import { cmsLimits, refuse, refusing, type CmsRefusal } from './refusal.js';
import { isSignedBy, replayIdentity, schemeName, schemeOf } from './signature.js';

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
const signingTimeWindow = { beforeMs: 14 * 24 * 3_600_000, afterMs: 3_600_000 } as const;

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
