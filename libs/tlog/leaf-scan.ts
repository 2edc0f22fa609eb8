import { forbiddenByKind, leafFieldCount, leafFieldNames, leafFieldNumber, leafFields, leafKinds, requiredByKind } from './leaf-fields.js';
import type { LeafField, LeafKind } from './leaf-fields.js';
import { broken, byteAt, colon, comma, instantMs, quote, startsWith, uuidMs } from './leaf-forms.js';

/** Where each value of a leaf begins, by the number of its field; `absent` for those it does not have. Overwritten by the next scan. */
export type LeafPlaces = Int32Array;

/** What stands for a field that is not there. */
export const absent = -1;

/** Room for one scan at a time. */
export const createLeafPlaces = (): LeafPlaces => new Int32Array(leafFieldCount);

/** Places of a string value are those of its opening quote. */
export const [idNumber, refNumber] = [leafFieldNumber('id'), leafFieldNumber('ref')];
const [kindNumber, atNumber] = [leafFieldNumber('kind'), leafFieldNumber('at')];

/**
 * Reads a leaf in one pass over its bytes: the canonical form (RFC 8785 cut down to what a leaf needs, which leaves one way to write each value), every field
 * and what its kind asks for. Null when it is one, with the places of its values; otherwise the rule broken, without a value. Never throws.
 */
export const scanLeaf = (bytes: Uint8Array, places: LeafPlaces): string | null => {
  places.fill(absent);
  const end = scanObject(bytes, 0, tables.leaf, places);
  if (end < 0) return problems[-end] ?? `key ${leafFieldNames[-end - problems.length] ?? ''} does not fit its form`;
  return end === bytes.length ? kindProblem(bytes, places) ?? timeProblem(bytes, places) : notCanonical;
};

const notCanonical = 'not canonical';
// What a negative place means; further below come the fields whose value does not fit.
const problems = ['', notCanonical, 'unknown key'];
const unknownKey = -2;
const [brace, closingBrace] = [0x7b, 0x7d];

/** A field as the scan looks for it: by the hash of its name, then by its name. */
interface Wanted {
  readonly hash: number;
  readonly name: Uint8Array;
  readonly field: LeafField;
}

const tableOf = (fields: readonly LeafField[]): readonly Wanted[] => {
  const table = fields.map((field) => {
    const name = Buffer.from(field.name, 'latin1');
    return { hash: name.reduce(mixed, 0), name, field };
  });
  if (new Set(table.map(({ hash }) => hash)).size !== table.length) throw new Error('bug: two keys of a leaf have one hash');
  return table;
};

const mixed = (hash: number, byte: number): number => (Math.imul(hash, 31) + byte) | 0;

const tables = {
  leaf: tableOf(leafFields),
  within: new Map(leafFields.flatMap((field) => (field.form.kind === 'within' ? [[field.number, tableOf(field.form.fields)] as const] : []))),
};

/** The place behind the object, or one of the negative numbers above. */
const scanObject = (bytes: Uint8Array, start: number, table: readonly Wanted[], places: LeafPlaces): number => {
  if (byteAt(bytes, start) !== brace) return broken;
  let next = 0;
  for (let at = start + 1; ; at += 1) {
    if (byteAt(bytes, at) !== quote) return broken;
    let [close, hash] = [at + 1, 0];
    for (let byte = byteAt(bytes, close); byte !== quote; byte = byteAt(bytes, close)) {
      if (byte === 0) return broken;
      hash = mixed(hash, byte);
      close += 1;
    }
    // Keys rise, so what was passed does not come again: this keeps order and doubles as well.
    let wanted = table[next];
    while (wanted !== undefined && wanted.hash !== hash) wanted = table[next += 1];
    if (wanted === undefined || wanted.name.length !== close - at - 1 || !startsWith(bytes, at + 1, wanted.name)) return keyProblem(table, bytes, at + 1, close);
    if (byteAt(bytes, close + 1) !== colon) return broken;
    const { field } = wanted;
    places[field.number] = close + 2;
    at = scanValue(bytes, close + 2, field, places);
    if (at < 0) return at;
    next += 1;
    const following = byteAt(bytes, at);
    if (following === closingBrace) return at + 1;
    if (following !== comma) return broken;
  }
};

const scanValue = (bytes: Uint8Array, at: number, { form, number }: LeafField, places: LeafPlaces): number => {
  const end = form.kind === 'value' ? form.read(bytes, at) : scanObject(bytes, at, tables.within.get(number) ?? [], places);
  return end < 0 ? -problems.length - number : end;
};

/** A key that is known has come too late or twice. */
const keyProblem = (table: readonly Wanted[], bytes: Uint8Array, from: number, to: number): number =>
  table.some(({ name }) => name.length === to - from && startsWith(bytes, from, name)) ? broken : unknownKey;

/** What a kind asks for and what it may not have, as numbers. */
interface KindRule {
  readonly kind: LeafKind;
  readonly quoted: Uint8Array;
  readonly required: readonly number[];
  readonly forbidden: readonly number[];
}

const kindRules: readonly KindRule[] = leafKinds.map((kind) => ({
  kind, quoted: Buffer.from(`"${kind}"`, 'latin1'),
  required: ['v', 'id', 'at', ...requiredByKind[kind]].map(leafFieldNumber), forbidden: forbiddenByKind[kind].map(leafFieldNumber),
}));

const kindProblem = (bytes: Uint8Array, places: LeafPlaces): string | null => {
  const at = places[kindNumber] ?? absent;
  if (at === absent) return 'key kind is missing';
  for (const { kind, quoted, required, forbidden } of kindRules) {
    if (!startsWith(bytes, at, quoted)) continue;
    for (const field of forbidden) if (places[field] !== absent) return `key ${leafFieldNames[field] ?? ''} does not belong in a ${kind}`;
    for (const field of required) if (places[field] === absent) return `key ${leafFieldNames[field] ?? ''} is missing in a ${kind}`;
    return null;
  }
  throw new Error('bug: a kind that was read and is none');
};

const timeProblem = (bytes: Uint8Array, places: LeafPlaces): string | null =>
  leafMs(bytes, places) === instantMs(bytes, (places[atNumber] ?? 0) + 1) ? null : 'id does not carry the time of at';

/** The moment of a leaf that was scanned, in milliseconds since 1970. */
export const leafMs = (bytes: Uint8Array, places: LeafPlaces): number => uuidMs(bytes, (places[idNumber] ?? 0) + 1);
