import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mailboxOf } from '@ketensluis/domain';
import { addReader, approveCertificateOf } from '@ketensluis/flow';
import { certificatePorts, type HttpServer } from '@ketensluis/platform';
import { leafHash, parseVerifierKey, verifyProof } from '@ketensluis/tlog';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { createHash, generateKeyPairSync, randomUUID, X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { certify, type KeyToCertify } from '../../../../certs/certify.js';
import { openRegion, openSituation } from '../../../../test/cases/situation.js';
import { oin } from '../../../../test/cases/steps.js';
import type { TestHub } from '../../../../test/harness/hub.js';
import { callParty, clientKeys, type ClientKeys, type PartyAnswer, type PartyCall } from '../../../../test/harness/party-call.js';
import { startPartyHttp } from '../party-server.js';
import { apiOperations, apiVersion } from './operations.js';

let hub: TestHub;
let http: HttpServer;
let root: string;
let waterveen: ClientKeys;
let police: ClientKeys;
const document = JSON.parse(await readFile(new URL('../../../../config/schema/api/openapi.json', import.meta.url), 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addFormat('base64', /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
ajv.addSchema(document, 'api');
/** What is wrong with a value by a schema of the document. */
const wrongWith = (name: string, value: unknown): unknown => {
  const fits = ajv.getSchema(`api#/components/schemas/${name}`);
  if (fits === undefined) throw new Error(`no schema ${name}`);
  return fits(value) === true ? [] : fits.errors;
};

beforeAll(async () => {
  hub = await openRegion();
  http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
  root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  [waterveen, police] = [await clientKeys(hub.practiceFolder, 'gemeente-waterveen'), await clientKeys(hub.practiceFolder, 'politie-noorderwaard')];
  const situation = openSituation(hub);
  await situation.send('huisverbod.aangezegd', 'hovj1');
  await situation.send('huisverbod.opgelegd', 'waterveen');
}, 240_000);
afterAll(async () => {
  await http.close();
  await hub.close();
}, 60_000);

const call = (path: string, change: PartyCall = {}): Promise<PartyAnswer> => callParty({ port: http.port, root }, `/api/v1${path}`, { as: waterveen, ...change });
const json = async (path: string, change: PartyCall = {}) => {
  const { status, text } = await call(path, change);
  return { status, body: text === '' ? null : JSON.parse(text) };
};
interface Delivery { readonly id: string; readonly berichtsoort: string; readonly status: string; readonly logregelId: string; readonly aangemaaktOp: string; readonly pogingen: readonly { readonly uitkomst: string }[] }
const deliveries = async (query = '', change: PartyCall = {}): Promise<readonly Delivery[]> => (await json(`/leveringen${query}`, change)).body.leveringen;

/** A new certificate of the practice authority for the mailbox of this party, as PEM. */
const certificateFor = async (key: string, change: Partial<KeyToCertify> = {}): Promise<string> => {
  const { registers } = await hub.hub.registers.current();
  const party = registers.parties.find((one) => one.key === key);
  const publicKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
  const [der = new Uint8Array()] = await certify(hub.practiceFolder, { use: 'encrypt', name: 'Proef', address: mailboxOf(party?.channel ?? null) ?? '', hosts: [], publicKey, ...change }, hub.now());
  return new X509Certificate(der).toString();
};

describe('every example of the document', () => {
  test.each(apiOperations.map((operation) => [operation.id, operation] as const))('%s is answered as the document says', async (_id, operation) => {
    const [own] = await deliveries();
    const testId = operation.id === 'testberichtOpvragen' ? await hub.hub.store.testWishes.ask({ party: oin.waterveen, example: null }, hub.now()) : undefined;
    const idOf: Readonly<Record<string, string | undefined>> = { logregelOphalen: own?.logregelId, leveringOphalen: own?.id, leveringBevestigen: own?.id, verstrekkingOphalen: own?.id, testberichtOpvragen: testId };
    // Nobody can have signed a certificate for the document; this one was.
    const bodies: Readonly<Record<string, unknown>> = { certificaatPubliceren: { certificaat: await certificateFor('gemeente-waterveen') } };
    const described = document.paths[operation.address][operation.method.toLowerCase()];
    const types = Object.entries<{ readonly example?: unknown }>(described.requestBody?.content ?? { none: {} });
    for (const [type, { example }] of types) {
      if (type === 'application/xml') continue;
      const answer = await call(operation.address.replace('{id}', idOf[operation.id] ?? ''), {
        method: operation.method,
        ...(example === undefined ? {} : { body: JSON.stringify(bodies[operation.id] ?? example) }),
        headers: { accept: 'application/json', ...(example === undefined ? {} : { 'content-type': type }), ...Object.fromEntries(Object.entries(operation.headers).map(([name, { example: value }]) => [name, value])) },
      });
      expect([operation.id, answer.status, answer.headers['api-version'], answer.text.slice(0, answer.status < 300 ? 0 : 500)]).toEqual([operation.id, operation.answer.status, apiVersion, '']);
      expect(wrongWith(operation.answer.content.name, JSON.parse(answer.text))).toEqual([]);
      expect(Object.fromEntries(Object.entries(answer.headers))).toMatchObject({
        'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff',
        'strict-transport-security': 'max-age=31536000; includeSubDomains', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      });
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('fits its own schema', () => {
    for (const { answer, body } of apiOperations) {
      for (const { name, example } of [answer.content, ...Object.values(body)]) if (example !== null) expect([name, wrongWith(name, example)]).toEqual([name, []]);
    }
  });

  test('stands in a document that everybody may read', async () => {
    const { status, headers, text } = await call('/openapi.json', { as: null });
    expect([status, headers['access-control-allow-origin'], JSON.parse(text)]).toEqual([200, '*', document]);
  });
});

describe('own deliveries', () => {
  test('are those to the caller, in order, with every try', async () => {
    const [ours, theirs] = [await deliveries(), await deliveries('', { as: police })];
    expect(ours.map(({ berichtsoort, status, pogingen }) => [berichtsoort, status, pogingen.at(-1)?.uitkomst])).toContainEqual(['huisverbod.aangezegd', 'afgeleverd', 'afgeleverd']);
    expect(ours.some(({ id }) => theirs.some((other) => other.id === id))).toBe(false);
    const { rows } = await hub.database.pool.query('select mid from delivery where recipient = $1 order by mid', [oin.waterveen]);
    expect(ours.map(({ id }) => id)).toEqual(rows.map(({ mid }) => mid));
  });

  test('come page by page without loss or repeat', async () => {
    const all = (await deliveries('', { as: police })).map(({ id }) => id);
    const seen: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const { body } = await json(`/leveringen?aantal=1${after === '' ? '' : `&na=${after}`}`, { as: police });
      seen.push(...body.leveringen.map(({ id }: Delivery) => id));
      after = body.volgende;
    }
    expect(seen).toEqual(all);
  });

  test('are filtered by state, type and moment', async () => {
    const [first] = await deliveries();
    expect(first).toBeDefined();
    expect((await deliveries('?status=gestopt'))).toEqual([]);
    expect((await deliveries('?berichtsoort=huisverbod.aangezegd&status=afgeleverd')).length).toBe(1);
    expect(await deliveries(`?tot=${encodeURIComponent(first?.aangemaaktOp ?? '')}`)).toEqual([]);
    expect((await deliveries(`?vanaf=${encodeURIComponent(first?.aangemaaktOp.replace('Z', '+00:00') ?? '')}`)).map(({ id }) => id)).toContain(first?.id);
  });

  test('of somebody else are not there, as one that does not exist is not', async () => {
    const [ours] = await deliveries();
    const [foreign, absent] = [await call(`/leveringen/${ours?.id}`, { as: police }), await call(`/leveringen/${randomUUID()}`, { as: police })];
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
  });

  test('are not there before they may leave, nor after what they rest on ended', async () => {
    const [ours] = await deliveries();
    await hub.database.pool.query("insert into task (id, kind, ref, cause, opened_at) values ($1, 'stopped', $2, 'test', now())", [randomUUID(), ours?.id]);
    expect((await json(`/leveringen/${ours?.id}`)).status).toBe(404);
    await hub.database.pool.query("update task set closed_at = now() where ref = $1", [ours?.id]);
    expect((await json(`/leveringen/${ours?.id}`)).status).toBe(200);
    // No entry of this name is under a checkpoint.
    await hub.database.pool.query('update delivery set entry_id = $1 where mid = $2', [randomUUID(), ours?.id]);
    expect([(await json(`/leveringen/${ours?.id}`)).status, (await deliveries()).some(({ id }) => id === ours?.id)]).toEqual([404, false]);
    await hub.database.pool.query('update delivery set entry_id = $1 where mid = $2', [ours?.logregelId, ours?.id]);
    expect((await json(`/leveringen/${ours?.id}`)).status).toBe(200);
  });
});

describe('own entries', () => {
  test('are proven, and the look at them is kept', async () => {
    const { body } = await json('/logregels?aantal=100');
    const key = parseVerifierKey((await json('/sleutels')).body.logboek.sleutel);
    if ('kind' in key) throw new Error(key.detail);
    expect(body.logregels.length).toBeGreaterThan(2);
    for (const { regel, bewijs, index } of body.logregels) expect(verifyProof(Buffer.from(bewijs), leafHash(Buffer.from(regel)), [key])).toMatchObject({ kind: 'proven', index });
    const other = (await json('/logregels?aantal=100', { as: police })).body.logregels.find(({ id }: { id: string }) => !body.logregels.some((own: { id: string }) => own.id === id));
    const [foreign, absent] = [await call(`/logregels/${other.id}`), await call(`/logregels/${randomUUID()}`)];
    expect([foreign.status, foreign.text]).toEqual([404, absent.text]);
    const { rows } = await hub.database.pool.query('select outcome, entries from program_read where oin = $1 order by seq desc limit 3', [oin.waterveen]);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['absent', 'refused', 'given']);
    await expect(hub.database.pool.query('delete from program_read')).rejects.toThrow('go only when their term is over');
  });

  test('may be read with a token of the reader list, deliveries not', async () => {
    const at = hub.now();
    const ports = { clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, readers: hub.hub.store.readers };
    const added = await addReader({ name: 'Waterveen', role: 'party', oin: oin.waterveen, validFrom: at, validUntil: new Date(at.getTime() + 86_400_000) }, 'test', ports);
    const token = added.kind === 'added' ? added.token : '';
    expect([(await json('/logregels', { as: null, token })).status, (await json('/leveringen', { as: null, token })).status]).toEqual([200, 403]);
  });
});

describe('a request that does not fit', () => {
  const errorsOf = async (path: string, change?: PartyCall) => {
    const { status, body } = await json(path, change);
    return [status, body.errors?.map((one: { parameter?: string }) => one.parameter)];
  };
  test('is told all that is wrong with it at once', async () => {
    expect(await errorsOf('/leveringen?aantal=0&status=klaar&na=x&vanaf=gisteren')).toEqual([400, expect.arrayContaining(['aantal', 'status', 'na', 'vanaf'])]);
    expect((await json('/leveringen?status=klaar')).body.errors[0].detail).toContain('afgeleverd');
  });

  test.each([
    ['an unknown name', '/leveringen?oin=00000001900000000001'], ['a name twice', '/leveringen?aantal=1&aantal=2'], ['a moment without an offset', '/leveringen?vanaf=2026-01-01T00:00:00'],
    ['a page that is too large', '/leveringen?aantal=101'], ['a place before the log', '/logregels?na=-1'], ['a name where none is taken', '/sleutels?x=1'], ['a kind nobody knows', '/begrippen?soort=alles'],
    ['a token in the address', '/leveringen?access_token=x'], ['a query for the document', '/openapi.json?x'],
  ])('by %s is malformed', async (_name, path) => {
    const { status, text } = await call(path);
    expect([status, JSON.parse(text).title]).toEqual([400, 'Malformed request']);
  });

  test.each([
    '/leveringen/', '/leveringen/x', '/leveringen/../sleutels', '/leveringen/..%2f..%2fetc%2fpasswd', '/leveringen//', '//leveringen', '/Leveringen', '/nergens', '', '/', '/leveringen/%00',
    '/verstrekkingen', '/verstrekkingen/x', '/berichten/', '/openapi.json/', '/leveringen/019AB000-0000-7000-8000-00000000000G',
  ])('by its address %j is not found', async (path) => expect((await call(path)).status).toBe(404));

  test.each([['DELETE', '/leveringen', 'GET'], ['POST', '/abonnementen', 'GET'], ['PUT', '/leveringen/x', 'GET'], ['GET', '/berichten', 'POST'], ['DELETE', '/berichten', 'POST'], ['POST', '/openapi.json', 'GET'], ['PATCH', '/verstrekkingen/x', 'GET']])(
    'by its method %s %s says which there are', async (method, path, allowed) => {
      const { status, headers, text } = await call(path, { method, body: '{}', headers: { 'content-type': 'application/json' } });
      expect([status, headers['allow'], JSON.parse(text).status]).toEqual([405, allowed, 405]);
    },
  );

  test('by what it takes or brings is told so', async () => {
    expect((await call('/leveringen', { headers: { accept: 'text/html' } })).status).toBe(406);
    expect((await call('/leveringen', { headers: { accept: 'application/json;q=0, text/*' } })).status).toBe(406);
    expect((await call('/leveringen', { headers: { accept: 'text/html, */*;q=0.1' } })).status).toBe(200);
    expect((await call('/berichten', { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain', 'idempotency-key': randomUUID() } })).status).toBe(415);
    const wrong = await json('/berichten', { method: 'POST', body: '{', headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() } });
    expect([wrong.status, wrong.body.type]).toEqual([400, 'about:blank']);
  });

  test('is answered with a problem that repeats nothing of it, whatever it is', async () => {
    await fc.assert(fc.asyncProperty(fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' }), async (text) => {
      const { status, headers, text: told } = await call(`/leveringen?${encodeURIComponent(`zz${text}`)}=geheim`);
      expect([status, headers['content-type'], told.includes('geheim'), told.includes(`zz${text}`)]).toEqual([400, 'application/problem+json', false, false]);
    }), { numRuns: 25 });
  });
});

describe('a test message', () => {
  const ask = (change: PartyCall = {}) => json('/testberichten', { method: 'POST', body: '{}', ...change, headers: { 'content-type': 'application/json', ...change.headers } });
  test('comes by the channel of the caller, is in the log before it leaves, and is about nobody', async () => {
    const { status, body } = await ask();
    expect([status, body.uitkomst, body.code]).toEqual([200, 'afgeleverd', '250']);
    const folder = join(hub.practiceFolder, 'gemeente-waterveen', 'tests');
    const [file = ''] = (await readdir(folder)).filter((name) => name.includes(body.id));
    const opened = await hub.chain.open('gemeente-waterveen', await readFile(join(folder, file)), hub.now());
    expect([opened.from, opened.parts.filter(({ name }) => name !== null)]).toEqual(['hub@ketensluis.example', []]);
    expect((await hub.entries()).filter(({ schema }) => schema === `test/${body.id}`).map(({ code }) => code)).toEqual(['test.sent']);
    expect((await hub.inbox('gemeente-waterveen')).some(({ text }) => text.includes('proefbericht'))).toBe(false);
    expect((await json(`/testberichten/${body.id}`)).body).toEqual(body);
    expect((await json(`/testberichten/${randomUUID()}`)).status).toBe(404);
  });

  test('tells how it ended when the party does not take it', async () => {
    hub.behave('gemeente-waterveen', '5xx');
    expect((await ask()).body).toMatchObject({ uitkomst: 'geweigerd', code: '554' });
    hub.behave('gemeente-waterveen', '4xx');
    expect((await ask()).body).toMatchObject({ uitkomst: 'uitgesteld', code: '451' });
    hub.behave('gemeente-waterveen', 'normal');
  });

  test('comes in practice, when nothing about anybody may', async () => {
    const party = await hub.document('party', 'gemeente-waterveen');
    await hub.apply({ ...party, stage: 'practice' });
    const sent = await json('/berichten', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() } });
    expect([(await ask()).status, (await json('/leveringen')).status, sent.status, (await json(`/verstrekkingen/${randomUUID()}`)).status]).toEqual([200, 200, 403, 403]);
    await hub.apply({ ...party, stage: 'practice', channel: { kind: 'feed' } });
    expect((await ask()).status).toBe(409);
    await hub.apply(party);
  });

  test('is asked for with an empty object, and not too often', async () => {
    expect((await ask({ body: '{"aan":"x"}' })).status).toBe(400);
    expect((await ask({ body: '{' })).status).toBe(400);
    expect((await ask({ body: '' })).status).toBe(400);
    expect((await ask({ headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    let last = 0;
    for (let count = 0; count < 25 && last !== 429; count += 1) last = (await ask()).status;
    expect([last, (await json('/leveringen')).status]).toEqual([429, 200]);
  }, 60_000);
});

describe('a caller', () => {
  test('without proof gets nothing but the words and the document', async () => {
    for (const { address, method, scope } of apiOperations) {
      if (method !== 'GET') continue;
      const { status, headers } = await call(address.replace('{id}', randomUUID()), { as: null });
      expect([address, status, headers['www-authenticate']]).toEqual([address, scope === null ? 200 : 401, scope === null ? undefined : 'Bearer']);
    }
  });

  test('learns from the keys only its own webhook keys, and no secret', async () => {
    const { body } = await json('/sleutels');
    expect(body.certificaten.map(({ gebruik }: { gebruik: string }) => gebruik)).toEqual(['ondertekenen', 'versleutelen', 'tls']);
    expect(JSON.stringify(body)).not.toMatch(/PRIVATE|whsec_/);
  });

  test('sees what the law sends it, by its roles', async () => {
    const { body } = await json('/abonnementen');
    expect(body).toMatchObject({ kanaal: 'smime-mail', feed: null });
    expect(body.verzendbaar).toContain('huisverbod.opgelegd');
    expect(body.abonnementen.length).toBeGreaterThan(3);
    expect(body.abonnementen).not.toEqual((await json('/abonnementen', { as: police })).body.abonnementen);
  });
});

describe('comparing what was received', () => {
  const post = (body: unknown, change: PartyCall = {}) =>
    json('/vergelijkingen', { method: 'POST', body: JSON.stringify(body), ...change, headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...change.headers } });
  const dayMs = 86_400_000;
  const period = () => ({ van: new Date(hub.now().getTime() - dayMs).toISOString(), tot: new Date(hub.now().getTime() + dayMs).toISOString() });
  const line = (id: string) => ({ id, ontvangenOp: hub.now().toISOString() });
  const reconciled = async () => (await hub.entries()).filter(({ code }) => code === 'reconciled').length;
  const tasksAbout = async (id: string) => (await hub.tasks()).filter(({ kind, ref }) => kind === 'reconcile' && ref === id).map(({ party, cause }) => [party, cause]);

  test('tells what differs, and each difference is a task of the operator; nothing of a delivery changes', async () => {
    const all = (await deliveries()).filter(({ status }) => status === 'afgeleverd');
    const [missed, ...had] = all;
    const stranger = randomUUID();
    const { status, body } = await post({ ...period(), ontvangen: [...had.map(({ id }) => line(id)), line(stranger)] });
    expect([status, body]).toEqual([200, { opgegeven: had.length + 1, overeenkomend: had.length, verschillen: [{ id: stranger, soort: 'niet-verstuurd' }, { id: missed?.id, soort: 'niet-ontvangen' }] }]);
    expect([await tasksAbout(stranger), await tasksAbout(missed?.id ?? '')]).toEqual([[[oin.waterveen, 'not-sent']], [[oin.waterveen, 'not-received']]]);
    expect(await deliveries()).toEqual(expect.arrayContaining(all));
  });

  test('under the same name is answered the same and written once; the name of another request is refused', async () => {
    const [key, before, asked] = [randomUUID(), await reconciled(), { ...period(), ontvangen: [line(randomUUID())] }];
    const answers = [];
    for (let time = 0; time < 2; time += 1) answers.push(await post(asked, { headers: { 'idempotency-key': key } }));
    expect(answers[1]).toEqual(answers[0]);
    expect([answers[0]?.status, await reconciled()]).toEqual([200, before + 1]);
    expect((await post({ ...asked, ontvangen: [] }, { headers: { 'idempotency-key': key } })).status).toBe(409);
    // Of somebody else it is another name.
    expect((await post(asked, { headers: { 'idempotency-key': key }, as: police })).status).toBe(200);
    expect(await reconciled()).toBe(before + 2);
  });

  test('with everything wrong is told everything at once, and nothing of it is repeated', async () => {
    const id = randomUUID();
    const { status, body } = await post({ van: '2026-01-01T00:00:00Z', tot: '2026-03-01T00:00:00Z', ontvangen: [line(id), line(id.toUpperCase()), { id: 'geheim', ontvangenOp: 'gisteren' }], extra: 1 }, { headers: { 'idempotency-key': 'x' } });
    expect(status).toBe(400);
    const places = body.errors.map(({ pointer, header }: { pointer?: string; header?: string }) => pointer ?? header);
    expect(places).toEqual(expect.arrayContaining(['Idempotency-Key', '/tot', '/ontvangen', '/ontvangen/2/id', '/ontvangen/2/ontvangenOp', '']));
    expect(JSON.stringify(body)).not.toMatch(/geheim|gisteren|extra/);
    const many = await post({ ...period(), ontvangen: Array.from({ length: 5_000 }, () => 0) });
    expect([many.status, many.body.errors.length]).toEqual([400, 100]);
    const later = new Date(hub.now().getTime() + dayMs).toISOString();
    expect((await post({ van: later, tot: new Date(hub.now().getTime() + 2 * dayMs).toISOString(), ontvangen: [] })).body.errors).toEqual([{ pointer: '/van', detail: 'The period has begun.' }]);
  });
});

describe('publishing a certificate', () => {
  const post = (certificaat: unknown, change: PartyCall = {}) =>
    json('/certificaten', { method: 'POST', body: JSON.stringify({ certificaat }), ...change, headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...change.headers } });
  const used = async () => {
    const party = (await hub.hub.registers.current()).registers.parties.find((one) => one.oin === oin.waterveen);
    if (party?.channel?.kind !== 'smime-mail') throw new Error('no mailbox');
    await hub.hub.keyring.refresh();
    const choice = hub.hub.keyring.recipientOf(party, party.channel, hub.now());
    return choice.kind === 'chosen' ? createHash('sha256').update(choice.certificate).digest('hex') : choice.kind;
  };
  const ports = () => certificatePorts({ clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, store: hub.hub.store.trust, believe: hub.hub.trust });

  test('is a proposal, and used only after two persons approved it', async () => {
    const [pem, before] = [await certificateFor('gemeente-waterveen'), await used()];
    const { status, body } = await post(pem);
    expect([status, body]).toEqual([202, { id: expect.any(String), sha256: expect.any(String), status: 'voorgesteld', goedkeuringen: 0, nodig: 2 }]);
    expect((await hub.tasks()).filter(({ kind, ref }) => kind === 'proposal' && ref === body.id)).toMatchObject([{ party: oin.waterveen }]);
    expect(await used()).toBe(before);
    expect(await approveCertificateOf(body.id, `party ${oin.waterveen}`, ports())).toMatchObject({ kind: 'refused' });
    await approveCertificateOf(body.id, 'beheer-1', ports());
    expect([await used(), (await post(pem)).body]).toEqual([before, { ...body, goedkeuringen: 1 }]);
    await approveCertificateOf(body.id, 'beheer-2', ports());
    expect([await used(), (await post(pem)).body]).toEqual([body.sha256, { ...body, status: 'goedgekeurd', goedkeuringen: 2 }]);
  });

  test('under a name that stood for something else is refused', async () => {
    const [key, pem] = [randomUUID(), await certificateFor('gemeente-waterveen')];
    expect([(await post(pem, { headers: { 'idempotency-key': key } })).status, (await post(pem, { headers: { 'idempotency-key': key } })).status]).toEqual([202, 202]);
    expect((await post(await certificateFor('gemeente-waterveen'), { headers: { 'idempotency-key': key } })).status).toBe(409);
  });

  test('of somebody else, for signing, or that is none is refused with what would do', async () => {
    const refused = await Promise.all([
      post(await certificateFor('politie-noorderwaard')), post(await certificateFor('gemeente-waterveen', { use: 'sign' })), post('geheim'), post(`${await certificateFor('gemeente-waterveen')}${await certificateFor('gemeente-waterveen')}`),
    ]);
    for (const { status, body } of refused) expect([status, body.errors]).toEqual([400, [{ pointer: '/certificaat', detail: expect.stringContaining('One certificate') }]]);
    const nameless = await post(7, { headers: { 'idempotency-key': '' } });
    expect([nameless.status, nameless.body.errors.map(({ pointer, header }: { pointer?: string; header?: string }) => pointer ?? header)]).toEqual([400, ['Idempotency-Key', '/certificaat']]);
  });
});

test('the log holds nothing of what was asked', () => hub.checkLog());
