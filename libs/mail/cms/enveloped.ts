import type { KeyPair } from './keys.js';
import type { CmsRefusal } from './refusal.js';

export interface EncryptInput {
  readonly content: Uint8Array | readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
  readonly cipher: 'aes256-gcm' | 'aes256-cbc';
  readonly keyTransport: 'oaep' | 'rsaes-pkcs1';
}

export interface DecryptedContent {
  readonly kind: 'decrypted';
  readonly content: Uint8Array;
  /** True for AES-GCM. CBC content proves nothing until the signature inside it is verified (rule 3). */
  readonly authenticated: boolean;
  readonly algorithms: { readonly content: string; readonly keyTransport: string };
}

export function encryptFor(_input: EncryptInput): Uint8Array {
  throw new Error('bug: not built yet');
}

export function decryptData(_bytes: Uint8Array, _keys: readonly KeyPair[]): DecryptedContent | CmsRefusal {
  throw new Error('bug: not built yet');
}
