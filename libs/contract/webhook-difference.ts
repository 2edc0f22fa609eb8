import { createHash } from 'node:crypto';
import { verifyWebhook, webhookHeaders, webhookToleranceMs, type RequestHeaders } from './webhook-signature.js';
import type { WebhookVerifier } from './webhook-keys.js';

/** A webhook as its receiver has it: copied from a log, so it may have changed on the way. */
export interface PastedWebhook {
  readonly headers: RequestHeaders;
  readonly body: string;
}

/** What is kept of one that went out. */
export interface SentMark {
  readonly id: string;
  /** Seconds since 1970, as in the header. */
  readonly timestamp: number;
  /** Hexadecimal. */
  readonly bodySha256: string;
}

/** How a body was changed so that the signature does not fit any more; `other` is any change that cannot be told. */
const bodyChanges = ['line-end-added', 'line-ends', 'white-space', 'byte-order-mark', 'other'] as const;
/** One of `bodyChanges`. */
export type BodyChange = (typeof bodyChanges)[number];

/** Which part is not as it was signed. Never says what the right signature is. */
export type WebhookDifference =
  | { readonly kind: 'fits'; readonly isLate: boolean }
  | { readonly kind: 'header-missing' | 'header-malformed' | 'no-key' | 'id' | 'key-or-any' | 'key' }
  | { readonly kind: 'timestamp'; readonly isMilliseconds: boolean }
  | { readonly kind: 'body'; readonly change: BodyChange };

/** The text that is signed, and its SHA-256 (hexadecimal). Holds no secret: whoever has the webhook has it too. */
export const signedTextOf = ({ headers, body }: PastedWebhook): { readonly text: string; readonly sha256: string } => {
  const text = `${String(headers[webhookHeaders.id] ?? '')}.${String(headers[webhookHeaders.timestamp] ?? '')}.${body}`;
  return { text, sha256: createHash('sha256').update(text, 'utf8').digest('hex') };
};

/**
 * Finds the part that keeps a signature from fitting, by trying each known mistake on that part alone. `sent` is what went out last, where that is known:
 * its parts are compared too, and what is left is the key.
 */
export const webhookDifference = (pasted: PastedWebhook, keys: readonly WebhookVerifier[], { sent, at }: { readonly sent: SentMark | null; readonly at: Date }): WebhookDifference => {
  const timestamp = String(pasted.headers[webhookHeaders.timestamp] ?? '');
  if (/^\d{13}$/.test(timestamp)) return { kind: 'timestamp', isMilliseconds: true };
  const fits = (change: Partial<PastedWebhook> = {}): ReturnType<typeof verifyWebhook> => {
    const { headers, body } = { ...pasted, ...change };
    // Judged at its own moment: that it is late is said apart.
    return verifyWebhook(headers, Buffer.from(body, 'utf8'), keys, new Date(Number(headers[webhookHeaders.timestamp]) * 1_000 || 0));
  };
  const first = fits();
  if (first.kind === 'verified') return { kind: 'fits', isLate: Math.abs(at.getTime() - first.sentAt.getTime()) > webhookToleranceMs };
  if (first.code !== 'signature-wrong') return { kind: first.code === 'header-missing' || first.code === 'no-key' ? first.code : 'header-malformed' };
  for (const [change, body] of restored(pasted.body)) if (fits({ body }).kind === 'verified') return { kind: 'body', change };
  return sent === null ? { kind: 'key-or-any' } : comparedWith(sent, pasted, (headers) => fits({ headers: { ...pasted.headers, ...headers } }).kind === 'verified');
};

const comparedWith = (sent: SentMark, { headers, body }: PastedWebhook, fits: (headers: RequestHeaders) => boolean): WebhookDifference => {
  const [id, timestamp] = [String(headers[webhookHeaders.id]), String(headers[webhookHeaders.timestamp])];
  if (fits({ [webhookHeaders.id]: sent.id })) return { kind: 'id' };
  if (fits({ [webhookHeaders.timestamp]: String(sent.timestamp) })) return { kind: 'timestamp', isMilliseconds: false };
  // Another webhook than the one we know: nothing to compare with.
  if (id !== sent.id || timestamp !== String(sent.timestamp)) return { kind: 'key-or-any' };
  const sha256 = createHash('sha256').update(body, 'utf8').digest('hex');
  return sha256 === sent.bodySha256 ? { kind: 'key' } : { kind: 'body', change: 'other' };
};

/** The body before each usual change: programs that add a last line end, that turn line ends, that print JSON anew, or that keep the mark of UTF-8. */
const restored = (body: string): readonly (readonly [BodyChange, string])[] => [
  ['line-end-added', body.replace(/(?:\r?\n)+$/, '')],
  ['line-ends', body.replaceAll('\r\n', '\n')],
  ['byte-order-mark', body.replace(/^\uFEFF/, '')],
  ...compact(body).map((text) => ['white-space', text] as const),
];

const compact = (body: string): readonly string[] => {
  try {
    return [JSON.stringify(JSON.parse(body))];
  } catch {
    return [];
  }
};

/** Headers as somebody copied them: `name: value` on each line, also as curl and browsers print them; a first line without a colon is left. */
export const pastedHeaders = (text: string): RequestHeaders => Object.fromEntries(text.split(/\r?\n/).flatMap((line) => {
  const [, name, value] = /^[\s<>"']*(webhook-(?:id|timestamp|signature))["']?\s*[:=]\s*["']?([^"']*?)["',;\s]*$/i.exec(line) ?? [];
  return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value] as const];
}));
