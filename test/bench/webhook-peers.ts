import { createServer, Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { z } from 'zod';

/** A process beside the hub: the endpoint of a recipient, or the bare server the hub is compared with. */
export const webhookPeerOptions = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('endpoint'), key: z.string(), cert: z.string(), port: z.number(), answerMs: z.number().default(0) }),
  z.object({ kind: z.literal('bare'), key: z.string(), cert: z.string(), ca: z.string(), forwardTo: z.number() }),
]);
export type WebhookPeerOptions = z.input<typeof webhookPeerOptions>;

type Of<K extends WebhookPeerOptions['kind']> = Extract<WebhookPeerOptions, { kind: K }>;

/** What such a process tells its parent: where it listens, then the id of each webhook that came whole. */
export type PeerWord = { readonly port: number } | { readonly id: string };

const host = '127.0.0.1';
/** As many as the hub keeps to one endpoint. */
const socketsMax = 4;

const tell = (word: PeerWord): void => void process.send?.(word);

/** Takes every webhook with 202, after `answerMs`, and tells its id; looks into nothing. */
export const runEndpoint = ({ key, cert, port, answerMs = 0 }: Of<'endpoint'>): void => {
  const server = createServer({ key, cert, keepAlive: true, keepAliveTimeout: 60_000 }, (incoming, answer) => {
    const take = (): void => {
      answer.writeHead(202, { 'content-length': 0 }).end();
      tell({ id: String(incoming.headers['webhook-id']) });
    };
    incoming.resume().once('end', () => (answerMs === 0 ? take() : void setTimeout(take, answerMs)));
  });
  server.listen(port, host, () => tell({ port }));
};

/** Fastify over TLS and nothing else: takes a body as it comes, forwards it over TLS on kept connections, and answers when that was taken. */
export const runBare = async ({ key, cert, ca, forwardTo }: Of<'bare'>): Promise<void> => {
  const agent = new Agent({ keepAlive: true, maxSockets: socketsMax, ca });
  const server = fastify({ https: { key, cert }, keepAliveTimeout: 60_000 });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  server.post('/in', async (incoming, reply) => {
    const body = Buffer.isBuffer(incoming.body) ? incoming.body : Buffer.alloc(0);
    const headers = { 'content-type': String(incoming.headers['content-type']), 'content-length': body.length, 'webhook-id': String(incoming.headers['webhook-id']) };
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request({ host, servername: 'localhost', port: forwardTo, path: '/in', method: 'POST', agent, headers }, (answer) => {
        answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
      });
      sent.once('error', reject);
      sent.end(body);
    });
    return reply.code(status).send();
  });
  await server.listen({ host, port: 0 });
  const { port } = server.server.address() as AddressInfo;
  tell({ port });
};

const given = process.env['KETENSLUIS_BENCH_PEER'];
if (given !== undefined) {
  process.once('message', () => process.exit(0)).once('disconnect', () => process.exit(0));
  const options = webhookPeerOptions.parse(JSON.parse(given));
  await (options.kind === 'endpoint' ? runEndpoint(options) : runBare(options));
}
