import { documentSizeMaxBytes } from './limits.js';
import { refuse, type ReadRefusal } from './problem.js';

/** The bytes as text when they are UTF-8 and not too many; a byte order mark is kept for the caller to judge. */
export const decode = (bytes: Uint8Array): { readonly kind: 'text'; readonly text: string } | ReadRefusal => {
  if (bytes.length > documentSizeMaxBytes) {
    return refuse('too-large', `the document is larger than ${documentSizeMaxBytes} bytes`, 'Maak het document kleiner; stuur stukken als bijlage.');
  }
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return isFaithful(text, bytes) ? { kind: 'text', text }
    : refuse('not-utf8', 'the document is not UTF-8', 'Codeer het document als UTF-8.');
};

// The decoder puts U+FFFD where bytes are no UTF-8; where the document itself holds that character, encoding it again gives the same bytes.
const isFaithful = (text: string, bytes: Uint8Array): boolean => {
  if (!text.includes('\uFFFD')) return true;
  const again = new TextEncoder().encode(text);
  return again.length === bytes.length && again.every((byte, index) => byte === bytes[index]);
};
