/**
 * The forms values of a leaf may have, checked where they stand among the bytes: making strings of them, and regular expressions over those, took most of
 * the time of checking a whole log. Each reader gets the place where a value begins and returns the place behind it, or `broken`.
 */
export type FormReader = (bytes: Uint8Array, at: number) => number;

/** What a reader returns for a value that does not have its form. */
export const broken = -1;

/** A byte, or 0 behind the end: no form allows it. */
export const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0;

export const [quote, comma, colon] = [0x22, 0x2c, 0x3a];
const [bracket, closingBracket, dash, padding] = [0x5b, 0x5d, 0x2d, 0x3d];
const [zero, letterA] = [0x30, 0x61];

const [digit, hexDigit, base64Digit, letter, codeMark, visible, lastOf32, variant] = [1, 2, 4, 8, 16, 32, 64, 128];
const kinds = new Uint8Array(256);
const mark = (chars: string, kind: number): void => {
  for (const char of chars) kinds[char.charCodeAt(0)] = (kinds[char.charCodeAt(0)] ?? 0) | kind;
};
const [digits, lower, upper] = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
mark(digits, digit | hexDigit | base64Digit | codeMark);
mark('abcdef', hexDigit);
mark(`${lower}${upper}`, letter | base64Digit | codeMark);
mark('+/', base64Digit);
mark('._:/@+-', codeMark);
// Without quote and backslash: what stands between quotes then needs no escape, and is written in one way only.
for (let char = 0x21; char < 0x7f; char += 1) if (char !== 0x22 && char !== 0x5c) mark(String.fromCharCode(char), visible);
mark('AEIMQUYcgkosw048', lastOf32);
mark('89ab', variant);

const has = (bytes: Uint8Array, at: number, kind: number): boolean => ((kinds[byteAt(bytes, at)] ?? 0) & kind) !== 0;

/** The place of the first byte that is not of this kind. */
const past = (bytes: Uint8Array, at: number, kind: number): number => {
  let end = at;
  while (((kinds[byteAt(bytes, end)] ?? 0) & kind) !== 0) end += 1;
  return end;
};

/** Exactly this many of one kind between quotes. */
const exactly = (count: number, kind: number): FormReader => (bytes, at) => {
  const end = at + 1 + count;
  return byteAt(bytes, at) === quote && past(bytes, at + 1, kind) === end && byteAt(bytes, end) === quote ? end + 1 : broken;
};

/** Twenty digits: a name does not fit, and neither does a BSN (nine). */
export const oin = exactly(20, digit);
/** 32 bytes, and 16, as lower-case hexadecimal. */
export const hex32 = exactly(64, hexDigit);
export const hex16 = exactly(32, hexDigit);

/** 32 bytes in base64: 42 digits, one that leaves its last two bits zero, and the padding. */
export const base64Of32: FormReader = (bytes, at) => {
  const last = at + 43;
  return byteAt(bytes, at) === quote && past(bytes, at + 1, base64Digit) === last + 1 && has(bytes, last, lastOf32) && byteAt(bytes, last + 1) === padding && byteAt(bytes, last + 2) === quote
    ? last + 3 : broken;
};

const codeMaxChars = 120;

/** A code has a letter, so that no bare number of a person can stand in its place; ASCII, so that it is NFC. */
export const code: FormReader = (bytes, at) => {
  const end = past(bytes, at + 1, codeMark);
  if (byteAt(bytes, at) !== quote || byteAt(bytes, end) !== quote || end - at - 1 > codeMaxChars || !has(bytes, at + 1, digit | letter)) return broken;
  for (let place = at + 1; place < end; place += 1) if (has(bytes, place, letter)) return end + 1;
  return broken;
};

/** Visible ASCII without quote and backslash, of at most so many characters. */
export const visibleText = (charsMax: number): FormReader => (bytes, at) => {
  const end = past(bytes, at + 1, visible);
  return byteAt(bytes, at) === quote && byteAt(bytes, end) === quote && end > at + 1 && end - at - 1 <= charsMax ? end + 1 : broken;
};

