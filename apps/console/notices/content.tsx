import { messageDefinitions, valueWords, type Field, type FieldValue, type FieldValues, type MessageType } from '@ketensluis/domain';
import type { ReactNode } from 'react';
import type { Attended } from '../route.js';
import { Facts, Moment } from '../shell/parts.js';
import { caseWords } from './words.js';

type Looking = Pick<Attended, 'language' | 'now'>;

const isList = (value: FieldValue): value is readonly FieldValue[] => Array.isArray(value);
const isGroup = (value: FieldValue): value is FieldValues => typeof value === 'object' && !isList(value);

/** What a message says, field by field under the names the contract gives them, who and where first, signatures last; what the definition does not know is not shown. */
export const Content = ({ type, fields, visit }: { readonly type: MessageType; readonly fields: FieldValues; readonly visit: Looking }) => (
  <div className="content"><Group of={messageDefinitions[type].fields} values={fields} visit={visit} /></div>
);

interface Filled {
  readonly of: Field;
  readonly value: FieldValue;
}

const isLong = ({ of, value }: Filled): boolean => of.kind === 'text' && of.lines && typeof value === 'string' && value.length > 60;
/** Who signed, and who was designated: true of every case, and so the last to be read. */
const isFormal = ({ of }: Filled): boolean => of.kind === 'group' && of.category === 'C-REF';
const isLine = ({ of, value }: Filled): boolean => (of.kind !== 'group' && of.kind !== 'list' && !isLong({ of, value })) || addressOf(of, value) !== null;

// One under another: side by side a group within a group has no room left.
const Group = ({ of, values, visit }: { readonly of: readonly Field[]; readonly values: FieldValues; readonly visit: Looking }) => {
  const filled = of.flatMap((field): readonly Filled[] => {
    const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    return value === undefined ? [] : [{ of: field, value }];
  });
  const lines = filled.filter(isLine);
  const blocks = filled.filter((one) => !isLine(one));
  const short = blocks.filter((one) => !isLong(one));
  return (
    <>
      {short.filter((one) => !isFormal(one)).map((one) => <Block key={one.of.name} {...one} visit={visit} />)}
      {lines.length === 0 ? null : <Facts facts={lines.map(({ of: field, value }) => [field.label[visit.language], <Leaf key={field.name} of={field} value={value} visit={visit} />] as const)} />}
      {[...blocks.filter(isLong), ...short.filter(isFormal)].map((one) => <Block key={one.of.name} {...one} visit={visit} />)}
    </>
  );
};

const Block = ({ of, value, visit }: Filled & { readonly visit: Looking }) => (
  <div className="content__block">
    <p className="content__name">{of.label[visit.language]}</p>
    {of.kind === 'group' && isGroup(value) ? <Group of={of.fields} values={value} visit={visit} /> : null}
    {of.kind === 'list' && isList(value) ? value.map((item, place) => <div key={place} className="content__item"><Item of={of.item} value={item} visit={visit} /></div>) : null}
    {of.kind === 'text' ? <p className="lines" lang="nl">{String(value)}</p> : null}
  </div>
);

const Item = ({ of, value, visit }: Filled & { readonly visit: Looking }) =>
  of.kind === 'group' && isGroup(value) ? <Group of={of.fields} values={value} visit={visit} /> : <Leaf of={of} value={value} visit={visit} />;

const Leaf = ({ of, value, visit }: Filled & { readonly visit: Looking }): ReactNode => {
  switch (of.kind) {
    case 'group': return addressOf(of, value);
    case 'boolean': return value === true ? caseWords(visit.language).yes : caseWords(visit.language).no;
    case 'instant': return typeof value === 'string' ? <Moment at={new Date(value)} visit={visit} /> : null;
    case 'date': return typeof value === 'string' ? <time dateTime={value}>{value.split('-').reverse().join('-')}</time> : null;
    case 'enum': return typeof value === 'string' ? valueWords(value)[visit.language] : null;
    case 'text': return of.form === 'telefoon' && typeof value === 'string' ? <a href={`tel:${value.replace(/[^+0-9]/g, '')}`}>{value}</a> : <span className="lines" lang="nl">{String(value)}</span>;
    case 'list':
    case 'bsn':
    case 'integer': return String(value);
  }
};

/** An address on one line, as on an envelope; null for anything else, and for a group that holds one and nothing else it is that. */
const addressOf = (of: Field, value: FieldValue): string | null => {
  if (of.kind !== 'group' || !isGroup(value)) return null;
  const [only, ...others] = of.fields;
  if (only !== undefined && others.length === 0) {
    const inner = value[only.name];
    return inner === undefined ? null : addressOf(only, inner);
  }
  const { straat, huisnummer, toevoeging, postcode, plaats } = value;
  if (typeof straat !== 'string' || typeof plaats !== 'string') return null;
  return `${[straat, huisnummer, toevoeging].filter((part) => typeof part === 'string').join(' ')}, ${[postcode, plaats].filter((part) => typeof part === 'string').join(' ')}`;
};

/** A field by its path in a message, as people call it; the path itself when the definition does not know it. */
export const fieldLabel = (type: MessageType, path: string, language: Attended['language']): string => {
  let fields: readonly Field[] = messageDefinitions[type].fields;
  const names: string[] = [];
  for (const step of path.split('.')) {
    const found = fields.find(({ name }) => name === step.replace(/\[\d+\]$/, ''));
    if (found === undefined) return path;
    names.push(found.label[language]);
    const inner = found.kind === 'list' ? found.item : found;
    fields = inner.kind === 'group' ? inner.fields : [];
  }
  return names.join(', ');
};
