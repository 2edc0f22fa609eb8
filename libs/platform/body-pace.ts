import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpReply } from './http.js';

/** What is used of a request of Fastify. */
interface Request {
  readonly raw: IncomingMessage;
}

/** What is used of a reply of Fastify. */
interface Reply {
  readonly raw: ServerResponse;
  readonly hijack: () => unknown;
}

/** What is used of Fastify, which Nest does not hand on as a type. */
interface Server {
  addHook(name: 'onRequest', hook: (request: Request, reply: Reply) => Promise<unknown>): unknown;
}

/**
 * How fast a body must come, on average since its first byte, once it has had so many seconds: 128 kbit/s, what a phone still brings where there is hardly a
 * network. A trickle so ends with the grace, and the largest message that is taken (40 MB) within three quarters of an hour.
 */
export const bodyPace = { graceSeconds: 10, bytesPerSecondMin: 16 * 1024 } as const;

/** How long the head of a request may take; it has no pace. */
export const headersMs = 10_000;

/** What a whole request may take that keeps the pace, where at most so many bytes are taken: the last resort, for what the pace cannot see. */
export const requestMaxMs = (bytesMax: number): number => headersMs + (bodyPace.graceSeconds + Math.ceil(bytesMax / bodyPace.bytesPerSecondMin)) * 1_000;

const tickMs = 1_000;

/**
 * Answers 408 (RFC 9110 §15.5.9), and closes, when a body stays behind the pace; whoever holds memory or a place for it gets that back at once. A second in which
 * this process did not come round, or left unread what had come, counts for nobody: it says nothing about the sender.
 */
export const keepBodyPace = (server: Server, refusal: (request: IncomingMessage) => HttpReply): void => {
  server.addHook('onRequest', async ({ raw }, reply) => {
    if (raw.headers['transfer-encoding'] === undefined && Number(raw.headers['content-length'] ?? 0) === 0) return;
    const { socket } = raw;
    const bytesBefore = socket.bytesRead;
    let seconds = 0;
    const watch = setInterval(() => {
      if (raw.complete || reply.raw.headersSent) return clearInterval(watch);
      // An interval that is late fires once, however many it missed.
      if (raw.readableLength === 0) seconds += 1;
      if (socket.bytesRead - bytesBefore >= (seconds - bodyPace.graceSeconds) * bodyPace.bytesPerSecondMin) return;
      clearInterval(watch);
      reply.hijack();
      const { status, headers, body } = refusal(raw);
      reply.raw.writeHead(status, { ...headers, 'content-length': body.length, connection: 'close' }).end(body);
    }, tickMs).unref();
    reply.raw.once('close', () => clearInterval(watch));
  });
};
