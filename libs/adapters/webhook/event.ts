import { eventTypes, writeCloudEvent, writeDisclosure, type CloudEvent, type EventSource, type JsonValue } from '@ketensluis/contract';
import type { LaterProof, OutgoingDisclosure, TestTrial } from '@ketensluis/flow';

/** What the events of the hub have in common. */
export interface EventOrigin {
  readonly source: EventSource;
  /** Under which the parties reach the API of the hub; no slash at the end. */
  readonly publicUrl: string;
}

/** An event that says there is something to fetch, and where; nothing of what it is. */
export const thinEvent = (disclosure: OutgoingDisclosure, origin: EventOrigin): Uint8Array =>
  writeCloudEvent({ ...common(disclosure, origin), id: disclosure.id, type: eventTypes.available, dataRef: dataRefOf(disclosure.id, origin) });

/** Where a party fetches a disclosure with its own credentials. */
export const dataRefOf = (id: string, { publicUrl }: EventOrigin): string => `${publicUrl}/api/v1/verstrekkingen/${id}`;

/**
 * An event with the whole disclosure, in the shape in which it is fetched: `verstrekking.inhoud` and the attachments are base64 of the very bytes the log
 * committed to and the document names, `bewijs` has three texts, each byte for byte a file of the proof. `document` says once more, as JSON, what is in it.
 */
export const fullEvent = (disclosure: OutgoingDisclosure, origin: EventOrigin): Uint8Array =>
  writeCloudEvent({
    ...common(disclosure, origin), id: disclosure.id, type: eventTypes.disclosed, dataContentType: 'application/json',
    data: {
      id: disclosure.id,
      volgnummer: disclosure.number,
      verstrekking: { type: disclosure.mediaType, inhoud: base64(disclosure.document) },
      ...(disclosure.content === undefined ? {} : { document: parsed(writeDisclosure(disclosure.content, 'application/json')) }),
      bijlagen: disclosure.attachments.map(({ name, contentType, content, sha256 }) => ({ naam: name, type: contentType, sha256, inhoud: base64(content) })),
      bewijs: proofOf(disclosure),
    },
  });

/** An event with the proof that was owed, under an id that follows from that of the disclosure. It says nothing of what was in it. */
export const proofEvent = (later: LaterProof, origin: EventOrigin): Uint8Array =>
  writeCloudEvent({
    ...common(later, origin), id: proofId(later.id), type: eventTypes.proof, dataContentType: 'application/json',
    data: { id: later.id, bewijs: proofOf(later) },
  });

/** An event that is nothing but a test; an example in it is invented, and stands where no receiver looks for a disclosure. */
export const testEvent = (id: string, { source }: EventOrigin, example: TestTrial['example'] = null): Uint8Array => writeCloudEvent({
  source, id, type: eventTypes.test, time: null, subject: null, sequence: null, dataContentType: 'application/json', dataSchema: null, dataRef: null,
  data: { proef: true, ...(example === null ? {} : { voorbeeld: { soort: example.type, document: example.document } }) }, isBase64: false,
});

/** The id of the event that brings the proof of a disclosure later. */
export const proofId = (id: string): string => `${id}-bewijs`;

/** How many bytes the whole would take, give or take what stands around it: known before anything is copied. */
export const fullSizeBytes = ({ document, attachments }: OutgoingDisclosure): number =>
  attachments.reduce((sum, { content }) => sum + base64Length(content.length), 3 * base64Length(document.length)) + 64 * 1024;

const base64Length = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/** The case is the subject, by its id at the hub, and the number counts what this party got about it: a gap shows that something is missing. */
const common = ({ caseId, number }: Pick<OutgoingDisclosure, 'caseId' | 'number'>, { source }: EventOrigin): Omit<CloudEvent, 'id' | 'type'> => ({
  source, time: null, subject: caseId, sequence: number, dataContentType: null, dataSchema: null, dataRef: null, data: undefined, isBase64: false,
});

const proofOf = ({ proof }: Pick<OutgoingDisclosure, 'proof'>): JsonValue => ({ leaf: text(proof.leaf), opening: text(proof.opening), proof: text(proof.proof) });

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

const parsed = (bytes: Uint8Array): JsonValue => JSON.parse(Buffer.from(bytes).toString('utf8'));
