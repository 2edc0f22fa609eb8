import 'reflect-metadata';
import type { ArgumentsHost, Type } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { mailTls } from '@ketensluis/mail';
import { constants } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Hub } from './hub.js';
import { headersMs, keepBodyPace, requestMaxMs } from './body-pace.js';
import { admitLargeBodies, type LargeBodies } from './large-bodies.js';

/** The one provider Nest knows: the bundle of ports. */
export const HUB = Symbol('hub');

/** Most bytes of a request where nothing larger is asked for. */
const bodyMaxBytes = 64 * 1024;
/** Most bytes of a request of a party: the largest document the hub reads, in Base64 and with what goes around it. */
export const partyBodyMaxBytes = 4 * 1024 * 1024;

/** A listening HTTP port. */
export interface HttpServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** One answer over HTTP. */
export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A listening port with TLS. */
export interface PartyHttpServer extends HttpServer {
  /** Connections from now on get this certificate; those that are open keep theirs. Throws, and changes nothing, when key and certificate do not belong together. */
  readonly renewTls: (tls: PartyHttpOptions['tls']) => void;
}

/** What a port serves. */
export interface HttpOptions {
  readonly hub: Hub;
  readonly controllers: readonly Type[];
  readonly host: string;
  readonly port: number;
}

/** What a port that faces the parties has beside it. */
export interface PartyHttpOptions extends HttpOptions {
  readonly tls: { readonly key: string; readonly cert: string };
  /** Go with every answer, refusals included. */
  readonly headers: Readonly<Record<string, string>>;
  /** Where more may be sent than `partyBodyMaxBytes`. */
  readonly largeBodies?: LargeBodies;
  /** The answer where no controller gave one: nothing there, another method (405, with those there are), body too large, or a fault of ours (500). */
  readonly refusal: (status: number, allowed?: readonly string[]) => HttpReply;
}

// Only when asked for: Nest takes nearly half a second to load, and most commands serve nothing.
const nest = () => Promise.all([import('@nestjs/common'), import('@nestjs/core'), import('@nestjs/platform-fastify')]);

/** Loads what `serveHttp` needs, for who has to wait for something else anyway; without it `serveHttp` does so itself. */
export const loadHttp = async (): Promise<void> => void (await nest());

/** Serves controllers over the bundle of ports. Throws when the port is taken; the caller says so in words. */
export const serveHttp = async (options: HttpOptions): Promise<HttpServer> => {
  const [, , { FastifyAdapter }] = await nest();
  const adapter = new FastifyAdapter({ bodyLimit: bodyMaxBytes, requestTimeout: requestMaxMs(bodyMaxBytes), trustProxy: false, http: { headersTimeout: headersMs } });
  keepBodyPace(adapter.getInstance(), () => ({ status: 408, headers: {}, body: Buffer.alloc(0) }));
  return listen(options, adapter);
};

/**
 * Serves controllers to the parties over TLS. A client certificate is asked for and proves nothing here: whoever uses it validates its path first.
 * Bodies reach the controllers as octets, whatever their type, since signatures are over what was sent.
 */
