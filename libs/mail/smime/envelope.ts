import { decryptData } from '../cms/enveloped.js';
import type { KeyPair } from '../cms/keys.js';
import { verifySignedData } from '../cms/signed.js';
import { readEntity, type Entity } from '../mime/parse.js';
import { layerOf, type Layer } from './layer.js';
import { refuseMail, type MailRefusal } from './refusal.js';

/** More layers than any mailer makes (rule 1). */
const layersMax = 6;

/** The signed layer found under one or more encrypted ones. Its bytes are not to be shown before its signature is verified (rule 3). */
export interface Unlocked {
  readonly kind: 'unlocked';
  readonly signed: Extract<Layer, { readonly kind: 'signed' | 'signed-beside' }>;
  readonly content: string;
  readonly keyTransport: string;
}

const asEntity = (bytes: Uint8Array): Entity | MailRefusal => {
  const entity = readEntity(bytes);
  return 'kind' in entity ? refuseMail('malformed', entity.detail) : entity;
};

// An outer signature names whoever wrapped the ciphertext, not whoever wrote the message. What is inside is read here only
// to say in our own log which of the two mistakes was made; both get the same answer.
const outsideRefusal = (layer: Unlocked['signed'], at: Date): MailRefusal => {
  const found = layer.kind === 'signed' ? verifySignedData(layer.cms, { detachedContent: null, at }) : { kind: 'beside' as const };
  const bytes = layer.kind === 'signed-beside' ? layer.content : found.kind === 'verified' ? found.content : null;
  const inner = bytes === null ? null : readEntity(bytes);
  const innerLayer = inner === null || 'kind' in inner ? null : layerOf(inner);
  return innerLayer?.kind === 'encrypted'
    ? refuseMail('signed-outside', 'signed after encryption')
    : refuseMail('not-encrypted', 'signed only');
};

/** Opens every encrypted layer down to the signed one. Signed-only, encrypt-then-sign and unsigned mails are refused (rule 2). */
export const unlock = (message: Entity, keys: readonly KeyPair[], at: Date): Unlocked | MailRefusal => {
  let layer = layerOf(message);
  let algorithms: { readonly content: string; readonly keyTransport: string } | null = null;
  for (let depth = 0; depth < layersMax; depth += 1) {
    switch (layer.kind) {
      case 'refused':
        return layer;
      case 'plain':
        return algorithms === null ? refuseMail('not-encrypted', 'no S/MIME') : refuseMail('not-signed', 'encrypted only');
      case 'signed':
      case 'signed-beside':
        return algorithms === null ? outsideRefusal(layer, at) : { kind: 'unlocked', signed: layer, ...algorithms };
      case 'encrypted': {
        const opened = decryptData(layer.cms, keys);
        if (opened.kind === 'refused') return refuseMail('cannot-open', `${opened.code}: ${opened.detail}`);
        algorithms ??= opened.algorithms;
        const entity = asEntity(opened.content);
        layer = 'kind' in entity ? entity : layerOf(entity);
      }
    }
  }
  return refuseMail('malformed', 'too many layers');
};

const lf = 0x0a;
const cr = 0x0d;

const countBareLf = (bytes: Uint8Array): number => {
  let count = 0;
  for (let at = bytes.indexOf(lf); at !== -1; at = bytes.indexOf(lf, at + 1)) if (at === 0 || bytes[at - 1] !== cr) count += 1;
  return count;
};

/** The bytes with every bare LF as CRLF: the form in which text is signed (RFC 8551 §3.1.1). The bytes themselves when there is none. */
const canonicalLines = (bytes: Uint8Array): Uint8Array => {
  const bare = countBareLf(bytes);
  if (bare === 0) return bytes;
  const out = new Uint8Array(bytes.length + bare);
  let to = 0;
  bytes.forEach((byte, index) => {
    if (byte === lf && (index === 0 || bytes[index - 1] !== cr)) {
      out[to] = cr;
      to += 1;
    }
    out[to] = byte;
    to += 1;
  });
  return out;
};

const toMailRefusal = (refusal: Extract<ReturnType<typeof verifySignedData>, { readonly kind: 'refused' }>): MailRefusal => {
  const detail = `${refusal.code}: ${refusal.detail}`;
  switch (refusal.code) {
    case 'no-signer':
      return refuseMail('not-signed', detail);
    case 'unknown-signer':
      return refuseMail('unknown-signer', detail);
    default:
      return refuseMail('bad-signature', detail);
  }
};

/**
 * Verifies the signed layer. `content` is exactly what the signature covers, and the only thing that may be read on (rule 2):
 * the bytes as received, or, where tools on Unix stored a multipart/signed with bare LF, their canonical form.
 */
export const verifyLayer = (layer: Unlocked['signed'], at: Date): Extract<ReturnType<typeof verifySignedData>, { readonly kind: 'verified' }> | MailRefusal => {
  const detachedContent = layer.kind === 'signed-beside' ? layer.content : null;
  const exact = verifySignedData(layer.cms, { detachedContent, at });
  if (exact.kind === 'verified') return exact;
  if (detachedContent === null || exact.code !== 'digest') return toMailRefusal(exact);
  const canonical = canonicalLines(detachedContent);
  if (canonical === detachedContent) return toMailRefusal(exact);
  const again = verifySignedData(layer.cms, { detachedContent: canonical, at });
  return again.kind === 'verified' ? again : toMailRefusal(exact);
};

/** The signed body as an entity; a body that is itself CMS or multipart/signed again is refused, for who would be its author? */
export const payloadOf = (content: Uint8Array): Entity | MailRefusal => {
  const payload = asEntity(content);
  if ('kind' in payload) return payload;
  const layer = layerOf(payload);
  return layer.kind === 'plain' ? payload : refuseMail('malformed', 'a layer inside the signature');
};
