import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventTypes, webhookSignerText, webhookVerifierOf, webhookVerifierText, type WebhookSigner } from '@ketensluis/contract';
import type { HttpServer } from '@ketensluis/platform';
import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { openRegion, openSituation } from '../../../test/cases/situation.js';
import { oin } from '../../../test/cases/steps.js';
import type { TestHub } from '../../../test/harness/hub.js';
import { callParty, clientKeys, type ClientKeys, type PartyAnswer, type PartyCall } from '../../../test/harness/party-call.js';
import { partySigner, postedOf, registerVerifier, signedHeaders, webhookOf, xmlOf, type WebhookToSend } from '../../../test/harness/webhooks.js';
import { startPartyHttp } from './party-server.js';

let hub: TestHub;
let http: HttpServer;
let root: string;
let [waterveen, hoogland]: WebhookSigner[] = [];
let keys: ClientKeys;

beforeAll(async () => {
  hub = await openRegion();
  http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
  root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  keys = await clientKeys(hub.practiceFolder, 'gemeente-waterveen');
  waterveen = await partySigner(hub.hub, oin.waterveen);
  hoogland = await partySigner(hub.hub, oin.hoogland);
}, 180_000);
afterAll(async () => {
  await http.close();
  await hub.close();
}, 60_000);

const signer = (): WebhookSigner => {
  if (waterveen === undefined) throw new Error('no key');
  return waterveen;
};
const call = (path: string, change: PartyCall): Promise<PartyAnswer> => callParty({ port: http.port, root }, path, { method: 'POST', ...change });
const post = (webhook: { readonly body: Uint8Array; readonly headers: Readonly<Record<string, string>> }) => call('/webhooks/in', webhook);
const answer = ({ status, text }: PartyAnswer) => ({ status, ...(text === '' ? {} : JSON.parse(text)) });
const posted = (change: Readonly<Record<string, unknown>> = {}, soort = 'huisverbod.opgelegd') => {
  const situation = openSituation(hub);
  return postedOf(situation.step(soort, 'waterveen', change), situation.start, hub.now());
};
const event = (change: Partial<WebhookToSend> = {}) => webhookOf({ oin: oin.waterveen, signer: signer(), at: hub.now(), data: { ...posted() }, ...change });
const kept = async (): Promise<number> => Number((await hub.hub.pool.query('select count(*)::int as count from message')).rows[0].count);
const lastRefusal = async (): Promise<string | undefined> => (await hub.entries()).filter(({ kind }) => kind === 'refusal').at(-1)?.code;
const api = (body: unknown, change: PartyCall = {}) =>
  call('/api/v1/berichten', { as: keys, body: typeof body === 'string' ? body : JSON.stringify(body), ...change, headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...change.headers } });

