import { malformed, type Malformed } from './malformed.js';

const lineMaxLength = 76; // RFC 2045 §6.7 rule 5
const equals = 0x3d;
const cr = 0x0d;
const lf = 0x0a;

const hexOf = (byte: number): string => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;

// A blank at the end of a line would be lost in transport; a leading dot or "From " is changed by some relays.
const encodeLine = (line: string): string => {
  const bytes = Buffer.from(line);
  let out = '';
  let length = 0;
  bytes.forEach((byte, index) => {
    const isLast = index === bytes.length - 1;
    const isPlain = byte >= 0x20 && byte < 0x7f && byte !== equals && !(isLast && byte === 0x20);
    const needsCare = length === 0 && (byte === 0x2e || bytes.subarray(index, index + 5).toString('latin1') === 'From ');
    const piece = isPlain && !needsCare ? String.fromCharCode(byte) : hexOf(byte);
    if (length + piece.length > lineMaxLength - 1) {
      out += '=\r\n';
      length = 0;
    }
    out += piece;
    length += piece.length;
  });
  return out;
};

/** Text as quoted-printable UTF-8 with CRLF line ends; any of CRLF, LF and CR ends a line of `text`. */
export const encodeQuoted = (text: string): Uint8Array =>
  Buffer.from(text.split(/\r\n|\r|\n/).map(encodeLine).join('\r\n'), 'latin1');

const hexValue = (byte: number | undefined): number => {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const upper = byte & ~0x20;
  return upper >= 0x41 && upper <= 0x46 ? upper - 0x37 : -1;
};

// Length of a soft line break that starts at `position`: '=', blanks added in transport, line end. 0 when it is none.
const softBreakLength = (bytes: Uint8Array, position: number): number => {
  let index = position + 1;
  while (bytes[index] === 0x20 || bytes[index] === 0x09) index += 1;
  if (bytes[index] === cr && bytes[index + 1] === lf) return index + 2 - position;
  if (bytes[index] === lf) return index + 1 - position;
  return index === bytes.length ? index - position : 0;
};

/** Decodes quoted-printable (RFC 2045 §6.7); an equals sign that begins neither an octet nor a soft break is refused. */
export const decodeQuoted = (bytes: Uint8Array): Uint8Array | Malformed => {
  const out = Buffer.alloc(bytes.length);
  let to = 0;
  for (let from = 0; from < bytes.length; ) {
    const byte = bytes[from] ?? 0;
    if (byte !== equals) {
      out[to] = byte;
      to += 1;
      from += 1;
      continue;
    }
    const value = hexValue(bytes[from + 1]) * 16 + hexValue(bytes[from + 2]);
    const isOctet = hexValue(bytes[from + 1]) >= 0 && hexValue(bytes[from + 2]) >= 0;
    const skipped = isOctet ? 3 : softBreakLength(bytes, from);
    if (skipped === 0) return malformed('quoted-printable with a stray equals sign');
    if (isOctet) {
      out[to] = value;
      to += 1;
    }
    from += skipped;
  }
  return out.subarray(0, to);
};
