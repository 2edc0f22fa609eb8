import { normalLine, normalLines, messageDefinitions, textForms, type Field, type FieldValue, type FieldValues, type LeafField, type MessageBody, type MessageType } from '@ketensluis/domain';
import fc from 'fast-check';
import { exampleBody } from './examples.js';

const refused = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF\p{Cs}]/gu;
const nasty = fc.constantFrom('<', '>', '&', '"', '\'', ']]>', '&amp;', '<!--', '\n', '\n\n  ', '  ', '\u00e9', '\u{1F600}', 'e\u0301', '\u00a0', '{"', '\\u0000', '--', '?>');

// Text as the reader would leave it: whatever characters the contract carries, mark-up first of all.
const text = (of: LeafField & { kind: 'text' }): fc.Arbitrary<string> => {
  if (of.form !== null) {
    const { pattern, maxLength } = textForms[of.form];
    return fc.stringMatching(new RegExp(`^(?:${pattern})$`)).filter((one) => one.length <= maxLength && normalLine(one) === one);
  }
  const normal = of.lines ? normalLines : normalLine;
  return fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), nasty), { maxLength: 5 })
    .map((parts) => normal([...normal(parts.join('').replace(refused, ''))].slice(0, of.maxLength).join('')))
    .map((one) => one === '' ? 'x' : one);
};

const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }).map((date) => date.toISOString().slice(0, 10));
const instant = fc.tuple(day, fc.integer({ min: 0, max: 23 }), fc.constantFrom('Z', '+01:00', '+02:00', '-05:30'), fc.constantFrom('', '.5', '.123'))
  .map(([date, hour, offset, fraction]) => `${date}T${String(hour).padStart(2, '0')}:30:00${fraction}${offset}`);

const leaf = (of: LeafField): fc.Arbitrary<FieldValue> => {
  switch (of.kind) {
    case 'text': return text(of);
    case 'date': return day;
    case 'instant': return instant;
    case 'bsn': return fc.constantFrom('999900018', '999900109', '999900110');
    case 'boolean': return fc.boolean();
    case 'integer': return fc.integer({ min: of.min, max: of.max });
    case 'enum': return fc.constantFrom(...of.values);
  }
};

/** Values a field could hold, by its definition alone. */
export const valueOf = (of: Field): fc.Arbitrary<FieldValue> => {
  switch (of.kind) {
    case 'group': return valuesOf(of.fields).filter((values) => Object.keys(values).length > 0);
    case 'list': return fc.array(valueOf(of.item), { minLength: 1, maxLength: Math.min(3, of.maxItems) });
    default: return leaf(of);
  }
};

/** Values a row of fields could hold; optional ones come and go. */
export const valuesOf = (fields: readonly Field[]): fc.Arbitrary<FieldValues> =>
  fc.record(Object.fromEntries(fields.map((of) => [of.name, valueOf(of)])), { requiredKeys: fields.filter((of) => of.required).map((of) => of.name) })
    .map((values) => ({ ...values } as FieldValues));

/** Messages that follow the contract: the committed example with every field replaced for which the rules over several fields allow it. */
export const messageOf = (type: MessageType): fc.Arbitrary<MessageBody> => {
  const example = exampleBody(type);
  const { fields, rules } = messageDefinitions[type];
  const holds = (values: FieldValues): boolean => rules.every((rule) => rule.holds(values, example.attachments));
  const grown = valuesOf(fields).map((generated) => fields.reduce<FieldValues>((values, { name }) => {
    const { [name]: _, ...others } = values;
    const candidate = generated[name] === undefined ? others : { ...others, [name]: generated[name] };
    return holds(candidate) ? candidate : values;
  }, example.fields));
  return fc.record({ id: fc.uuid().map((one) => one.toLowerCase()), fields: grown, sentAt: fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }) })
    .map((changed) => ({ ...example, ...changed }));
};

/** Bytes of a real document with a few places overwritten, cut out, repeated or replaced by mark-up. */
export const mutationOf = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> => {
  const fragment = fc.constantFrom('<', '</', '/>', '<!DOCTYPE x [<!ENTITY a "b">]>', '<![CDATA[', ']]>', '<!--', '-->', '<?pi?>', '&a;', '&#0;', '&#xD800;', '"', '{', '}', '[', ',', '\\', '__proto__', '\uFEFF', '\u0000', 'xmlns="x"', '1e999', '-0', 'null')
    .map((one) => new TextEncoder().encode(one));
  const piece = fc.oneof(fragment, fc.uint8Array({ maxLength: 4 }), fc.constant(new Uint8Array()));
  const edit = fc.record({ at: fc.nat(bytes.length), skip: fc.nat(40), piece, repeat: fc.integer({ min: 1, max: 3 }) });
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => edits.reduce((document, one) =>
    new Uint8Array(Buffer.concat([document.subarray(0, one.at), ...Array.from({ length: one.repeat }, () => one.piece), document.subarray(one.at + one.skip)])), bytes));
};
