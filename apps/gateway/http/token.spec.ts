import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apiScopes, clientKeySchema, type Client, type NewClient } from '@ketensluis/domain';
import { addClient, revokeClient, type ClientPorts } from '@ketensluis/flow';
import type { HttpServer } from '@ketensluis/platform';
import fc from 'fast-check';
import { calculateJwkThumbprint, createLocalJWKSet, exportJWK, jwtVerify, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTestHub, type TestHub } from '../../../test/harness/hub.js';
import { callParty, clientKeys, type ClientKeys, type PartyAnswer, type PartyCall } from '../../../test/harness/party-call.js';
import { authenticate } from './caller.js';
import { apiVersion } from './api/operations.js';
import { startPartyHttp } from './party-server.js';
import type { HttpRequest } from './request.js';
import { readTokenRequest } from './token-request.js';

const police = '00000001900000000001';
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

let hub: TestHub;
let http: HttpServer;
let root: string;
let shown: ClientKeys;
let others: ClientKeys;
let signed: Client;
let byCertificate: Client;
const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const strangers = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const publicKey = async (key: KeyObject, kid: string) => clientKeySchema.parse({ ...(await exportJWK(key)), kid });
const ports = (): ClientPorts => ({ clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, clients: hub.hub.store.clients });
const add = async (change: Partial<NewClient> = {}): Promise<Client> => {
  const added = await addClient({ oin: police, name: 'Proef', scopes: ['leveringen', 'berichten'], keys: [await publicKey(keys.publicKey, 'een')], ...change }, 'test', ports());
  if (added.kind === 'refused') throw new Error(added.detail);
  return added.client;
};

beforeAll(async () => {
  hub = await openTestHub();
  http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
  root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  shown = await clientKeys(hub.practiceFolder, 'politie-noorderwaard');
  others = await clientKeys(hub.practiceFolder, 'gemeente-waterveen');
  signed = await add();
  byCertificate = await add({ keys: null });
}, 180_000);
afterAll(async () => {
  await http.close();
  await hub.close();
}, 60_000);

const post = (form: Record<string, string> | string, change: PartyCall = {}): Promise<PartyAnswer> =>
  callParty({ port: http.port, root }, '/oauth/token', {
    method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: typeof form === 'string' ? form : new URLSearchParams(form).toString(), ...change,
  });
const seconds = (): number => Math.floor(hub.now().getTime() / 1000);
interface Flaw {
  readonly claims?: JWTPayload;
  readonly header?: { readonly alg?: string; readonly kid?: string };
  readonly key?: KeyObject | Uint8Array;
}
const assertion = ({ claims = {}, header = {}, key = keys.privateKey }: Flaw = {}): Promise<string> =>
  new SignJWT({ iss: signed.id, sub: signed.id, aud: 'https://localhost:8443/oauth/token', jti: randomUUID(), iat: seconds(), exp: seconds() + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'een', ...header }).sign(key);
const form = async (flaw: Flaw = {}, more: Record<string, string> = {}) => ({
  grant_type: 'client_credentials', client_assertion_type: jwtBearer, client_assertion: await assertion(flaw), ...more,
});
const asked = async (flaw: Flaw = {}, more: Record<string, string> = {}, change: PartyCall = {}): Promise<string> => {
  const { status, text } = await post(await form(flaw, more), change);
  return `${status} ${JSON.parse(text).error ?? JSON.parse(text).token_type}`;
};
const tokenOf = (answer: PartyAnswer): string => JSON.parse(answer.text).access_token;
/** Who a token says that calls. */
const use = async (token: string, scope: 'leveringen' | 'berichten' = 'leveringen'): Promise<string> => {
  const request: HttpRequest = { method: 'GET', url: '/', ip: '127.0.0.9', headers: { authorization: `Bearer ${token}` }, raw: { socket: null } };
  const known = await authenticate(request, hub.hub, scope);
  return known.kind === 'refused' ? String(known.reply.status) : `${known.caller.party.oin} by ${known.caller.proof.kind}`;
};
/** What a token for something else gets without a certificate, with that of somebody else, with its own: 403 once it is known who asks. */
const overTls = async (token: string): Promise<readonly number[]> => {
  const call = (as: ClientKeys | null) => callParty({ port: http.port, root }, '/api/v1/verstrekkingen/019ab000-0000-7000-8000-000000000001', { as, token });
  return [(await call(null)).status, (await call(others)).status, (await call(shown)).status];
};
// Strangers are few per address; a test of many refusals waits by the clock of the hub.
const rest = (): Promise<void> => hub.advance(120_000);

