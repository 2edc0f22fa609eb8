import { createHash } from 'node:crypto';
import { base64Length, encodeBase64, writeBase64 } from './base64.js';
import { encodeQuoted } from './quoted.js';

/** One header field to write: name and value, the value already encoded to ASCII. */
export type Field = readonly [name: string, value: string];

/** One file in a mail. */
export interface BuildAttachment {
  readonly name: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** A text with attachments; `fields` come before the MIME headers, `parameters` join the Content-Type of the whole. */
export interface MixedMail {
  readonly fields: readonly Field[];
  readonly parameters: string;
  readonly text: string;
  readonly attachments: readonly BuildAttachment[];
  /** `binary` writes files as they are (RFC 2045 §6.2): a third shorter, and only for where nothing on the way changes a byte, as inside CMS. */
  readonly fileEncoding: FileEncoding;
  /** Makes the boundary; the same mail has the same bytes. */
  readonly seed: string;
}

/** How the bytes of a file stand in a mail. */
export type FileEncoding = 'base64' | 'binary';

const lineMaxLength = 78; // RFC 5322 §2.1.1
const lineLimitLength = 998;

// Fold in front of a space; an unbroken piece may pass 78, never 998.
const fold = (line: string): string => {
  const out: string[] = [];
  let current = '';
  for (const [index, piece] of line.split(/(?= )/).entries()) {
    // The first break may not come directly behind the field name: some readers then see an empty header.
    if (index > 1 && current.length + piece.length > lineMaxLength && current.trim() !== '') {
      out.push(current);
      current = '';
    }
    current += piece;
  }
  return [...out, current].join('\r\n');
};

/**
 * One header field, folded, ended by CRLF. Throws RangeError on anything that could end or add a field: line breaks,
 * control characters, non-ASCII, a line past 998 characters.
 */
export const writeField = ([name, value]: Field): string => {
  if (!/^[A-Za-z0-9-]{1,76}$/.test(name)) throw new RangeError('header name is not a token');
  if (!/^[\t -~]*$/.test(value)) throw new RangeError(`header ${name} holds a line break or a character that must be encoded`);
  const folded = fold(`${name}: ${value}`);
  if (folded.split('\r\n').some((line) => line.length > lineLimitLength || line.trim() === '')) {
    throw new RangeError(`header ${name} cannot be folded`);
  }
  return `${folded}\r\n`;
};

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/** A header section and the empty line that ends it. */
export const writeHeaders = (fields: readonly Field[]): Uint8Array => ascii(`${fields.map(writeField).join('')}\r\n`);

const percentEncode = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9._-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

const sectionMaxLength = 54;

/** `; name="value"`, or in the sections of RFC 2231 when the value is long or not ASCII. Throws on control characters. */
export const writeParameter = (name: string, value: string): string => {
  if (/[\u0000-\u001f\u007f]/.test(value)) throw new RangeError(`parameter ${name} holds a control character`);
  if (/^[ -~]{0,60}$/.test(value)) return `; ${name}="${value.replace(/["\\]/g, '\\$&')}"`;
  const encoded = percentEncode(value);
  // Never cut inside a %XX.
  const sections = encoded.match(new RegExp(`(?:%[0-9A-F]{2}|[^%]){1,${sectionMaxLength / 3}}`, 'g')) ?? [''];
  return sections.map((section, index) => `; ${name}*${index}*=${index === 0 ? "utf-8''" : ''}${section}`).join('');
};

const mediaType = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,99}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,99}$/;

// RFC 2046 §5.2.1 and RFC 2045 §6.4 forbid base64 on these two; the bytes stay, the reader sees a plain file.
const fileTypeOf = (contentType: string): string => {
  if (!mediaType.test(contentType)) throw new RangeError('attachment without a proper media type');
  return /^(?:message|multipart)\//i.test(contentType) ? 'application/octet-stream' : contentType;
};

const textPart = (text: string): readonly Uint8Array[] => [
  writeHeaders([
    ['Content-Type', 'text/plain; charset=utf-8'],
    ['Content-Transfer-Encoding', 'quoted-printable'],
  ]),
  encodeQuoted(text),
];

const filePart = (attachment: BuildAttachment, encoding: FileEncoding): readonly Uint8Array[] => [
  writeHeaders([
    ['Content-Type', `${fileTypeOf(attachment.contentType)}${writeParameter('name', attachment.name)}`],
    ['Content-Transfer-Encoding', encoding],
    ['Content-Disposition', `attachment${writeParameter('filename', attachment.name)}`],
  ]),
  encoding === 'binary' ? attachment.content : encodeBase64(attachment.content),
];

/** A boundary that cannot occur in quoted-printable or base64: neither ever has an equals sign before an underscore. */
export const boundaryOf = (seed: string): string => `=_${createHash('sha256').update(seed).digest('hex').slice(0, 40)}`;

// Bytes can hold anything, also what somebody put there who guessed the seed: another boundary then (RFC 2046 §5.1.1).
const unusedBoundary = (seed: string, contents: readonly Uint8Array[]): string => {
  const boundary = boundaryOf(seed);
  const isUsed = contents.some((content) => Buffer.from(content.buffer, content.byteOffset, content.length).includes(boundary, 0, 'latin1'));
  return isUsed ? unusedBoundary(`${seed}+`, contents) : boundary;
};

/**
 * `multipart/mixed` with the text first, as pieces to be joined or hashed in order; CRLF throughout and ASCII throughout, binary files excepted:
 * their pieces are the caller's own bytes.
 */
export const writeMixed = (mail: MixedMail): readonly Uint8Array[] => {
  const { attachments, fileEncoding } = mail;
  const boundary = fileEncoding === 'binary' ? unusedBoundary(mail.seed, attachments.map(({ content }) => content)) : boundaryOf(mail.seed);
  const contentType = `multipart/mixed; boundary="${boundary}"${mail.parameters}`;
  const parts = [textPart(mail.text), ...attachments.map((attachment) => filePart(attachment, fileEncoding))];
  // RFC 2045 §6.4: a multipart with a binary part says so itself.
  const encodingFields: readonly Field[] = fileEncoding === 'binary' ? [['Content-Transfer-Encoding', 'binary']] : [];
  return [
    writeHeaders([...mail.fields, ['MIME-Version', '1.0'], ['Content-Type', contentType], ...encodingFields]),
    ...parts.flatMap((part) => [ascii(`--${boundary}\r\n`), ...part, ascii('\r\n')]),
    ascii(`--${boundary}--\r\n`),
  ];
};

/** A header section and a body in base64, the body taken piece by piece: nothing but the result holds all of it. */
export const writeEncoded = (fields: readonly Field[], body: { readonly sizeBytes: number; readonly pieces: Iterable<Uint8Array> }): Uint8Array => {
  const head = writeHeaders(fields);
  // The body begins at an even place, as `writeBase64` wants it.
  const start = head.length % 2;
  const bodyBytes = base64Length(body.sizeBytes);
  const out = new Uint8Array(start + head.length + bodyBytes);
  out.set(head, start);
  writeBase64(body.pieces, out.subarray(start + head.length));
  return out.subarray(start);
};

/** Joins pieces into one array: one copy, no growth. */
export const joinBytes = (pieces: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let position = 0;
  for (const piece of pieces) {
    out.set(piece, position);
    position += piece.length;
  }
  return out;
};
