import 'reflect-metadata';
import { Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Hub } from './hub.js';

/** The one provider Nest knows: the bundle of ports. */
export const HUB = Symbol('hub');

/** Most bytes of a request; nothing larger is asked for on these ports. */
const bodyMaxBytes = 64 * 1024;
const requestMs = 20_000;

/** A listening HTTP port. */
export interface HttpServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Serves controllers over the bundle of ports. Throws when the port is taken; the caller says so in words. */
export const serveHttp = async (options: { readonly hub: Hub; readonly controllers: readonly Type[]; readonly host: string; readonly port: number }): Promise<HttpServer> => {
  const { hub, controllers, host, port } = options;
  class HttpModule {}
  Module({ controllers: [...controllers], providers: [{ provide: HUB, useValue: hub }] })(HttpModule);
  const adapter = new FastifyAdapter({ bodyLimit: bodyMaxBytes, requestTimeout: requestMs, trustProxy: false });
  const app = await NestFactory.create<NestFastifyApplication>(HttpModule, adapter, { logger: false, abortOnError: false });
  await app.listen(port, host);
  const address = app.getHttpServer().address();
  return { port: typeof address === 'object' && address !== null ? address.port : port, close: () => app.close() };
};
