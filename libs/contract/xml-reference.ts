const predefined: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const reference = /&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));/g;

// XML 1.0 §2.2; a carriage return by reference is allowed there, and becomes a line end when text is normalised.
const isCharacter = (code: number): boolean =>
  code === 0x9 || code === 0xa || code === 0xd || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);

const characterOf = (hexadecimal: string | undefined, decimal: string | undefined, name: string | undefined): string | null => {
  if (name !== undefined) return predefined[name] ?? null;
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  return isCharacter(code) ? String.fromCodePoint(code) : null;
};

/** True when every `&` starts one of the five predefined entities, or a reference to a character XML allows. */
export const hasKnownReferences = (raw: string): boolean =>
  !raw.includes('&') || !raw.replace(reference, (_, ...parts: readonly string[]) => characterOf(parts[0], parts[1], parts[2]) === null ? '&' : '').includes('&');

/** The text with its references resolved, once; what `hasKnownReferences` would not accept stays as it is. */
export const resolveReferences = (raw: string): string =>
  !raw.includes('&') ? raw : raw.replace(reference, (whole, ...parts: readonly string[]) => characterOf(parts[0], parts[1], parts[2]) ?? whole);
