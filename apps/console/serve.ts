import 'reflect-metadata';
import fastifyMultipart from '@fastify/multipart';
import { All, Controller, Inject, Module, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { headersMs, keepBodyPace, requestMaxMs, type HttpServer } from '@ketensluis/platform';
import type { Desk } from './desk.js';
import { answerRequest, slowReply, type ConsoleReply, type ConsoleRequest } from './answer.js';
import { fileBytesMax, filesMax, formBytesMax } from './limits.js';

const DESK = Symbol('desk');
const closeMs = 5_000;

/** The one controller: what is where stands in the table of routes. */
@Controller()
class PagesController {
  constructor(@Inject(DESK) private readonly desk: Desk) {}

  @All('*')
  async any(@Req() request: ConsoleRequest, @Res() reply: ConsoleReply): Promise<void> {
    await answerRequest(this.desk, request, reply);
  }
}

/** Listens for browsers; over TLS when there is a key for it. Throws when the port is taken. */
export const serveConsole = async (desk: Desk, { host, port, tls }: { readonly host: string; readonly port: number; readonly tls: { readonly key: string; readonly cert: string } | null }): Promise<HttpServer> => {
  const adapter = new FastifyAdapter({
    bodyLimit: formBytesMax, requestTimeout: requestMaxMs(filesMax * fileBytesMax), trustProxy: false,
    ...(tls === null ? { http: { headersTimeout: headersMs } } : { https: { ...tls, minVersion: 'TLSv1.2' as const, headersTimeout: headersMs } }),
  });
  const server = adapter.getInstance();
  keepBodyPace(server, (request) => slowReply(desk, request));
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, new URLSearchParams(String(body))));
  void server.register(fastifyMultipart, { limits: { files: filesMax, fields: 100, fieldNameSize: 100, fieldSize: formBytesMax, parts: 120, headerPairs: 20 } });
  class ConsoleModule {}
  Module({ controllers: [PagesController], providers: [{ provide: DESK, useValue: desk }] })(ConsoleModule);
  const app = await NestFactory.create<NestFastifyApplication>(ConsoleModule, adapter, { logger: false, abortOnError: false, bodyParser: false });
  await app.listen(port, host);
  const address = app.getHttpServer().address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: async () => {
      const timer = setTimeout(() => app.getHttpServer().closeAllConnections(), closeMs).unref();
      app.getHttpServer().closeIdleConnections();
      await app.close();
      clearTimeout(timer);
    },
  };
};
