import type { Category } from '../category.js';
import type { TextFormName } from './form.js';
import type { Label } from './label.js';

/**
 * What every field says about itself. `category` decides who may get it; on a group or list it is only the prevailing one, because
 * there the leaves inside decide. `source` is the article of law the field serves. `note` is an extra remark for readers of the schema.
 */
interface Common<N extends string, R extends boolean> {
  readonly name: N;
  readonly category: Category;
  readonly required: R;
  readonly label: Label;
  readonly source: string;
  readonly note: string | null;
}

/** Text after trimming: never empty; one line unless `lines`; of a named form when `form` is not null. */
export interface TextField<N extends string = string, R extends boolean = boolean> extends Common<N, R> {
  readonly kind: 'text';
  readonly form: TextFormName | null;
  readonly maxLength: number;
  readonly lines: boolean;
}

/** A day (`date`), a moment with offset (`instant`), yes or no (`boolean`) or a citizen service number (`bsn`). */
export interface PlainField<N extends string = string, R extends boolean = boolean, K extends PlainKind = PlainKind> extends Common<N, R> {
  readonly kind: K;
}
type PlainKind = 'date' | 'instant' | 'boolean' | 'bsn';

/** A whole number within bounds, both included. */
export interface IntegerField<N extends string = string, R extends boolean = boolean> extends Common<N, R> {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
}

/** One of a closed list of words. */
export interface EnumField<N extends string = string, R extends boolean = boolean, V extends string = string> extends Common<N, R> {
  readonly kind: 'enum';
  readonly values: readonly V[];
}

/** Fields that belong together; never empty when present. */
export interface GroupField<N extends string = string, R extends boolean = boolean, F extends readonly Field[] = readonly Field[]> extends Common<N, R> {
  readonly kind: 'group';
  readonly fields: F;
}

/** One to `maxItems` of `item`; absence, not an empty list, says there are none. In XML each element bears the name of `item`. */
export interface ListField<N extends string = string, R extends boolean = boolean, I extends ListItem = ListItem> extends Common<N, R> {
  readonly kind: 'list';
  readonly item: I;
  readonly maxItems: number;
}

/** A field that holds one value. */
export type LeafField = TextField | PlainField | IntegerField | EnumField;
/** What a list may hold; lists of lists do not exist. */
export type ListItem = LeafField | GroupField;
/** Any field of a message. */
export type Field = LeafField | GroupField | ListField;

/** One value as the sender wrote it: days as `YYYY-MM-DD`, moments as ISO 8601 with offset. */
export type FieldValue = string | number | boolean | readonly FieldValue[] | FieldValues;
/** Values by field name, nested as the fields are. */
export interface FieldValues { readonly [name: string]: FieldValue }

/** The TypeScript type of one field's value. */
export type ValueOf<F> =
  F extends { readonly kind: 'enum'; readonly values: readonly (infer V)[] } ? V
    : F extends { readonly kind: 'boolean' } ? boolean
      : F extends { readonly kind: 'integer' } ? number
        : F extends { readonly kind: 'group'; readonly fields: infer G extends readonly Field[] } ? ValuesOf<G>
          : F extends { readonly kind: 'list'; readonly item: infer I } ? readonly ValueOf<I>[]
            : string;

/** The TypeScript type of a row of fields: required ones present, the others possibly absent. */
export type ValuesOf<Fs extends readonly Field[]> =
  { readonly [F in Fs[number] as F['required'] extends true ? F['name'] : never]: ValueOf<F> }
  & { readonly [F in Fs[number] as F['required'] extends true ? never : F['name']]?: ValueOf<F> };

interface Options extends Label {
  readonly source: string;
  readonly optional?: boolean;
  readonly note?: string;
}
type TextOptions = Options & { readonly form?: TextFormName; readonly max?: number; readonly lines?: boolean };
type RequiredOf<O> = O extends { readonly optional: true } ? false : true;

const common = <N extends string, O extends Options>(name: N, category: Category, options: O): Common<N, RequiredOf<O>> => ({
  name,
  category,
  required: (options.optional !== true) as RequiredOf<O>,
  label: { nl: options.nl, en: options.en },
  source: options.source,
  note: options.note ?? null,
});

const plain = <K extends PlainKind>(kind: K) =>
  <const N extends string, const O extends Options>(name: N, category: Category, options: O): PlainField<N, RequiredOf<O>, K> =>
    ({ kind, ...common(name, category, options) });

const lineMaxLength = 200;
const itemsMax = 50;

/** Makers of fields. A field is required unless its options say `optional: true`. */
export const field = {
  text: <const N extends string, const O extends TextOptions>(name: N, category: Category, options: O): TextField<N, RequiredOf<O>> =>
    ({ kind: 'text', form: options.form ?? null, maxLength: options.max ?? lineMaxLength, lines: options.lines ?? false, ...common(name, category, options) }),
  date: plain('date'),
  instant: plain('instant'),
  boolean: plain('boolean'),
  bsn: plain('bsn'),
  integer: <const N extends string, const O extends Options & { readonly min: number; readonly max: number }>(name: N, category: Category, options: O): IntegerField<N, RequiredOf<O>> =>
    ({ kind: 'integer', min: options.min, max: options.max, ...common(name, category, options) }),
  oneOf: <const N extends string, const V extends string, const O extends Options>(name: N, category: Category, values: readonly V[], options: O): EnumField<N, RequiredOf<O>, V> =>
    ({ kind: 'enum', values, ...common(name, category, options) }),
  group: <const N extends string, const F extends readonly Field[], const O extends Options>(name: N, category: Category, fields: F, options: O): GroupField<N, RequiredOf<O>, F> =>
    ({ kind: 'group', fields, ...common(name, category, options) }),
  list: <const N extends string, const I extends ListItem, const O extends Options & { readonly maxItems?: number }>(name: N, item: I, options: O): ListField<N, RequiredOf<O>, I> =>
    ({ kind: 'list', item, maxItems: options.maxItems ?? itemsMax, ...common(name, item.category, options) }),
} as const;
