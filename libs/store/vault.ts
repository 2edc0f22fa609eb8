import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A 256-bit key of one case or one month; lives in memory only, on disk it is wrapped under the master key. */
export type DataKey = Uint8Array & { readonly __dataKey: true };

/** Encrypts what the hub stores about persons. An attacker with the database but without the master key reads nothing. */
export interface Vault {
  /** A fresh random key and its wrapped form, which may be stored. */
  readonly newKey: () => { readonly key: DataKey; readonly wrapped: Uint8Array };
  /** Throws when the wrapped key was made under another master key or was changed. */
  readonly unwrap: (wrapped: Uint8Array) => DataKey;
}

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/** AES-256-GCM; the result is nonce, ciphertext, tag. `place` names the row it belongs to, so that bytes moved elsewhere do not open. */
export const encrypt = (key: Uint8Array, plain: Uint8Array, place: string): Buffer => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(place, 'utf8'));
  const sealed = Buffer.allocUnsafe(nonceBytes + plain.length + tagBytes);
  sealed.set(nonce);
  transform(plain, (piece) => cipher.update(piece), sealed.subarray(nonceBytes));
  cipher.final();
  sealed.set(cipher.getAuthTag(), nonceBytes + plain.length);
  return sealed;
};

const pieceBytes = 1024 * 1024;

/** Piece by piece into place: a mail of 50 MB would otherwise stand in memory twice more. GCM gives as many bytes as it takes. */
const transform = (from: Uint8Array, change: (piece: Uint8Array) => Buffer, to: Uint8Array): void => {
  for (let start = 0; start < from.length; start += pieceBytes) to.set(change(from.subarray(start, start + pieceBytes)), start);
};

/** Opens what `encrypt` made for the same place; throws when a single bit differs. */
export const decrypt = (key: Uint8Array, sealed: Uint8Array, place: string): Buffer => {
  if (sealed.length < nonceBytes + tagBytes) throw new Error('bug: sealed bytes are too short');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(place, 'utf8'));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const plain = Buffer.allocUnsafe(sealed.length - nonceBytes - tagBytes);
  transform(sealed.subarray(nonceBytes, sealed.length - tagBytes), (piece) => decipher.update(piece), plain);
  // Nothing is released before the tag was right.
  decipher.final();
  return plain;
};

const asKey = (bytes: Uint8Array): DataKey => {
  if (bytes.length !== keyBytes) throw new Error('bug: a data key has 32 bytes');
  return bytes as DataKey;
};

/** A vault over one master key of 32 bytes (file or, later, a hardware module). */
export const createVault = (masterKey: Uint8Array): Vault => {
  asKey(masterKey);
  return {
    newKey: () => {
      const key = asKey(randomBytes(keyBytes));
      return { key, wrapped: encrypt(masterKey, key, 'data-key') };
    },
    unwrap: (wrapped) => asKey(decrypt(masterKey, wrapped, 'data-key')),
  };
};
