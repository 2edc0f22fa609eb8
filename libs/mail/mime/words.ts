import { asOneLine, decodeText } from './charset.js';

const encodedWord = /=\?([^?*\s]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?\s]*)\?=/g;

interface Word {
  readonly charset: string;
  readonly bytes: Uint8Array;
}

const unQ = (text: string): Uint8Array =>
  Buffer.from(
    text
      .replaceAll('_', ' ')
      .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );

const wordOf = (match: RegExpExecArray): Word => {
  const [, charset = '', encoding = '', text = ''] = match;
  return {
    charset: charset.toLowerCase(),
    bytes: encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : unQ(text),
  };
};

/**
 * Decodes the encoded words of a header value (RFC 2047) for people to read: one line, no control characters.
 * Neighbours in one charset are joined before decoding, because mailers split characters over words.
 */
export const decodeWords = (value: string): string => {
  let out = '';
  let pending: Word[] = [];
  let last = 0;
  const flush = (): void => {
    const [first] = pending;
    if (first !== undefined) out += decodeText(Buffer.concat(pending.map((word) => word.bytes)), first.charset);
    pending = [];
  };
  for (const match of value.matchAll(encodedWord)) {
    const between = value.slice(last, match.index);
    const word = wordOf(match);
    // RFC 2047 §6.2: white space between two encoded words is not shown.
    const isNeighbour = pending.length > 0 && between.trim() === '';
    if (!isNeighbour || pending[0]?.charset !== word.charset) flush();
    if (!isNeighbour) out += between;
    pending.push(word);
    last = match.index + match[0].length;
  }
  flush();
  return asOneLine(out + value.slice(last));
};

const wordMaxBytes = 39; // 64 characters with its frame: behind any field name still within the 76 of RFC 2047 §2

// Cut between characters, never inside one (RFC 2047 §5).
const slices = (text: string): readonly string[] => {
  const out: string[] = [];
  let current = '';
  for (const character of text) {
    if (Buffer.byteLength(current + character) > wordMaxBytes) {
      out.push(current);
      current = '';
    }
    current += character;
  }
  return [...out, current];
};

/** `text` as a header value: itself when printable ASCII, else UTF-8 encoded words separated by a space. */
export const encodeWords = (text: string): string =>
  /^[ -~]*$/.test(text) && !text.includes('=?')
    ? text
    : slices(text).map((slice) => `=?utf-8?B?${Buffer.from(slice).toString('base64')}?=`).join(' ');
