import { readCloudEvent, verifyWebhook, type CloudEvent, type WebhookVerifier } from '@ketensluis/contract';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * What a party that takes webhooks does: takes them, has nothing listening, is too busy, never answers, or takes the event and is gone before its answer.
 * `busy` says 503 and when to come back (RFC 9110 §10.2.3).
 */
export type Presence = 'here' | 'refusing' | 'busy' | 'silent' | 'cut';

/** A receiver of webhooks that honours the id: what it took once it never takes again, and says so with the same 202. */
export interface AbsentReceiver {
  readonly become: (presence: Presence) => Promise<void>;
  /** Events in the order in which they were first taken. */
  readonly taken: () => readonly CloudEvent[];
  /** Ids of every proven request, repeats included. */
  readonly requests: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** What such a receiver is made of. */
export interface ReceiverParts {
  readonly port: number;
  readonly tls: { readonly key: string; readonly cert: string };
  readonly verifiers: readonly WebhookVerifier[];
  readonly now: () => Date;
  /** Called once for each event it took, when it could say so. */
  readonly onTaken: (event: CloudEvent) => void;
}

const busyForSeconds = 3 * 3_600;

/** Starts a receiver that is there; `become` takes it away and brings it back on the same port. */
export const openAbsentReceiver = async ({ port, tls, verifiers, now, onTaken }: ReceiverParts): Promise<AbsentReceiver> => {
  let presence: Presence = 'here';
  const [taken, requests, known, acted] = [new Array<CloudEvent>(), new Array<string>(), new Set<string>(), new Set<string>()];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await wholeOf(request);
    if (presence === 'silent') return;
    if (presence === 'busy') return void response.writeHead(503, { 'retry-after': String(busyForSeconds), 'content-length': 0 }).end();
    const read = readCloudEvent(body);
    if (read.kind === 'refused' || verifyWebhook(request.headers, body, verifiers, now()).kind !== 'verified') return void response.writeHead(400).end();
    const { event } = read;
    requests.push(event.id);
    if (!known.has(event.id)) {
      known.add(event.id);
      taken.push(event);
    }
    // As a program that fell over between keeping and acting: it acts when it is told again.
    if (presence === 'cut') return void request.socket.destroy();
    if (!acted.has(event.id)) {
      acted.add(event.id);
      onTaken(event);
    }
    response.writeHead(202, { 'content-length': 0 }).end();
  };
  const server = createHttpsServer({ ...tls }, (request, response) => void answer(request, response).catch(() => response.destroy()));
  const listening = listener(server, port, () => server.closeAllConnections());
  await listening.open();
  return {
    become: async (next) => {
      presence = next;
      await (next === 'refusing' ? listening.shut() : listening.open());
    },
    taken: () => taken,
    requests: () => requests,
    close: listening.shut,
  };
};

/** Something that stands before a port and can be shut: then nothing listens. */
export interface Gate {
  readonly shut: () => Promise<void>;
  readonly open: () => Promise<void>;
}

/** An open gate on `port` to whatever `to` says when somebody connects. */
export const openGate = async (port: number, to: () => number): Promise<Gate> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const beyond = connect(to(), '127.0.0.1');
    for (const [one, other] of [[socket, beyond], [beyond, socket]] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).once('close', () => (sockets.delete(one), other.destroy()));
    }
    socket.pipe(beyond).pipe(socket);
  });
  const gate = listener(server, port, () => sockets.forEach((socket) => socket.destroy()));
  await gate.open();
  return gate;
};

const listener = (server: Server, port: number, cut: () => void): Gate => ({
  open: () => (server.listening ? Promise.resolve() : new Promise((resolve, reject) => void server.once('error', reject).listen(port, '127.0.0.1', () => (server.off('error', reject), resolve())))),
  shut: async () => {
    if (!server.listening) return;
    const shut = new Promise<void>((resolve) => void server.close(() => resolve()));
    cut();
    await shut;
  },
});

const wholeOf = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request) if (Buffer.isBuffer(part)) parts.push(part);
  return Buffer.concat(parts);
};
