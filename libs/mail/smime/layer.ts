import { contentTypeOf, type CmsContentType } from '../cms/content.js';
import { isMalformed } from '../mime/malformed.js';
import { headerOf } from '../mime/headers.js';
import { readStructured } from '../mime/parameters.js';
import { decodeBody, readEntity, readParts, type Entity } from '../mime/parse.js';
import { refuseMail, type MailRefusal } from './refusal.js';

/** What the outside of an entity is. Only the outside is looked at: nothing inside a multipart/mixed is ever a layer (rule 1). */
export type Layer =
  | { readonly kind: 'plain' }
  | { readonly kind: 'encrypted'; readonly cms: Uint8Array }
  | { readonly kind: 'signed'; readonly cms: Uint8Array }
  | { readonly kind: 'signed-beside'; readonly cms: Uint8Array; readonly content: Uint8Array };

const cmsTypes = new Set(['application/pkcs7-mime', 'application/x-pkcs7-mime']);
const signatureTypes = new Set(['application/pkcs7-signature', 'application/x-pkcs7-signature']);

// RFC 8551 §3.2.2. What stands here is a hint; the object identifier in the CMS decides, and both must agree (rule 6).
const smimeTypes: Readonly<Partial<Record<string, CmsContentType>>> = {
  'signed-data': 'signed-data',
  'enveloped-data': 'enveloped-data',
  'authenveloped-data': 'auth-enveloped-data',
};

const fileNameOf = (entity: Entity): string => {
  const disposition = readStructured(headerOf(entity.headers, 'content-disposition') ?? 'attachment');
  const fileName = 'kind' in disposition ? undefined : disposition.parameters.get('filename');
  return (fileName ?? entity.contentType.parameters.get('name') ?? '').toLowerCase();
};

/** Whether an entity says it is CMS: by its type, or as a nameless file called .p7m, which some relays make of it. */
const claimsCms = (entity: Entity): boolean =>
  cmsTypes.has(entity.contentType.value) ||
  (entity.contentType.value === 'application/octet-stream' && fileNameOf(entity).endsWith('.p7m'));

const disagreement = (entity: Entity, found: CmsContentType): string | null => {
  const declared = entity.contentType.parameters.get('smime-type')?.toLowerCase();
  if (declared !== undefined && smimeTypes[declared] !== found) return `smime-type does not fit ${found}`;
  return /\.p7[csz]$/.test(fileNameOf(entity)) ? `file name does not fit ${found}` : null;
};

const cmsLayer = (entity: Entity): Layer | MailRefusal => {
  const cms = decodeBody(entity);
  if (isMalformed(cms)) return refuseMail('malformed', cms.detail);
  const found = contentTypeOf(cms);
  if (typeof found !== 'string') return refuseMail('malformed', found.detail);
  const declared = entity.contentType.parameters.get('smime-type')?.toLowerCase();
  if (declared === 'certs-only' || declared === 'compressed-data' || found === 'compressed-data' || found === 'other') {
    return refuseMail('unsupported', `CMS of kind ${found}`);
  }
  const difference = disagreement(entity, found);
  if (difference !== null) return refuseMail('type-mismatch', difference);
  return found === 'signed-data' ? { kind: 'signed', cms } : { kind: 'encrypted', cms };
};

// RFC 8551 §3.5.3: two parts, the content exactly as sent and the signature over it.
const besideLayer = (entity: Entity): Layer | MailRefusal => {
  if (!signatureTypes.has(entity.contentType.parameters.get('protocol')?.toLowerCase() ?? '')) {
    return refuseMail('unsupported', 'multipart/signed of another protocol');
  }
  const parts = readParts(entity);
  if (isMalformed(parts)) return refuseMail('malformed', parts.detail);
  const [content, last, ...more] = parts;
  if (content === undefined || last === undefined || more.length > 0) return refuseMail('malformed', 'multipart/signed without two parts');
  const signature = readEntity(last);
  if ('kind' in signature) return refuseMail('malformed', signature.detail);
  if (!signatureTypes.has(signature.contentType.value)) return refuseMail('type-mismatch', 'second part is not a signature');
  const cms = decodeBody(signature);
  return isMalformed(cms) ? refuseMail('malformed', cms.detail) : { kind: 'signed-beside', cms, content };
};

/** Peels nothing yet: tells which cryptographic layer an entity is, and hands out its CMS. */
export const layerOf = (entity: Entity): Layer | MailRefusal => {
  if (entity.contentType.value === 'multipart/signed') return besideLayer(entity);
  return claimsCms(entity) ? cmsLayer(entity) : { kind: 'plain' };
};
