import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { KeyShares, ShareId } from './key-shares.js';

/** A 256-bit key of one case, one mail or one month; lives in memory only, on disk it is wrapped under the master key and a share of its own. */
export type DataKey = Uint8Array & { readonly __dataKey: true };

/** Encrypts what the hub stores about persons. An attacker with the database but without the folder of keys reads nothing. */
export interface Vault {
  /** A fresh random key and its wrapped form, which may be stored. */
  readonly newKey: () => { readonly key: DataKey; readonly wrapped: Uint8Array };
  /** Throws `KeyDestroyed` when the key was destroyed, and otherwise when it was wrapped under another master key or was changed. */
  readonly unwrap: (wrapped: Uint8Array) => DataKey;
  /** Once this returns, no copy of these wrapped keys opens any more, in whatever backup of the database it lies. May be repeated. */
  readonly destroy: (shares: readonly ShareId[]) => void;
  /** False once the share was destroyed. */
  readonly isAlive: (share: ShareId) => boolean;
}

/** A key that was destroyed when the term of what it protected ended. */
export class KeyDestroyed extends Error {
  constructor() {
    super('the key was destroyed: what it protected cannot be opened any more');
    this.name = 'KeyDestroyed';
  }
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

// A wrapped key: this form, the id of its share, then nonce, ciphertext and tag.
const wrappedForm = 1;
const shareIdBytes = 10;
const headBytes = 1 + shareIdBytes;

/** The share a wrapped key opens with. */
export const shareOf = (wrapped: Uint8Array): ShareId => {
  if (wrapped[0] !== wrappedForm || wrapped.length <= headBytes) throw new Error('bug: this is no wrapped key');
  return Buffer.from(wrapped.subarray(1, headBytes)).toString('hex');
};

/**
 * A vault over one master key of 32 bytes (file or, later, a hardware module) and the shares beside it. A key is wrapped under
 * HMAC-SHA-256(master key, share): the master key alone opens nothing, and a share can be destroyed by itself.
 */
export const createVault = (masterKey: Uint8Array, shares: KeyShares): Vault => {
  asKey(masterKey);
  const wrappingKey = (share: Uint8Array): Buffer => createHmac('sha256', masterKey).update('ketensluis/wrap/v1\0').update(share).digest();
  return {
    newKey: () => {
      const key = asKey(randomBytes(keyBytes));
      const { id, share } = shares.draw();
      return { key, wrapped: Buffer.concat([Buffer.of(wrappedForm), Buffer.from(id, 'hex'), encrypt(wrappingKey(share), key, `data-key:${id}`)]) };
    },
    unwrap: (wrapped) => {
      const id = shareOf(wrapped);
      const share = shares.find(id);
      if (share === null) throw new KeyDestroyed();
      return asKey(decrypt(wrappingKey(share), wrapped.subarray(headBytes), `data-key:${id}`));
    },
    destroy: shares.destroy,
    isAlive: (id) => shares.find(id) !== null,
  };
};
