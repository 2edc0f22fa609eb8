import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { issueCertificate, issueCrl, type IssueExtensions, type SubjectName } from '@ketensluis/mail';
import { derOf, HUB, servePartyHttp, type Hub, type HttpServer } from '@ketensluis/platform';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTestHub, type TestHub } from '../../../test/harness/hub.js';
import { callParty, clientKeys, type ClientKeys, type PartyAnswer, type PartyCall } from '../../../test/harness/party-call.js';
import { authenticate } from './caller.js';
import { portRefusal } from './problem.js';
import { bodyOf, send, type HttpRequest, type ReplyTarget } from './request.js';

// Tells who called and which octets came: what every controller of the port starts from.
class WhoController {
  constructor(private readonly hub: Hub) {}
  async who(request: HttpRequest, reply: ReplyTarget): Promise<void> {
    const known = await authenticate(request, this.hub, request.url.endsWith('feeds') ? 'feeds' : 'leveringen');
    if (known.kind === 'refused') return send(reply, known.reply);
    const { party, proof } = known.caller;
    send(reply, { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ oin: party.oin, proof: proof.kind, body: bodyOf(request).toString('hex') })) });
  }
}
Inject(HUB)(WhoController, undefined, 0);
Req()(WhoController.prototype, 'who', 0);
Res()(WhoController.prototype, 'who', 1);
Post(['leveringen', 'feeds'])(WhoController.prototype, 'who', Object.getOwnPropertyDescriptor(WhoController.prototype, 'who') ?? {});
Controller('who')(WhoController);

const police = '00000001900000000001';
let hub: TestHub;
let http: HttpServer;
let root: string;
let keys: ClientKeys;

beforeAll(async () => {
  hub = await openTestHub();
  http = await servePartyHttp({ hub: hub.hub, controllers: [WhoController], host: '127.0.0.1', port: 0, tls: hub.hub.identity.tls, headers: { 'x-frame-options': 'DENY' }, refusal: portRefusal });
  root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  keys = await clientKeys(hub.practiceFolder, 'politie-noorderwaard');
}, 180_000);
afterAll(async () => {
  await http.close();
  await hub.close();
}, 60_000);

const call = (change: PartyCall = {}, path = '/who/leveringen'): Promise<PartyAnswer> => callParty({ port: http.port, root }, path, { method: 'POST', as: keys, ...change });
const outcome = async (change: PartyCall = {}, path?: string): Promise<string> => {
  const { status, text, headers } = await call(change, path);
  const body = JSON.parse(text);
  if (status !== 200) expect([headers['content-type'], body.status, headers['x-frame-options']]).toEqual(['application/problem+json', status, 'DENY']);
  return status === 200 ? `${body.oin} by ${body.proof}` : String(status);
};