describe('a webhook with a message', () => {
  test('is stored and goes its way, with its file', async () => {
    const { status, id } = answer(await post(event()));
    expect(status).toBe(202);
    await hub.settle();
    expect(await hub.stateOf(id)).toMatchObject({ state: 'applied' });
    expect((await hub.decisions(id)).some(({ kind }) => kind === 'permit')).toBe(true);
    const { rows } = await hub.hub.pool.query('select channel, (select count(*)::int from attachment where message_id = message.id) as files from message where id = $1', [id]);
    expect(rows).toEqual([{ channel: 'webhook', files: 1 }]);
    expect((await hub.inbox('politie-noorderwaard')).length).toBeGreaterThan(0);
  });

  test('may be XML, signed by somebody else’s program and with a key pair', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const pair: WebhookSigner = { scheme: 'v1a', seed: privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32) };
    expect(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)).toEqual(Buffer.from(webhookVerifierText(webhookVerifierOf(pair)).slice(5), 'base64'));
    await registerVerifier(hub.hub, oin.waterveen, webhookVerifierText(webhookVerifierOf(pair)));
    const situation = openSituation(hub);
    const xml = xmlOf(situation.step('huisverbod.ingetrokken', 'waterveen'), situation.start, hub.now());
    expect((await post(event({ data: xml, dataContentType: 'application/xml', signer: pair }))).status).toBe(202);
    // npm standardwebhooks signs v1 over the same bytes.
    const { body, id } = event();
    const at = hub.now();
    const signature = new Webhook(webhookSignerText(signer())).sign(id, at, Buffer.from(body).toString('utf8'));
    const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8', 'webhook-id': id, 'webhook-timestamp': String(Math.floor(at.getTime() / 1000)), 'webhook-signature': signature };
    expect((await post({ body, headers })).status).toBe(202);
  });

  test('that comes again has the same answer and is stored once; other bytes under its id are refused', async () => {
    const first = event();
    const { id } = answer(await post(first));
    const before = await kept();
    const again = { body: first.body, headers: signedHeaders({ id: first.id, at: hub.now(), body: first.body, signer: signer() }) };
    expect([answer(await post(again)), answer(await post(first))]).toEqual([{ status: 202, id }, { status: 202, id }]);
    expect((await post(event({ id: first.id }))).status).toBe(409);
    expect(await lastRefusal()).toBe('replayed');
    expect(await kept()).toBe(before);
    const racing = event();
    const ids = (await Promise.all([post(racing), post(racing), post(racing)])).map(answer);
    expect(new Set(ids.map(({ id: one }) => one)).size).toBe(1);
    expect(await kept()).toBe(before + 1);
  });

  test('whose message came before under another name is refused', async () => {
    const data = { ...posted() };
    expect((await post(event({ data }))).status).toBe(202);
    expect((await post(event({ data }))).status).toBe(409);
  });

  test('that is only a test is answered and not kept', async () => {
    const before = await kept();
    expect(await post(event({ type: eventTypes.test, data: {} }))).toMatchObject({ status: 204, text: '' });
    expect(await kept()).toBe(before);
  });

  const otherSecret: WebhookSigner = { scheme: 'v1', secret: randomBytes(32) };
  const minute = 60_000;
  const forged: readonly (readonly [string, () => { readonly body: Uint8Array; readonly headers: Readonly<Record<string, string>> }, string])[] = [
    ['signed with another secret', () => event({ signer: otherSecret }), 'signature-wrong'],
    ['signed by another party than its source', () => event({ signer: hoogland ?? otherSecret }), 'signature-wrong'],
    ['with a source nobody has', () => event({ oin: '00000001900000009999' }), 'no-key'],
    ['with a party as its source that has no key', () => event({ oin: oin.ggd }), 'no-key'],
    ['from a clock that is behind', () => event({ at: new Date(hub.now().getTime() - 6 * minute) }), 'timestamp-too-old'],
    ['from a clock that is ahead', () => event({ at: new Date(hub.now().getTime() + 6 * minute) }), 'timestamp-too-new'],
    ['without a signature', () => ({ body: event().body, headers: { 'content-type': 'application/cloudevents+json' } }), 'header-missing'],
    ['with a byte changed on the way', () => {
      const { body, headers } = event();
      return { headers, body: Buffer.from(Buffer.from(body).toString('utf8').replace('Plaatstekst', 'Plaatstekstt')) };
    }, 'signature-wrong'],
    ['cut off', () => {
      const { body, headers } = event();
      return { headers, body: body.subarray(0, body.length - 10) };
    }, 'signature-wrong'],
    ['of nothing', () => ({ body: Buffer.alloc(0), headers: signedHeaders({ id: 'm1', at: hub.now(), body: Buffer.alloc(0), signer: signer() }) }), 'no-key'],
  ];
  test.each(forged)('%s is of nobody, and stands in the log as a stranger’s', async (_name, make, code) => {
    const before = await kept();
    const { status, text } = await post(make());
    expect(status).toBe(401);
    expect(text).not.toMatch(/Plaatstekst|Uithuizer/);
    const refusal = (await hub.entries()).filter(({ kind }) => kind === 'refusal').at(-1);
    expect({ code: refusal?.code, from: refusal?.from }).toEqual({ code, from: undefined });
    expect(await kept()).toBe(before);
  });

  test('with an event that is none, under a good signature, is told everything that is wrong', async () => {
    const signed = (value: unknown, id = 'm7') => {
      const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
      return post({ body, headers: signedHeaders({ id, at: hub.now(), body, signer: signer() }) });
    };
    const source = `urn:nld:oin:${oin.waterveen}:systeem:zaak`;
    const wrong = answer(await signed({ specversion: '2.0', id: 'other', source, type: 'nl.ketensluis.onbekend.v1', data: { bericht: { soort: 'x' }, bijlagen: 7 } }));
    expect(wrong.status).toBe(400);
    expect(wrong.errors.map(({ pointer }: { readonly pointer: string }) => pointer)).toContain('#/specversion');
    const later = answer(await signed({ specversion: '1.0', id: 'other', source, type: 'nl.ketensluis.onbekend.v1', data: { bericht: { soort: 'x' }, bijlagen: 7 } }));
    expect(later.errors.map(({ pointer }: { readonly pointer: string }) => pointer)).toEqual(['#/id', '#/type', '#/data/bijlagen']);
    expect(answer(await signed(`{"source":"${source}","source":"${source}"}`)).status).toBe(400);
    expect(answer(await signed(`{"source":"${source}"`)).status).toBe(400);
    // A source in the data is a hint that leads to the wrong keys, and then nothing is proven.
    expect(answer(await signed({ data: { source }, specversion: '1.0', id: 'm7', source: `urn:nld:oin:${oin.hoogland}:systeem:zaak`, type: eventTypes.test })).status).toBe(401);
  });
});