describe('an access token', () => {
  test('comes for a signed assertion, says whom it is for, and holds five minutes', async () => {
    const answer = await post(await form({}, { scope: 'leveringen' }));
    expect([answer.status, answer.headers['cache-control'], JSON.parse(answer.text)]).toMatchObject([200, 'no-store', { token_type: 'Bearer', expires_in: 300, scope: 'leveringen' }]);
    const jwks = JSON.parse((await callParty({ port: http.port, root }, '/oauth/jwks')).text);
    const { payload, protectedHeader } = await jwtVerify(tokenOf(answer), createLocalJWKSet(jwks), { issuer: 'https://localhost:8443', audience: 'https://localhost:8443/api/v1', currentDate: hub.now() });
    expect([protectedHeader.typ, payload.sub, payload['oin'], payload['cnf']]).toEqual(['at+jwt', signed.id, police, undefined]);
    expect(payload['proof']).toBe(Buffer.from(await calculateJwkThumbprint(await exportJWK(keys.publicKey)), 'base64url').toString('hex'));
    expect([await use(tokenOf(answer)), await use(tokenOf(answer), 'berichten')]).toEqual([`${police} by token`, '403']);
    await hub.advance(270_000);
    expect(await use(tokenOf(answer))).toBe(`${police} by token`);
    await hub.advance(31_000);
    expect(await use(tokenOf(answer))).toBe('401');
  });

  test('is described where clients look for it', async () => {
    const { status, text, headers } = await callParty({ port: http.port, root }, '/.well-known/oauth-authorization-server');
    expect([status, headers['access-control-allow-origin'], JSON.parse(text)]).toMatchObject([200, '*', {
      issuer: 'https://localhost:8443', token_endpoint: 'https://localhost:8443/oauth/token', scopes_supported: [...apiScopes], grant_types_supported: ['client_credentials'],
    }]);
  });

  test('comes for a client certificate, and then works on no connection without it', async () => {
    const request = { grant_type: 'client_credentials', client_id: byCertificate.id };
    const answer = await post(request, { as: shown });
    expect(answer.status).toBe(200);
    const [, payload = ''] = tokenOf(answer).split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')).cnf['x5t#S256']).toMatch(/^[\w-]{43}$/);
    expect(await overTls(tokenOf(answer))).toEqual([401, 401, 403]);
    expect((await post(request)).status).toBe(401);
    expect((await post(request, { as: others })).status).toBe(401);
    expect((await post({ ...request, client_id: signed.id }, { as: shown })).status).toBe(401);
    await rest();
  });

  test('is bound to the certificate of the connection also when its client signed', async () => {
    expect(await overTls(tokenOf(await post(await form(), { as: shown })))).toEqual([401, 401, 403]);
    expect(await overTls(tokenOf(await post(await form(), { as: others })))).toEqual([403, 403, 403]);
  });

  test('ends with its client, and with its party', async () => {
    const client = await add();
    const token = tokenOf(await post({ ...(await form()), client_assertion: await assertion({ claims: { iss: client.id, sub: client.id } }) }));
    const document = await hub.document('party', 'politie-noorderwaard');
    await hub.apply({ ...document, pausedAt: new Date(hub.now().getTime() - 1000).toISOString() });
    expect([await use(token), await asked()]).toEqual(['403', '400 unauthorized_client']);
    await hub.apply(document);
    expect([await use(token), await revokeClient(client.id, 'test', ports()), await revokeClient(client.id, 'test', ports())]).toEqual([`${police} by token`, true, false]);
    expect([await use(token), await asked({ claims: { iss: client.id, sub: client.id } })]).toEqual(['401', '401 invalid_client']);
    const { rows } = await hub.database.pool.query("select convert_from(leaf, 'UTF8') as leaf from entry where leaf like ('%client/' || $1::text || '%')::bytea order by at", [client.id]);
    expect(rows.map(({ leaf }) => JSON.parse(leaf).code)).toEqual(['client.new', 'client.revoked']);
  });
});

