import type { KeyObject } from 'node:crypto';

/** Kinds of key that are made: P-256 signs and agrees in a fortieth of the time, RSA is what every mail program reads, Ed25519 is for DKIM. */
export type OwnKeyKind = 'p-256' | 'rsa-3072' | 'ed25519';

/**
 * Keeps own private keys, each under an id: shaped after PKCS #11, so that a device can take the place of files. Keys are made inside and never come
 * out as bytes. An id that is not there throws.
 */
export interface KeyProvider {
  /** A new key pair under this id; throws when there is one already. */
  readonly generate: (id: string, kind: OwnKeyKind) => Promise<void>;
  /** The SubjectPublicKeyInfo in DER. */
  readonly publicKey: (id: string) => Promise<Uint8Array>;
  /** A signature over `content`: ECDSA or PKCS #1 v1.5, with SHA-256. */
  readonly sign: (id: string, content: Uint8Array) => Promise<Uint8Array>;
  /** What was wrapped for the key: by OAEP with SHA-256 (C_UnwrapKey), or the secret agreed with this point (C_DeriveKey). Null when it does not fit. */
  readonly unwrap: (id: string, wrapped: { readonly kind: 'oaep' | 'ecdh'; readonly bytes: Uint8Array }) => Promise<Uint8Array | null>;
  /** The key for the threads that open and seal mail: a handle that signs and unwraps. */
  readonly handle: (id: string) => Promise<KeyObject>;
  /** Gone for good; may be called again. */
  readonly destroy: (id: string) => Promise<void>;
}
