import {
  categories, messageTypes, roles, type Attachment, type AttachmentMark, type FieldValues, type MessageBody, type MessageType,
} from '@ketensluis/domain';
import { z } from 'zod';
import { brokenRules, check, type RawValue } from './check.js';
import { namespace, shapeOf, type DocumentKind, type DocumentMediaType, type DocumentShape } from './document.js';
import { readJson } from './json-tree.js';
import { refuse, refuseFor, type Problem, type ReadRefusal } from './problem.js';
import { decode } from './text.js';
import { bindXml } from './xml-bind.js';
import { readXml } from './xml-tree.js';

/** A document that follows the contract: its shape and its values, envelope included. */
export interface ReadDocument {
  readonly kind: 'document';
  readonly shape: DocumentShape;
  readonly values: FieldValues;
}

interface Raw {
  readonly kind: 'raw';
  readonly shape: DocumentShape;
  readonly raw: RawValue;
  readonly problems: readonly Problem[];
}

/** Reads bytes as a document of the given kind, and lists all problems when it does not follow its schema. Never throws for any bytes. */
export const readDocument = (kind: DocumentKind, bytes: Uint8Array, mediaType: DocumentMediaType): ReadDocument | ReadRefusal => {
  const decoded = decode(bytes);
  if (decoded.kind === 'refused') return decoded;
  const raw = mediaType === 'application/xml' ? rawFromXml(kind, decoded.text) : rawFromJson(kind, decoded.text);
  if (raw.kind === 'refused') return raw;
  const checked = check(raw.shape.fields, raw.shape.schema, raw.raw);
  const found = checked.kind === 'problems' ? [...raw.problems, ...checked.problems] : raw.problems;
  if (checked.kind === 'problems' || found.length > 0) return refuseFor(withoutRepeats(found));
  return { kind: 'document', shape: raw.shape, values: checked.values };
};

// What XML refused in a field, its schema need not refuse again.
const withoutRepeats = (problems: readonly Problem[]): readonly Problem[] => {
  const seen = new Set<string>();
  return problems.filter(({ field }) => field === '' || (!seen.has(field) && seen.add(field) !== null));
};

const typeOf = (word: RawValue | undefined): MessageType | null => messageTypes.find((type) => type === word) ?? null;

const noSuchType = (): ReadRefusal => refuse('unknown-type', 'the type of message is not known', `Kies als soort een van: ${messageTypes.join(', ')}.`);
const noSuchVersion = (): ReadRefusal => refuse('unknown-version', 'this version of the type is not known', 'Gebruik versie 1.');

const rawFromXml = (kind: DocumentKind, text: string): Raw | ReadRefusal => {
  const tree = readXml(text);
  if (tree.kind === 'refused') return tree;
  const { root } = tree;
  if (root.namespace !== namespace) return refuse('wrong-namespace', `the root element is not in namespace ${namespace}`, `Gebruik de naamruimte ${namespace}.`);
  if (root.name !== kind) return refuse('unknown-type', `the root element is not ${kind}`, `Gebruik ${kind} als hoofdelement.`);
  const attributes = new Map(root.attributes.map(({ name, value }) => [name, value]));
  const type = typeOf(attributes.get('soort'));
  if (type === null) return noSuchType();
  const shape = shapeOf(kind, type);
  if (attributes.get('versie') !== String(shape.definition.version)) return noSuchVersion();
  if (attributes.size > 2) return refuse('forbidden', 'the root element has an attribute that is not known', 'Geef het hoofdelement alleen soort en versie.');
  return { kind: 'raw', shape, ...bindXml(shape.fields, root) };
};

const rawFromJson = (kind: DocumentKind, text: string): Raw | ReadRefusal => {
  const tree = readJson(text);
  if (tree.kind === 'refused') return tree;
  const { value } = tree;
  if (typeof value !== 'object' || value === null || !isObject(value)) return refuse('not-well-formed', 'the document is not a JSON object', 'Geef een JSON-object.');
  const { soort, versie, ...raw } = value;
  const type = typeOf(soort);
  if (type === null) return noSuchType();
  const shape = shapeOf(kind, type);
  if (versie !== shape.definition.version) return noSuchVersion();
  return { kind: 'raw', shape, raw, problems: [] };
};

