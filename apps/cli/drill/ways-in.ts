import { webhookVerifierOf, webhookVerifierText, type WebhookSigner } from '@ketensluis/contract';
import type { Party } from '@ketensluis/domain';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askHub, type PartyClient } from '../../practice/ask.js';
import { practiceHubAddress } from '../../practice/entries.js';
import { postedOf, signedHeaders, webhookOf } from '../../practice/posted.js';
import { documentOf, type Step } from '../../practice/script.js';
import { practiceSender } from '../../practice/sender.js';
import { submit } from '../../practice/submit.js';

/** How a message comes in. */
export type WayIn = 'mail' | 'api' | 'webhook';

/**
 * What one try came to: `taken`, the hub said that it has it; `again`, nobody knows, or it asked to come back; `refused`, for good. `code` is of SMTP or HTTP, 0
 * when no answer came.
 */
export interface Handing {
  readonly kind: 'taken' | 'again' | 'refused';
  readonly code: number;
}

/** One try to hand over one message; each brings the same bytes under the same name, as whoever does not know what became of the first one must. */
export type HandOver = () => Promise<Handing>;

/** The ways by which the parties of a drill send. */
export type WaysIn = Readonly<Record<WayIn, (step: Step, start: Date) => Promise<HandOver>>>;

/** With what they send, and where to. */
export interface SendingPlace {
  readonly practiceFolder: string;
  readonly parties: readonly Party[];
  readonly smtpPort: number;
  readonly apiPort: number;
  readonly now: () => Date;
  /** Of the party that sends webhooks. */
  readonly signer: WebhookSigner;
}

/** A key to sign webhooks with, and the public half for the hub (`whpk_`). */
export const newSigner = (): { readonly signer: WebhookSigner; readonly publicKey: string } => {
  const signer: WebhookSigner = { scheme: 'v1a', seed: randomBytes(32) };
  return { signer, publicKey: webhookVerifierText(webhookVerifierOf(signer)) };
};

const byMail = (code: number): Handing => ({ code, kind: code === 250 ? 'taken' : code >= 500 ? 'refused' : 'again' });

/** Of HTTP: 401 is tried again too, for the clock may have moved between signing and judging. */
const comeBack: readonly number[] = [0, 401, 408, 429];
const byHttp = (code: number): Handing => ({ code, kind: code === 202 ? 'taken' : comeBack.includes(code) || code >= 500 ? 'again' : 'refused' });

/** The keys and the certificate with which a practice party calls the hub. */
export const clientOf = async (practiceFolder: string, party: string): Promise<PartyClient> => {
  const [key, cert, chain] = await Promise.all(['tls.key.pem', 'tls.cert.pem', 'chain.pem'].map((name) => readFile(join(practiceFolder, party, name), 'utf8')));
  return { key: key ?? '', cert: `${cert ?? ''}\n${chain ?? ''}` };
};

/** Over HTTP the party is proven and none of its posts, so none is named. */
const ofParty = (step: Step): Step => ({ ...step, afzender: { oin: step.afzender.oin, rol: step.afzender.rol } });

/** Opens them all: a mail server with the same bytes, a program that names its request, a system that signs each try anew under the same id. */
export const openWaysIn = async ({ practiceFolder, parties, smtpPort, apiPort, now, signer }: SendingPlace): Promise<WaysIn> => {
  const ca = await readFile(join(practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  const sender = practiceSender({ directory: practiceFolder, parties, now });
  const clients = new Map<string, Promise<PartyClient>>();
  const clientFor = (oin: string): Promise<PartyClient> => {
    const key = parties.find((party) => party.oin === oin)?.key ?? '';
    const client = clients.get(key) ?? clientOf(practiceFolder, key);
    clients.set(key, client);
    return client;
  };
  const post = (path: string, client: PartyClient | null, headers: Readonly<Record<string, string>>, body: Uint8Array): Promise<Handing> =>
    askHub({ url: `https://localhost:${apiPort}${path}`, ca, client, headers, body }).then(({ status }) => byHttp(status), () => byHttp(0));
  return {
    mail: async (step, start) => {
      const { document, files } = documentOf(step, start, now());
      const raw = await sender.write({
        from: step.from, subject: step.soort, text: 'Zie de bijlage.', attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: document }, ...files],
      });
      return () => submit(raw, { from: step.from, to: practiceHubAddress }, { host: '127.0.0.1', port: smtpPort, tlsCa: ca }).then(({ code }) => byMail(code), () => byMail(0));
    },
    api: async (step, start) => {
      const client = await clientFor(step.afzender.oin);
      const [body, headers] = [Buffer.from(JSON.stringify(postedOf(ofParty(step), start, now()))), { 'content-type': 'application/json', 'idempotency-key': randomUUID() }];
      return () => post('/api/v1/berichten', client, headers, body);
    },
    webhook: async (step, start) => {
      const { id, body } = webhookOf({ oin: step.afzender.oin, signer, at: now(), data: { ...postedOf(ofParty(step), start, now()) } });
      return () => post('/webhooks/in', null, signedHeaders({ id, at: now(), body, signer }), body);
    },
  };
};
