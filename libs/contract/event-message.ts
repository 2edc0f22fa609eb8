import { createHash } from 'node:crypto';
import { cloudEventMediaType, eventTypes, readCloudEvent, type CloudEvent } from './cloud-event.js';
import { postedFrom, type PostedMessage } from './posted-message.js';
import { refuse, refuseFor, type Problem, type ReadRefusal } from './problem.js';
import { strictBase64, type WebhookVerifier } from './webhook-keys.js';

/** An event a party sent: a message about a case, or nothing but a test. */
export type EventMessage = { readonly kind: 'test'; readonly source: string } | { readonly kind: 'message'; readonly source: string; readonly posted: PostedMessage };

/** How an event with a message is described to whoever sends one. */
export const eventForm = { mediaType: cloudEventMediaType, message: eventTypes.message, test: eventTypes.test } as const;

const sourceHint = /"source"\s*:\s*"urn:nld:oin:([0-9]{20}):systeem:/;

/**
 * Which OIN an event says it comes from, found without reading all of it: a place to look for keys and nothing more, since only a signature proves it. Null when
 * it says none.
 */
export const claimedSource = (body: Uint8Array): string | null => sourceHint.exec(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'))?.[1] ?? null;

/** Reads what was signed as `id`: the event, its kind and its message, with all problems together. Never throws. */
export const readEventMessage = (body: Uint8Array, id: string): EventMessage | ReadRefusal => {
  const read = readCloudEvent(body);
  if (read.kind === 'refused') return read;
  const { event } = read;
  const problems = [
    ...(event.id === id ? [] : [problem('id', 'webhook-id', 'Geef als id de waarde van de kop webhook-id.', 'Give the value of the header webhook-id as id.')]),
    ...(event.type === eventTypes.message || event.type === eventTypes.test ? [] : [problem('type', 'event-type', typesNl, typesEn)]),
  ];
  if (event.type === eventTypes.test && problems.length === 0) return { kind: 'test', source: event.source.oin };
  const posted = postedIn(event);
  if (posted.kind === 'refused') return { ...posted, problems: [...problems, ...posted.problems.map(inEvent)] };
  if (problems.length > 0) return refuseFor([...problems, ...posted.problems.map(inEvent)]);
  return { kind: 'message', source: event.source.oin, posted };
};

const typesNl = `Kies uit: ${eventTypes.message}, ${eventTypes.test}.`;
const typesEn = `Choose one of: ${eventTypes.message}, ${eventTypes.test}.`;

/** A problem of a message, at its place in the event. */
export const inEvent = (one: Problem): Problem => ({ ...one, field: one.field === '' ? 'data' : `data.${one.field}` });

const postedIn = ({ data, isBase64, dataContentType }: CloudEvent): PostedMessage | ReadRefusal => {
  const mediaType = (dataContentType ?? 'application/json').replace(/;.*$/s, '').trim().toLowerCase();
  if (mediaType === 'application/xml' || mediaType === 'text/xml') {
    if (typeof data !== 'string') return refuse('not-well-formed', 'XML stands in an event as text', 'Geef XML als tekst in data, of als base64 in data_base64.');
    return postedFrom(isBase64 ? (strictBase64(data)?.toString('utf8') ?? '') : data);
  }
  if (mediaType !== 'application/json' || isBase64 || typeof data === 'string') {
    return refuse('not-well-formed', 'the data are a JSON object, or XML with datacontenttype application/xml', 'Geef data als JSON-object, of als XML met datacontenttype application/xml.');
  }
  return postedFrom(data);
};

const problem = (field: string, rule: string, nl: string, en: string): Problem => ({ field, rule, remedy: { nl, en } });

/** What a key is called where it proved something (hexadecimal); of a secret nothing can be found from it. */
export const verifierSha256 = (verifier: WebhookVerifier): string =>
  createHash('sha256').update(`${verifier.scheme} `, 'latin1').update(verifier.scheme === 'v1' ? verifier.secret : verifier.publicKey).digest('hex');
