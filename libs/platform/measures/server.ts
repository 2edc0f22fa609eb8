import { createServer } from 'node:http';
import type { Metrics, Sample } from './metrics.js';

/** A scrape is a few hundred bytes of request; whoever takes longer is no Prometheus. */
const requestMs = 5_000;

/** Where metrics are scraped. */
export interface MetricsServer {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Serves `/metrics` and nothing else, without TLS. Throws when the port is taken; the caller says so in words. */
export const serveMetrics = async (place: { readonly host: string; readonly port: number }, metrics: Metrics, figures: () => Promise<readonly Sample[]>): Promise<MetricsServer> => {
  const server = createServer({ requestTimeout: requestMs, headersTimeout: requestMs, keepAliveTimeout: requestMs, maxHeaderSize: 8_192 }, (request, reply) => {
    if (request.url !== '/metrics' || request.method !== 'GET') return void reply.writeHead(request.url === '/metrics' ? 405 : 404).end();
    void figures().then(metrics.text).then(
      (text) => reply.writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' }).end(text),
      () => reply.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(place.port, place.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : place.port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
};
