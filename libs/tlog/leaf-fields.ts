/** What an entry of the log records. */
export const leafKinds = [
  'disclosure', 'hold', 'refusal', 'outcome', 'consultation', 'policy', 'key', 'correction', 'destruction', 'refusal-summary',
] as const;
export type LeafKind = (typeof leafKinds)[number];

/** True for the kinds of `leafKinds`. */
export const isLeafKind = (value: unknown): value is LeafKind => leafKinds.some((kind) => kind === value);

/** Keys an entry of this kind cannot do without. */
export const requiredByKind: Readonly<Record<LeafKind, readonly string[]>> = {
  disclosure: ['from', 'to', 'msg', 'cat', 'rule', 'policy', 'c.payload', 'sealed'],
  hold: ['code'],
  refusal: ['code'],
  outcome: ['ref', 'code'],
  consultation: ['purpose'],
  policy: ['code'],
  key: ['vkey'],
  correction: ['ref', 'code'],
  destruction: ['period', 'count', 'keys', 'approvers'],
  'refusal-summary': ['count', 'root'],
};

// Only a disclosure binds an outgoing body: nothing can hang on any other kind of entry.
const bindsBody = ['c.payload', 'sealed'];

/** Keys an entry of this kind may not carry. */
export const forbiddenByKind: Readonly<Record<LeafKind, readonly string[]>> = {
  disclosure: [],
  hold: bindsBody,
  refusal: bindsBody,
  outcome: bindsBody,
  consultation: bindsBody,
  policy: bindsBody,
  key: bindsBody,
  correction: bindsBody,
  destruction: bindsBody,
  'refusal-summary': bindsBody,
};

type Check = (value: unknown) => boolean;

const listMax = 256;
const matches = (pattern: RegExp): Check => (value) => typeof value === 'string' && pattern.test(value);
const oneOf = (...values: readonly unknown[]): Check => (value) => values.includes(value);
const listOf = (item: Check): Check => (value) =>
  Array.isArray(value) && value.length <= listMax && new Set(value).size === value.length && value.every(item);
const count: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0);

const uuid = matches(/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const uuidV7 = matches(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
// Twenty digits: a name does not fit, and neither does a BSN (nine).
const oin = matches(/^[0-9]{20}$/);
// A code has a letter, so that no bare number of a person can stand in its place; ASCII, so that it is NFC.
const code = matches(/^(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9][A-Za-z0-9._:\/@+-]{0,119}$/);
const uri = matches(/^[a-z][a-z0-9+.-]*:[!-~]{1,240}$/);
const hex32 = matches(/^[0-9a-f]{64}$/);
const base64Of32 = matches(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/);
// By hand: toISOString and back took a fifth of the time of checking a whole log.
const instantForm = /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const instant: Check = (value) => {
  if (typeof value !== 'string' || !instantForm.test(value)) return false;
  const day = Number(value.slice(8, 10));
  return day <= 28 || day <= daysIn(Number(value.slice(0, 4)), Number(value.slice(5, 7)));
};
const daysIn = (year: number, month: number): number => {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

const commitmentKeys = new Map<string, Check>([
  ['actor', base64Of32], ['payload', base64Of32], ['reason', base64Of32], ['subject', listOf(base64Of32)],
]);
const commitments: Check = (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const keys = Object.entries(value);
  // Object.entries keeps the order of the text, which must be sorted (RFC 8785 §3.2.3).
  return keys.length > 0 && keys.every(([key, item], i) => {
    const before = keys[i - 1];
    return (before === undefined || before[0] < key) && (commitmentKeys.get(key)?.(item) ?? false);
  });
};

const fields = new Map<string, Check>([
  ['v', oneOf(1)], ['id', uuidV7], ['kind', oneOf(...leafKinds)], ['at', instant],
  ['from', oin], ['to', oin], ['onBehalf', oin], ['controller', oin],
  ['fromRole', code], ['toRole', code], ['role', code], ['activity', uri],
  ['law', code], ['purpose', code], ['basis', code], ['cat', listOf(code)],
  ['decision', oneOf('permit', 'hold', 'refuse')], ['rule', code], ['policy', hex32],
  ['agreement', code], ['setting', code], ['mandate', code],
  ['code', code], ['reasons', listOf(code)], ['schema', code],
  ['trace', matches(/^[0-9a-f]{32}$/)], ['msg', uuid], ['ref', uuid],
  ['c', commitments], ['sealed', base64Of32],
  ['count', count], ['root', base64Of32], ['first', count], ['last', count],
  ['period', matches(/^\d{4}-(0[1-9]|1[0-2])$/)], ['keys', listOf(code)],
  // Two different functions approve a destruction: the list holds no doubles.
  ['approvers', (value) => listOf(code)(value) && Array.isArray(value) && value.length === 2],
  ['vkey', matches(/^[!-~]{1,300}$/)], ['size', count],
]);

/** Null when the key is known and its value fits; otherwise the rule broken, without the value. */
export const checkField = (key: string, value: unknown): string | null => {
  const check = fields.get(key);
  if (check === undefined) return 'unknown key';
  return check(value) ? null : `key ${key} does not fit its form`;
};
