import { isDay } from '@ketensluis/domain';
import { isWebhookId } from './webhook-signature.js';
import { strictBase64 } from './webhook-keys.js';
import { readJson, type JsonValue } from './json-tree.js';
import { problemsMax } from './limits.js';
import { refuse, refuseFor, type Problem, type ReadRefusal } from './problem.js';

/** The media type of a CloudEvent in structured mode (CloudEvents 1.0, HTTP Protocol Binding §3.2). */
export const cloudEventMediaType = 'application/cloudevents+json';
/** Most bytes of an event the hub writes or reads: what is larger goes thin, and is fetched. An event of 64 kB is always taken (NL GOV profile). */
export const eventSizeMaxBytes = 24 * 1024 * 1024;

/** The types of events the hub knows; none names an organisation, each has one version (NL GOV profile for CloudEvents 1.1). */
export const eventTypes = {
  /** To a party: there is a disclosure to fetch at `dataref`. */
  available: 'nl.ketensluis.verstrekking.beschikbaar.v1',
  /** To a party: the disclosure itself. */
  disclosed: 'nl.ketensluis.verstrekking.gedaan.v1',
  /** To a party: the proof it was owed of a disclosure it has. */
  proof: 'nl.ketensluis.verstrekking.bewijs.v1',
  /** To or from a party: nothing but a test. */
  test: 'nl.ketensluis.proefbericht.v1',
  /** From a party: a message about a case. */
  message: 'nl.ketensluis.bericht.aangeboden.v1',
} as const;

/** Who speaks: `urn:nld:oin:OIN:systeem:NAME`. */
export interface EventSource {
  readonly oin: string;
  readonly system: string;
}

/**
 * A CloudEvent of the NL GOV profile. The context attributes stand in logs and proxies, so they hold identifiers only (I13): whatever says something about
 * a person is in `data`.
 */
export interface CloudEvent {
  /** The webhook-id as well. */
  readonly id: string;
  readonly source: EventSource;
  readonly type: string;
  /** When what it tells of was recorded. */
  readonly time: Date | null;
  readonly subject: string | null;
  /** Counts the events about `subject` to this receiver, from 1. */
  readonly sequence: number | null;
  readonly dataContentType: string | null;
  readonly dataSchema: string | null;
  /** Where the rest is to be fetched. */
  readonly dataRef: string | null;
  /** Undefined where the event has none. Base64 that came in `data_base64` is text here. */
  readonly data: JsonValue | undefined;
  /** True when `data` is base64 of bytes that are no JSON. */
  readonly isBase64: boolean;
}

/** The source as it stands in an event. */
const sourceText = ({ oin, system }: EventSource): string => `urn:nld:oin:${oin}:systeem:${system}`;

/** An event as bytes, in structured mode; equal events give equal bytes, so a repeat is signed over what was sent before. Throws on a fault of ours. */
export const writeCloudEvent = (event: CloudEvent): Uint8Array => {
  const attributes = {
    specversion: '1.0', id: event.id, source: sourceText(event.source), type: event.type,
    ...optional('subject', event.subject), ...optional('time', event.time?.toISOString() ?? null),
    ...optional('sequence', event.sequence === null ? null : String(event.sequence)), ...optional('sequencetype', event.sequence === null ? null : 'Integer'),
    ...optional('datacontenttype', event.dataContentType), ...optional('dataschema', event.dataSchema), ...optional('dataref', event.dataRef),
  };
  const wrong = attributeProblems(attributes);
  if (wrong.length > 0) throw new Error(`bug: an event breaks its own form: ${wrong.map(({ field }) => field).join(', ')}`);
  const data = event.data === undefined ? {} : event.isBase64 ? { data_base64: event.data } : { data: event.data };
  return Buffer.from(JSON.stringify({ ...attributes, ...data }), 'utf8');
};

const optional = (name: string, value: string | null): Readonly<Record<string, string>> => (value === null ? {} : { [name]: value });

type ReadEvent = { readonly kind: 'event'; readonly event: CloudEvent };

/**
 * Reads an event in structured mode, within bounds; never throws. What is no JSON is refused at the first fault, everything else with all its problems at
 * once. Extensions we do not know are checked for their form and left aside, as CloudEvents asks; `data` is not looked into.
 */
export const readCloudEvent = (bytes: Uint8Array): ReadEvent | ReadRefusal => {
  if (bytes.length > eventSizeMaxBytes) return refuse('too-large', `the event is larger than ${eventSizeMaxBytes} bytes`, 'Maak de gebeurtenis kleiner.');
  const text = utf8Of(bytes);
  if (text === null) return refuse('not-utf8', 'the event is not UTF-8', 'Codeer de gebeurtenis als UTF-8.');
  const read = readJson(text);
  if (read.kind === 'refused') return read;
  if (!isObject(read.value)) return refuse('not-well-formed', 'an event is a JSON object', 'Geef een JSON-object.');
  const { data, data_base64: base64, ...attributes } = read.value;
  const problems = [...attributeProblems(attributes), ...bodyProblems(data, base64)];
  return problems.length > 0 ? refuseFor(problems.slice(0, problemsMax)) : { kind: 'event', event: eventOf(attributes, data, base64) };
};

const utf8Of = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

type JsonObject = Readonly<Record<string, JsonValue>>;

const isObject = (value: JsonValue): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

const attributeMaxLength = 1_000;
const attributesMax = 40;

interface AttributeRule {
  readonly isRequired: boolean;
  readonly holds: (text: string) => boolean;
  readonly nl: string;
  readonly en: string;
}

const rule = (isRequired: boolean, holds: RegExp | ((text: string) => boolean), nl: string, en: string): AttributeRule =>
  ({ isRequired, holds: typeof holds === 'function' ? holds : (text) => holds.test(text), nl, en });

