import { categories, field, messageDefinitions, messageTypes, roles, schemaOf, type Field, type FieldValues, type MessageDefinition, type MessageType, type OnwardEvent } from '@ketensluis/domain';
import type { z } from 'zod';

/** Namespace of every document of the contract. */
export const namespace = 'urn:ketensluis:wth:1';
/** Media types the contract is written in. */
export type DocumentMediaType = 'application/xml' | 'application/json';
/** A message as its sender writes it, or a disclosure as a recipient gets it. The word is the root element. */
export type DocumentKind = 'bericht' | 'verstrekking';

/** Groups written in XML as attributes instead of elements. */
const attributeGroups: ReadonlySet<string> = new Set(['bijlage', 'weglating']);
/** True for a group that XML writes as attributes. */
export const isAttributeGroup = (of: Field): boolean => of.kind === 'group' && attributeGroups.has(of.name);

/** One document type of the contract: its envelope and content as one row of fields, and the schema that checks it, made when first asked for. */
export interface DocumentShape {
  readonly kind: DocumentKind;
  readonly definition: MessageDefinition;
  readonly fields: readonly Field[];
  readonly schema: z.ZodType<FieldValues>;
}

const source = 'Ketensluis';
const attachmentSizeMaxBytes = 25_000_000;

const caseFields = field.group('zaak', 'C-REF', [
  field.oneOf('wet', 'C-REF', ['WTH'], { nl: 'Wet', en: 'Law', source }),
  field.text('gemeente', 'C-REF', { nl: 'CBS-code van de gemeente', en: 'CBS code of the municipality', source, form: 'gemeentecode' }),
  field.text('nummer', 'C-REF', { nl: 'Zaaknummer', en: 'Case number', source, form: 'kenmerk' }),
], { nl: 'Zaak', en: 'Case', source });

const party = (name: 'afzender' | 'ontvanger', allowed: readonly string[], label: { readonly nl: string; readonly en: string }) => field.group(name, 'C-REF', [
  field.text('oin', 'C-REF', { nl: 'OIN', en: 'OIN', source, form: 'oin' }),
  field.oneOf('rol', 'C-REF', allowed, { nl: 'Rol', en: 'Role', source }),
  ...(name === 'afzender' ? [field.text('functie', 'C-REF', { nl: 'Functie', en: 'Function', source, max: 120, optional: true })] : []),
], { ...label, source });

const attachments = (allowed: readonly string[]): readonly Field[] => allowed.length === 0 ? [] : [
  field.list('bijlagen', field.group('bijlage', 'C-REF', [
    field.text('naam', 'C-REF', { nl: 'Bestandsnaam', en: 'File name', source, form: 'bestandsnaam' }),
    field.text('soort', 'C-REF', { nl: 'Mediatype', en: 'Media type', source, form: 'mediatype' }),
    field.text('sha256', 'C-REF', { nl: 'SHA-256', en: 'SHA-256', source, form: 'sha256' }),
    field.integer('omvang', 'C-REF', { nl: 'Omvang in bytes', en: 'Size in bytes', source, min: 0, max: attachmentSizeMaxBytes }),
    field.oneOf('categorie', 'C-REF', allowed, { nl: 'Categorie', en: 'Category', source }),
  ], { nl: 'Bijlage', en: 'Attachment', source }), { nl: 'Bijlagen', en: 'Attachments', source, optional: true, maxItems: 20 }),
];

const identity = field.text('kenmerk', 'C-REF', { nl: 'Kenmerk (UUID) van de afzender', en: 'Reference (UUID) of the sender', source, form: 'uuid' });
const replaced = field.text('vervangt', 'C-REF', { nl: 'Kenmerk van het bericht dat hiermee wordt verbeterd', en: 'Reference of the message this corrects', source: 'AVG art. 19; Wpg art. 4(4)', form: 'uuid', optional: true });
const sentAt = field.instant('verzonden', 'C-REF', { nl: 'Verzonden op', en: 'Sent at', source });
const sender = { nl: 'Afzender', en: 'Sender' };
const content = { nl: 'Inhoud', en: 'Content', source };

const messageFields = (definition: MessageDefinition): readonly Field[] => [
  identity, replaced, caseFields, sentAt, party('afzender', definition.senderRoles, sender),
  field.group('inhoud', 'C-REF', definition.fields, content),
  ...attachments(definition.attachmentCategories),
];

/** The same fields, of which any may have been left out: a recipient gets what the rule allows. */
const optional = (of: Field): Field => {
  switch (of.kind) {
    case 'group': return { ...of, required: false, fields: of.fields.map(optional) };
    case 'list': return { ...of, required: false, item: of.item.kind === 'group' ? { ...of.item, fields: of.item.fields.map(optional) } : of.item };
    default: return { ...of, required: false };
  }
};

