import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { readCloudEvent, readWebhookVerifier, verifyWebhook, webhookSignerText, webhookVerifierOf, type WebhookSigner } from '@ketensluis/contract';
import type { DeliveryOutcome, OutgoingDisclosure } from '@ketensluis/flow';
import { HTTP } from 'cloudevents';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { tlsFixture, type TlsFixture } from '../../../test/fixtures/tls-certificates.js';
import { webhookPeer, type EndpointScript, type ReceivedRequest, type WebhookPeer } from '../../../test/fixtures/webhook-peer.js';
import { freePort } from '../../../test/harness/free-port.js';
import { partyAdapterConformance, type PeerBehaviour } from '../conformance.js';
import { networksOf } from '../egress.js';
import { webhookAdapter, type WebhookOptions } from './adapter.js';
import type { WebhookLimits } from './limits.js';
import type { WebhookTarget } from './request.js';

const tls = tlsFixture('hook.party.example');
const expired = tlsFixture('hook.party.example', -1);
const otherHost = tlsFixture('hook.other.example');
const pinned = tlsFixture('hook.party.example', 30, '00000001234567890000');
const at = new Date('2026-03-02T09:00:00Z');
const loopback = networksOf(['127.0.0.0/8']);
const nothing = networksOf([]);
const older: WebhookSigner = { scheme: 'v1', secret: Buffer.alloc(32, 1) };
const newer: WebhookSigner = { scheme: 'v1', secret: Buffer.alloc(32, 2) };
const pair: WebhookSigner = { scheme: 'v1a', seed: Buffer.alloc(32, 3) };
const small: Partial<WebhookLimits> = { tryMaxMs: 1_500, idleMs: 2_000 };
const origin = { source: { oin: '00000001111111110000', system: 'ketensluis' }, publicUrl: 'https://hub.example' };

interface Switch {
  off: boolean;
}

/** What a test changes: of the target only what differs, and the address by the port of the peer. */
type Changes = Partial<Omit<WebhookOptions, 'target'>> & { readonly target?: Partial<Omit<WebhookTarget, 'url'>>; readonly url?: (port: number) => string };

const channel = async (changes: Changes = {}) => {
  const peer = await webhookPeer(tls);
  const endpoint: Switch = { off: false };
  const { url, target, ...options } = changes;
  const adapter = webhookAdapter({
    form: 'full', origin, limits: small, signers: () => Promise.resolve([older]),
    endpoint: { isOff: () => Promise.resolve(endpoint.off), switchOff: () => Promise.resolve(void (endpoint.off = true)) },
    ...options,
    target: {
      url: url?.(peer.port) ?? `https://hook.party.example:${peer.port}/in`, ca: [tls.ca, expired.ca, pinned.ca], allowed: loopback,
      names: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]), ...target,
    },
  });
  return { peer, adapter, endpoint };
};

const eventIn = ({ body }: ReceivedRequest) => {
  const read = readCloudEvent(body);
  if (read.kind !== 'event') throw new Error(read.detail);
  return read.event;
};
const proofIn = (request: ReceivedRequest): OutgoingDisclosure['proof'] => {
  const { data } = eventIn(request) as unknown as { data: { bewijs: Record<'leaf' | 'opening' | 'proof', string> } };
  const bytes = (name: 'leaf' | 'opening' | 'proof') => Buffer.from(data.bewijs[name]);
  return { leaf: bytes('leaf'), opening: bytes('opening'), proof: bytes('proof') };
};

const scripts: Readonly<Record<PeerBehaviour, EndpointScript>> = {
  take: {},
  later: { status: 503 },
  refuse: { status: 400 },
  'lose-answer': { drop: 'answer' },
  'lose-content': { drop: 'content' },
  stall: { status: 200, trickleMs: 30 },
  gone: { drop: 'connection' },
  unsafe: { tlsMaxVersion: 'TLSv1.1' },
};

