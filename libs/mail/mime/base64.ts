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

const wholeLines = (rest: Uint8Array): Uint8Array =>
  Buffer.from(rest.length === 0 ? '' : `${Buffer.from(rest).toString('base64')}\r\n`, 'latin1');

/** Base64 in lines of 76 characters, each ended by CRLF; empty for no bytes. */
export const encodeBase64 = (bytes: Uint8Array): Uint8Array => {
  const table = pairOf;
  const lines = Math.floor(bytes.length / lineBytes);
  const tail = wholeLines(bytes.subarray(lines * lineBytes));
  const out = new Uint8Array(lines * lineUnits * 2 + tail.length);
  const units = new Uint16Array(out.buffer, 0, lines * lineUnits);
  let from = 0;
  let to = 0;
  for (let line = 0; line < lines; line += 1) {
    for (let group = 0; group < 19; group += 1) {
      const bits = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
      units[to] = table[bits >> 12] ?? 0;
      units[to + 1] = table[bits & 0xfff] ?? 0;
      from += 3;
      to += 2;
    }
    units[to] = lineEnd;
    to += 1;
  }
  out.set(tail, lines * lineUnits * 2);
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

/**
 * Decodes base64 in lines of any length. Refuses foreign characters, wrong or misplaced padding and stray bits:
 * leniency here lets two readers see different attachments (RFC 4648 §12).
 */
export const decodeBase64 = (bytes: Uint8Array): Uint8Array | Malformed => {
  const { end, padding } = trimEnd(bytes);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  // The native decoder stops at padding and takes the URL alphabet for the other.
  if (['=', '-', '_'].some((character) => text.includes(character))) return malformed('base64 with foreign characters');
  const decoded = Buffer.from(text.toString('latin1'), 'base64');
  const guess = countBetweenLines(text);
  const characters = decodedLength(guess) === decoded.length ? guess : countAlphabet(text);
  if (characters === null || decodedLength(characters) !== decoded.length) return malformed('base64 with foreign characters');
  if (padding > 2 || (characters + padding) % 4 !== 0) return malformed('base64 with wrong padding');
  const last = alphabet.indexOf(String.fromCharCode(bytes[end - 1] ?? 0));
  const strayBits = padding === 1 ? last & 3 : padding === 2 ? last & 15 : 0;
  return strayBits === 0 ? decoded : malformed('base64 with stray bits');
};
