import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto';
import { ed25519Private, ed25519Public, strictBase64, webhookSchemes, type WebhookScheme, type WebhookSigner, type WebhookVerifier } from './webhook-keys.js';

/** The headers of a signed webhook (Standard Webhooks), as Node.js names them. */
export const webhookHeaders = { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' } as const;

/** How far the clock of the sender may be from ours, either way (Standard Webhooks). Ids are remembered for longer than this. */
export const webhookToleranceMs = 5 * 60_000;
/** Most signatures in one header: two schemes, each with an old and a new key, and room. */
const webhookSignaturesMax = 12;
const signatureHeaderMaxLength = 2_000;

// The signed content has points between its parts, so an id with one could be read two ways. Visible characters only: it ends up in logs.
const idForm = /^[\x21-\x2d\x2f-\x7e]{1,255}$/;
const timestampForm = /^(?:0|[1-9][0-9]{0,10})$/;

/** True when `text` may be the id of a webhook: visible ASCII without points. */
export const isWebhookId = (text: string): boolean => idForm.test(text);

/** One webhook to sign: `id` is the same on every try, `sentAt` is the moment of this try, `body` goes out as these very bytes. */
export interface UnsignedWebhook {
  readonly id: string;
  readonly sentAt: Date;
  readonly body: Uint8Array;
}

/** The three headers, with one signature of each key, in their order; during a rotation old and new go together. Throws on an id with a point: a fault of ours. */
export const signWebhook = ({ id, sentAt, body }: UnsignedWebhook, signers: readonly WebhookSigner[]): Readonly<Record<string, string>> => {
  if (!isWebhookId(id) || signers.length === 0) throw new Error('bug: a webhook needs an id without points, and a key');
  const timestamp = String(Math.floor(sentAt.getTime() / 1_000));
  const content = signedContent(id, timestamp, body);
  const signatures = signers.map((signer) => `${signer.scheme},${signatureOf(content, signer).toString('base64')}`);
  return { [webhookHeaders.id]: id, [webhookHeaders.timestamp]: timestamp, [webhookHeaders.signature]: signatures.join(' ') };
};

const signatureOf = (content: Uint8Array, signer: WebhookSigner): Buffer =>
  signer.scheme === 'v1' ? createHmac('sha256', signer.secret).update(content).digest() : sign(null, content, ed25519Private(signer.seed));

const signedContent = (id: string, timestamp: string, body: Uint8Array): Buffer => Buffer.concat([Buffer.from(`${id}.${timestamp}.`, 'utf8'), body]);

/** Headers of a request as Node.js gives them: names in lower case, a list where one came more than once. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Why a webhook is not taken for what it says it is. */
export type WebhookRefusalCode = 'header-missing' | 'header-malformed' | 'timestamp-too-old' | 'timestamp-too-new' | 'no-key' | 'signature-wrong';

/** `verified`: these very bytes were signed with one of the keys, whose place in the list is `key`, not longer ago than the tolerance. */
export type WebhookVerdict =
  | { readonly kind: 'verified'; readonly id: string; readonly sentAt: Date; readonly key: number }
  | { readonly kind: 'refused'; readonly code: WebhookRefusalCode; readonly public: string; readonly detail: string };

/**
 * Whether `body`, exactly as it came in, was signed with one of these keys. Never throws, whatever the headers hold; compares in constant time; tells
 * neither side which of the keys or signatures came close. Whether the id was seen before is for the caller to know.
 */
export const verifyWebhook = (headers: RequestHeaders, body: Uint8Array, keys: readonly WebhookVerifier[], at: Date): WebhookVerdict => {
  const [id, timestamp, header] = [headers[webhookHeaders.id], headers[webhookHeaders.timestamp], headers[webhookHeaders.signature]];
  if (id === undefined || timestamp === undefined || header === undefined) return refused('header-missing', 'webhook-id, webhook-timestamp or webhook-signature is missing');
  if (typeof id !== 'string' || !idForm.test(id)) return refused('header-malformed', 'webhook-id is 1 to 255 visible characters without a point');
  if (typeof timestamp !== 'string' || !timestampForm.test(timestamp)) return refused('header-malformed', 'webhook-timestamp is a number of seconds');
  const signatures = typeof header === 'string' ? readSignatures(header) : null;
  if (signatures === null) return refused('header-malformed', 'webhook-signature is a list of signatures such as v1,BASE64');
  const sentAt = new Date(Number(timestamp) * 1_000);
  const age = at.getTime() - sentAt.getTime();
  if (age > webhookToleranceMs) return refused('timestamp-too-old', 'webhook-timestamp is more than five minutes ago');
  if (age < -webhookToleranceMs) return refused('timestamp-too-new', 'webhook-timestamp is more than five minutes ahead');
  if (keys.length === 0) return refused('no-key', 'no key is in force for this sender');
  const content = signedContent(id, timestamp, body);
  // Every pair is tried, so that the time it takes does not tell which one was right.
  const matches = keys.map((key) => signatures.filter(({ scheme, bytes }) => scheme === key.scheme && isOf(content, bytes, key)).length > 0);
  const key = matches.indexOf(true);
  return key < 0 ? refused('signature-wrong', 'no signature fits') : { kind: 'verified', id, sentAt, key };
};

interface ReadSignature {
  readonly scheme: WebhookScheme;
  readonly bytes: Uint8Array;
}

/** Those of the schemes we know; others may stand between them, of versions to come. Null when it is no list of signatures at all. */
const readSignatures = (header: string): readonly ReadSignature[] | null => {
  if (header.length > signatureHeaderMaxLength) return null;
  const parts = header.split(' ').filter((part) => part !== '');
  if (parts.length === 0 || parts.length > webhookSignaturesMax || !parts.every((part) => /^[a-z0-9]{1,10},[\x21-\x7e]+$/.test(part))) return null;
  return parts.flatMap((part) => {
    const comma = part.indexOf(',');
    const scheme = webhookSchemes.find((one) => one === part.slice(0, comma));
    const bytes = strictBase64(part.slice(comma + 1));
    return scheme === undefined || bytes === null ? [] : [{ scheme, bytes }];
  });
};

const isOf = (content: Uint8Array, signature: Uint8Array, key: WebhookVerifier): boolean => {
  if (key.scheme === 'v1a') return verify(null, content, ed25519Public(key.publicKey), signature);
  const expected = createHmac('sha256', key.secret).update(content).digest();
  return signature.length === expected.length && timingSafeEqual(signature, expected);
};

const refused = (code: WebhookRefusalCode, detail: string): WebhookVerdict =>
  ({ kind: 'refused', code, public: code === 'signature-wrong' || code === 'no-key' ? 'the signature is not proven' : detail, detail });
