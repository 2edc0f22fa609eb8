const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const reference = /&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/g;

// XML 1.0 §2.2; a carriage return by reference is allowed there, and becomes a line end when text is normalised.
const isCharacter = (code: number): boolean =>
  code === 0x9 || code === 0xa || code === 0xd || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);

/** The text with its references resolved once; null when one is unknown, malformed or names no character. */
export const decodeReferences = (raw: string): string | null => {
  if (!raw.includes('&')) return raw;
  let isWhole = !raw.replace(reference, '').includes('&');
  const text = raw.replace(reference, (_, hexadecimal: string | undefined, decimal: string | undefined, name: string | undefined) => {
    if (name !== undefined) return predefined[name] ?? '';
    const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    if (isCharacter(code)) return String.fromCodePoint(code);
    isWhole = false;
    return '';
  });
  return isWhole ? text : null;
};
