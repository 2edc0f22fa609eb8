import type { Attachment, Field, FieldValue, FieldValues, MessageBody } from '@ketensluis/domain';
import { isAttributeGroup, namespace, shapeOf, type DocumentMediaType, type DocumentShape } from './document.js';

/** Writes values in the order of the fields, so that equal documents have equal bytes. Throws `bug:` for a value no field knows. */
export const writeDocument = (shape: DocumentShape, values: FieldValues, mediaType: DocumentMediaType): Uint8Array =>
  new TextEncoder().encode(mediaType === 'application/xml' ? xmlOf(shape, values) : jsonOf(shape, values));

const xmlOf = ({ kind, definition, fields }: DocumentShape, values: FieldValues): string => [
  '<?xml version="1.0" encoding="UTF-8"?>',
  `<${kind} xmlns="${namespace}" soort="${definition.type}" versie="${definition.version}">`,
  ...linesOf(fields, values, '  '),
  `</${kind}>`, '',
].join('\n');

const jsonOf = ({ definition, fields }: DocumentShape, values: FieldValues): string =>
  `${JSON.stringify({ soort: definition.type, versie: definition.version, ...ordered(fields, values) }, null, 2)}\n`;

const isGroup = (value: FieldValue): value is FieldValues => typeof value === 'object' && !Array.isArray(value);

// Each filled field with its value, in the order of the definition.
const filled = (fields: readonly Field[], values: FieldValue): readonly (readonly [Field, FieldValue])[] => {
  if (!isGroup(values)) throw new Error('bug: a group of fields has no named values');
  const pairs = fields.flatMap((of): readonly (readonly [Field, FieldValue])[] => {
    const value = Object.hasOwn(values, of.name) ? values[of.name] : undefined;
    return value === undefined ? [] : [[of, value]];
  });
  if (pairs.length !== Object.values(values).filter((value) => value !== undefined).length) throw new Error('bug: a value stands in no field');
  return pairs;
};

const itemsOf = (value: FieldValue): readonly FieldValue[] => {
  if (!Array.isArray(value)) throw new Error('bug: a list of fields has no list of values');
  return value;
};

const scalarOf = (value: FieldValue): string | number | boolean => {
  if (typeof value === 'object') throw new Error('bug: a single field has several values');
  return value;
};

const ordered = (fields: readonly Field[], values: FieldValue): FieldValues =>
  Object.fromEntries(filled(fields, values).map(([of, value]) => [of.name, orderedValue(of, value)]));

const orderedValue = (of: Field, value: FieldValue): FieldValue => {
  switch (of.kind) {
    case 'group': return ordered(of.fields, value);
    case 'list': return itemsOf(value).map((item) => orderedValue(of.item, item));
    default: return scalarOf(value);
  }
};

const linesOf = (fields: readonly Field[], values: FieldValue, indent: string): readonly string[] =>
  filled(fields, values).flatMap(([of, value]) => elementOf(of, value, indent));

const elementOf = (of: Field, value: FieldValue, indent: string): readonly string[] => {
  const around = (inner: readonly string[]): readonly string[] => [`${indent}<${of.name}>`, ...inner, `${indent}</${of.name}>`];
  switch (of.kind) {
    case 'group':
      if (isAttributeGroup(of)) return [`${indent}<${of.name}${filled(of.fields, value).map(([leaf, text]) => ` ${leaf.name}="${escaped(text)}"`).join('')}/>`];
      return around(linesOf(of.fields, value, `${indent}  `));
    case 'list': return around(itemsOf(value).flatMap((item) => elementOf(of.item, item, `${indent}  `)));
    default: return [`${indent}<${of.name}>${escaped(value)}</${of.name}>`];
  }
};

const references: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (value: FieldValue): string => String(scalarOf(value)).replace(/[&<>"]/g, (character) => references[character] ?? character);

/** Attachments as the documents list them. */
export const attachmentValues = (attachments: readonly Attachment[]): FieldValues => attachments.length === 0 ? {} : {
  bijlagen: attachments.map((one) => ({ naam: one.name, soort: one.mediaType, sha256: one.sha256, omvang: one.sizeBytes, categorie: one.category })),
};

/** The envelope of a message as the documents write it. */
export const envelopeValues = (message: Omit<MessageBody, 'fields' | 'attachments'>): FieldValues => ({
  kenmerk: message.id,
  ...(message.replaces === undefined ? {} : { vervangt: message.replaces }),
  zaak: { wet: message.case.law, gemeente: message.case.municipality, nummer: message.case.number },
  verzonden: message.sentAt.toISOString(),
  afzender: { oin: message.sender.oin, rol: message.sender.role, ...(message.sender.function === null ? {} : { functie: message.sender.function }) },
});

/** A message as bytes; equal messages give equal bytes, and `readMessage` gives the message back. */
export const writeMessage = (message: MessageBody, mediaType: DocumentMediaType): Uint8Array =>
  writeDocument(shapeOf('bericht', message.type), { ...envelopeValues(message), inhoud: message.fields, ...attachmentValues(message.attachments) }, mediaType);