const isObject = (value: object): value is { readonly [key: string]: RawValue } => !Array.isArray(value);

const attachmentShape = z.object({ naam: z.string(), soort: z.string(), sha256: z.string(), omvang: z.number(), categorie: z.enum(categories) });

/** Fields that both kinds of document have, typed; the schema has checked them before. */
const envelopeShape = z.object({
  kenmerk: z.string(),
  vervangt: z.string().optional(),
  zaak: z.object({ wet: z.literal('WTH'), gemeente: z.string(), nummer: z.string() }),
  verzonden: z.string(),
  afzender: z.object({ oin: z.string(), rol: z.enum(roles), functie: z.string().optional() }),
  inhoud: z.custom<FieldValues>((value) => typeof value === 'object').default({}),
  bijlagen: z.array(attachmentShape).default([]),
});

/** The parts of a message that both kinds of document carry. */
export const bodyOf = ({ shape, values }: ReadDocument): MessageBody => {
  const envelope = envelopeShape.parse(values);
  return {
    id: envelope.kenmerk, ...(envelope.vervangt === undefined ? {} : { replaces: envelope.vervangt }), type: shape.definition.type, version: shape.definition.version,
    case: { law: envelope.zaak.wet, municipality: envelope.zaak.gemeente, number: envelope.zaak.nummer },
    sentAt: new Date(envelope.verzonden),
    sender: { oin: envelope.afzender.oin, role: envelope.afzender.rol, function: envelope.afzender.functie ?? null },
    fields: envelope.inhoud,
    attachments: envelope.bijlagen.map((one): Attachment => ({ name: one.naam, mediaType: one.soort, sha256: one.sha256, sizeBytes: one.omvang, category: one.categorie })),
  };
};

/** Problems of the attachments as a row: two files of one name cannot be told apart on the way. */
const attachmentProblems = (attachments: readonly Attachment[]): readonly Problem[] => attachments.flatMap((attachment, index) =>
  attachments.findIndex((other) => other.name.toLowerCase() === attachment.name.toLowerCase()) === index ? []
    : [{ field: `bijlagen[${index + 1}].naam`, rule: 'attachment-name', remedy: { nl: 'Geef elke bijlage een eigen naam.', en: 'Give every attachment a name of its own.' } }]);

/** A message that follows the contract. */
export interface ReadMessage {
  readonly kind: 'read';
  readonly message: MessageBody;
}

/**
 * Reads a message from its bytes: the same body from XML as from JSON. A refusal lists all problems (those over several fields once the
 * fields themselves are in order), each with its remedy, never with a value. Who sent it is not proven here.
 */
export const readMessage = (bytes: Uint8Array, mediaType: DocumentMediaType): ReadMessage | ReadRefusal => {
  const document = readDocument('bericht', bytes, mediaType);
  if (document.kind === 'refused') return document;
  const message = bodyOf(document);
  const problems = [...brokenRules(document.shape.definition, message.fields, message.attachments, 'inhoud'), ...attachmentProblems(message.attachments)];
  return problems.length === 0 ? { kind: 'read', message } : refuseFor(problems);
};

/** Checks the fields of a message somebody is filling in: the fields as the reader would return them, or every problem. */
export const checkFields = (type: MessageType, raw: RawValue, attachments: readonly AttachmentMark[]): ReturnType<typeof check> => {
  const { definition } = shapeOf('bericht', type);
  const checked = check(definition.fields, definition.schema, raw);
  if (checked.kind === 'problems') return checked;
  const problems = brokenRules(definition, checked.values, attachments, '');
  return problems.length === 0 ? checked : { kind: 'problems', problems };
};
