import { randomBytes } from 'node:crypto';
import { der, octets, oid, rope, smallInteger, type Der, type DerNode, type Rope } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { readAlgorithm } from '../x509/signature.js';
import { expectContentType, readAttributes } from './attributes.js';
import { knownCertificate } from './certificates.js';
import { contentEncryptionOf, decryptContent, encryptContent, isGcmKey, rememberGcmKey } from './content-encryption.js';
import type { ContentEncryption, EncryptedContent, SealedContent } from './content-encryption.js';
import { contentOf, octetsOf } from './content.js';
import { fieldsOf, tags } from './fields.js';
import type { KeyPair } from './keys.js';
import { needsAgreement, ourRecipient, recipientInfo, type OurRecipient } from './recipients.js';
import { cmsLimits, refuse, refusing, type CmsRefusal } from './refusal.js';

export interface EncryptInput {
  /** In one piece or in several, which are not joined. */
  readonly content: Uint8Array | readonly Uint8Array[];
  /** Certificates (DER) that the caller has checked; at most 500. */
  readonly certificates: readonly Uint8Array[];
  readonly cipher: 'aes256-gcm' | 'aes256-cbc';
  /** For recipients with an RSA key; the others get key agreement. */
  readonly keyTransport: 'oaep' | 'rsaes-pkcs1';
  /** `hkdf-sha256` (RFC 9709) only for recipients whose capabilities name `oids.cekHkdfSha256`; others cannot read it. */
  readonly derivation?: 'none' | 'hkdf-sha256';
}

export interface DecryptedContent {
  readonly kind: 'decrypted';
  readonly content: Uint8Array;
  /** True for AES-GCM. CBC content proves nothing until the signature inside it is verified (rule 3). */
  readonly authenticated: boolean;
  readonly algorithms: { readonly content: string; readonly keyTransport: string };
}

const cipherIds = { 'aes256-gcm': 'aes-256-gcm', 'aes256-cbc': 'aes-256-cbc' } as const;

/** A message of known length whose octets are made while they are taken, in order and once. */
export interface EncryptedPieces {
  readonly sizeBytes: number;
  readonly pieces: Iterable<Uint8Array>;
}

/**
 * The content under a fresh key, as AuthEnvelopedData for GCM (RFC 5083) and EnvelopedData for CBC (RFC 5652 §6): a ContentInfo in DER that only
 * these recipients open. Throws when a certificate has no key that decrypts: checking recipients comes before sealing.
 */
export function encryptInPieces(input: EncryptInput): EncryptedPieces {
  const sealed = refusing(() => seal(input));
  if ('pieces' in sealed) return sealed;
  throw new Error(`bug: recipient not checked before sealing: ${sealed.detail}`);
}

/** The same in one piece, for what is small. */
export const encryptFor = (input: EncryptInput): Uint8Array => {
  const { sizeBytes, pieces } = encryptInPieces(input);
  return Buffer.concat([...pieces], sizeBytes);
};

function seal({ content, certificates, cipher, keyTransport, derivation = 'none' }: EncryptInput): EncryptedPieces {
  if (certificates.length === 0 || certificates.length > cmsLimits.recipientsMax) return refuse('too-large', 'recipients');
  const recipients = certificates.map(knownCertificate);
  const contentKey = randomBytes(32);
  const encrypted = encryptContent({ id: cipherIds[cipher], derivation }, contentKey, content instanceof Uint8Array ? [content] : content);
  const recipientInfos = der.setOf(...recipients.map((recipient) => recipientInfo(recipient, contentKey, keyTransport)));
  contentKey.fill(0);
  // What is not made yet has its place: the ciphertext by its length, the tag by zeros that it overwrites.
  const place: Rope = { sizeBytes: encrypted.sizeBytes, chunks: [ciphertextPlace] };
  const encryptedInfo = rope(tags.sequence, der.oid(oids.data), encrypted.identifier, rope(0x80, place));
  if (encrypted.tag !== null) {
    const mac = der.octets(new Uint8Array(macBytes));
    return inPieces(contentInfo(oids.authEnvelopedData, rope(tags.sequence, der.integer(0), recipientInfos, encryptedInfo, mac)), encrypted, mac);
  }
  const version = needsAgreement(recipients) ? 2 : 0;
  return inPieces(contentInfo(oids.envelopedData, rope(tags.sequence, der.integer(version), recipientInfos, encryptedInfo)), encrypted, null);
}

const macBytes = 16;
/** Stands in a rope where the ciphertext goes; known by identity. */
const ciphertextPlace = new Uint8Array(0);

function inPieces(frame: Rope, encrypted: EncryptedContent, mac: Der | null): EncryptedPieces {
  const pieces = function* (): Iterable<Uint8Array> {
    for (const chunk of frame.chunks) {
      if (chunk === ciphertextPlace) yield* encrypted.pieces;
      else {
        if (chunk === mac && encrypted.tag !== null) chunk.set(encrypted.tag(), chunk.length - macBytes);
        yield chunk;
      }
    }
  };
  return { sizeBytes: frame.sizeBytes, pieces: pieces() };
}

