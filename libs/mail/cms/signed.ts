import type { Certificate } from '../x509/certificate.js';
import type { KeyPair } from './keys.js';
import type { CmsRefusal } from './refusal.js';

export interface SignInput {
  readonly content: Uint8Array;
  readonly detached: boolean;
  readonly signer: KeyPair;
  readonly at: Date;
  readonly encryptionCertificate?: Uint8Array;
  readonly signature?: 'default' | 'rsa-pss';
}

export interface VerifiedSigner {
  readonly certificate: Certificate;
  readonly certificates: readonly Uint8Array[];
  readonly signingTime: Date | null;
  readonly signatureSha256: string;
  readonly algorithm: string;
  readonly capabilities: readonly string[];
}

export interface VerifiedContent {
  readonly kind: 'verified';
  readonly content: Uint8Array;
  readonly signers: readonly VerifiedSigner[];
}

export function signData(_input: SignInput): Uint8Array {
  throw new Error('bug: not built yet');
}

export function verifySignedData(
  _bytes: Uint8Array,
  _input: { readonly detachedContent: Uint8Array | null; readonly at: Date },
): VerifiedContent | CmsRefusal {
  throw new Error('bug: not built yet');
}
