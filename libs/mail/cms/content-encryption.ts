import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { der, smallInteger, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import type { AlgorithmIdentifier } from '../x509/signature.js';
import { contentCiphers, type CbcCipher, type GcmCipher } from './algorithms.js';
import { fieldsOf, tags } from './fields.js';
import { refuse } from './refusal.js';

const nonceBytes = 12; // RFC 5084 §3.2
const blockBytes = 16;
const tagMinBytes = 12;
const tagMaxBytes = 16;

/** A content cipher with its parameters as read. */
export type ContentEncryption =
  | { readonly mode: 'gcm'; readonly cipher: GcmCipher; readonly nonce: Uint8Array; readonly tagBytes: number }
  | { readonly mode: 'cbc'; readonly cipher: CbcCipher; readonly iv: Uint8Array };

/** The content encryption that `algorithm` names (RFC 3565 §2.3.1, RFC 5084 §3.2); refused when unknown or with a tag under 12 octets (rule 7). */
export function contentEncryptionOf(algorithm: AlgorithmIdentifier): ContentEncryption {
  const cipher = contentCiphers.find((known) => known.oid === algorithm.id);
  if (cipher === undefined || algorithm.parameters === null) return refuse('algorithm', `content encryption ${algorithm.id}`);
  if (cipher.mode === 'cbc') {
    const { tag, content: iv } = algorithm.parameters;
    return tag === tags.octets && iv.length === blockBytes ? { mode: 'cbc', cipher, iv } : refuse('algorithm', 'CBC without an initialisation vector');
  }
  const fields = fieldsOf(algorithm.parameters);
  const nonce = fields.required(tags.octets).content;
  const size = fields.optional(tags.integer);
  fields.end();
  const tagBytes = size === null ? tagMinBytes : smallInteger(size); // DEFAULT 12
  if (nonce.length !== nonceBytes) return refuse('algorithm', 'GCM nonce not of 12 octets');
  if (tagBytes < tagMinBytes || tagBytes > tagMaxBytes) return refuse('algorithm', 'GCM tag shorter than 12 octets');
  return { mode: 'gcm', cipher, nonce, tagBytes };
}

/** Encrypted content: chunks in order, how they were encrypted, and for GCM the tag. */
export interface EncryptedContent {
  readonly identifier: Der;
  readonly chunks: readonly Uint8Array[];
  readonly tag: Uint8Array | null;
}

/** The content under a key used once, in chunks that are not joined: 25 MB are copied only when the message is written. */
export function encryptContent(id: 'aes-256-gcm' | 'aes-256-cbc', key: Uint8Array, content: readonly Uint8Array[]): EncryptedContent {
  if (id === 'aes-256-cbc') {
    const iv = randomBytes(blockBytes);
    const cipher = createCipheriv(id, key, iv);
    const chunks = content.map((chunk) => cipher.update(chunk));
    return { identifier: der.sequence(der.oid(oids.aes256Cbc), der.octets(iv)), chunks: [...chunks, cipher.final()], tag: null };
  }
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(id, key, nonce, { authTagLength: tagMaxBytes });
  const chunks = content.map((chunk) => cipher.update(chunk));
  cipher.final();
  const parameters = der.sequence(der.octets(nonce), der.integer(tagMaxBytes));
  return { identifier: der.sequence(der.oid(oids.aes256Gcm), parameters), chunks, tag: cipher.getAuthTag() };
}

/** Encrypted content as read: the octets, and for GCM the tag and the attributes that it covers. */
export interface SealedContent {
  readonly content: Uint8Array;
  readonly tag: Uint8Array;
  readonly authenticated: Uint8Array | null;
}

/** The content, or null when the key, the tag or the padding is not right; of GCM nothing is returned before the tag is right (rule 3). */
export function decryptContent(encryption: ContentEncryption, key: Uint8Array, encrypted: SealedContent): Uint8Array | null {
  if (encryption.mode === 'cbc') return decryptCbc(encryption, key, encrypted.content);
  const decipher = createDecipheriv(encryption.cipher.id, key, encryption.nonce, { authTagLength: encryption.tagBytes });
  if (encrypted.authenticated !== null) decipher.setAAD(encrypted.authenticated);
  decipher.setAuthTag(encrypted.tag);
  const content = decipher.update(encrypted.content);
  try {
    decipher.final();
  } catch {
    content.fill(0);
    return null;
  }
  return content;
}

function decryptCbc(encryption: ContentEncryption & { readonly mode: 'cbc' }, key: Uint8Array, content: Uint8Array): Uint8Array | null {
  if (content.length === 0 || content.length % blockBytes !== 0) return null;
  const decipher = createDecipheriv(encryption.cipher.id, key, encryption.iv);
  decipher.setAutoPadding(false); // padding is taken off here: Node's own would copy the whole content for the last block
  const padded = decipher.update(content);
  decipher.final();
  const padding = padded[padded.length - 1] ?? 0;
  let bad = padding === 0 || padding > blockBytes ? 1 : 0;
  for (let i = 1; i <= blockBytes; i += 1) bad |= i <= padding ? (padded[padded.length - i] ?? 0) ^ padding : 0;
  return bad === 0 ? padded.subarray(0, padded.length - padding) : null;
}

const gcmKeys = new Set<string>();
const gcmKeysMax = 50_000;
const gcmKeysSecret = randomBytes(32);

const gcmKeyId = (key: Uint8Array): string => createHmac('sha256', gcmKeysSecret).update(key).digest('base64');

/** Remembers in this process that `key` opened GCM content; the oldest of 50,000 is forgotten first. */
export function rememberGcmKey(key: Uint8Array): void {
  gcmKeys.add(gcmKeyId(key));
  if (gcmKeys.size <= gcmKeysMax) return;
  const [oldest] = gcmKeys;
  if (oldest !== undefined) gcmKeys.delete(oldest);
}

/** Whether `key` opened GCM content before. Such a key under CBC is the attack of RFC 9709 §1 and opens nothing (rule 4). */
export function isGcmKey(key: Uint8Array): boolean {
  return gcmKeys.has(gcmKeyId(key));
}
