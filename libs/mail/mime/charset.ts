// Labels a TextDecoder surely knows; asking it for an unknown one throws.
const known = new Set([
  'utf-8', 'us-ascii', 'iso-8859-1', 'iso-8859-2', 'iso-8859-9', 'iso-8859-15', 'windows-1250', 'windows-1252', 'windows-1254',
  'utf-16', 'utf-16le', 'utf-16be',
]);

/** Text of `bytes` in the named charset. An unknown charset is read as UTF-8; what does not decode becomes U+FFFD. */
export const decodeText = (bytes: Uint8Array, charset: string): string => {
  const label = charset.toLowerCase();
  return new TextDecoder(known.has(label) ? label : 'utf-8').decode(bytes);
};

// Controls (also those that an encoded word smuggles in) and marks that reverse the reading order of what follows.
const invisible = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
const reordering = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** `text` on one line, without control characters and without marks that make it read as something else. */
export const asOneLine = (text: string): string => text.replace(invisible, ' ').replace(reordering, '').trim();