partyAdapterConformance('webhook', async () => {
  const { peer, adapter } = await channel();
  return {
    // The hub says by the rule whether the whole may go along; here it may.
    adapter: { ...adapter, deliver: (disclosure, moment) => adapter.deliver({ ...disclosure, mayGoWhole: true }, moment) },
    boundMs: 5_000,
    behave: async (behaviour) => peer.play(scripts[behaviour]),
    received: () => peer.requests().map(({ headers }) => String(headers['webhook-id'])),
    proofs: () => peer.requests().map(proofIn),
    clear: peer.wire,
    open: peer.open,
    close: peer.close,
  };
});

const disclosure: OutgoingDisclosure = {
  id: '018f2f6e-0000-7000-8000-000000000001', caseId: 'b51a4f6e-0000-4000-8000-000000000001', number: 2, messageType: 'huisverbod.opgelegd',
  document: Buffer.from('<verstrekking>geheimwoord</verstrekking>'), mediaType: 'application/xml', mayGoWhole: true,
  attachments: [{ name: 'besluit.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF geheimwoord'), sha256: 'ab' }],
  proof: { leaf: Buffer.from('{}'), opening: Buffer.from('{}'), proof: Buffer.from('bewijs') },
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
const open = async (changes: Changes = {}) => {
  const opened = await channel(changes);
  closers.push(opened.adapter.close, opened.peer.close);
  return opened;
};

