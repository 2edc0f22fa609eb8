import { malformed, type Malformed } from './malformed.js';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const lineBytes = 57; // gives 76 characters, the most that RFC 2045 §6.8 allows
const lineUnits = 39; // 38 pairs of characters and CRLF, as 16-bit units

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

// Both characters of 12 bits at once: 4,096 entries. Two and a half times the speed of wrapping a base64 string.
const pairOf = ((): Uint16Array => {
  const table = new Uint16Array(4096);
  for (let bits = 0; bits < 4096; bits += 1) {
    const first = alphabet.charCodeAt(bits >> 6);
    const second = alphabet.charCodeAt(bits & 63);
    table[bits] = isLittleEndian ? first | (second << 8) : (first << 8) | second;
  }
  return table;
})();
const lineEnd = isLittleEndian ? 0x0a0d : 0x0d0a;

/** How long base64 in lines of 76 characters is, line ends included. */
export const base64Length = (bytes: number): number => {
  const rest = bytes % lineBytes;
  return ((bytes - rest) / lineBytes) * lineUnits * 2 + (rest === 0 ? 0 : Math.ceil(rest / 3) * 4 + 2);
};

// Whole lines of `bytes` from `from` on, as units from `to` on.
const encodeLines = (bytes: Uint8Array, from: number, target: { readonly units: Uint16Array; readonly to: number; readonly lines: number }): void => {
  const table = pairOf;
  const { units } = target;
  let { to } = target;
  let at = from;
  for (let line = 0; line < target.lines; line += 1) {
    for (let group = 0; group < 19; group += 1) {
      const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
      units[to] = table[bits >> 12] ?? 0;
      units[to + 1] = table[bits & 0xfff] ?? 0;
      at += 3;
      to += 2;
    }
    units[to] = lineEnd;
    to += 1;
  }
};

/**
 * Writes base64 in lines of 76 characters, each ended by CRLF, of the pieces in order, which are taken one at a time: the mail around 25 MB is made
 * without a second copy of them. `out` holds `base64Length` of all bytes and begins at an even place of its buffer.
 */
export const writeBase64 = (pieces: Iterable<Uint8Array>, out: Uint8Array<ArrayBuffer>): void => {
  const units = new Uint16Array(out.buffer, out.byteOffset, out.length >> 1);
  const started = new Uint8Array(lineBytes);
  let startedBytes = 0;
  let to = 0;
  const put = (bytes: Uint8Array, from: number, lines: number): void => {
    encodeLines(bytes, from, { units, to, lines });
    to += lines * lineUnits;
  };
  for (const piece of pieces) {
    const filled = startedBytes === 0 ? 0 : Math.min(lineBytes - startedBytes, piece.length);
    started.set(piece.subarray(0, filled), startedBytes);
    startedBytes += filled;
    if (startedBytes === lineBytes) {
      put(started, 0, 1);
      startedBytes = 0;
    }
    if (filled === piece.length) continue;
    const lines = Math.floor((piece.length - filled) / lineBytes);
    put(piece, filled, lines);
    const rest = piece.subarray(filled + lines * lineBytes);
    started.set(rest);
    startedBytes = rest.length;
  }
  if (startedBytes > 0) out.set(Buffer.from(`${Buffer.from(started.subarray(0, startedBytes)).toString('base64')}\r\n`, 'latin1'), to * 2);
};

/** The same of bytes in one piece; empty for no bytes. */
export const encodeBase64 = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(base64Length(bytes.length));
  writeBase64([bytes], out);
  return out;
};

// 1 for the alphabet, 2 for white space, 4 for padding, 8 for what may not be there.
const kindOf = ((): Uint8Array => {
  const table = new Uint8Array(256).fill(8);
  for (const character of alphabet) table[character.charCodeAt(0)] = 1;
  for (const character of '\r\n\t ') table[character.charCodeAt(0)] = 2;
  table['='.charCodeAt(0)] = 4;
  return table;
})();

