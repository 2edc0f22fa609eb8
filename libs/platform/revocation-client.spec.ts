import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { revocationClient, type RevocationClientOptions } from './revocation-client.js';

let server: Server;
let port = 0;
const seen: string[] = [];

const answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>> = {
  '/list.crl': (_request, response) => void response.end('a list'),
  '/ocsp': (request, response) => void request.on('data', (chunk: Buffer) => response.end(Buffer.concat([Buffer.from('re:'), chunk]))).on('end', () => response.end()),
  '/away': (_request, response) => void response.writeHead(302, { location: `http://localhost:${port}/list.crl` }).end(),
  '/broken': (_request, response) => void response.writeHead(500).end('sorry'),
  '/large': (_request, response) => void response.end(Buffer.alloc(5_000)),
  '/half': (_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('ten octets', () => response.destroy());
  },
  '/slow': (_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  },
  '/silent': () => undefined,
};

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['content-type'] ?? '-'}`);
    answers[request.url ?? '']?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => new Promise<void>((resolve) => {
  server.closeAllConnections();
  server.close(() => resolve());
}));

const client = (networks: readonly string[] = ['127.0.0.0/8'], options: RevocationClientOptions = {}) => revocationClient([{ host: 'localhost', port, networks }], { timeoutMs: 400, ...options });
const problem = async (path: string, one = client(), maxBytes = 1_000): Promise<string> => {
  const fetched = await one.get(path.startsWith('/') ? `http://localhost:${port}${path}` : path, maxBytes);
  return fetched.kind === 'failed' ? fetched.problem : fetched.bytes.toString();
};

/** A client whose DNS gives these addresses for every name. */
const leadingTo = (addresses: readonly string[], networks: readonly string[] = []) =>
  revocationClient([{ host: 'crl.example', port, networks }], { timeoutMs: 400, lookup: (_name, _options, told) =>
    (addresses.length === 0 ? told(Object.assign(new Error('none'), { code: 'ENOTFOUND' }), []) : told(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })))) });

describe('lists and answers are fetched', () => {
  test('from a host that is named, by GET and by POST', async () => {
    expect(await problem('/list.crl')).toBe('a list');
    const asked = await client().ask(`http://localhost:${port}/ocsp`, Buffer.from('who?'), 1_000);
    expect(asked.kind === 'fetched' ? Buffer.from(asked.bytes).toString() : asked.problem).toBe('re:who?');
    expect(seen).toEqual(['GET /list.crl -', 'POST /ocsp application/ocsp-request']);
  });

  test('from nobody else, and only over HTTP', async () => {
    expect(await problem(`http://127.0.0.1:${port}/list.crl`)).toBe('host-not-allowed');
    expect(await problem('http://localhost:1/list.crl')).toBe('host-not-allowed');
    expect(await problem('http://crl.example/list.crl')).toBe('host-not-allowed');
    for (const url of ['https://localhost/', 'ldap://localhost/cn=x', 'file:///etc/passwd', `http://user:pw@localhost:${port}/list.crl`, 'no address']) expect(await problem(url)).toBe('not-http');
  });

  test('without following anybody, within size and time', async () => {
    expect(await problem('/away')).toBe('redirect');
    expect(await problem('/broken')).toBe('bad-status');
    expect(await problem('/large')).toBe('too-large');
    expect(await problem('/half')).toBe('no-connection');
    expect(await problem('/slow')).toBe('timeout');
    expect(await problem('/silent')).toBe('timeout');
  });

  test('not from our own networks, unless that was said, whatever DNS says', async () => {
    const before = seen.length;
    expect(await problem('/list.crl', client([]))).toBe('address-not-allowed');
    expect(await problem(`http://169.254.169.254/`, revocationClient([{ host: '169.254.169.254' }]))).toBe('address-not-allowed');
    expect(seen).toHaveLength(before);
    // A name that leads to the inside is not called; of two addresses only the one outside is.
    expect(await problem(`http://crl.example:${port}/`, leadingTo(['10.0.0.1', '::1']))).toBe('address-not-allowed');
    expect(await problem(`http://crl.example:${port}/list.crl`, leadingTo(['10.0.0.1', '127.0.0.1'], ['127.0.0.0/8']))).toBe('a list');
    expect(await problem(`http://crl.example:${port}/`, leadingTo([]))).toBe('host-not-found');
  });
});
