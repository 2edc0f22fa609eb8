import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** How a webhook is signed: `v1` with a secret both sides have, `v1a` with a key pair of which only one side has the private half (Standard Webhooks). */
export const webhookSchemes = ['v1', 'v1a'] as const;
export type WebhookScheme = (typeof webhookSchemes)[number];

/** What a webhook is signed with; `seed` is an Ed25519 private key (RFC 8032 §5.1.5). Secret: never in a log, an error or an address. */
export type WebhookSigner = { readonly scheme: 'v1'; readonly secret: Uint8Array } | { readonly scheme: 'v1a'; readonly seed: Uint8Array };

/** What a webhook is held against. That of `v1` is the secret itself. */
export type WebhookVerifier = { readonly scheme: 'v1'; readonly secret: Uint8Array } | { readonly scheme: 'v1a'; readonly publicKey: Uint8Array };

/** Standard Webhooks: a secret has 24 to 64 random bytes. */
const secretLeastBytes = 24;
const secretMostBytes = 64;
/** Of an Ed25519 seed and of an Ed25519 public key (RFC 8032 §5.1.5). */
const ed25519KeyBytes = 32;

const prefixes = { secret: 'whsec_', seed: 'whsk_', publicKey: 'whpk_' } as const;
// Longer than the longest key in base64, so that nobody has us decode more.
const keyTextMax = 120;

/** What `text` (`whsec_` or `whsk_`) signs with, or null when it is no key. A private key may carry its public half behind it, which must then be right. */
export const readWebhookSigner = (text: string): WebhookSigner | null => {
  const secret = keyBytes(text, prefixes.secret);
  if (secret !== null) return isSecret(secret) ? { scheme: 'v1', secret } : null;
  const pair = keyBytes(text, prefixes.seed);
  if (pair === null || ![ed25519KeyBytes, 2 * ed25519KeyBytes].includes(pair.length)) return null;
  const seed = pair.subarray(0, ed25519KeyBytes);
  const isWhole = pair.length === ed25519KeyBytes || pair.subarray(ed25519KeyBytes).equals(publicKeyOf(seed));
  return isWhole ? { scheme: 'v1a', seed } : null;
};

/** What `text` (`whsec_` or `whpk_`) proves a signature with, or null when it is no key. */
export const readWebhookVerifier = (text: string): WebhookVerifier | null => {
  const secret = keyBytes(text, prefixes.secret);
  if (secret !== null) return isSecret(secret) ? { scheme: 'v1', secret } : null;
  const publicKey = keyBytes(text, prefixes.publicKey);
  return publicKey?.length === ed25519KeyBytes && isKey(() => ed25519Public(publicKey)) ? { scheme: 'v1a', publicKey } : null;
};

/** The text of a signing key, for the one who may have it. */
export const webhookSignerText = (signer: WebhookSigner): string =>
  signer.scheme === 'v1' ? `${prefixes.secret}${base64(signer.secret)}` : `${prefixes.seed}${base64(signer.seed)}`;

/** The text of a verifying key; of `v1` it is a secret, of `v1a` everybody may have it. */
export const webhookVerifierText = (verifier: WebhookVerifier): string =>
  verifier.scheme === 'v1' ? `${prefixes.secret}${base64(verifier.secret)}` : `${prefixes.publicKey}${base64(verifier.publicKey)}`;

/** What the signatures of this key are held against. */
export const webhookVerifierOf = (signer: WebhookSigner): WebhookVerifier =>
  signer.scheme === 'v1' ? signer : { scheme: 'v1a', publicKey: publicKeyOf(signer.seed) };

// RFC 8410 §4 and §7: a raw Ed25519 key is 32 bytes behind a fixed DER header.
const spkiHeader = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Header = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The private key with this seed; throws when it has not 32 bytes. */
export const ed25519Private = (seed: Uint8Array): KeyObject => createPrivateKey({ key: Buffer.concat([pkcs8Header, seed]), format: 'der', type: 'pkcs8' });

/** The public key of these 32 bytes; throws when they are none. */
export const ed25519Public = (raw: Uint8Array): KeyObject => createPublicKey({ key: Buffer.concat([spkiHeader, raw]), format: 'der', type: 'spki' });

const publicKeyOf = (seed: Uint8Array): Buffer => createPublicKey(ed25519Private(seed)).export({ format: 'der', type: 'spki' }).subarray(spkiHeader.length);

const isSecret = ({ length }: Uint8Array): boolean => length >= secretLeastBytes && length <= secretMostBytes;

const isKey = (read: () => KeyObject): boolean => {
  try {
    return read().asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
};

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

const keyBytes = (text: string, prefix: string): Buffer | null => (text.length <= keyTextMax && text.startsWith(prefix) ? strictBase64(text.slice(prefix.length)) : null);

/** The bytes of base64 with its padding (RFC 4648 §4), or null when this is not the one way to write them. */
export const strictBase64 = (text: string): Buffer | null => {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : null;
};
