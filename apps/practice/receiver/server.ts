import { eventTypes, type CloudEvent } from '@ketensluis/contract';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { PartyClient } from '../ask.js';
import { fetchReference, type FetchedDisclosure } from './fetched.js';
import { broughtBy, judgeDisclosure, judgeWebhook, type ReceiverTrust, type RefusedWebhook } from './judge.js';

/** How a receiver answers a webhook it takes; what it does not believe is answered 401, and what it cannot read 400, whatever is asked for. */
export const receiverAnswers = ['202', '503', 'slow', '410'] as const;
export type ReceiverAnswer = (typeof receiverAnswers)[number];

export interface ReceiverOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly trust: ReceiverTrust;
  readonly now: () => Date;
  readonly say: (line: string) => void;
  /** Fetches what thin events point to. Without, they are only told of. */
  readonly fetching?: { readonly client: PartyClient; readonly ca: string };
  /** Tells contents as well. Off: identifiers only. */
  readonly shows?: boolean;
  readonly answer?: ReceiverAnswer;
  /** Hears of every event that was proven and answered with 202, repeats included. */
  readonly onEvent?: (event: CloudEvent) => void;
  /** Hears of every webhook that was not taken. */
  readonly onRefused?: (code: RefusedWebhook) => void;
}

/** A listening receiver. */
export interface Receiver {
  readonly port: number;
  readonly setAnswer: (answer: ReceiverAnswer) => void;
  /** Ids of disclosures that were proven here, oldest first, each once. */
  readonly proven: () => readonly string[];
  readonly close: () => Promise<void>;
}

interface State {
  answer: ReceiverAnswer;
  readonly seen: Set<string>;
  readonly proven: Set<string>;
}

const bodyMaxBytes = 40 * 1024 * 1024;
/** Longer than the hub waits for an answer. */
const slowMs = 25_000;
/** Ids remembered to tell a repeat: a sender that lost our answer sends again. */
const rememberedMax = 10_000;

/** Starts an HTTPS endpoint that takes the webhooks of a hub, checks everything that can be checked, and says what it got in plain words. */
export const startReceiver = async (options: ReceiverOptions): Promise<Receiver> => {
  const state: State = { answer: options.answer ?? '202', seen: new Set(), proven: new Set() };
  const fetches = new Set<Promise<void>>();
  const server = createServer({ ...options.tls, minVersion: 'TLSv1.2', requestTimeout: 20_000, headersTimeout: 10_000 }, (request, response) => {
    void answerTo(request, response).catch(() => response.destroy());
  });
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = request.method === 'POST' ? await bodyOf(request) : null;
    if (body === null) return end(response, request.method === 'POST' ? 413 : 405);
    const judged = judgeWebhook(request.headers, body, options.trust, options.now());
    if (judged.kind === 'refused') {
      options.say(`refused: ${judged.why}`);
      options.onRefused?.(judged.code);
      return end(response, judged.code === 'no-event' ? 400 : 401);
    }
    const { answer } = state;
    options.say(`${isRepeat(judged.event.id) ? 'again ' : ''}${judged.event.id}: ${judged.event.type}${place(judged.event)}; the signature holds; answered ${answer}`);
    if (answer === 'slow') await pause(slowMs, undefined, { ref: false });
    end(response, answer === 'slow' ? 202 : Number(answer));
    if (answer !== '202') return;
    options.onEvent?.(judged.event);
    const looking = look(judged.event).finally(() => fetches.delete(looking));
    fetches.add(looking);
  };
  const isRepeat = (id: string): boolean => {
    const known = state.seen.has(id);
    const [oldest] = state.seen;
    if (state.seen.size >= rememberedMax && oldest !== undefined) state.seen.delete(oldest);
    state.seen.add(id);
    return known;
  };
  const look = async (event: CloudEvent): Promise<void> => {
    const brought = broughtBy(event);
    if (brought !== null) return tell(event.id, brought);
    if (event.type !== eventTypes.available || event.dataRef === null || options.fetching === undefined) return;
    const fetched = await fetchReference(event.dataRef, options.fetching.client, options.fetching.ca).catch(() => null);
    if (fetched === null || typeof fetched === 'number') return options.say(`${event.id}: not fetched, ${fetched === null ? 'no whole answer came' : `the hub answered ${fetched}`}`);
    tell(event.id, fetched);
  };
  const tell = (id: string, got: FetchedDisclosure): void => {
    const { holds, lines } = judgeDisclosure(id, got, options.trust);
    for (const line of lines) options.say(`${id}: ${line}`);
    if (options.shows === true) options.say(Buffer.from(got.document).toString('utf8'));
    if (holds) state.proven.add(id);
  };
  await new Promise<void>((resolve, reject) => void server.once('error', reject).listen(options.port, options.host, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    setAnswer: (answer) => void (state.answer = answer),
    proven: () => [...state.proven],
    close: async () => {
      await Promise.allSettled(fetches);
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
};

const place = ({ subject, sequence }: CloudEvent): string => (subject === null ? '' : ` about case ${subject}${sequence === null ? '' : `, number ${sequence}`}`);

const end = (response: ServerResponse, status: number): void => void response.writeHead(status, { 'content-length': 0 }).end();

/** The body as it came; null when it is too large. */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | null> => {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) continue;
    size += part.length;
    if (size > bodyMaxBytes) return null;
    parts.push(part);
  }
  return Buffer.concat(parts);
};