describe('an assertion', () => {
  test('proves its client once', async () => {
    const once = await form();
    expect([(await post(once)).status, (await post(once)).status]).toEqual([200, 401]);
    const [one, two] = await Promise.all([form(), form()].map(async (same) => post({ ...(await same), client_assertion: once.client_assertion })));
    expect([one?.status, two?.status]).toEqual([401, 401]);
    await rest();
    const raced = await form();
    const statuses = await Promise.all([1, 2, 3].map(async () => (await post(raced)).status));
    expect(statuses.sort()).toEqual([200, 401, 401]);
    await rest();
  });

  const flaws: readonly (readonly [string, () => Flaw])[] = [
    ['signed by somebody else', () => ({ key: strangers.privateKey })],
    ['with a key of no known name', () => ({ header: { kid: 'twee' } })],
    ['signed with the public key as a secret', () => ({ header: { alg: 'HS256' }, key: Buffer.from(keys.publicKey.export({ format: 'pem', type: 'spki' })) })],
    ['that has expired', () => ({ claims: { exp: seconds() - 60 } })],
    ['that lasts too long', () => ({ claims: { exp: seconds() + 3_600 } })],
    ['that never ends', () => ({ claims: { exp: undefined } as never })],
    ['of tomorrow', () => ({ claims: { iat: seconds() + 86_400 } })],
    ['that is not yet valid', () => ({ claims: { nbf: seconds() + 120 } })],
    ['for another server', () => ({ claims: { aud: 'https://elders.example/oauth/token' } })],
    ['for us and another server', () => ({ claims: { aud: ['https://localhost:8443', 'https://elders.example'] } })],
    ['without a name', () => ({ claims: { jti: undefined } as never })],
    ['about another client', () => ({ claims: { sub: byCertificate.id } })],
    ['from another client', () => ({ claims: { iss: byCertificate.id } })],
    ['of a client that does not exist', () => ({ claims: { iss: randomUUID(), sub: randomUUID() } })],
  ];
  test.each(flaws)('%s proves nothing', async (_name, flaw) => {
    expect(await asked(flaw())).toBe('401 invalid_client');
    await rest();
  });

  test('without a signature, or that is none, proves nothing', async () => {
    const none = new UnsecuredJWT({ iss: signed.id, sub: signed.id, aud: 'https://localhost:8443', jti: randomUUID(), exp: seconds() + 60 }).encode();
    for (const wrong of [none, 'x', 'a.b.c', '..', `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`]) {
      expect(JSON.parse((await post({ ...(await form()), client_assertion: wrong })).text)).toEqual({ error: 'invalid_client' });
    }
    await rest();
  });

  test('may be off by as much as clocks are, and be for the issuer', async () => {
    expect(await asked({ claims: { exp: seconds() - 20 } })).toBe('200 Bearer');
    expect(await asked({ claims: { iat: seconds() + 20, aud: 'https://localhost:8443' } })).toBe('200 Bearer');
  });

  test.each([['ed25519', 'EdDSA'], ['rsa', 'PS256']] as const)('may be signed with %s', async (kind, alg) => {
    const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 3072 }) : generateKeyPairSync('ed25519');
    const client = await add({ keys: [await publicKey(pair.publicKey, 'k')] });
    expect(await asked({ claims: { iss: client.id, sub: client.id }, header: { alg, kid: 'k' }, key: pair.privateKey })).toBe('200 Bearer');
    expect(await asked({ claims: { iss: client.id, sub: client.id }, header: { alg: 'ES256', kid: 'k' } })).toBe('401 invalid_client');
  });
});