const uriText = visibleText(8_192);
const uriForm = /^[a-z][a-z0-9+.-]*:[!#-\[\]-~]{1,240}$/;

/** A URI with its scheme. */
export const uri: FormReader = (bytes, at) => matching(bytes, at, uriText, uriForm);

/** A month, as 2026-03. */
export const month: FormReader = (bytes, at) => matching(bytes, at, visibleText(7), /^\d{4}-(0[1-9]|1[0-2])$/);

// For what few leaves have.
const matching = (bytes: Uint8Array, at: number, read: FormReader, form: RegExp): number => {
  const end = read(bytes, at);
  return end !== broken && form.test(Buffer.from(bytes.subarray(at + 1, end - 1)).toString('latin1')) ? end : broken;
};

/** A UUID of a version from one to another, lower case (RFC 9562 §4). */
export const uuid = (first: number, last: number): FormReader => (bytes, at) => {
  const start = at + 1;
  const isCut = byteAt(bytes, at) === quote && past(bytes, start, hexDigit) === start + 8 && past(bytes, start + 9, hexDigit) === start + 13
    && past(bytes, start + 14, hexDigit) === start + 18 && past(bytes, start + 19, hexDigit) === start + 23 && past(bytes, start + 24, hexDigit) === start + 36
    && byteAt(bytes, start + 8) === dash && byteAt(bytes, start + 13) === dash && byteAt(bytes, start + 18) === dash && byteAt(bytes, start + 23) === dash
    && byteAt(bytes, start + 36) === quote;
  const version = byteAt(bytes, start + 14) - zero;
  return isCut && has(bytes, start + 19, variant) && version >= first && version <= last ? start + 37 : broken;
};

/** One of these words. */
export const word = (...words: readonly string[]): FormReader => {
  const quoted = words.map((one) => Buffer.from(`"${one}"`, 'latin1'));
  return (bytes, at) => {
    for (const one of quoted) if (startsWith(bytes, at, one)) return at + one.length;
    return broken;
  };
};

/** True when these bytes stand at the place. */
export const startsWith = (bytes: Uint8Array, at: number, wanted: Uint8Array): boolean => {
  for (let place = 0; place < wanted.length; place += 1) if (bytes[at + place] !== wanted[place]) return false;
  return true;
};

// Longer ones are not exact any more (2^53 has 16 digits).
const digitsMax = 16;

/** A whole number below 2^53, written in one way. */
export const count: FormReader = (bytes, at) => {
  const end = past(bytes, at, digit);
  const isPlain = end > at && end - at <= digitsMax && (end === at + 1 || byteAt(bytes, at) !== zero);
  return isPlain && numberAt(bytes, at, end) <= Number.MAX_SAFE_INTEGER ? end : broken;
};

/** This number and no other. */
export const number = (wanted: number): FormReader => (bytes, at) => {
  const end = count(bytes, at);
  return end !== broken && numberAt(bytes, at, end) === wanted ? end : broken;
};

const numberAt = (bytes: Uint8Array, from: number, to: number): number => {
  let value = 0;
  for (let place = from; place < to; place += 1) value = value * 10 + (byteAt(bytes, place) - zero);
  return value;
};

/** A list without doubles. */
export const listOf = (item: FormReader, { least = 0, most = 256 }: { readonly least?: number; readonly most?: number } = {}): FormReader => (bytes, at) => {
  if (byteAt(bytes, at) !== bracket) return broken;
  if (byteAt(bytes, at + 1) === closingBracket) return least === 0 ? at + 2 : broken;
  const starts: number[] = [];
  for (let place = at + 1; ; place += 1) {
    const end = item(bytes, place);
    if (end === broken || starts.length === most || starts.some((start) => isSame(bytes, start, place, end))) return broken;
    starts.push(place);
    place = end;
    const next = byteAt(bytes, place);
    if (next === closingBracket) return starts.length >= least ? place + 1 : broken;
    if (next !== comma) return broken;
  }
};

// Each item ends in a quote, which none holds inside: equal up to there is equal.
const isSame = (bytes: Uint8Array, start: number, other: number, otherEnd: number): boolean => {
  for (let place = other; place < otherEnd; place += 1) if (bytes[start + place - other] !== bytes[place]) return false;
  return true;
};

const daysOfMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const instantChars = 24;

/** A moment in UTC with milliseconds (RFC 3339): 2026-03-01T12:00:00.000Z. */
export const instant: FormReader = (bytes, at) =>
  byteAt(bytes, at) === quote && byteAt(bytes, at + 1 + instantChars) === quote && instantMs(bytes, at + 1) !== null ? at + instantChars + 2 : broken;

/** The milliseconds since 1970 of the moment written at a place; null when none is. */
export const instantMs = (bytes: Uint8Array, at: number): number | null => {
  const isCut = byteAt(bytes, at + 4) === dash && byteAt(bytes, at + 7) === dash && byteAt(bytes, at + 10) === timeMark && byteAt(bytes, at + 13) === colon
    && byteAt(bytes, at + 16) === colon && byteAt(bytes, at + 19) === point && byteAt(bytes, at + 23) === utcMark;
  const [century, yearOfIt, monthNumber, day] = [twoDigits(bytes, at), twoDigits(bytes, at + 2), twoDigits(bytes, at + 5), twoDigits(bytes, at + 8)];
  const [hour, minute, second] = [twoDigits(bytes, at + 11), twoDigits(bytes, at + 14), twoDigits(bytes, at + 17)];
  const [hundredths, thousandth] = [twoDigits(bytes, at + 20), byteAt(bytes, at + 22) - zero];
  if (!isCut || century < 0 || yearOfIt < 0 || hour < 0 || minute < 0 || second < 0 || hundredths < 0 || thousandth < 0 || thousandth > 9) return null;
  const year = century * 100 + yearOfIt;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = (daysOfMonths[monthNumber - 1] ?? 0) + (monthNumber === 2 && isLeap ? 1 : 0);
  if (day < 1 || day > days || hour > 23 || minute > 59 || second > 59) return null;
  return (((daysSince1970(year, monthNumber, day) * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + hundredths * 10 + thousandth;
};

const [timeMark, point, utcMark] = [0x54, 0x2e, 0x5a];

/** Negative when either is no digit. */
const twoDigits = (bytes: Uint8Array, at: number): number => {
  const [tens, ones] = [byteAt(bytes, at) - zero, byteAt(bytes, at + 1) - zero];
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
};

// The year begins in March here, so that the leap day is its last (Hinnant, days from civil).
const daysSince1970 = (year: number, monthNumber: number, day: number): number => {
  const shifted = monthNumber > 2 ? year : year - 1;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((monthNumber + 9) % 12) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
};

/** The first 48 bits of a UUID at a place: the milliseconds of a UUIDv7 (RFC 9562 §5.7). */
export const uuidMs = (bytes: Uint8Array, at: number): number => {
  let value = 0;
  for (let place = 0; place < 13; place += 1) if (place !== 8) value = value * 16 + hexValue(byteAt(bytes, at + place));
  return value;
};

/** Value of a lower-case hexadecimal digit. */
export const hexValue = (byte: number): number => (byte >= letterA ? byte - letterA + 10 : byte - zero);