// Position behind the last byte that is neither white space nor padding, and how much padding there was.
const trimEnd = (bytes: Uint8Array): { readonly end: number; readonly padding: number } => {
  let end = bytes.length;
  let padding = 0;
  for (; end > 0; end -= 1) {
    const kind = kindOf[bytes[end - 1] ?? 0];
    if (kind === 4) padding += 1;
    else if (kind !== 2) break;
  }
  return { end, padding };
};

const lf = 0x0a;
const cr = 0x0d;

// How many characters of the alphabet there are when nothing else but line ends stands between them. Foreign characters
// count as alphabet here and show afterwards, because the native decoder skips them and yields too little.
const countBetweenLines = (text: Buffer): number => {
  let others = 0;
  for (let at = text.indexOf(lf); at !== -1; at = text.indexOf(lf, at + 1)) others += at > 0 && text[at - 1] === cr ? 2 : 1;
  return text.length - others;
};

const countAlphabet = (text: Uint8Array): number | null => {
  let seen = 0;
  let characters = 0;
  for (const byte of text) {
    const kind = kindOf[byte] ?? 8;
    seen |= kind;
    characters += kind & 1;
  }
  return (seen & ~3) === 0 ? characters : null;
};

const decodedLength = (characters: number): number => Math.floor((characters * 3) / 4);

interface Decoded {
  readonly bytes: Buffer;
  readonly characters: number;
}

const decodeWhole = (text: Buffer): Decoded | null => {
  const bytes = Buffer.from(text.toString('latin1'), 'base64');
  const guess = countBetweenLines(text);
  const characters = decodedLength(guess) === bytes.length ? guess : countAlphabet(text);
  return characters === null || decodedLength(characters) !== bytes.length ? null : { bytes, characters };
};

const pieceBytes = 1024 * 1024;

// Lines by the megabyte, so that a mail of 35 MB does not stand in memory once more as a string. Null when some piece is not whole groups of four
// between line ends: then all of it is looked at as one.
const decodeByPieces = (text: Buffer): Decoded | null => {
  const bytes = Buffer.allocUnsafe(decodedLength(text.length));
  let to = 0;
  let total = 0;
  for (let start = 0; start < text.length; ) {
    const isRest = text.length - start <= pieceBytes;
    const end = isRest ? text.length : text.lastIndexOf(lf, start + pieceBytes) + 1;
    if (end <= start) return null;
    const piece = text.subarray(start, end);
    const characters = countBetweenLines(piece);
    const written = bytes.write(piece.toString('latin1'), to, 'base64');
    if (written !== decodedLength(characters) || (!isRest && characters % 4 !== 0)) return null;
    to += written;
    total += characters;
    start = end;
  }
  return { bytes: bytes.subarray(0, to), characters: total };
};

/**
 * Decodes base64 in lines of any length. Refuses foreign characters, wrong or misplaced padding and stray bits:
 * leniency here lets two readers see different attachments (RFC 4648 §12).
 */
export const decodeBase64 = (bytes: Uint8Array): Uint8Array | Malformed => {
  const { end, padding } = trimEnd(bytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  // The native decoder stops at padding and takes the URL alphabet for the other.
  if (['=', '-', '_'].some((character) => text.includes(character))) return malformed('base64 with foreign characters');
  const decoded = (text.length > pieceBytes ? decodeByPieces(text) : null) ?? decodeWhole(text);
  if (decoded === null) return malformed('base64 with foreign characters');
  if (padding > 2 || (decoded.characters + padding) % 4 !== 0) return malformed('base64 with wrong padding');
  const last = alphabet.indexOf(String.fromCharCode(bytes[end - 1] ?? 0));
  const strayBits = padding === 1 ? last & 3 : padding === 2 ? last & 15 : 0;
  return strayBits === 0 ? decoded.bytes : malformed('base64 with stray bits');
};