describe('a request for a token', () => {
  test.each([
    ['without a grant', 'scope=leveringen', 'invalid_request'],
    ['for another grant', 'grant_type=password&client_id=x', 'unsupported_grant_type'],
    ['with a parameter twice', 'grant_type=client_credentials&grant_type=client_credentials&client_id=x', 'invalid_request'],
    ['with a parameter nobody knows', 'grant_type=client_credentials&client_id=x&client_secret=y', 'invalid_request'],
    ['with half an assertion', `grant_type=client_credentials&client_assertion=x`, 'invalid_request'],
    ['with another kind of assertion', 'grant_type=client_credentials&client_assertion=x&client_assertion_type=saml', 'invalid_request'],
    ['for a scope that does not exist', 'grant_type=client_credentials&client_id=x&scope=alles', 'invalid_scope'],
    ['for no scope', 'grant_type=client_credentials&client_id=x&scope=', 'invalid_scope'],
    ['with nothing', '', 'invalid_request'],
  ])('%s is refused', async (_name, body, error) => {
    expect(JSON.parse((await post(body)).text)).toEqual({ error });
    await rest();
  });

  test('for more than the client may is refused', async () => expect(await asked({}, { scope: 'leveringen feeds' })).toBe('400 invalid_scope'));

  test('has the one media type and the one method', async () => {
    expect((await post('{}', { headers: { 'content-type': 'application/json' } })).status).toBe(415);
    expect((await post(`grant_type=client_credentials&client_assertion=${'x'.repeat(20_000)}`)).status).toBe(413);
    const got = await callParty({ port: http.port, root }, '/oauth/token');
    expect([got.status, got.headers['allow'], got.headers['api-version']]).toEqual([405, 'POST', apiVersion]);
  });

  test('is read within bounds, whatever it is', () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => expect(['string', 'object']).toContain(typeof readTokenRequest(text))));
  });

  test('that fails too often makes its address wait', async () => {
    let last = 0;
    for (let count = 0; count < 25 && last !== 429; count += 1) last = (await post('x')).status;
    expect([last, await asked()]).toEqual([429, '200 Bearer']);
    await rest();
  });
});

describe('a token somebody made', () => {
  const claims = () => ({ client_id: signed.id, oin: police, scope: 'leveringen', proof: 'a'.repeat(64), iss: 'https://localhost:8443', aud: 'https://localhost:8443/api/v1', sub: signed.id, jti: 'x', iat: seconds(), exp: seconds() + 60 });
  test('is refused, whatever it says', async () => {
    const ours = createPrivateKey(await readFile(join(hub.practiceFolder, '..', 'keys', 'access-token.key.pem'), 'utf8'));
    const sign = (change: JWTPayload, typ = 'at+jwt', key: KeyObject = ours) => new SignJWT({ ...claims(), ...change }).setProtectedHeader({ alg: 'ES256', typ, kid: hub.hub.tokens.jwks.keys[0]?.kid ?? '' }).sign(key);
    expect(await use(await sign({}))).toBe(`${police} by token`);
    const made: readonly (readonly [string, string])[] = [
      ['by another key', await sign({}, 'at+jwt', strangers.privateKey)],
      ['for another audience', await sign({ aud: 'https://localhost:8443' })],
      ['by another issuer', await sign({ iss: 'https://elders.example' })],
      ['of another type', await sign({}, 'JWT')],
      ['expired', await sign({ exp: seconds() - 1, iat: seconds() - 200 })],
      ['of the future', await sign({ iat: seconds() + 100, exp: seconds() + 200 })],
      ['too long ago', await sign({ iat: seconds() - 400 })],
      ['for another party than its client is of', await sign({ oin: '00000001900000000101' })],
      ['of an unknown client', await sign({ client_id: randomUUID() })],
      ['without a signature', new UnsecuredJWT(claims()).encode()],
      ['signed with the public key', await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' }).sign(Buffer.from(createPublicKey(ours).export({ format: 'pem', type: 'spki' })))],
    ];
    for (const [name, token] of made) expect([name, await use(token)]).toEqual([name, '401']);
  });
});

describe('keys of a client', () => {
  test.each([
    ['a private key', async () => ({ ...(await exportJWK(keys.privateKey)), kid: 'x' })],
    ['a shared secret', async () => ({ kty: 'oct', k: 'AAAA', kid: 'x' })],
    ['a short RSA key', async () => ({ ...(await exportJWK(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)), kid: 'x' })],
    ['a key without a name', async () => exportJWK(keys.publicKey)],
    ['a key to encrypt with', async () => ({ ...(await exportJWK(keys.publicKey)), kid: 'x', use: 'enc' })],
  ])('are not %s', async (_name, make) => expect(clientKeySchema.safeParse(await make()).success).toBe(false));

  test('belong to a connected party', async () => {
    expect(await addClient({ oin: '00000001900000009999', name: 'x', scopes: ['feeds'], keys: null }, 'test', ports())).toMatchObject({ kind: 'refused' });
  });

  test('are never changed', async () => {
    await expect(hub.database.pool.query("update api_client set scopes = '{feeds}' where id = $1", [signed.id])).rejects.toThrow('revoked, never changed');
    await expect(hub.database.pool.query('delete from api_client')).rejects.toThrow('never changed or removed');
  });
});
