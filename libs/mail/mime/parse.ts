import { decodeBase64 } from './base64.js';
import { headerOf, readHeaders, type Header } from './headers.js';
import { malformed, mimeLimits, type Malformed } from './malformed.js';
import { readStructured, type Structured } from './parameters.js';
import { decodeQuoted } from './quoted.js';

/** How the body of an entity is written (RFC 2045 §6). */
export type TransferEncoding = '7bit' | '8bit' | 'binary' | 'base64' | 'quoted-printable';

/** A MIME entity over the bytes it came in: `raw` is exactly what a signature covers, `body` is a view into it. */
export interface Entity {
  readonly raw: Uint8Array;
  readonly headers: readonly Header[];
  readonly contentType: Structured;
  readonly transferEncoding: TransferEncoding;
  readonly body: Uint8Array;
}

const plainText: Structured = { value: 'text/plain', parameters: new Map([['charset', 'us-ascii']]) };
const mediaType = /^[!#$&^_.+\-0-9a-z]{1,100}\/[!#$&^_.+\-0-9a-z]{1,100}$/;

const contentTypeOf = (headers: readonly Header[]): Structured | Malformed => {
  const value = headerOf(headers, 'content-type');
  if (value === null) return plainText; // RFC 2045 §5.2
  const contentType = readStructured(value);
  if ('kind' in contentType) return contentType;
  return mediaType.test(contentType.value) ? contentType : malformed('not a media type');
};

const transferEncodingOf = (headers: readonly Header[], isMultipart: boolean): TransferEncoding | Malformed => {
  const value = (headerOf(headers, 'content-transfer-encoding') ?? '7bit').toLowerCase();
  switch (value) {
    case '7bit':
    case '8bit':
    case 'binary':
      return value;
    case 'base64':
    case 'quoted-printable':
      // RFC 2045 §6.4; a reader that decodes and one that does not would see different parts.
      return isMultipart ? malformed('multipart with a transfer encoding') : value;
    default:
      return malformed('unknown transfer encoding');
  }
};

/** Reads the headers of a message or part; nothing is decoded, copied or changed. */
export const readEntity = (raw: Uint8Array): Entity | Malformed => {
  if (raw.length > mimeLimits.messageMaxBytes) return malformed('message too large');
  const section = readHeaders(raw);
  if ('kind' in section) return section;
  const contentType = contentTypeOf(section.headers);
  if ('kind' in contentType) return contentType;
  const transferEncoding = transferEncodingOf(section.headers, contentType.value.startsWith('multipart/'));
  if (typeof transferEncoding !== 'string') return transferEncoding;
  return { raw, headers: section.headers, contentType, transferEncoding, body: raw.subarray(section.bodyStart) };
};

/** The body with its transfer encoding removed; a view when there was none. */
export const decodeBody = (entity: Entity): Uint8Array | Malformed => {
  switch (entity.transferEncoding) {
    case 'base64':
      return decodeBase64(entity.body);
    case 'quoted-printable':
      return decodeQuoted(entity.body);
    case '7bit':
    case '8bit':
    case 'binary':
      return entity.body;
  }
};

const boundaryPattern = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/; // RFC 2046 §5.1.1
const lf = 0x0a;
const cr = 0x0d;

interface Delimiter {
  /** End of the part before it: the line break in front belongs to the delimiter (RFC 2046 §5.1.1). */
  readonly before: number;
  /** Start of what follows its own line. */
  readonly after: number;
  readonly isLast: boolean;
}

// The delimiter whose text was found at `at`, or null when that text is only the beginning of some other line.
const delimiterAt = (body: Uint8Array, at: number, length: number): Delimiter | null => {
  if (at > 0 && body[at - 1] !== lf) return null;
  let index = at + length;
  const isLast = body[index] === 0x2d && body[index + 1] === 0x2d;
  if (isLast) index += 2;
  while (body[index] === 0x20 || body[index] === 0x09) index += 1;
  if (body[index] === cr && body[index + 1] === lf) index += 1;
  else if (index < body.length && body[index] !== lf) return null;
  const lineBreak = at === 0 ? 0 : body[at - 2] === cr && at > 1 ? 2 : 1;
  return { before: at - lineBreak, after: Math.min(index + 1, body.length), isLast };
};

/**
 * The raw bytes of each part of a multipart, as views. Needs the closing delimiter: without it a truncated mail would
 * look complete. What stands before the first and after the last delimiter is not part of the mail.
 */
export const readParts = (entity: Entity): readonly Uint8Array[] | Malformed => {
  const boundary = entity.contentType.parameters.get('boundary') ?? '';
  if (!boundaryPattern.test(boundary)) return malformed('multipart without a proper boundary');
  const body = Buffer.from(entity.body.buffer, entity.body.byteOffset, entity.body.length);
  const needle = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Uint8Array[] = [];
  let start: number | null = null;
  let falseDelimiters = 0;
  for (let at = body.indexOf(needle); at !== -1; ) {
    const delimiter = delimiterAt(body, at, needle.length);
    if (delimiter === null) {
      falseDelimiters += 1;
      if (falseDelimiters > mimeLimits.falseDelimitersMax) return malformed('too many false delimiters');
    } else {
      if (start !== null) parts.push(entity.body.subarray(start, Math.max(start, delimiter.before)));
      if (parts.length > mimeLimits.partsMax) return malformed('too many parts');
      if (delimiter.isLast) return parts.length === 0 ? malformed('multipart without parts') : parts;
      start = delimiter.after;
    }
    at = body.indexOf(needle, at + 1);
  }
  return malformed('multipart without its closing delimiter');
};
