import { z } from 'zod';
import type { Field, FieldValue, FieldValues, GroupField, LeafField, ListField } from './field.js';
import { textForms } from './form.js';
import { isBsn, isDay, isInstant } from './lexical.js';

// Only characters that XML 1.0 and JSON both carry; no C1 controls, and no bidirectional overrides, with which a name can be made to
// read as another (Unicode TR36).
const lineCharacters = /^[^\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF\p{Cs}]*$/u;
const textCharacters = /^[^\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF\p{Cs}]*$/u;

/** Text as the hub keeps it: line ends as XML 1.0 §2.11 makes them, no white space around it. */
export const normalLines = (text: string): string => text.replace(/\r\n?/g, '\n').replace(/^[ \t\n]+/, '').replace(/(?<![ \t\n])[ \t\n]+$/, '');

/** One line as the hub keeps it: white space collapsed as for xs:token (XML Schema 1.0 Part 2 §4.3.6). */
export const normalLine = (text: string): string => text.replace(/[ \t\n\r]+/g, ' ').replace(/^ | $/g, '');

/** Length in characters as XSD and JSON Schema count: code points, not UTF-16 units. */
const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

const textSchema = (of: LeafField & { kind: 'text' }): z.ZodType<string> => {
  const characters = of.lines ? textCharacters : lineCharacters;
  const pattern = of.form === null ? null : new RegExp(`^(?:${textForms[of.form].pattern})$`, 'u');
  const maxLength = of.form === null ? of.maxLength : textForms[of.form].maxLength;
  return z.string().max(maxLength * 4 + 1000).transform(of.lines ? normalLines : normalLine)
    .refine((text) => text !== '' && codePoints(text) <= maxLength && characters.test(text) && (pattern === null || pattern.test(text)));
};

const leafSchema = (of: LeafField): z.ZodType<FieldValue> => {
  switch (of.kind) {
    case 'text': return textSchema(of);
    case 'date': return z.string().refine(isDay);
    case 'instant': return z.string().refine(isInstant);
    case 'bsn': return z.string().refine(isBsn);
    case 'boolean': return z.boolean();
    case 'integer': return z.number().int().min(of.min).max(of.max);
    case 'enum': return z.string().refine((word) => of.values.includes(word));
  }
};

const listSchema = (of: ListField): z.ZodType<FieldValue> => z.array(fieldSchema(of.item)).min(1).max(of.maxItems);

const groupSchema = (of: GroupField): z.ZodType<FieldValue> =>
  schemaOf(of.fields).refine((values) => Object.keys(values).length > 0);

const fieldSchema = (of: Field): z.ZodType<FieldValue> => {
  switch (of.kind) {
    case 'group': return groupSchema(of);
    case 'list': return listSchema(of);
    default: return leafSchema(of);
  }
};

// Those of all types and documents together are 25 MB and half a second of every start, and a process reads few of them.
const made = new WeakMap<readonly Field[], z.ZodType<FieldValues>>();

/** The schema of a row of fields: a strict object, required fields present, text trimmed. Made at the first call for that row, and kept with it. */
export const schemaOf = (fields: readonly Field[]): z.ZodType<FieldValues> => {
  const known = made.get(fields);
  if (known !== undefined) return known;
  const schema = z.strictObject(Object.fromEntries(fields.map((of) => [of.name, of.required ? fieldSchema(of) : fieldSchema(of).optional()]))) as unknown as z.ZodType<FieldValues>;
  made.set(fields, schema);
  return schema;
};
