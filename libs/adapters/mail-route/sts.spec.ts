import { createServer, type Server, type ServerOptions } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { StsPolicyKept } from '@ketensluis/flow';
import fc from 'fast-check';
import { tlsFixture } from '../../../test/fixtures/tls-certificates.js';
import type { DnsAnswer } from './dns-answer.js';
import { findSts } from './sts.js';
import { fetchStsPolicy, type StsFetched } from './sts-fetch.js';
import { readStsPolicy, readStsRecord } from './sts-policy.js';

const at = new Date('2026-11-22T12:00:00Z');
const policy = 'version: STSv1\r\nmode: enforce\r\nmx: mail.party.example\r\nmx: *.party.example\r\nmax_age: 604800\r\n';
const txt = (...records: readonly string[]): DnsAnswer<'TXT'> => ({ kind: 'found', secure: false, name: 'x', records });

describe('an MTA-STS policy', () => {
  test('is read', () => expect(readStsPolicy(policy)).toEqual({ mode: 'enforce', mx: ['mail.party.example', '*.party.example'], maxAgeSeconds: 604_800 }));
  test.each([
    ['no version', 'mode: enforce\nmx: a.example\nmax_age: 1'],
    ['another version', 'version: STSv2\nmode: enforce\nmx: a.example\nmax_age: 1'],
    ['no mode', 'version: STSv1\nmx: a.example\nmax_age: 1'],
    ['a mode that does not exist', 'version: STSv1\nmode: strict\nmx: a.example\nmax_age: 1'],
    ['no servers', 'version: STSv1\nmode: enforce\nmax_age: 1'],
    ['a star inside', 'version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1'],
    ['an address for a server', 'version: STSv1\nmode: enforce\nmx: 127.0.0.1\nmax_age: 1'],
    ['no age', 'version: STSv1\nmode: enforce\nmx: a.example'],
    ['an age of more than a year', 'version: STSv1\nmode: enforce\nmx: a.example\nmax_age: 31557601'],
    ['a page of a web site', '<!doctype html><html><body>version: STSv1</body></html>'],
  ])('%s', (_name, text) => expect(readStsPolicy(text)).toBeNull());
  test('whatever it is, there is an answer', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.constantFrom('version: STSv1', 'mode: none', 'mx: *.a.example', 'max_age: 86400', 'x: y', ':')).map((lines) => lines.join('\n'))), (text) => [null, 'object'].includes(readStsPolicy(text) === null ? null : 'object')));
  });
  test.each([[['v=STSv1; id=20260101T000000;'], '20260101T000000'], [['v=spf1 -all', 'v=STSv1;id=1'], '1'], [['v=STSv1; id=1', 'v=STSv1; id=2'], null], [['v=STSv1; id=a-b'], null], [['v=STSv1;'], null], [['v=STSv10; id=1'], null], [[], null]])('announced by %j: %p', (texts, id) => expect(readStsRecord(texts)).toBe(id));
});

describe('which policy holds', () => {
  const day = 86_400_000;
  const kept = (changes: Partial<StsPolicyKept> = {}): StsPolicyKept => ({ domain: 'party.example', id: '1', text: policy, fetchedAt: at, expiresAt: new Date(at.getTime() + day), ...changes });
  const down: StsFetched = { kind: 'failed', code: 'sts-policy-fetch-error', cause: 'timeout' };
  const fetched = (text = policy): StsFetched => ({ kind: 'fetched', text });
  const rows: readonly (readonly [string, DnsAnswer<'TXT'>, StsPolicyKept | null, StsFetched, object, boolean])[] = [
    ['a new one is fetched and kept', txt('v=STSv1; id=2'), null, fetched(), { kind: 'policy', id: '2', mode: 'enforce', source: 'fetched' }, true],
    ['the kept one while its id stands in DNS', txt('v=STSv1; id=1'), kept(), down, { kind: 'policy', id: '1', source: 'cached' }, false],
    ['a newer id fetches again', txt('v=STSv1; id=2'), kept(), fetched(), { id: '2', source: 'fetched' }, true],
    ['the kept one when the newer cannot be fetched', txt('v=STSv1; id=2'), kept(), down, { id: '1', source: 'cached' }, false],
    ['the kept one when the newer is none', txt('v=STSv1; id=2'), kept(), fetched('nonsense'), { id: '1', source: 'cached' }, false],
    ['the kept one when the record is gone: an attacker may have taken it', { kind: 'absent', secure: false }, kept(), down, { id: '1', source: 'cached' }, false],
    ['the kept one when DNS fails', { kind: 'failed', cause: 'timeout' }, kept(), down, { id: '1', source: 'cached' }, false],
    ['none when the kept one ran out', { kind: 'absent', secure: false }, kept({ expiresAt: at }), down, { kind: 'absent' }, false],
    ['unknown when it ran out and cannot be fetched', txt('v=STSv1; id=1'), kept({ expiresAt: at }), down, { kind: 'failed', code: 'sts-policy-fetch-error' }, false],
    ['unknown when it is none', txt('v=STSv1; id=1'), null, fetched('nonsense'), { kind: 'failed', code: 'sts-policy-invalid' }, false],
    ['unknown when DNS fails', { kind: 'failed', cause: 'servfail' }, null, down, { kind: 'failed' }, false],
    ['none', { kind: 'absent', secure: true }, null, down, { kind: 'absent' }, false],
  ];
  test.each(rows)('%s', async (_name, record, before, answer, expected, isSaved) => {
    const saved: StsPolicyKept[] = [];
    const found = await findSts('party.example', record, at, { policies: { find: async () => before, save: async (one) => void saved.push(one) }, fetch: async () => answer });
    expect(found).toMatchObject(expected);
    expect(saved).toHaveLength(isSaved ? 1 : 0);
    if (isSaved) expect(saved[0]).toMatchObject({ domain: 'party.example', expiresAt: new Date(at.getTime() + 604_800_000) });
  });
});

