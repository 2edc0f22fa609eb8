import { mayCall, networksOf } from '@ketensluis/adapters';
import type { FetchProblem, RevocationClient } from '@ketensluis/flow';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { isIP, type BlockList, type LookupFunction } from 'node:net';

/** A host that may be asked, on which port (80 when absent), and in which networks of our own it may stand. */
export interface RevocationHost {
  readonly host: string;
  readonly port?: number;
  /** Such as `10.1.0.0/16`; without, only the public internet. */
  readonly networks?: readonly string[];
}

/** Gives every address of a name. */
type AllLookup = (name: string, options: { readonly all: true }, told: (fault: NodeJS.ErrnoException | null, found: LookupAddress[]) => void) => void;

/** What bounds one fetch; `lookup` is that of the system unless a test says otherwise. */
export interface RevocationClientOptions {
  readonly timeoutMs?: number;
  readonly lookup?: AllLookup;
}

/** A list of 7 MB over a slow line. */
const defaultTimeoutMs = 30_000;

type Fetched = Awaited<ReturnType<RevocationClient['get']>>;
const failed = (problem: FetchProblem): Fetched => ({ kind: 'failed', problem });

/**
 * Fetches lists and answers from these hosts and no others. Plain HTTP, as RFC 5280 §8 wants: what comes proves itself by its signature, and TLS would need
 * the very answer that is fetched. No redirect is followed, no address of a private network is called unless it was named, and that is asked after DNS.
 */
export const revocationClient = (hosts: readonly RevocationHost[], options: RevocationClientOptions = {}): RevocationClient => {
  const allowed = hosts.map(({ host, port = 80, networks = [] }) => ({ host: host.toLowerCase(), port, networks: networks.length === 0 ? null : networksOf(networks) }));
  const fetch = async (text: string, body: Uint8Array | null, maxBytes: number): Promise<Fetched> => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || url.protocol !== 'http:' || url.username !== '' || url.password !== '') return failed('not-http');
    const port = url.port === '' ? 80 : Number(url.port);
    const found = allowed.find((one) => one.host === url.hostname.toLowerCase() && one.port === port);
    if (found === undefined) return failed('host-not-allowed');
    // Node.js asks no look-up for an address that is written out.
    if (isIP(url.hostname) !== 0 && !mayCall(url.hostname, found.networks)) return failed('address-not-allowed');
    return exchange(url, body, { maxBytes, timeoutMs: options.timeoutMs ?? defaultTimeoutMs, lookup: guarded(found.networks, options.lookup ?? systemLookup) });
  };
  return { get: (url, maxBytes) => fetch(url, null, maxBytes), ask: (url, asked, maxBytes) => fetch(url, asked, maxBytes) };
};

/** A look-up that hands out only addresses that may be called, so that what was asked is what is connected to. */
const guarded = (networks: BlockList | null, lookup: AllLookup): LookupFunction => (hostname, options, callback) => {
  lookup(hostname, { all: true }, (fault, found) => {
    if (fault !== null) return callback(fault, '', 0);
    const addresses = found.filter(({ address }) => mayCall(address, networks));
    const [first] = addresses;
    if (first === undefined) return callback(Object.assign(new Error('no address that may be called'), { code: 'EGRESS' }), '', 0);
    return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

interface Bounds {
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly lookup: LookupFunction;
}

const exchange = (url: URL, body: Uint8Array | null, { maxBytes, timeoutMs, lookup }: Bounds): Promise<Fetched> =>
  new Promise((resolve) => {
    // Of the whole exchange: a peer must not stretch it by trickling.
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = body === null ? {} : { 'content-type': 'application/ocsp-request', 'content-length': String(body.length) };
    const options: RequestOptions = { method: body === null ? 'GET' : 'POST', headers: { connection: 'close', ...headers }, lookup, signal, agent: false };
    const sent = request(url, options, (answer) => void read(answer, maxBytes).then(resolve, (fault: unknown) => resolve(failed(problemOf(fault)))));
    sent.on('error', (fault) => resolve(failed(problemOf(fault))));
    sent.end(body ?? undefined);
  });

const read = async (answer: IncomingMessage, maxBytes: number): Promise<Fetched> => {
  const status = answer.statusCode ?? 0;
  if (status !== 200) {
    answer.destroy();
    return failed(status >= 300 && status < 400 ? 'redirect' : 'bad-status');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    if (size > maxBytes) {
      answer.destroy();
      return failed('too-large');
    }
    chunks.push(chunk);
  }
  return answer.complete ? { kind: 'fetched', bytes: Buffer.concat(chunks) } : failed('no-connection');
};

const problemOf = (fault: unknown): FetchProblem => {
  const code = typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : null;
  const name = typeof fault === 'object' && fault !== null && 'name' in fault ? fault.name : null;
  if (name === 'TimeoutError' || name === 'AbortError' || code === 'ABORT_ERR') return 'timeout';
  if (code === 'EGRESS') return 'address-not-allowed';
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN' ? 'host-not-found' : 'no-connection';
};