describe('what an answer of the endpoint means', () => {
  const rows: readonly (readonly [string, EndpointScript, object])[] = [
    ['200', { status: 200 }, { kind: 'delivered', receipt: { code: 200, text: 'OK' } }],
    ['204', { status: 204 }, { kind: 'delivered', receipt: { code: 204 } }],
    ['a redirect is not followed', { status: 307, headers: { location: 'https://169.254.169.254/latest/meta-data' } }, { kind: 'rejected', code: 307 }],
    ['400', { status: 400 }, { kind: 'rejected', code: 400, text: 'Bad Request' }],
    ['404', { status: 404 }, { kind: 'rejected', code: 404 }],
    ['413', { status: 413 }, { kind: 'rejected', code: 413 }],
    ['401', { status: 401 }, { kind: 'deferred', cause: 'not-believed', code: 401 }],
    ['408', { status: 408 }, { kind: 'deferred', cause: 'peer-busy', code: 408 }],
    ['425', { status: 425 }, { kind: 'deferred', code: 425 }],
    ['429 with seconds', { status: 429, headers: { 'retry-after': '120' } }, { kind: 'deferred', code: 429, notBefore: expect.any(Date) }],
    ['503 with a date', { status: 503, headers: { 'retry-after': 'Mon, 02 Mar 2026 10:00:00 GMT' } }, { kind: 'deferred', code: 503, notBefore: new Date('2026-03-02T10:00:00Z') }],
    ['500', { status: 500 }, { kind: 'deferred', code: 500 }],
    ['502', { status: 502 }, { kind: 'deferred', code: 502 }],
    ['504', { status: 504 }, { kind: 'deferred', code: 504 }],
    ['599', { status: 599 }, { kind: 'deferred', code: 599, text: 'no status of HTTP' }],
    ['an answer without end after a yes', { status: 200, body: 'x'.repeat(1_000_000) }, { kind: 'delivered' }],
    ['a no that trickles', { status: 400, trickleMs: 30 }, { kind: 'rejected', code: 400 }],
    ['a yes that trickles', { status: 200, trickleMs: 30 }, { kind: 'unknown', cause: 'timeout' }],
    ['silence', { silent: true }, { kind: 'unknown', cause: 'timeout' }],
    ['headers without measure', { headers: { 'x-long': 'x'.repeat(100_000) } }, { kind: 'unknown', text: 'HPE_HEADER_OVERFLOW' }],
    ['another protocol', { status: 101, headers: { upgrade: 'x', connection: 'upgrade' } }, { kind: 'unknown' }],
    ['a certificate that has expired', { tls: expired }, { kind: 'unusable', code: 'certificate-expired' }],
    ['a certificate of an authority nobody named', { tls: otherHost }, { kind: 'unusable', code: 'certificate-not-trusted' }],
    ['TLS below the floor', { tlsMaxVersion: 'TLSv1.1' }, { kind: 'unusable', code: 'validation-failure' }],
  ];
  test.each(rows)('%s', async (_name, script, expected) => {
    const { peer, adapter } = await open();
    peer.play(script);
    expect(await adapter.deliver(disclosure, at)).toMatchObject(expected);
    expect(peer.requests().every(({ path }) => path === '/in')).toBe(true);
  });

  test('a certificate of another host', async () => {
    const { peer, adapter } = await open({ target: { ca: [otherHost.ca] } });
    peer.play({ tls: otherHost });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'certificate-host-mismatch' });
    expect(peer.requests()).toEqual([]);
  });

  test('410 switches the endpoint off: nothing is sent any more', async () => {
    const { peer, adapter, endpoint } = await open();
    peer.play({ status: 410 });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'endpoint-disabled', evidence: { reply: '410' } });
    expect(endpoint.off).toBe(true);
    peer.play({});
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'endpoint-disabled', evidence: null });
    expect(peer.requests()).toHaveLength(1);
    endpoint.off = false;
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'delivered' });
  });

  test('nothing the endpoint says is kept', async () => {
    const { peer, adapter } = await open();
    peer.play({ status: 400, body: '{"detail":"geheimwoord van mevrouw"}', headers: { 'content-type': 'application/problem+json', 'x-echo': 'geheimwoord' } });
    expect(JSON.stringify(await adapter.deliver(disclosure, at))).not.toContain('geheim');
  });

  test('a kept connection that the endpoint closed meanwhile costs nothing: the same id goes at once over a new one', async () => {
    const { peer, adapter } = await open();
    peer.play({ closeIdleMs: 0 });
    for (let turn = 0; turn < 12; turn += 1) expect(await adapter.deliver({ ...disclosure, id: `d-${turn}` }, at)).toMatchObject({ kind: 'delivered' });
    expect([...new Set(peer.requests().map(({ headers }) => headers['webhook-id']))]).toHaveLength(12);
  });

  test('a new connection that is cut is not tried twice', async () => {
    const { peer, adapter } = await open();
    peer.play({ drop: 'answer' });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unknown', cause: 'connection-lost' });
    expect(peer.requests()).toHaveLength(1);
  });

  test('connections are kept', async () => {
    const { peer, adapter } = await open();
    for (let turn = 0; turn < 5; turn += 1) await adapter.deliver({ ...disclosure, id: `d-${turn}` }, at);
    expect([peer.requests().length, peer.connections()]).toEqual([5, 1]);
  });
});