export const servePartyHttp = async (options: PartyHttpOptions): Promise<PartyHttpServer> => {
  const [, , { FastifyAdapter }] = await nest();
  const adapter = new FastifyAdapter({
    bodyLimit: partyBodyMaxBytes, requestTimeout: requestMaxMs(options.largeBodies?.mostBytes ?? partyBodyMaxBytes), trustProxy: false, https: tlsOptions(options.tls),
    routerOptions: { ignoreTrailingSlash: false, ignoreDuplicateSlashes: false, caseSensitive: true },
    // What is not even an address comes by no hook and no filter.
    frameworkErrors: (_fault: unknown, _request: unknown, reply: { readonly raw: ServerResponse }) => {
      const { status, headers, body } = options.refusal(400);
      reply.raw.writeHead(status, { ...options.headers, ...headers }).end(body);
    },
    clientErrorHandler: (fault, socket) => refuseUnread(fault, socket, options),
  });
  const server = adapter.getInstance();
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.addHook('onRequest', async (_request, reply) => void reply.headers(options.headers));
  keepBodyPace(server, () => {
    const { status, headers, body } = options.refusal(408);
    return { status, headers: { ...options.headers, ...headers }, body };
  });
  if (options.largeBodies !== undefined) admitLargeBodies(server, options.largeBodies, options.refusal);
  // RFC 9110 §15.5.6: an address that has other methods says which; only addresses without a part that varies are known here.
  const methodsAt = (url: string): readonly string[] => methods.filter((method) => server.hasRoute({ method, url: url.replace(/[?#].*$/s, '') }));
  const listening = await listen(options, adapter, (status, url) => {
    const allowed = status === 404 ? methodsAt(url) : [];
    return allowed.length > 0 ? options.refusal(405, allowed) : options.refusal(status);
  });
  // All of it again: what is left out would go back to what Node.js thinks of it.
  const { server: secured } = server;
  if (!(secured instanceof TlsServer)) throw new Error('bug: the port of the parties has no TLS');
  return { ...listening, renewTls: (tls) => secured.setSecureContext(contextOptions(tls)) };
};

/** What never became a request, such as a head that does not come or is too large: answered like the others, on the bare connection. */
const refuseUnread = (fault: { readonly code?: string }, socket: Socket, { headers, refusal }: PartyHttpOptions): void => {
  if (!socket.writable || fault.code === 'ECONNRESET') return void socket.destroy();
  const status = fault.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : fault.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400;
  const reply = refusal(status);
  const lines = Object.entries({ ...headers, ...reply.headers, 'content-length': reply.body.length, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`);
  socket.end(reply.body);
};

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

// A session that is resumed no longer has the chain the party sent, so there are none: a handshake each time (RFC 8446 §2.2 is optional).
const contextOptions = ({ key, cert }: PartyHttpOptions['tls']) => ({
  key, cert, ...mailTls, honorCipherOrder: true, secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
});

const tlsOptions = (tls: PartyHttpOptions['tls']) => ({
  ...contextOptions(tls), requestCert: true, rejectUnauthorized: false,
  // Else a request that takes too long is only noticed half a minute later.
  connectionsCheckingInterval: 1_000,
  // Of the two limits Node.js takes the longer one for the whole request, so this one must be the shorter.
  headersTimeout: headersMs,
});

const listen = async ({ hub, controllers, host, port }: HttpOptions, adapter: AbstractHttpAdapter, refusal: ((status: number, url: string) => HttpReply) | null = null): Promise<HttpServer> => {
  const [{ Catch, HttpException, Module }, { NestFactory }] = await nest();
  class HttpModule {}
  Module({ controllers: [...controllers], providers: [{ provide: HUB, useValue: hub }] })(HttpModule);
  // With a refusal of its own the port reads its bodies itself.
  const app = await NestFactory.create<NestFastifyApplication>(HttpModule, adapter, { logger: false, abortOnError: false, bodyParser: refusal === null });
  if (refusal !== null) {
    const refuse = (fault: unknown, to: ArgumentsHost): void => {
      const status = fault instanceof HttpException ? fault.getStatus() : 500;
      if (status >= 500) hub.events.fault('request.failed', fault);
      const reply = refusal(status, to.switchToHttp().getRequest<{ readonly url: string }>().url);
      to.switchToHttp().getResponse<Reply>().status(reply.status).headers(reply.headers).send(Buffer.from(reply.body));
    };
    class Refusals {
      readonly catch = refuse;
    }
    Catch()(Refusals);
    app.useGlobalFilters(new Refusals());
  }
  await app.listen(port, host);
  const address = app.getHttpServer().address();
  return { port: typeof address === 'object' && address !== null ? address.port : port, close: () => closeWithin(app) };
};

/** How long requests under way get to end when the port closes; Node.js no longer ends slow ones by then. */
const closeMs = 5_000;

const closeWithin = async (app: NestFastifyApplication): Promise<void> => {
  const timer = setTimeout(() => app.getHttpServer().closeAllConnections(), closeMs).unref();
  await app.close();
  clearTimeout(timer);
};

interface Reply {
  readonly status: (code: number) => { readonly headers: (values: HttpReply['headers']) => { readonly send: (body: Buffer) => unknown } };
}
