import { base64Of32, code, count, hex16, hex32, instant, listOf, month, number, oin, uri, uuid, visibleText, word } from './leaf-forms.js';
import type { FormReader } from './leaf-forms.js';

/** What an entry of the log records. */
export const leafKinds = [
  'disclosure', 'hold', 'refusal', 'outcome', 'consultation', 'policy', 'key', 'correction', 'destruction', 'refusal-summary',
] as const;
export type LeafKind = (typeof leafKinds)[number];

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

/** A key of a leaf and the form of its value; `within` for the one value that has keys of its own. */
export interface LeafField {
  readonly name: string;
  /** Place in the tables of a scan. */
  readonly number: number;
  readonly form: { readonly kind: 'value'; readonly read: FormReader } | { readonly kind: 'within'; readonly fields: readonly LeafField[] };
}

const codes = listOf(code);
const commitmentForms: readonly (readonly [string, FormReader])[] = [['actor', base64Of32], ['payload', base64Of32], ['reason', base64Of32], ['subject', listOf(base64Of32)]];
const forms: readonly (readonly [string, FormReader])[] = [
  ['v', number(1)], ['id', uuid(7, 7)], ['kind', word(...leafKinds)], ['at', instant],
  ['from', oin], ['to', oin], ['onBehalf', oin], ['controller', oin],
  ['fromRole', code], ['toRole', code], ['role', code], ['activity', uri],
  ['law', code], ['purpose', code], ['basis', code], ['cat', codes],
  ['decision', word('permit', 'hold', 'refuse')], ['rule', code], ['policy', hex32],
  ['agreement', code], ['senderAgreement', code], ['setting', code], ['mandate', code],
  ['code', code], ['reasons', codes], ['schema', code],
  ['trace', hex16], ['msg', uuid(1, 8)], ['ref', uuid(1, 8)],
  ['sealed', base64Of32],
  ['count', count], ['root', base64Of32], ['first', count], ['last', count],
  ['period', month], ['keys', codes],
  // Two different functions approve a destruction: the list holds no doubles.
  ['approvers', listOf(code, { least: 2, most: 2 })],
  ['vkey', visibleText(300)], ['size', count],
];

// RFC 8785 §3.2.3: keys rise, so a reader that goes through both once finds each.
const sorted = (fields: readonly LeafField[]): readonly LeafField[] => [...fields].sort((a, b) => (a.name < b.name ? -1 : 1));
const valueField = (number: number) => ([name, read]: readonly [string, FormReader], place: number): LeafField => ({ name, number: number + place, form: { kind: 'value', read } });
const commitmentFields = sorted(commitmentForms.map(valueField(forms.length)));

/** Every key of a leaf, in the order in which they stand. */
export const leafFields: readonly LeafField[] = sorted([
  ...forms.map(valueField(0)),
  { name: 'c', number: forms.length + commitmentForms.length, form: { kind: 'within', fields: commitmentFields } },
]);

/** How many there are, those of the commitments included. */
export const leafFieldCount = forms.length + commitmentForms.length + 1;

/** The name of each by its number; a commitment as `c.payload`. */
export const leafFieldNames: readonly string[] = [...leafFields.map(({ name, number }) => ({ name, number })), ...commitmentFields.map(({ name, number }) => ({ name: `c.${name}`, number }))]
  .sort((a, b) => a.number - b.number).map(({ name }) => name);

/** The number of a field by its name; throws for one that does not exist. */
export const leafFieldNumber = (name: string): number => {
  const found = leafFieldNames.indexOf(name);
  if (found < 0) throw new Error(`bug: a leaf has no key ${name}`);
  return found;
};
