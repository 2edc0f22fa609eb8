const CR = 0x0d;
const LF = 0x0a;

/**
 * Returns a function to feed a byte stream to, chunk by chunk; it answers true from the first CR or LF that is not part of a
 * CRLF pair, and stays true. RFC 5321 §2.3.8 forbids both; they are how a second mail is smuggled past a peer that counts
 * lines otherwise (`<LF>.<LF>`, `<LF>.<CRLF>`, `<CR>.<CR>`).
 */
export function bareNewlineWatch(): (chunk: Uint8Array) => boolean {
  let found = false;
  let afterCr = false;
  return (chunk) => {
    if (found) return true;
    for (const byte of chunk) {
      if (afterCr !== (byte === LF)) {
        found = true;
        return true;
      }
      afterCr = byte === CR;
    }
    return false;
  };
}