describe('what goes out', () => {
  const only = (peer: WebhookPeer): ReceivedRequest => {
    const [request, ...more] = peer.requests();
    if (request === undefined || more.length > 0) throw new Error(`${peer.requests().length} requests`);
    return request;
  };

  test('thin: says that there is something, and where; it is announced, not delivered', async () => {
    const { peer, adapter } = await open({ form: 'thin' });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'announced', receipt: { code: 202 } });
    expect(eventIn(only(peer))).toEqual({
      id: disclosure.id, source: origin.source, type: 'nl.ketensluis.verstrekking.beschikbaar.v1', time: null, subject: disclosure.caseId, sequence: 2,
      dataContentType: null, dataSchema: null, dataRef: `https://hub.example/api/v1/verstrekkingen/${disclosure.id}`, data: undefined, isBase64: false,
    });
    expect(only(peer).body.toString('utf8')).not.toMatch(/geheim|huisverbod/);
  });

  test.each([
    ['the rule does not let the whole of it go', { ...disclosure, mayGoWhole: false }],
    ['nobody said that it may', (({ mayGoWhole: _none, ...rest }) => rest)(disclosure)],
    ['it is larger than what goes in one webhook', { ...disclosure, attachments: [{ name: 'x', contentType: 'x/y', content: Buffer.alloc(20_000_000), sha256: '' }] }],
  ])('thin as well over a full channel when %s', async (_name, what) => {
    const { peer, adapter } = await open();
    expect((await adapter.deliver(what, at)).kind).toBe('announced');
    expect(eventIn(only(peer)).type).toBe('nl.ketensluis.verstrekking.beschikbaar.v1');
  });

  test('full: the document as the log committed to it, its files and its proof', async () => {
    const { peer, adapter } = await open();
    await adapter.deliver(disclosure, at);
    const { type, data, dataContentType } = eventIn(only(peer));
    expect([type, dataContentType]).toEqual(['nl.ketensluis.verstrekking.gedaan.v1', 'application/json']);
    expect(data).toEqual({
      id: disclosure.id, volgnummer: 2, verstrekking: { type: 'application/xml', inhoud: Buffer.from(disclosure.document).toString('base64') },
      bijlagen: [{ naam: 'besluit.pdf', type: 'application/pdf', sha256: 'ab', inhoud: Buffer.from('%PDF geheimwoord').toString('base64') }],
      bewijs: { leaf: '{}', opening: '{}', proof: 'bewijs' },
    });
  });

  test('is what npm standardwebhooks and cloudevents take', async () => {
    const now = new Date();
    const { peer, adapter } = await open();
    await adapter.deliver(disclosure, now);
    const { headers, body } = only(peer);
    const verified = new Webhook(webhookSignerText(older)).verify(body.toString('utf8'), headers as Record<string, string>);
    const event = HTTP.toEvent({ headers, body: body.toString('utf8') });
    expect(event).toMatchObject({ id: disclosure.id, specversion: '1.0', source: 'urn:nld:oin:00000001111111110000:systeem:ketensluis' });
    expect(verified).toMatchObject({ id: disclosure.id });
    expect(headers).toMatchObject({ 'content-type': 'application/cloudevents+json', 'accept-encoding': 'identity', 'content-length': String(body.length) });
  });

  test('carries a signature of every key in force, and the receiver needs one of them', async () => {
    const { peer, adapter } = await open({ signers: () => Promise.resolve([newer, older, pair]) });
    await adapter.deliver(disclosure, at);
    const { headers, body } = only(peer);
    for (const key of [newer, older, pair]) expect(verifyWebhook(headers, body, [webhookVerifierOf(key)], at)).toMatchObject({ kind: 'verified', id: disclosure.id });
    expect(readWebhookVerifier(webhookSignerText(older))).toEqual(older);
  });

  test('without a key nothing goes', async () => {
    const { peer, adapter } = await open({ signers: () => Promise.resolve([]) });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'no-key' });
    expect(peer.connections()).toBe(0);
  });

  test('a proof that was owed goes whole also over a thin channel: it says nothing of the disclosure', async () => {
    const { peer, adapter } = await open({ form: 'thin' });
    expect((await adapter.prove({ id: disclosure.id, caseId: disclosure.caseId, number: 2, proof: disclosure.proof }, at)).kind).toBe('delivered');
    expect(eventIn(only(peer))).toMatchObject({ id: `${disclosure.id}-bewijs`, type: 'nl.ketensluis.verstrekking.bewijs.v1', data: { id: disclosure.id } });
  });
});

