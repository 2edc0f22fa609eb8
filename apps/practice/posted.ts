import { eventTypes, readMessage, signWebhook, writeCloudEvent, writeMessage, type JsonValue, type WebhookSigner } from '@ketensluis/contract';
import { randomUUID } from 'node:crypto';
import { documentOf, type Step } from './script.js';

/** A message as JSON, with its files as the API takes them. */
export const postedOf = (step: Step, start: Date, now: Date): { readonly bericht: JsonValue; readonly bijlagen: readonly JsonValue[] } => {
  const { document, files } = documentOf(step, start, now);
  const read = readMessage(document, 'application/xml');
  if (read.kind === 'refused') throw new Error(read.detail);
  return {
    bericht: JSON.parse(Buffer.from(writeMessage(read.message, 'application/json')).toString('utf8')),
    bijlagen: files.map(({ name, content }) => ({ naam: name, inhoud: Buffer.from(content).toString('base64') })),
  };
};

/** One webhook: what is signed, by whom, and when. */
export interface WebhookToSend {
  readonly oin: string;
  readonly signer: WebhookSigner;
  readonly at: Date;
  readonly data: JsonValue;
  readonly id?: string;
  readonly type?: string;
  readonly dataContentType?: string;
}

/** The body and the headers of a webhook as a case system would send it. */
export const webhookOf = ({ oin, signer, at, data, id = randomUUID(), type = eventTypes.message, dataContentType = 'application/json' }: WebhookToSend) => {
  const body = writeCloudEvent({
    id, source: { oin, system: 'zaaksysteem' }, type, time: at, subject: null, sequence: null, dataContentType, dataSchema: null, dataRef: null, data, isBase64: false,
  });
  return { id, body, headers: signedHeaders({ id, at, body, signer }) };
};

/** The headers over these very bytes; whoever sends them again signs the new moment, under the same id (Standard Webhooks). */
export const signedHeaders = ({ id, at, body, signer }: { readonly id: string; readonly at: Date; readonly body: Uint8Array; readonly signer: WebhookSigner }) =>
  ({ 'content-type': 'application/cloudevents+json', ...signWebhook({ id, sentAt: at, body }, [signer]) });
