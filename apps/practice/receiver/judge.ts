import { eventTypes, readCloudEvent, readDisclosure, verifyWebhook, type CloudEvent, type RequestHeaders, type WebhookRefusalCode, type WebhookVerifier } from '@ketensluis/contract';
import { verifyDisclosureProof, type DisclosureProof, type LogTrust } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { FetchedDisclosure } from './fetched.js';

/** What a receiver believes. */
export interface ReceiverTrust {
  readonly oin: string;
  /** Keys the hub signs with toward this party. */
  readonly verifiers: readonly WebhookVerifier[];
  readonly log: LogTrust;
}

/** Why a webhook is not taken: nobody proved that the hub sent it just now, or what the hub signed cannot be read. */
export type RefusedWebhook = WebhookRefusalCode | 'no-event';

/** One webhook: proven and read, or why not, in words without content. */
export type JudgedWebhook = { readonly kind: 'proven'; readonly event: CloudEvent } | { readonly kind: 'refused'; readonly code: RefusedWebhook; readonly why: string };

/** Whether these bytes are an event the hub signed for us; never throws. */
export const judgeWebhook = (headers: RequestHeaders, body: Uint8Array, { verifiers }: ReceiverTrust, at: Date): JudgedWebhook => {
  const verdict = verifyWebhook(headers, body, verifiers, at);
  if (verdict.kind === 'refused') return { kind: 'refused', code: verdict.code, why: verdict.detail };
  const read = readCloudEvent(body);
  if (read.kind === 'refused') return { kind: 'refused', code: 'no-event', why: `no event: ${read.detail}` };
  return read.event.id === verdict.id ? { kind: 'proven', event: read.event } : { kind: 'refused', code: 'no-event', why: 'the event has another id than the webhook' };
};

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'));
const wholeSchema = z.object({
  document: z.object({ inhoud: bytes }),
  bijlagen: z.array(z.object({ naam: z.string(), sha256: z.string(), inhoud: bytes })),
  bewijs: z.object({ leaf: bytes, opening: bytes, proof: bytes }),
});

/** The disclosure an event brings along, or null when it brings none. */
export const broughtBy = ({ type, data }: CloudEvent): FetchedDisclosure | null => {
  const read = type === eventTypes.disclosed ? wholeSchema.safeParse(data) : null;
  if (read?.success !== true) return null;
  const { document, bijlagen, bewijs } = read.data;
  return { document: document.inhoud, files: bijlagen.map(({ naam, sha256, inhoud }) => ({ name: naam, sha256, content: inhoud })), proof: bewijs };
};

/** What checking a disclosure says, line by line; `holds` only when nothing is wrong. Identifiers and codes, never content. */
export interface JudgedDisclosure {
  readonly holds: boolean;
  readonly lines: readonly string[];
}

/** Checks document, files and proof of the disclosure with this id: it is for us, and it stood in the log before it left. */
export const judgeDisclosure = (id: string, got: FetchedDisclosure, { oin, log }: ReceiverTrust): JudgedDisclosure => {
  const proven = verifyDisclosureProof(got.proof satisfies DisclosureProof, { recipient: oin, message: id, document: got.document }, log);
  const read = readDisclosure(got.document, 'application/xml');
  const wrongFiles = got.files.filter(({ sha256, content }) => createHash('sha256').update(content).digest('hex') !== sha256).length;
  const named = read.kind === 'read' ? read.disclosure.attachments.map(({ sha256 }) => sha256).sort().join() : '';
  const isWhole = read.kind === 'read' && wrongFiles === 0 && named === got.files.map(({ sha256 }) => sha256).sort().join();
  return {
    holds: proven.kind === 'proven' && isWhole,
    lines: [
      proven.kind === 'proven' ? `the proof holds: entry ${proven.index} of ${proven.checkpoint.origin}, under a checkpoint of size ${proven.checkpoint.size}` : `the proof does NOT hold: ${proven.detail}`,
      ...(read.kind === 'refused' ? [`the document does not follow the contract: ${read.detail}`] : [
        `${read.disclosure.type} in case ${read.disclosure.case.municipality}/${read.disclosure.case.number}, under ${read.disclosure.ground.article} (${read.disclosure.ground.rule})`,
        `categories ${read.disclosure.ground.categories.join(' ')}; ${got.files.length} files, ${isWhole ? 'exactly those the document names' : 'NOT those the document names'}`,
      ]),
    ],
  };
};
