import { createHash, hash } from 'node:crypto';
import { der, flatten, rope, tlv, type Der, type Rope } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { parseCertificate } from '../x509/certificate.js';
import type { DigestName } from './algorithms.js';
import * as attributes from './attributes.js';
import { issuerAndSerial, knownCertificate } from './certificates.js';
import { tags } from './fields.js';
import type { KeyPair } from './keys.js';
import { receiptContent, requestValue } from './receipt.js';
import { refusing } from './refusal.js';
import { ownScheme, schemeDigestIdentifier, schemeIdentifier, signWith } from './signature.js';
import type { VerifiedRequest } from './signed.js';

/** What is signed, by whom and when. */
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
export function signKept(input: SignInput): Signed {
  const signed = refusing(() => sign(input, ordinary(input)));
  if (!('kind' in signed)) return signed;
  throw new Error(`bug: own key not checked before signing: ${signed.detail}`);
}

/** The same in one piece, for what is small. */
export const signData = (input: SignInput): Uint8Array => flatten(signKept(input).signed);

/** What was signed, and the values by which a receipt for it is known. */
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

/** Whose receipt, for what and when. */
export interface ReceiptInput {
  readonly request: VerifiedRequest;
  readonly signer: KeyPair;
  readonly at: Date;
}

/** The receipt a request asks for, signed, as ContentInfo in DER (RFC 2634 §2.4). The signature of the request was verified before. */
export function signReceipt({ request, signer, at }: ReceiptInput): Uint8Array {
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