const sourceForm = /^urn:nld:oin:([0-9]{20}):systeem:([a-z0-9][a-z0-9-]{0,62})$/;
const instantForm = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;
const sequenceForm = /^[1-9][0-9]{0,9}$/;

/** CloudEvents 1.0 §3.1 and the NL GOV profile 1.1; `sequence` and `dataref` are documented extensions. */
const attributeRules: Readonly<Record<string, AttributeRule>> = {
  specversion: rule(true, /^1\.0$/, 'Geef "1.0".', 'Give "1.0".'),
  id: rule(true, isWebhookId, 'Geef dezelfde waarde als de kop webhook-id, zonder punten.', 'Give the value of the header webhook-id, without points.'),
  source: rule(true, sourceForm, 'Geef urn:nld:oin:OIN:systeem:NAAM; de naam in kleine letters.', 'Give urn:nld:oin:OIN:systeem:NAME; the name in lower case.'),
  type: rule(true, /^[a-z][a-z0-9-]{0,62}(?:\.[a-z0-9][a-z0-9-]{0,62}){2,8}$/, 'Geef een omgekeerde domeinnaam, zoals nl.ketensluis.bericht.aangeboden.v1.', 'Give a reverse domain name, such as nl.ketensluis.bericht.aangeboden.v1.'),
  time: rule(false, (text) => instantForm.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text)), 'Geef een tijdstip met seconden en tijdzone (RFC 3339).', 'Give a moment with seconds and offset (RFC 3339).'),
  subject: rule(false, /^\P{C}{1,255}$/u, 'Geef 1 tot en met 255 tekens, zonder gegevens van personen.', 'Give 1 to 255 characters, and nothing about persons.'),
  sequence: rule(false, (text) => sequenceForm.test(text) && Number(text) < 2 ** 31, 'Geef een geheel getal vanaf 1.', 'Give a whole number from 1.'),
  sequencetype: rule(false, /^Integer$/, 'Geef "Integer".', 'Give "Integer".'),
  datacontenttype: rule(false, /^[A-Za-z0-9!#$&^_.+-]{1,60}\/[A-Za-z0-9!#$&^_.+-]{1,60}(?:; ?[A-Za-z0-9-]{1,30}="?[A-Za-z0-9._-]{1,60}"?){0,3}$/, 'Geef een mediatype.', 'Give a media type.'),
  dataschema: rule(false, (text) => URL.canParse(text), 'Geef een volledige URI.', 'Give an absolute URI.'),
  dataref: rule(false, (text) => /^https:\/\//.test(text) && URL.canParse(text), 'Geef een adres dat met https:// begint.', 'Give an address that begins with https://.'),
};

const attributeProblems = (attributes: JsonObject): readonly Problem[] => [
  ...Object.entries(attributeRules).filter(([name, { isRequired }]) => isRequired && !(name in attributes)).map(([name, { nl, en }]) => problem(name, 'required', nl, en)),
  ...Object.entries(attributes).flatMap(([name, value], place) => valueProblem(name, value, place) ?? []),
];

const valueProblem = (name: string, value: JsonValue, place: number): Problem | null => {
  if (place >= attributesMax) return problem('', 'too-many-attributes', `Geef ten hoogste ${attributesMax} attributen.`, `Give at most ${attributesMax} attributes.`);
  // CloudEvents 1.0 §3: names are a-z and 0-9, at most 20. The name itself is the sender's, so it is not repeated.
  if (!/^[a-z0-9]{1,20}$/.test(name)) return problem('', 'attribute-name', 'Namen van attributen zijn 1 tot en met 20 kleine letters of cijfers.', 'Names of attributes are 1 to 20 lower-case letters or digits.');
  const known = Object.hasOwn(attributeRules, name) ? attributeRules[name] : undefined;
  if (known !== undefined) return typeof value === 'string' && value.length <= attributeMaxLength && known.holds(value) ? null : problem(name, 'form', known.nl, known.en);
  const isValue = typeof value === 'boolean' || (typeof value === 'string' && value.length <= attributeMaxLength) || (Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31);
  return isValue ? null : problem('', 'attribute-value', 'Een attribuut is tekst, een geheel getal of true of false.', 'An attribute is text, a whole number or true or false.');
};

const bodyProblems = (data: JsonValue | undefined, base64: JsonValue | undefined): readonly Problem[] => {
  if (base64 === undefined) return [];
  if (data !== undefined) return [problem('data_base64', 'exclusive', 'Geef data of data_base64, niet allebei.', 'Give data or data_base64, not both.')];
  return typeof base64 === 'string' && (base64 === '' || strictBase64(base64) !== null) ? [] : [problem('data_base64', 'form', 'Geef base64.', 'Give base64.')];
};

const problem = (field: string, name: string, nl: string, en: string): Problem => ({ field, rule: name, remedy: { nl, en } });

const eventOf = (attributes: JsonObject, data: JsonValue | undefined, base64: JsonValue | undefined): CloudEvent => {
  const text = (name: string): string | null => (typeof attributes[name] === 'string' ? attributes[name] : null);
  const [, oin = '', system = ''] = sourceForm.exec(text('source') ?? '') ?? [];
  const [time, sequence] = [text('time'), text('sequence')];
  return {
    id: text('id') ?? '', source: { oin, system }, type: text('type') ?? '', time: time === null ? null : new Date(time), subject: text('subject'),
    sequence: sequence === null ? null : Number(sequence), dataContentType: text('datacontenttype'), dataSchema: text('dataschema'), dataRef: text('dataref'),
    data: base64 ?? data, isBase64: base64 !== undefined,
  };
};
