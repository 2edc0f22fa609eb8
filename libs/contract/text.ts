import { documentSizeMaxBytes } from './limits.js';
import { refuse, type ReadRefusal } from './problem.js';

/** The bytes as text when they are UTF-8 and not too many; a byte order mark is kept for the caller to judge. */
export const decode = (bytes: Uint8Array): { readonly kind: 'text'; readonly text: string } | ReadRefusal => {
  if (bytes.length > documentSizeMaxBytes) {
    return refuse('too-large', `the document is larger than ${documentSizeMaxBytes} bytes`, 'Maak het document kleiner; stuur stukken als bijlage.');
  }
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
    return refuse('not-utf8', 'the document is not UTF-8', 'Codeer het document als UTF-8.');
  }
};