describe('a message over the API', () => {
  test('is stored under its Idempotency-Key, and a repeat has the same answer', async () => {
    const [body, key] = [JSON.stringify(posted()), randomUUID()];
    const first = answer(await api(body, { headers: { 'idempotency-key': key } }));
    expect(first).toEqual({ status: 202, id: expect.any(String) });
    expect(answer(await api(body, { headers: { 'idempotency-key': key.toUpperCase() } }))).toEqual(first);
    expect((await api(posted(), { headers: { 'idempotency-key': key } })).status).toBe(409);
    expect((await hub.hub.pool.query('select channel from message where id = $1', [first.id])).rows).toEqual([{ channel: 'api' }]);
  });

  test('may be the document alone, as JSON or as XML', async () => {
    const { bericht } = posted({}, 'huisverbod.ingetrokken');
    expect((await api(bericht)).status).toBe(202);
    const situation = openSituation(hub);
    const xml = xmlOf(situation.step('huisverbod.ingetrokken', 'waterveen'), situation.start, hub.now());
    expect((await api(xml, { headers: { 'content-type': 'application/xml' } })).status).toBe(202);
  });

  test('is remembered for longer than anybody tries again, and then forgotten', async () => {
    const [body, key] = [JSON.stringify(posted()), randomUUID()];
    const first = answer(await api(body, { headers: { 'idempotency-key': key } }));
    await hub.hub.pool.query("update taken_request set taken_at = taken_at - interval '132 hours' where key = $1", [key]);
    await hub.hub.store.terms.watch(hub.now());
    expect(answer(await api(body, { headers: { 'idempotency-key': key } }))).toEqual(first);
    await hub.hub.pool.query("update taken_request set taken_at = taken_at - interval '13 hours' where key = $1", [key]);
    await hub.hub.store.terms.watch(hub.now());
    // Its own reference still keeps the message from being taken twice.
    expect((await api(body, { headers: { 'idempotency-key': key } })).status).toBe(409);
  });

  test('is told every fault of wrapping and document together, and nothing of what it said', async () => {
    const { bericht } = posted();
    const spoilt = { ...(bericht as Record<string, unknown>), kenmerk: 'geheim', verzonden: 'gisteren', extra: 'geheim' };
    const { status, errors, detail } = answer(await api({ bericht: spoilt, bijlagen: [{ naam: 'beschikking.pdf', inhoud: '???' }], verder: 1 }));
    expect(status).toBe(400);
    expect(errors.map(({ pointer }: { readonly pointer: string }) => pointer).sort()).toEqual(['#', '#/bericht', '#/bericht/kenmerk', '#/bericht/verzonden', '#/bijlagen/0/inhoud']);
    expect(JSON.stringify(errors) + detail).not.toContain('geheim');
  });

  const refusals: readonly (readonly [string, () => unknown, string])[] = [
    ['of another sender', () => ({ ...posted(), bericht: { ...(posted().bericht as object), afzender: { oin: oin.hoogland, rol: 'BM' } } }), '#/bericht/afzender/oin'],
    ['of another municipality', () => ({ ...posted(), bericht: { ...(posted().bericht as object), zaak: { wet: 'WTH', gemeente: '9902', nummer: 'ZAAK-X' } } }), '#/bericht/zaak/gemeente'],
    ['in a role the party has not', () => ({ ...posted(), bericht: { ...(posted().bericht as object), afzender: { oin: oin.waterveen, rol: 'HOVJ' } } }), '#/bericht/afzender/rol'],
    ['without the file it names', () => ({ bericht: posted().bericht }), '#/bericht/bijlagen'],
    ['with another file than it names', () => ({ bericht: posted().bericht, bijlagen: [{ naam: 'beschikking.pdf', inhoud: 'AAAA' }] }), '#/bericht/bijlagen'],
  ];
  test.each(refusals)('%s is refused where it is wrong', async (_name, make, pointer) => {
    const before = await kept();
    const { status, errors } = answer(await api(make()));
    expect({ status, pointers: errors.map((one: { readonly pointer: string }) => one.pointer) }).toEqual({ status: 400, pointers: [pointer] });
    expect(await kept()).toBe(before);
  });

  test('without a name, or one that is no UUID, is not taken', async () => {
    for (const key of ['', 'abc', `${randomUUID()}x`]) expect(answer(await api(posted(), { headers: { 'idempotency-key': key } }))).toMatchObject({ status: 400, errors: [{ header: 'Idempotency-Key' }] });
  });

  test('of nobody, of the wrong type, packed or too large is not looked into', async () => {
    expect((await api(posted(), { as: null })).status).toBe(401);
    expect((await api(posted(), { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    expect((await call('/api/v1/berichten', { as: keys, body: bomb, headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'idempotency-key': randomUUID() } })).status).toBe(415);
    expect((await call('/webhooks/in', { body: bomb, headers: { 'content-type': 'application/cloudevents+json', 'content-encoding': 'gzip' } })).status).toBe(415);
    expect((await call('/webhooks/in', { body: '{}', headers: { 'content-type': 'application/json' } })).status).toBe(415);
    // The size alone is refused: not one byte of the body was sent.
    expect(await headerOnly(41 * 1024 * 1024)).toBe(413);
  });

  test('with 25 MB of attachments is taken', async () => {
    const situation = openSituation(hub);
    const step = situation.step('huisverbod.opgelegd', 'waterveen');
    const { bericht, bijlagen } = postedOf(step, situation.start, hub.now());
    const content = randomBytes(24_900_000);
    const named = { ...((bericht as { bijlagen: object[] }).bijlagen[0] ?? {}), sha256: createHash('sha256').update(content).digest('hex'), omvang: content.length };
    expect(bijlagen.length).toBe(1);
    const { status } = await api({ bericht: { ...(bericht as object), bijlagen: [named] }, bijlagen: [{ naam: 'beschikking.pdf', inhoud: content.toString('base64') }] });
    expect(status).toBe(202);
  }, 60_000);

  test('finds 503 while others bring as much as fits in memory', async () => {
    const slow = await Promise.all([hold(2_000_000), hold(2_000_000)]);
    const { status, headers } = await api({ bericht: {}, bijlagen: [{ naam: 'x', inhoud: 'A'.repeat(2_000_000) }] }).catch(() => ({ status: 503, headers: { 'retry-after': '2' } }));
    expect({ status, again: headers['retry-after'] }).toEqual({ status: 503, again: '2' });
    // A small one does not wait for them.
    expect((await api(posted({}, 'huisverbod.ingetrokken'))).status).toBe(202);
    for (const socket of slow) socket.destroy();
  });

  test.each(['/api/v1/berichten?', '/api/v1/berichten?x=1', '/api/v1/%62erichten', '/webhooks/in?x', '/webhooks/i%6E'])('finds no way past that bound by writing the address as %s', async (path) => {
    const slow = await Promise.all([hold(2_000_000), hold(2_000_000)]);
    expect(await headerOnly(2_000_000, path)).toBe(503);
    for (const socket of slow) socket.destroy();
  });

  test('finds 503 while the database is away, and is stored when it comes again', async () => {
    const [body, key] = [JSON.stringify(posted()), randomUUID()];
    const webhook = event();
    await hub.denyDatabase();
    const answers = [await api(body, { headers: { 'idempotency-key': key } }), await post(webhook)];
    await hub.allowDatabase();
    expect(answers.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([[503, '30'], [503, '30']]);
    expect((await api(body, { headers: { 'idempotency-key': key } })).status).toBe(202);
    expect((await post(webhook)).status).toBe(202);
  }, 60_000);
});

test('what came in over HTTP stands in a log that verifies', () => hub.checkLog(), 60_000);

const open = (length: number, path = '/api/v1/berichten', more = '') => {
  const socket = connect({ host: '127.0.0.1', port: http.port, ca: root, servername: 'localhost', ...keys });
  socket.on('error', () => undefined);
  socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nidempotency-key: ${randomUUID()}\r\ncontent-length: ${length}\r\n${more}\r\n`);
  return socket;
};
const headerOnly = (length: number, path?: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = open(length, path);
    socket.setTimeout(10_000, () => reject(new Error('no answer')));
    socket.once('data', (chunk: Buffer) => {
      socket.destroy();
      resolve(Number(chunk.toString('latin1').slice(9, 12)));
    });
  });
// Connects, says how much it brings, and brings a little of it once it is told to go on (RFC 9110 §10.1.1): then the request is there.
const hold = async (length: number) => {
  const socket = open(length, undefined, 'expect: 100-continue\r\n');
  await once(socket, 'data');
  await new Promise<void>((resolve) => void socket.write('{', () => resolve()));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return socket;
};