describe('where it goes', () => {
  const names = (...addresses: readonly string[]) => ({ allowed: nothing, names: () => Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))) });

  test.each([
    ['a name that points to the loopback', ['127.0.0.1']],
    ['a name that points to the metadata of a cloud', ['169.254.169.254']],
    ['a name with one address inside among those outside', ['8.8.8.8', '10.0.0.1']],
    ['a name whose IPv6 address wraps an IPv4 one', ['::ffff:7f00:1']],
  ])('not to %s', async (_name, addresses) => {
    const { peer, adapter } = await open({ target: names(...addresses) });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'address-not-allowed' });
    expect(peer.connections()).toBe(0);
  });

  test.each([(port: number) => `https://127.0.0.1:${port}/`, (port: number) => `https://[::1]:${port}/`, (port: number) => `https://0x7f.1:${port}/`, (port: number) => `https://2130706433:${port}/`])(
    'not to a number inside, however it is written (%#)', async (url) => {
      const { peer, adapter } = await open({ target: { allowed: nothing }, url });
      expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'address-not-allowed' });
      expect(peer.connections()).toBe(0);
    },
  );

  test('not to where a name points a moment later: each connection is judged by its own look-up', async () => {
    let looked = 0;
    const rebinding = () => Promise.resolve([{ address: looked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }]);
    const { peer, adapter } = await open({ target: { allowed: networksOf(['127.0.0.1/32']), names: rebinding } });
    peer.play({ headers: { connection: 'close' } });
    expect((await adapter.deliver(disclosure, at)).kind).toBe('delivered');
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'address-not-allowed' });
    expect(looked).toBe(2);
  });

  test('a name that does not exist is tried again', async () => {
    const absent = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const { adapter } = await open({ target: { names: absent } });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'deferred', cause: 'host-not-found' });
  });

  test('nobody there is tried again', async () => {
    const { peer, adapter } = await open();
    await peer.close();
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'deferred', cause: 'connection-refused' });
  });
});

describe('with a pinned OIN', () => {
  let hub: TlsFixture;
  beforeAll(() => {
    hub = tlsFixture('hub.example', 30, '00000001111111110000');
  });
  const pinnedTo = (oin: string) => ({ pinned: () => ({ oin, key: hub.key, cert: hub.cert }) });

  test('both show who they are', async () => {
    const { peer, adapter } = await open({ target: pinnedTo('00000001234567890000') });
    peer.play({ tls: pinned, clientCa: hub.ca });
    expect((await adapter.deliver(disclosure, at)).kind).toBe('delivered');
    expect(peer.requests()[0]?.clientSubject).toContain('00000001111111110000');
  });

  test.each([['a certificate of another organisation', pinned, '00000009999999990000'], ['a certificate without an OIN', tls, '00000001234567890000']])('%s gets nothing', async (_name, certificate, oin) => {
    const { peer, adapter } = await open({ target: pinnedTo(oin) });
    peer.play({ tls: certificate });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'certificate-host-mismatch' });
    expect(peer.requests()).toEqual([]);
  });

  test('an endpoint that does not believe the certificate of the hub is a matter for people: openssl says so with an alert', async () => {
    const [folder, port] = [await mkdtemp(join(tmpdir(), 'ketensluis-s-server-')), await freePort()];
    await Promise.all(Object.entries({ key: pinned.key, cert: pinned.cert, ca: otherHost.ca }).map(([name, text]) => writeFile(join(folder, name), text)));
    const server = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-key', 'key', '-cert', 'cert', '-CAfile', 'ca', '-Verify', '1', '-verify_return_error', '-quiet'], { cwd: folder, stdio: 'ignore' });
    const { adapter } = await open({ target: pinnedTo('00000001234567890000'), url: () => `https://hook.party.example:${port}/in` });
    try {
      const deliver = async (turns: number): Promise<DeliveryOutcome> => {
        const outcome = await adapter.deliver(disclosure, at);
        if (outcome.kind !== 'deferred' || outcome.cause !== 'connection-refused' || turns === 0) return outcome;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return deliver(turns - 1);
      };
      expect(await deliver(50)).toMatchObject({ kind: 'unusable', code: 'certificate-unusable' });
    } finally {
      server.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});
