import type { HttpReply } from './http.js';
import { isIPv6 } from 'node:net';

/** What is used of a request of Fastify. */
interface Request {
  readonly ip: string;
  readonly raw: { readonly complete: boolean; readonly destroy: () => unknown; readonly socket: { readonly bytesRead: number } };
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What is used of a reply of Fastify. */
interface Reply {
  readonly raw: { readonly once: (event: 'close', listener: () => void) => unknown };
  readonly status: (code: number) => { readonly headers: (values: HttpReply['headers']) => { readonly send: (body: Buffer) => unknown } };
}

/** What is used of Fastify, which Nest does not hand on as a type. */
interface Server {
  addHook(name: 'onRoute', hook: (route: { readonly url: string; bodyLimit?: number | undefined }) => void): unknown;
  addHook(name: 'onRequest', hook: (request: Request, reply: Reply) => Promise<unknown>): unknown;
}

/** Where more may be sent than elsewhere, and how much of that this process has in memory at a time. */
export interface LargeBodies {
  readonly paths: readonly string[];
  readonly mostBytes: number;
}

/** A body of at most so many bytes is no large one. */
const largeFromBytes = 1024 * 1024;
/** Large bodies under way in this process: each stands in memory as octets, as text and as files. */
const underWayMax = 4;
/** Of these, so many from one address; where all places are taken, one that has none gets a place of one that has two. */
const underWayPerAddressMax = 2;
/** When a sender that found no room comes back. */
const comeBackSeconds = 2;

/** One body under way. */
interface Place {
  readonly address: string;
  readonly request: Request;
  /** What had come over the connection when this request began. */
  readonly bytesBefore: number;
}

/**
 * Lets these paths take larger bodies, and turns away with 503, on every path, before a body is read for which there is no room now. Slow senders keep out no others
 * with fewer addresses than there are places: who has none takes a place of who has two, and the body that had come least is broken off. Its sender has no answer,
 * so it has it still.
 */
export const admitLargeBodies = (server: Server, { paths, mostBytes }: LargeBodies, refusal: (status: number) => HttpReply): void => {
  const underWay = new Set<Place>();
  const held = (address: string): number => [...underWay].filter((place) => place.address === address).length;
  const makeRoom = (own: number): boolean => {
    const [slowest] = [...underWay]
      .filter(({ address, request }) => !request.raw.complete && held(address) > own + 1)
      .sort((one, other) => receivedBy(one) - receivedBy(other));
    if (slowest === undefined) return false;
    underWay.delete(slowest);
    slowest.request.raw.destroy();
    return true;
  };
  server.addHook('onRoute', (route) => {
    if (paths.includes(route.url)) route.bodyLimit = mostBytes;
  });
  server.addHook('onRequest', async (request, reply) => {
    // Whatever the address: one resource can be written in many ways, and a body for nothing takes as much memory.
    if (sizeOf(request) <= largeFromBytes) return undefined;
    const address = networkOf(request.ip);
    const own = held(address);
    if (own >= underWayPerAddressMax || (underWay.size >= underWayMax && !makeRoom(own))) {
      const { status, headers, body } = refusal(503);
      // What is on its way is not read, so this connection is of no further use.
      return reply.status(status).headers({ ...headers, 'retry-after': String(comeBackSeconds), connection: 'close' }).send(Buffer.from(body));
    }
    const place: Place = { address, request, bytesBefore: request.raw.socket.bytesRead };
    underWay.add(place);
    reply.raw.once('close', () => underWay.delete(place));
    return undefined;
  });
};

const receivedBy = ({ request, bytesBefore }: Place): number => request.raw.socket.bytesRead - bytesBefore;

/** Of IPv6 its first half: one subscriber has every address below that. */
const networkOf = (ip: string): string => {
  if (!isIPv6(ip) || ip.includes('.')) return ip;
  const [front = '', back = ''] = ip.split('::');
  const [head, tail] = [groupsOf(front), groupsOf(back)];
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
};

const groupsOf = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));

/** What the request says it brings; without a word it may be anything. */
const sizeOf = ({ headers }: Request): number => {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers['content-length'] ?? 0);
};