describe('fetching a policy', () => {
  const good = tlsFixture('mta-sts.party.example');
  const wrongName = tlsFixture('www.party.example');
  const old = tlsFixture('mta-sts.party.example', -1);
  const servers: Server[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
  type Answering = (request: IncomingMessage, response: ServerResponse) => void;
  const fetchFrom = async (answer: Answering, tls = good, ca = tls.ca, options: ServerOptions = {}): Promise<StsFetched> => {
    const server = createServer({ key: tls.key, cert: tls.cert, ...options }, answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return fetchStsPolicy({ domain: 'party.example', address: '127.0.0.1', port, ca, limits: { timeoutMs: 700, sizeMaxBytes: 64 * 1024 } });
  };
  const text: Answering = (_request, response) => response.setHeader('content-type', 'text/plain; charset=utf-8').end(policy);

  test('by name, at its one place', async () => {
    const asked: string[] = [];
    expect(await fetchFrom((request, response) => { asked.push(`${request.method} ${request.headers.host} ${request.url}`); text(request, response); })).toEqual({ kind: 'fetched', text: policy });
    expect(asked).toEqual(['GET mta-sts.party.example /.well-known/mta-sts.txt']);
  });

  const rows: readonly (readonly [string, Answering, string])[] = [
    ['a redirect is not followed', (_request, response) => response.writeHead(301, { location: 'https://evil.example/' }).end(), 'status 301'],
    ['not found', (_request, response) => response.writeHead(404, { 'content-type': 'text/plain' }).end(policy), 'status 404'],
    ['a page', (_request, response) => response.setHeader('content-type', 'text/html').end(policy), 'media-type'],
    ['silence', () => undefined, 'timeout'],
    ['a trickle', (_request, response) => { response.setHeader('content-type', 'text/plain').flushHeaders(); const timer = setInterval(() => response.write('x'), 50); response.on('close', () => clearInterval(timer)); }, 'timeout'],
    ['a gigabyte', (_request, response) => { response.setHeader('content-type', 'text/plain'); const more = (): void => { while (!response.destroyed && response.write(Buffer.alloc(1024 * 1024, 'x'))); response.once('drain', more); }; more(); }, 'too-large'],
    ['half a text', (_request, response) => { response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 1_000 }); response.write('version: STSv1'); setTimeout(() => response.destroy(), 30); }, 'connection-lost'],
    ['headers without end', (_request, response) => response.writeHead(200, { 'content-type': 'text/plain', 'x-more': 'x'.repeat(20_000) }).end(policy), 'HPE_HEADER_OVERFLOW'],
  ];
  test.each(rows)('%s', async (_name, answer, cause) => expect(await fetchFrom(answer)).toMatchObject({ kind: 'failed', code: 'sts-policy-fetch-error', cause: expect.stringMatching(cause === 'connection-lost' ? /connection-lost|ECONNRESET/ : cause) }));

  test.each([
    ['of a CA nobody knows', good, wrongName.ca],
    ['for another name', wrongName, wrongName.ca],
    ['that ran out', old, old.ca],
  ])('a certificate %s is refused', async (_name, tls, ca) => expect(await fetchFrom(text, tls, ca)).toMatchObject({ kind: 'failed', code: 'sts-webpki-invalid' }));

  test('TLS below the floor is refused', async () => expect((await fetchFrom(text, good, good.ca, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })).kind).toBe('failed'));
});
