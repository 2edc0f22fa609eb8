import { createHash } from 'node:crypto';
import type { DocumentMediaType } from './document.js';
import { readJson, type JsonValue } from './json-tree.js';
import { problemsMax } from './limits.js';
import { refuse, type Problem, type ReadRefusal } from './problem.js';
import { strictBase64 } from './webhook-keys.js';

/** Most bytes of a posted message: 25 MB of attachments in base64, the document, and room. */
export const postedSizeMaxBytes = 40 * 1024 * 1024;
/** Most files beside one document; the contract names no more. */
const filesMax = 20;

/** A file as it was posted. */
export interface PostedFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly sha256: string;
}

/** A posted message taken apart: its document, the files beside it, and what is wrong with how it was wrapped. */
export interface PostedMessage {
  readonly kind: 'posted';
  readonly document: Uint8Array;
  readonly mediaType: DocumentMediaType;
  readonly files: readonly PostedFile[];
  readonly problems: readonly Problem[];
  /** Where the document stands in what was posted; empty when it is all of it. */
  readonly place: '' | 'bericht';
}

type JsonObject = Readonly<Record<string, JsonValue>>;

const isObject = (value: JsonValue | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Takes apart what was posted as JSON: the document itself, or `{ bericht, bijlagen }` where `bericht` is the document (an object; a text when it is XML) and each
 * of `bijlagen` has a `naam` and its content in base64 as `inhoud`. XML is the document itself. Never throws; the document is not looked into.
 */
export const readPosted = (body: Uint8Array, mediaType: DocumentMediaType): PostedMessage | ReadRefusal => {
  if (body.length > postedSizeMaxBytes) return refuse('too-large', `the message is larger than ${postedSizeMaxBytes} bytes`, 'Maak het bericht kleiner.');
  if (mediaType === 'application/xml') return whole(body, mediaType);
  const text = utf8Of(body);
  if (text === null) return refuse('not-utf8', 'the message is not UTF-8', 'Codeer het bericht als UTF-8.');
  const read = readJson(text);
  return read.kind === 'refused' ? read : postedFrom(read.value);
};

/** The same for what stands in an event as its `data`: text is XML. */
export const postedFrom = (value: JsonValue | undefined): PostedMessage | ReadRefusal => {
  if (typeof value === 'string') return whole(Buffer.from(value, 'utf8'), 'application/xml');
  if (!isObject(value)) return refuse('not-well-formed', 'there is no message', 'Geef het bericht als JSON-object of als XML.');
  if (!Object.hasOwn(value, 'bericht')) return whole(jsonOf(value), 'application/json');
  const { bericht, bijlagen = [], ...more } = value;
  const isXml = typeof bericht === 'string';
  const { files, problems } = filesOf(bijlagen);
  return {
    kind: 'posted',
    document: isXml ? Buffer.from(bericht, 'utf8') : jsonOf(bericht ?? null),
    mediaType: isXml ? 'application/xml' : 'application/json',
    files,
    // What the sender called it can be anything, so it is told by its place (I13).
    problems: [...Object.keys(more).map((_, place) => problem(`*[${place + 1}]`, 'unknown-field', onlyNl, onlyEn)), ...problems].slice(0, problemsMax),
    place: 'bericht',
  };
};

const onlyNl = 'Bekend zijn: bericht, bijlagen.';
const onlyEn = 'Known are: bericht, bijlagen.';

const whole = (document: Uint8Array, mediaType: DocumentMediaType): PostedMessage => ({ kind: 'posted', document, mediaType, files: [], problems: [], place: '' });

// Read strictly before, so nothing is lost by writing it again: no key stands there twice.
const jsonOf = (value: JsonValue): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

const utf8Of = (bytes: Uint8Array): string | null => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
};

const filesOf = (value: JsonValue): { readonly files: readonly PostedFile[]; readonly problems: readonly Problem[] } => {
  if (!Array.isArray(value) || value.length > filesMax) {
    return { files: [], problems: [problem('bijlagen', 'list', `Geef een lijst van ten hoogste ${filesMax} bijlagen.`, `Give a list of at most ${filesMax} attachments.`)] };
  }
  const read = value.map((one: JsonValue, place) => fileOf(one, `bijlagen[${place + 1}]`));
  return { files: read.flatMap((one) => ('problem' in one ? [] : [one])), problems: read.flatMap((one) => ('problem' in one ? [one.problem] : [])) };
};

const fileOf = (value: JsonValue, at: string): PostedFile | { readonly problem: Problem } => {
  if (!isObject(value) || Object.keys(value).some((name) => name !== 'naam' && name !== 'inhoud')) {
    return { problem: problem(at, 'structure', 'Geef van elke bijlage naam en inhoud, en niets anders.', 'Give name and content of each attachment, as naam and inhoud, and nothing else.') };
  }
  const { naam, inhoud } = value;
  if (typeof naam !== 'string') return { problem: problem(`${at}.naam`, 'required', 'Geef de naam van het bestand.', 'Give the name of the file.') };
  const content = inhoud === '' ? Buffer.alloc(0) : typeof inhoud === 'string' ? strictBase64(inhoud) : null;
  if (content === null) return { problem: problem(`${at}.inhoud`, 'base64', 'Geef de inhoud als base64.', 'Give the content as base64.') };
  return { name: naam, content, sha256: sha256(content) };
};

const problem = (field: string, rule: string, nl: string, en: string): Problem => ({ field, rule, remedy: { nl, en } });

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** A problem of the document, at its place in what was posted. */
export const within = (place: PostedMessage['place'], one: Problem): Problem =>
  place === '' ? one : { ...one, field: one.field === '' ? place : `${place}.${one.field}` };

/**
 * A field as people write it as a pointer into the JSON (RFC 6901 §6, as RFC 9457 §3 has it): `bijlagen[2].naam` is `#/bijlagen/1/naam`. What is told by its
 * place only, since its name is the sender's, is pointed to by what it stands in.
 */
export const pointerTo = (field: string): string => {
  const steps = field === '' ? [] : field.split('.').flatMap((step) => {
    const [, name = '', index] = /^([^[]*)(?:\[(\d+)\])?$/.exec(step) ?? [];
    if (name === '*' || name === '?') return [];
    return index === undefined ? [name] : [name, String(Number(index) - 1)];
  });
  return `#${steps.map((step) => `/${encodeURIComponent(step.replace(/~/g, '~0').replace(/\//g, '~1'))}`).join('')}`;
};

/** What a posted message is known by afterwards, in hexadecimal: its bytes, and this one request of this party. */
export const postedMarks = ({ way, oin, key, body }: { readonly way: string; readonly oin: string; readonly key: string; readonly body: Uint8Array }) => {
  const bodySha256 = sha256(body);
  return { bodySha256, requestSha256: sha256(Buffer.from([way, oin, key, bodySha256].join('\n'), 'utf8')) };
};

/**
 * The request as it came in, to be kept (RFC 9112): the headers that were signed or that name it, then the body byte for byte. Whoever has the party's key can
 * check its signature again. Never a credential.
 */
export const requestBytes = (path: string, headers: Readonly<Record<string, string>>, body: Uint8Array): Uint8Array => {
  const lines = [`POST ${path} HTTP/1.1`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), `content-length: ${body.length}`, '', ''];
  return Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), body]);
};