const authority = async () => {
  const read = (name: string) => readFile(join(hub.practiceFolder, 'ca', name), 'utf8');
  return { certificate: derOf(await read('tsp.cert.pem'))[0] ?? new Uint8Array(), privateKey: createPrivateKey(await read('tsp.key.pem')) };
};
const client: IssueExtensions = { keyUsage: ['digitalSignature'], extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'], dns: ['client.politie.example'] };

interface Wanted {
  readonly subject?: SubjectName;
  readonly extensions?: IssueExtensions;
  readonly serial?: bigint;
  readonly notAfter?: Date;
  readonly selfMade?: boolean;
}
const issue = async ({ subject = { commonName: 'Politie', serialNumber: police }, extensions = client, serial = 77n, notAfter, selfMade = false }: Wanted = {}): Promise<ClientKeys> => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [issuer, dayMs, now] = [await authority(), 86_400_000, Date.now()];
  const der = issueCertificate({
    subject, issuer: selfMade ? { certificate: null, privateKey } : issuer, publicKey, serial, extensions,
    notBefore: new Date(now - 2 * dayMs), notAfter: notAfter ?? new Date(now + dayMs),
  });
  const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
  return { cert: pem + (await readFile(join(hub.practiceFolder, 'ca', 'chain.pem'), 'utf8')), key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
};

describe('a caller', () => {
  test('with the certificate of a party is that party, and its octets arrive as they were sent', async () => {
    const body = Buffer.from('{"a" : 1}\r\n\xff', 'latin1');
    const { status, text } = await call({ body, headers: { 'content-type': 'application/cloudevents+json' } });
    expect([status, JSON.parse(text)]).toEqual([200, { oin: police, proof: 'certificate', body: body.toString('hex') }]);
    expect(JSON.parse((await call({ body: 'x' })).text)).toMatchObject({ body: '78' });
    expect(JSON.parse((await call()).text)).toMatchObject({ body: '' });
  });

  test('without any proof is unknown, and is told how to become known', async () => {
    const { status, headers, text } = await call({ as: null });
    expect([status, headers['www-authenticate'], JSON.parse(text).title]).toEqual([401, 'Bearer', 'Unknown caller']);
  });

  const refused: readonly (readonly [string, () => Promise<ClientKeys>])[] = [
    ['that no authority of ours issued', () => issue({ selfMade: true })],
    ['without an OIN', () => issue({ subject: { commonName: police } })],
    ['with half an OIN', () => issue({ subject: { commonName: 'Politie', serialNumber: police.slice(0, 19) } })],
    ['of an organisation that is no party', () => issue({ subject: { commonName: 'Elders', serialNumber: '00000001900000009999' } })],
    ['that has ended', () => issue({ notAfter: new Date(Date.now() - 60_000) })],
    ['for mail', () => issue({ extensions: { ...client, extendedKeyUsage: ['1.3.6.1.5.5.7.3.4'] } })],
    ['for servers', () => issue({ extensions: { ...client, extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] } })],
    ['with which nothing may be signed', () => issue({ extensions: { ...client, keyUsage: ['keyEncipherment'] } })],
  ];
  test.each(refused)('with a certificate %s is unknown', async (_name, make) => expect(await outcome({ as: await make() })).toBe('401'));

  test('is one whose certificate was issued for clients', async () => expect(await outcome({ as: await issue() })).toBe(`${police} by certificate`));

  test('whose certificate is revoked is unknown from then on', async () => {
    const revoked = await issue({ serial: 4_711n });
    expect(await outcome({ as: revoked })).toBe(`${police} by certificate`);
    const [before, now] = [hub.hub.trust(), Date.now()];
    const crl = issueCrl({
      issuer: await authority(), number: 99, thisUpdate: new Date(now - 1000), nextUpdate: new Date(now + 3_600_000), revoked: [{ serial: 4_711n, revokedAt: new Date(now - 1000), reason: 1 }],
    });
    const trust = { ...before, crls: [crl, ...before.crls] };
    const other = await servePartyHttp({ hub: { ...hub.hub, trust: () => trust }, controllers: [WhoController], host: '127.0.0.1', port: 0, tls: hub.hub.identity.tls, headers: {}, refusal: portRefusal });
    const ask = (as: ClientKeys) => callParty({ port: other.port, root }, '/who/leveringen', { method: 'POST', as });
    expect([(await ask(revoked)).status, (await ask(keys)).status]).toEqual([401, 200]);
    await other.close();
  });

  test('that is paused or has ended is told so, and knows nothing else', async () => {
    const document = await hub.document('party', 'politie-noorderwaard');
    await hub.apply({ ...document, pausedAt: new Date(Date.now() - 1000).toISOString() });
    expect(await outcome()).toBe('403');
    await hub.apply({ ...document, to: new Date(Date.now() - 1000).toISOString() });
    expect(await outcome()).toBe('403');
    await hub.apply(document);
    expect(await outcome()).toBe(`${police} by certificate`);
  });

  test('with a token of the reader list reads feeds and sends nothing', async () => {
    const at = hub.now();
    const id = hub.hub.ids.next(at);
    const token = await hub.hub.store.readers.add(
      { id, name: 'Politie', role: 'party', oin: police, validFrom: new Date(at.getTime() - 1000), validUntil: new Date(at.getTime() + 60_000), revokedAt: null }, 'test',
      { facts: { id: hub.hub.ids.next(at), kind: 'policy', at: at.toISOString(), code: 'reader.new', schema: `reader/${id}` }, subjects: [], reason: null, payload: null, detail: {} },
    );
    expect(await outcome({ as: null, token }, '/who/feeds')).toBe(`${police} by reader`);
    expect(await outcome({ as: null, token })).toBe('403');
    // A token that does not do is not mended by a certificate.
    expect(await outcome({ token: `${token.slice(0, -1)}_` })).toBe('401');
    expect(await outcome({ headers: { authorization: 'Basic eDp5' } })).toBe('401');
  });
});

describe('the port of the parties', () => {
  test('takes no TLS below the floor', async () => {
    await expect(call({ tls: { maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } })).rejects.toThrow();
    await expect(call({ tls: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' } })).rejects.toThrow();
  });

  test.each([['/nothing', 404], ['/who/leveringen/', 404], ['//who/leveringen', 404], ['/who/../who/leveringen', 404], ['/WHO/leveringen', 404], ['/who/%2e%2e/%2e%2e/etc/passwd', 404], ['/who/%00', 404], ['/who/%zz', 400]])(
    'answers %s with %i as a problem', async (path, status) => expect(await outcome({}, path)).toBe(String(status)),
  );

  test('names the methods of an address that was asked with another one', async () => {
    const { status, headers } = await call({ method: 'DELETE' });
    expect([status, headers['allow']]).toEqual([405, 'POST']);
  });

  test('takes no body above its bound', async () => {
    const { status } = await call({ body: Buffer.alloc(4 * 1024 * 1024 + 1) }).catch(() => ({ status: 413 }));
    expect(status).toBe(413);
    expect((await call({ body: Buffer.alloc(4 * 1024 * 1024) })).status).toBe(200);
  });

  test('stops strangers that try too often, and nobody else', async () => {
    let last = '';
    for (let count = 0; count < 25 && last !== '429'; count += 1) last = await outcome({ as: null });
    const stopped = await call({ as: null });
    expect([stopped.status, Number(stopped.headers['retry-after']) > 0]).toEqual([429, true]);
    expect(await outcome()).toBe(`${police} by certificate`);
  });
});