const ground = field.group('grondslag', 'C-REF', [
  field.text('regel', 'C-REF', { nl: 'Regel', en: 'Rule', source, max: 40 }),
  field.text('artikel', 'C-REF', { nl: 'Artikel', en: 'Article', source, max: 500 }),
  field.oneOf('gezag', 'C-REF', ['wet', 'beleid'], { nl: 'Gezag', en: 'Authority', source }),
  field.oneOf('wijze', 'C-REF', ['verplicht', 'toegestaan', 'toestemming', 'verboden'], { nl: 'Wijze', en: 'Mode', source }),
  field.text('overeenkomst', 'C-REF', { nl: 'Verwerkersovereenkomst', en: 'Processor agreement', source: 'AVG art. 28(3)', optional: true }),
  field.text('overeenkomst_verzender', 'C-REF', { nl: 'Verwerkersovereenkomst van de verzender', en: 'Processor agreement of the sender', source: 'Wpg art. 6c', optional: true }),
  field.text('instelling', 'C-REF', { nl: 'Instelling van de gemeente', en: 'Setting of the municipality', source, optional: true }),
  field.list('categorieen', field.oneOf('categorie', 'C-REF', categories, { nl: 'Categorie', en: 'Category', source }), { nl: 'Toegestane categorieën', en: 'Permitted categories', source, optional: true, maxItems: categories.length }),
], { nl: 'Grondslag', en: 'Ground', source });

const omissions = field.list('weggelaten', field.group('weglating', 'C-REF', [
  field.text('pad', 'C-REF', { nl: 'Pad', en: 'Path', source, form: 'pad' }),
  field.oneOf('categorie', 'C-REF', categories, { nl: 'Categorie', en: 'Category', source }),
], { nl: 'Weglating', en: 'Omission', source }), { nl: 'Weggelaten', en: 'Left out', source, optional: true, maxItems: 2000 });

/** Why an earlier message is given now, in the words of the document; a message given for its own sake is a `bericht`. */
export const eventWords = {
  RULING_ONWARD: 'uitspraak-doorverteld',
  FILE_FOR_COURT: 'stuk-voor-rechtbank',
  FILE_FOR_LAWYER: 'stuk-voor-raadsman',
  ENDS_IN_48_HOURS: 'huisverbod-eindigt-binnen-48-uur',
  ENDS_IN_24_HOURS: 'huisverbod-eindigt-binnen-24-uur',
  EXPIRED: 'huisverbod-afgelopen',
  HALF_YEAR: 'halfjaar',
  PERSON_REQUEST: 'inzageverzoek',
  RESEARCH: 'onderzoek',
} as const satisfies Readonly<Record<OnwardEvent, string>>;

// An order of last week still names the end it had then: what holds now stands beside it (Wth art. 2(9), 8(2), 9(1)).
const occasion = [
  field.oneOf('gebeurtenis', 'C-REF', ['bericht', ...Object.values(eventWords)], { nl: 'Gebeurtenis waarom dit wordt gegeven', en: 'Event for which this is given', source }),
  field.instant('einde_huisverbod', 'C-ORDER', { nl: 'Einde van het huisverbod zoals het nu in de zaak staat', en: 'End of the ban as it stands in the case now', source: 'Wth art. 2(9), 8(2), 9(1)', optional: true }),
] as const;

const disclosureFields = (definition: MessageDefinition): readonly Field[] => [
  identity, replaced, caseFields, sentAt,
  field.instant('ontvangen', 'C-REF', { nl: 'Door de hub ontvangen op', en: 'Received by the hub at', source }),
  party('afzender', definition.senderRoles, sender),
  party('ontvanger', roles, { nl: 'Ontvanger', en: 'Recipient' }),
  ...occasion,
  ground,
  optional(field.group('inhoud', 'C-REF', definition.fields, content)),
  omissions,
  ...attachments(definition.attachmentCategories),
];

const shape = (kind: DocumentKind, definition: MessageDefinition): DocumentShape => {
  const fields = kind === 'bericht' ? messageFields(definition) : disclosureFields(definition);
  return {
    kind, definition, fields,
    get schema() {
      return schemaOf(fields);
    },
  };
};

const shapes = {
  bericht: new Map(messageTypes.map((type) => [type, shape('bericht', messageDefinitions[type])])),
  verstrekking: new Map(messageTypes.map((type) => [type, shape('verstrekking', messageDefinitions[type])])),
} as const;

/** The shape of one document type. */
export const shapeOf = (kind: DocumentKind, type: MessageType): DocumentShape => {
  const found = shapes[kind].get(type);
  if (found === undefined) throw new Error(`bug: no shape for ${kind} ${type}`);
  return found;
};
