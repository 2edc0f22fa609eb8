import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { requestMaxBytes } from '@ketensluis/tlog';
import type { Witness } from './witness.js';

/** A witness that listens. */
export interface WitnessServer {
  /** Submission prefix, for a policy file. */
  readonly url: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Where to listen, and who hears of faults. */
export interface WitnessListening {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly failed: (fault: unknown) => void;
}

const headersMaxMs = 5_000;
const requestMaxMs = 10_000;
// A log comes back at least every minute; a kept connection saves it a handshake.
const idleMaxMs = 120_000;
const connectionsMax = 64;

/** Serves `POST /add-checkpoint` and nothing else; every body is bounded in size and time. Rejects when it cannot listen. */
export const serveWitness = async (add: Witness['add'], { host, port, failed }: WitnessListening): Promise<WitnessServer> => {
  const server = createServer({ headersTimeout: headersMaxMs, requestTimeout: requestMaxMs, keepAliveTimeout: idleMaxMs, maxHeaderSize: 8_192 });
  server.maxConnections = connectionsMax;
  server.on('request', (request, response) => {
    void answer(request, response, add).catch((fault: unknown) => {
      failed(fault);
      if (!response.headersSent) tell(response, 500, 'the witness cannot answer now');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
};

const answer = async (request: IncomingMessage, response: ServerResponse, add: Witness['add']): Promise<void> => {
  if (request.url !== '/add-checkpoint') return tell(response, 404, 'nothing here');
  if (request.method !== 'POST') return tell(response, 405, 'use POST');
  const body = await bodyOf(request);
  if (body === null) {
    response.setHeader('connection', 'close');
    return tell(response, 413, `at most ${requestMaxBytes} bytes`);
  }
  const { status, contentType, body: text } = await add(body);
  response.writeHead(status, { ...(contentType === null ? {} : { 'content-type': contentType }), 'content-length': text.length });
  response.end(text);
};

/** The body, or null as soon as it is larger than any request may be. */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const piece = Buffer.from(chunk);
    bytes += piece.length;
    if (bytes > requestMaxBytes) return null;
    chunks.push(piece);
  }
  return Buffer.concat(chunks);
};

const tell = (response: ServerResponse, status: number, sentence: string): void =>
  void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${sentence}\n`);