function contentInfo(type: string, content: Rope): Rope {
  return rope(tags.sequence, der.oid(type), rope(0xa0, content));
}

/**
 * The content, opened with whichever of `keys` it was made for. Key, padding and tag failures are one refusal, `cannot-open`. CBC in
 * AuthEnvelopedData and GCM in EnvelopedData are refused, and so is CBC under a key that opened GCM before (rule 4).
 */
export function decryptData(bytes: Uint8Array, keys: readonly KeyPair[]): DecryptedContent | CmsRefusal {
  return refusing(() => {
    const { type, value } = contentOf(bytes, 'enveloped-data', 'auth-enveloped-data');
    const envelope = type === 'auth-enveloped-data' ? authEnvelopedData(value) : envelopedData(value);
    return open(envelope, ourRecipient(envelope.recipientInfos, keys));
  });
}

interface Envelope {
  readonly recipientInfos: DerNode;
  readonly encryption: ContentEncryption;
  readonly sealed: SealedContent;
}

/** EnvelopedData (RFC 5652 §6.1). */
function envelopedData(value: DerNode): Envelope {
  const fields = fieldsOf(value);
  const version = smallInteger(fields.required(tags.integer));
  fields.optional(0xa0); // originatorInfo: certificates that prove nothing here
  const recipientInfos = fields.required(tags.set);
  const { encryption, content } = readEncryptedContentInfo(fields.required(tags.sequence));
  fields.optional(0xa1); // unprotectedAttrs
  fields.end();
  if (version > 4) return refuse('malformed', 'version of EnvelopedData');
  if (encryption.mode !== 'cbc') return refuse('algorithm', 'authenticated cipher in EnvelopedData');
  return { recipientInfos, encryption, sealed: { content, tag: noTag, authenticated: null } };
}

const noTag = new Uint8Array(0);

/** AuthEnvelopedData (RFC 5083 §2.1). */
function authEnvelopedData(value: DerNode): Envelope {
  const fields = fieldsOf(value);
  const version = smallInteger(fields.required(tags.integer));
  fields.optional(0xa0);
  const recipientInfos = fields.required(tags.set);
  const { encryption, content } = readEncryptedContentInfo(fields.required(tags.sequence));
  const attributes = fields.optional(0xa1);
  const tag = octetsOf(fields.required(tags.octets, tags.octetSegments));
  fields.optional(0xa2); // unauthAttrs
  fields.end();
  if (version !== 0) return refuse('malformed', 'version of AuthEnvelopedData');
  if (encryption.mode !== 'gcm') return refuse('algorithm', 'cipher without authentication in AuthEnvelopedData');
  if (tag.length !== encryption.tagBytes) return refuse('algorithm', 'GCM tag of another size than announced');
  return { recipientInfos, encryption, sealed: { content, tag, authenticated: attributes === null ? null : authenticatedAttributes(attributes) } };
}

function authenticatedAttributes(node: DerNode): Uint8Array {
  const attributes = readAttributes(node);
  if (attributes.valuesByType.has(oids.contentType)) expectContentType(attributes, oids.data);
  return attributes.encoded;
}

function readEncryptedContentInfo(node: DerNode): { readonly encryption: ContentEncryption; readonly content: Uint8Array } {
  const fields = fieldsOf(node);
  const type = oid(fields.required(tags.oid));
  const encryption = contentEncryptionOf(readAlgorithm(fields.required(tags.sequence)));
  const content = fields.optional(0x80, 0xa0);
  fields.end();
  if (type !== oids.data) return refuse('wrong-content-type', `encrypted content is ${type}`);
  return content === null ? refuse('content', 'no encrypted content') : { encryption, content: octets(content) };
}

/** Same work for a wrong key as for the right one: a random key stands in, and its outcome is thrown away. */
function open({ encryption, sealed }: Envelope, recipient: OurRecipient): DecryptedContent {
  const { keyBytes } = encryption.cipher;
  const unwrapped = recipient.unwrap(keyBytes);
  const isUsable = unwrapped !== null && unwrapped.length === keyBytes && !(encryption.mode === 'cbc' && isGcmKey(unwrapped));
  const key = isUsable ? unwrapped : randomBytes(keyBytes);
  const content = decryptContent(encryption, key, sealed);
  if (!isUsable || content === null) return refuse('cannot-open', 'key, padding or tag');
  if (encryption.mode === 'gcm') rememberGcmKey(key);
  const algorithms = { content: encryption.cipher.id, keyTransport: recipient.name };
  return { kind: 'decrypted', content, authenticated: encryption.mode === 'gcm', algorithms };
}
