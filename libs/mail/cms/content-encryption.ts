import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, type Cipher } from 'node:crypto';
import { der, smallInteger, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { readAlgorithm, type AlgorithmIdentifier } from '../x509/signature.js';
import { contentCiphers, type CbcCipher, type GcmCipher } from './algorithms.js';
import { fieldsOf, tags } from './fields.js';
import { refuse } from './refusal.js';

const nonceBytes = 12; // RFC 5084 §3.2
const blockBytes = 16;
const tagMinBytes = 12;
const tagMaxBytes = 16;

/** A content cipher with its parameters as read. */
export type ContentEncryption = (GcmEncryption | CbcEncryption) & {
  /** The cipher's AlgorithmIdentifier when the key is derived with it (RFC 9709), else null: the key is then used as it is. */
  readonly derivedWith: Uint8Array | null;
};

interface GcmEncryption {
  readonly mode: 'gcm';
  readonly cipher: GcmCipher;
  readonly nonce: Uint8Array;
  readonly tagBytes: number;
}

interface CbcEncryption {
  readonly mode: 'cbc';
  readonly cipher: CbcCipher;
  readonly iv: Uint8Array;
}

/** The content encryption that `algorithm` names (RFC 3565 §2.3.1, RFC 5084 §3.2, RFC 9709); refused when unknown or with a tag under 12 octets. */
export function contentEncryptionOf(algorithm: AlgorithmIdentifier): ContentEncryption {
  if (algorithm.id !== oids.cekHkdfSha256) return { ...cipherOf(algorithm), derivedWith: null };
  const inside = algorithm.parameters === null ? refuse('algorithm', 'key derivation without a cipher') : readAlgorithm(algorithm.parameters);
  return { ...cipherOf(inside), derivedWith: inside.raw };
}

function cipherOf(algorithm: AlgorithmIdentifier): GcmEncryption | CbcEncryption {
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

const derivationSalt = 'The Cryptographic Message Syntax';

/** The key bound to one cipher: under another cipher it becomes another key, which ends the downgrade from GCM to CBC (RFC 9709). */
export function derivedKey(contentKey: Uint8Array, cipherIdentifier: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', contentKey, derivationSalt, cipherIdentifier, contentKey.length));
}

/** Content that is encrypted while its pieces are taken, once; how, how long it gets, and for GCM the tag, which is there when all were taken. */
export interface EncryptedContent {
  readonly identifier: Der;
  readonly sizeBytes: number;
  readonly pieces: Iterable<Uint8Array>;
  readonly tag: (() => Uint8Array) | null;
}

/** How content is encrypted: with the content key itself, or with a key derived from it and the cipher (RFC 9709). */
export interface ContentCipherChoice {
  readonly id: 'aes-256-gcm' | 'aes-256-cbc';
  readonly derivation: 'none' | 'hkdf-sha256';
}

/** The content under a key used once. Nothing is joined, and nothing encrypted is kept: 25 MB stand in memory as content and as what becomes of them. */
export function encryptContent({ id, derivation }: ContentCipherChoice, contentKey: Uint8Array, content: readonly Uint8Array[]): EncryptedContent {
  const start = randomBytes(id === 'aes-256-gcm' ? nonceBytes : blockBytes);
  const inside = id === 'aes-256-gcm' ? gcmIdentifier(start) : der.sequence(der.oid(oids.aes256Cbc), der.octets(start));
  const isDerived = derivation === 'hkdf-sha256';
  const key = isDerived ? derivedKey(contentKey, inside) : contentKey;
  const identifier = isDerived ? der.sequence(der.oid(oids.cekHkdfSha256), inside) : inside;
  const plainBytes = content.reduce((sum, piece) => sum + piece.length, 0);
  if (id === 'aes-256-cbc') {
    const cipher = createCipheriv(id, key, start);
    return { identifier, sizeBytes: plainBytes + blockBytes - (plainBytes % blockBytes), pieces: encrypted(cipher, content), tag: null };
  }
  const cipher = createCipheriv(id, key, start, { authTagLength: tagMaxBytes });
  return { identifier, sizeBytes: plainBytes, pieces: encrypted(cipher, content), tag: () => cipher.getAuthTag() };
}

/** As much as stays in the cache of one core, with what is made of it. */
const pieceBytes = 64 * 1024;

function* encrypted(cipher: Cipher, content: readonly Uint8Array[]): Iterable<Uint8Array> {
  for (const piece of content) {
    for (let at = 0; at < piece.length; at += pieceBytes) yield cipher.update(piece.subarray(at, at + pieceBytes));
  }
  yield cipher.final();
}

function gcmIdentifier(nonce: Uint8Array): Der {
  return der.sequence(der.oid(oids.aes256Gcm), der.sequence(der.octets(nonce), der.integer(tagMaxBytes)));
}

/** Encrypted content as read: the octets, and for GCM the tag and the attributes that it covers. */
export interface SealedContent {
  readonly content: Uint8Array;
  readonly tag: Uint8Array;
  readonly authenticated: Uint8Array | null;
}

/** The content, or null when the key, the tag or the padding is not right; of GCM nothing is returned before the tag is right (rule 3). */
export function decryptContent(encryption: ContentEncryption, contentKey: Uint8Array, encrypted: SealedContent): Uint8Array | null {
  const key = encryption.derivedWith === null ? contentKey : derivedKey(contentKey, encryption.derivedWith);
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

function decryptCbc(encryption: CbcEncryption, key: Uint8Array, content: Uint8Array): Uint8Array | null {
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

/** Whether `key` opened GCM content before. Such a key under CBC is the attack of RFC 9709 and opens nothing (rule 4). */
export function isGcmKey(key: Uint8Array): boolean {
  return gcmKeys.has(gcmKeyId(key));
}
