import { bsnPattern, dayPattern, instantPattern, textForms, type Field, type LeafField } from '@ketensluis/domain';
import { namespace, type DocumentShape } from './document.js';

type Schema = Readonly<Record<string, unknown>>;

// The characters the reader refuses, as a class for a regular expression with the u flag.
const notLine = '\\u0000-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\uFFFE\\uFFFF';
const notText = '\\u0000-\\u0008\\u000B-\\u001F\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\uFFFE\\uFFFF';

const described = (of: Field): Schema => ({
  title: of.label.nl,
  description: [`${of.label.en}.`, `${of.source}.`, ...(of.note === null ? [] : [of.note])].join(' '),
});

const whole = (pattern: string): string => `^(?:${pattern})$`;

const textSchema = (of: LeafField & { kind: 'text' }): Schema => {
  if (of.form !== null) return { type: 'string', pattern: whole(textForms[of.form].pattern), maxLength: textForms[of.form].maxLength };
  const refused = of.lines ? notText : notLine;
  // One character that is not white space somewhere: text of spaces is no text.
  return { type: 'string', minLength: 1, maxLength: of.maxLength, pattern: `^[ \\t\\n]*[^ ${refused}\\t\\n][^${refused}]*$` };
};

const leafSchema = (of: LeafField): Schema => {
  switch (of.kind) {
    case 'text': return textSchema(of);
    case 'date': return { type: 'string', format: 'date', pattern: whole(dayPattern) };
    case 'instant': return { type: 'string', format: 'date-time', pattern: whole(instantPattern) };
    case 'bsn': return { type: 'string', pattern: whole(bsnPattern), $comment: '11-proef' };
    case 'boolean': return { type: 'boolean' };
    case 'integer': return { type: 'integer', minimum: of.min, maximum: of.max };
    case 'enum': return of.values.length === 1 ? { const: of.values[0] } : { enum: of.values };
  }
};

/** The groups of one schema by name: what is the same twice, as the items of the RiHG are, is written once. */
type Defs = Map<string, Schema>;

const named = (defs: Defs, name: string, schema: Schema): string => {
  const content = JSON.stringify(schema);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name}.${number}`;
    const known = defs.get(candidate);
    if (known === undefined) defs.set(candidate, schema);
    if (known === undefined || JSON.stringify(known) === content) return candidate;
  }
};

const fieldSchema = (defs: Defs, of: Field): Schema => {
  switch (of.kind) {
    case 'group': return { ...described(of), $ref: `#/$defs/${named(defs, of.name, { ...objectSchema(defs, of.fields), minProperties: 1 })}` };
    case 'list': return { ...described(of), type: 'array', minItems: 1, maxItems: of.maxItems, items: fieldSchema(defs, of.item) };
    default: return { ...described(of), 'x-categorie': of.category, ...leafSchema(of) };
  }
};

const objectSchema = (defs: Defs, fields: readonly Field[]): Schema => ({
  type: 'object',
  properties: Object.fromEntries(fields.map((of) => [of.name, fieldSchema(defs, of)])),
  required: fields.filter((of) => of.required).map((of) => of.name),
  additionalProperties: false,
});

/** The JSON Schema (draft 2020-12) of one document type; `x-categorie` on every leaf names its category. */
export const jsonSchemaOf = ({ kind, definition, fields }: DocumentShape): Schema => {
  const defs: Defs = new Map();
  const body = objectSchema(defs, fields);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `${namespace}:${kind}:${definition.type}`,
    title: definition.label.nl,
    description: `${definition.label.en}. ${definition.article}.`,
    $comment: kind === 'bericht' ? definition.rules.map((rule) => `${rule.id}: ${rule.remedy.nl} (${rule.article})`).join('\n') : 'Elk veld van de inhoud kan zijn weggelaten; zie weggelaten.',
    ...body,
    properties: { soort: { const: definition.type }, versie: { const: definition.version }, ...Object(body['properties']) },
    required: ['soort', 'versie', ...fields.filter((of) => of.required).map((of) => of.name)],
    $defs: Object.fromEntries(defs),
  };
};
