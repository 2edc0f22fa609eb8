import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWebhookVerifier } from '@ketensluis/contract';
import { parseKeyFile, parseLeaf } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logProof } from '../../apps/cli/log/proof.js';
import { startReceiver, type Receiver } from '../../apps/practice/receiver/server.js';
import { openSituation, openRegion } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { openTestConsole, type TestConsole, type Visited, type Visitor } from '../harness/console.js';
import { freePort } from '../harness/free-port.js';
import type { TestHub } from '../harness/hub.js';
import { clientKeys } from '../harness/party-call.js';

const vt = 'veilig-thuis-noorderwaard';
const keysPath = '/aansluiten/sleutels';
const testPath = '/aansluiten/proefbericht';
let hub: TestHub;
let desk: TestConsole;
let own: Visitor;
let operator: Visitor;
let receiver: Receiver | undefined;

beforeAll(async () => {
  hub = await openRegion({ outside: { publicUrl: 'https://localhost:1', callNetworks: ['127.0.0.0/8', '::1/128'] } });
  desk = await openTestConsole(hub);
  own = await desk.as('integrator', oin.veiligThuis);
  operator = await desk.as('operator', null);
}, 180_000);
afterAll(async () => {
  await receiver?.close();
  await desk.close();
  await hub.close();
}, 60_000);

const secretIn = ({ html }: Visited): string => /whsec_[A-Za-z0-9+/=]+/.exec(html)?.[0] ?? '';
const aged = (): Promise<void> => hub.advance(11_000);

describe('who connects the system of a party', () => {
  test('sees the steps of its own party, in both languages, and nobody else does', async () => {
    const page = await own.get('/aansluiten');
    expect(page.status).toBe(200);
    expect(page.text).toContain('1. Sleutels');
    expect(page.text).toContain(oin.veiligThuis);
    for (const role of ['case-worker', 'operator', 'privacy-officer'] as const) {
      const other = await desk.as(role, role === 'operator' ? null : oin.veiligThuis);
      expect((await other.get('/aansluiten')).status).toBe(403);
    }
    expect((await own.get('/aansluiten/verzoeken')).status).toBe(403);
    const english = await fetch(new URL('/aansluiten', desk.url), { headers: { cookie: `${own.cookie}; __Host-taal=en` } });
    expect(await english.text()).toContain('Test message received');
  });

  test('asks for another channel with all faults at once; somebody else decides, and the register has it', async () => {
    const page = await own.get('/aansluiten/adres');
    const wrong = await own.send(page, '/aansluiten/adres', { soort: 'webhook', url: 'http://elders.example/?x', vorm: 'thin', waarom: '' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Geef een adres dat met https:// begint');
    expect(wrong.text).toContain('Zeg waarom');
    expect(wrong.html).toContain('value="http://elders.example/?x"');
    // What cannot be read as an address at all is a fault of the form too.
    expect((await own.send(page, '/aansluiten/adres', { soort: 'webhook', url: 'geen adres', vorm: 'thin', waarom: 'x' })).status).toBe(422);
    const port = await freePort();
    const asked = await own.send(wrong, '/aansluiten/adres', { soort: 'webhook', url: `https://localhost:${port}/`, vorm: 'thin', waarom: 'nieuw zaaksysteem' });
    expect(asked.text).toContain('Uw verzoek ligt bij de beheerder');
    expect(await hub.document('party', vt)).toMatchObject({ channel: { kind: 'smime-mail' } });
    const to = `/aansluiten/verzoeken/${oin.veiligThuis}/channel`;
    const reason = `reden-${oin.veiligThuis}-channel`;
    const same = await desk.as('operator', null, { account: 'test-integrator' });
    expect((await same.send(await same.get('/aansluiten/verzoeken'), to, { besluit: 'approved', [reason]: 'gebeld' })).text).toContain('Een ander moet beslissen');
    const [requests, left] = [await operator.get('/aansluiten/verzoeken'), await operator.get('/aansluiten/verzoeken')];
    expect((await operator.send(requests, to, { besluit: 'approved', [reason]: '' })).status).toBe(422);
    expect((await operator.send(requests, to, { besluit: 'approved', [reason]: 'gebeld met de partij' })).text).toContain('Beslist');
    expect(await hub.document('party', vt)).toMatchObject({ channel: { kind: 'webhook', url: `https://localhost:${port}/` } });
    // The page that was open shows a request that is no more.
    expect((await operator.send(left, to, { besluit: 'refused', [reason]: 'toch niet' })).text).toContain('intussen beslist');
    expect((await own.get('/aansluiten/adres')).text).toContain('gebeld met de partij');
  });

  test('is told by its first test why nothing came, with the command that shows it', async () => {
    const noKey = await own.send(await own.get(testPath), `${testPath}/sturen`, { soort: '' });
    expect((await own.get(`${noKey.at}/volgen`)).text).toContain('De hub heeft geen sleutel om voor u te tekenen');
    expect((await own.send(await own.get(testPath), `${testPath}/sturen`, { soort: '' })).text).toContain('Even wachten');
  });
});

describe('a key', () => {
  test('is shown once, on a page no cache keeps; the same form again makes no second one', async () => {
    const page = await own.get(keysPath);
    const made = await own.send(page, `${keysPath}/nieuw`, { richting: 'to-party', soort: 'v1', eigen: '' });
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(secretIn(made)).toHaveLength(50);
    const again = await own.send(page, `${keysPath}/nieuw`, { richting: 'to-party', soort: 'v1', eigen: '' });
    expect(again.text).toContain('Een geheim tonen wij maar één keer');
    expect(secretIn(again)).toBe('');
    const keys = await hub.hub.store.webhookKeys.list(oin.veiligThuis);
    expect(keys.map(({ changedBy }) => changedBy)).toEqual(['test-integrator']);
    await end(keys[0]?.id ?? '');
  });

  test('of the party that is a private key is refused and not sent back', async () => {
    const page = await own.get(keysPath);
    const given = `whsk_${Buffer.alloc(32, 5).toString('base64')}`;
    const refused = await own.send(page, `${keysPath}/nieuw`, { richting: 'from-party', soort: 'v1a', eigen: given });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Dit is een privésleutel');
    expect(refused.html).not.toContain(given);
  });

  test('of another party is not there', async () => {
    const other = await desk.as('integrator', oin.waterveen);
    const page = await other.get(keysPath);
    await other.send(page, `${keysPath}/nieuw`, { richting: 'to-party', soort: 'v1', eigen: '' });
    const [key] = await hub.hub.store.webhookKeys.list(oin.waterveen);
    const token = /name="_teken" value="([^"]+)"/.exec((await own.get(keysPath)).html)?.[1] ?? '';
    const post = (path: string) => fetch(new URL(path, desk.url), { method: 'POST', redirect: 'manual', body: new URLSearchParams({ _teken: token }), headers: { cookie: own.cookie, origin: desk.url.origin } });
    expect((await post(`${keysPath}/${key?.id ?? ''}/beeindig`)).status).toBe(404);
    expect((await own.get(keysPath)).text).not.toContain(key?.id ?? '-');
  });
});

const end = async (id: string): Promise<void> => {
  const done = await own.send(await own.get(keysPath), `${keysPath}/${id}/beeindig`, {});
  expect(done.text).toContain('De sleutel is beëindigd');
};

describe('programs and certificates', () => {
  test('a program is added with all faults at once, listed and revoked', async () => {
    const page = await own.get(keysPath);
    const wrong = await own.send(page, `${keysPath}/programmas`, { naam: '', bewijs: 'jwks', jwks: '{"keys":[{"kty":"OKP","crv":"Ed25519","x":"a","d":"geheim","kid":"1"}]}' });
    expect(wrong.text).toContain('Geef het programma een naam');
    expect(wrong.text).toContain('Kies waarvoor het is');
    expect(wrong.html).not.toContain('geheim&quot;');
    const added = await own.send(wrong, `${keysPath}/programmas`, { naam: 'Zaaksysteem', bereik: 'leveringen', bewijs: 'mtls', jwks: '' });
    expect(added.text).toContain('Het programma is toegevoegd');
    // In words for who reads the list, and the code beside the choice for who asks for a token.
    expect(added.html).toMatch(/<td[^>]*>Leveringen bekijken en bevestigen<\/td>/);
    expect(added.html).toContain('Leveringen bekijken en bevestigen <code class="soft small">leveringen</code>');
    const [client] = (await hub.hub.store.clients.list()).filter((one) => one.oin === oin.veiligThuis);
    expect(client).toMatchObject({ name: 'Zaaksysteem', scopes: ['leveringen'], keys: null });
    expect(added.text).toContain(`client_id=${client?.id ?? ''}`);
    expect((await own.send(added, `${keysPath}/programmas/${client?.id ?? ''}/intrekken`, {})).text).toContain('Ingetrokken');
  });

  test('a certificate is proposed, of one’s own address only, and waits for two', async () => {
    const police = await desk.as('integrator', '00000001900000000001');
    const pem = (file: string) => readFile(join(hub.practiceFolder, file), 'utf8');
    const propose = async (text: string) => police.send(await police.get(keysPath), `${keysPath}/certificaten`, { certificaat: new Blob([text]) });
    expect((await propose(await pem('politie-noorderwaard/sign.key.pem'))).text).toContain('Hier staat een privésleutel in');
    expect((await propose(await pem('gemeente-waterveen/encrypt.cert.pem'))).text).toContain('niet dat van uw kanaal');
    expect((await propose(await pem('politie-noorderwaard/encrypt.cert.pem'))).text).toContain('al bekend');
  });

  test('the key of the log is a file, and only what is named is', async () => {
    expect((await own.get(`${keysPath}/hub/log.vkey`)).html).toBe(await readFile(join(hub.practiceFolder, '..', 'signer', 'log.vkey'), 'utf8'));
    expect((await own.get(`${keysPath}/hub/log.skey`)).status).toBe(404);
  });
});

describe('a test message', () => {
  let sent: Visited;
  const said: string[] = [];
  const codes = (page: Visited): readonly string[] => [...page.html.matchAll(/data-copy=\"([^\"]*)\"/g)].map(([, text]) => (text ?? '').replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));

  /** Asks for one and follows it to its end. */
  const tried = async (soort: string): Promise<Visited> => {
    const asked = await own.send(await own.get(`${testPath}?soort=${soort}`), `${testPath}/sturen`, { soort });
    expect((await own.get(`${asked.at}/volgen`)).text).toContain('event: end');
    return own.get(asked.at);
  };

  test('arrives at a receiver that checks it, and shows request, signed text and answer', async () => {
    const made = await own.send(await own.get(keysPath), `${keysPath}/nieuw`, { richting: 'to-party', soort: 'v1', eigen: '' });
    const verifier = readWebhookVerifier(secretIn(made));
    const log = parseKeyFile(await readFile(join(hub.practiceFolder, '..', 'signer', 'log.vkey')));
    const document = await hub.document('party', vt);
    const port = document.kind === 'party' && document.channel?.kind === 'webhook' ? Number(new URL(document.channel.url).port) : 0;
    if (verifier === null || 'kind' in log) throw new Error('no keys');
    await aged();
    const silent = await tried('');
    expect(silent.text).toContain('Op dat adres en die poort luistert niets');
    expect(silent.text).toContain(`curl -v -X POST`);
    receiver = await startReceiver({ host: 'localhost', port, tls: await clientKeys(hub.practiceFolder, vt), trust: { oin: oin.veiligThuis, verifiers: [verifier], log }, now: hub.now, say: (line) => void said.push(line) });
    await aged();
    sent = await tried('huisverbod.opgelegd');
    expect(sent.text).toContain('Aangekomen');
    expect(said.join()).toContain('nl.ketensluis.proefbericht.v1; the signature holds');
    const [headers = '', body = '', signed = ''] = codes(sent);
    const value = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(headers)?.[1] ?? '';
    expect(signed).toBe(`${value('webhook-id')}.${value('webhook-timestamp')}.${body}`);
    expect(sent.text).toContain(createHash('sha256').update(signed).digest('hex'));
    expect(JSON.parse(body)).toMatchObject({ data: { proef: true, voorbeeld: { soort: 'huisverbod.opgelegd' } } });
    expect(sent.html).not.toContain('whsec_');
  });

  test('that does not verify is compared part by part, without a word of the secret', async () => {
    const path = `${testPath}/handtekening`;
    const [headers = '', body = ''] = codes(sent);
    const check = async (answers: Readonly<Record<string, string | Blob>>): Promise<string> => (await own.send(await own.get(path), path, { koppen: headers, inhoud: body, ...answers })).text;
    expect(await check({})).toContain('De handtekening klopt');
    expect(await check({ inhoud: `${body}\n` })).toContain('regeleinde te veel');
    expect(await check({ bestand: new Blob([JSON.stringify(JSON.parse(body), null, 1)]) })).toContain('opnieuw als JSON geschreven');
    expect(await check({ koppen: headers.replace(/^webhook-id: .*$/m, 'webhook-id: 019ab000-0000-7000-8000-000000000001') })).toContain('webhook-id is anders');
    expect(await check({ koppen: headers.replace(/(webhook-timestamp: \d+)\d$/m, '$10000') })).toContain('in milliseconden');
    expect(await check({ koppen: headers.replace(/v1,\S+/, `v1,${Buffer.alloc(32).toString('base64')}`) })).toContain('De sleutel is anders');
    expect(await check({ koppen: '', inhoud: '' })).toContain('Plak de koppen');
    expect(await check({ inhoud: `whsec_${Buffer.alloc(32).toString('base64')}` })).toContain('Hier staat een geheim');
  });

  test('of another party is not there, and one that nobody takes up says so in the end', async () => {
    const other = await desk.as('integrator', oin.ggd);
    expect((await other.get(sent.at)).status).toBe(404);
    expect((await other.get(`${sent.at}/volgen`)).status).toBe(404);
    const at = new Date(hub.now().getTime() - 3_600_000);
    const old = await hub.hub.store.testWishes.ask({ party: oin.veiligThuis, example: null }, at);
    expect((await own.get(`${testPath}/${old}`)).text).toContain('Niemand nam de proef op');
  });

  test('is confirmed by a person, once it arrived; the log has who said so', async () => {
    expect((await own.send(sent, `${testPath}/bevestig`, {})).text).toContain('Bevestigd. Het staat in het logboek.');
    await hub.settle();
    expect((await hub.entries()).filter(({ code }) => code === 'test.confirmed')).toHaveLength(1);
    expect((await own.get('/aansluiten')).text).toMatch(/4\. Bevestigd klaar/);
  });
});

describe('types and deliveries', () => {
  test('a type has its schemas, its rules and an example; an unknown one is not there', async () => {
    expect((await own.get('/aansluiten/berichtsoorten?toon=ontvangen')).text).toContain('huisverbod.opgelegd');
    const type = await own.get('/aansluiten/berichtsoorten/huisverbod.opgelegd');
    expect(type.text).toContain('Wie mag het krijgen');
    const schema = await own.get('/aansluiten/berichtsoorten/huisverbod.opgelegd/huisverbod.opgelegd.verstrekking.schema.json');
    expect(JSON.parse(schema.html)).toEqual(JSON.parse(await readFile('config/schema/huisverbod.opgelegd.verstrekking.schema.json', 'utf8')));
    for (const path of ['geen.soort', 'huisverbod.opgelegd/README.md', 'huisverbod.opgelegd/hulp.gestart.xsd']) expect((await own.get(`/aansluiten/berichtsoorten/${path}`)).status).toBe(404);
  });

  test('a delivery stands in the log of its recipient alone, with its proof', async () => {
    expect((await own.get('/aansluiten/log')).text).toContain('Nog geen leveringen');
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const list = await own.get('/aansluiten/log');
    const id = /\/aansluiten\/log\/([0-9a-f-]{36})/.exec(list.html)?.[1] ?? '';
    expect(list.html).toMatch(/badge--wait">aangekondigd, nog niet opgehaald</);
    expect(list.text).not.toContain(situation.number);
    expect((await own.get('/aansluiten/log?status=dead')).text).toContain('Niets gevonden met dit filter');
    expect((await own.get('/aansluiten/log.csv')).html).toContain(id);
    const detail = await own.get(`/aansluiten/log/${id}`);
    expect(detail.text).toContain('Poging 1: aangekondigd');
    // Not a practice chain: nothing of what was in it.
    expect(detail.text).toContain('De inhoud staat hier niet');
    const leaf = await own.send(detail, `/aansluiten/log/${id}/bewijs.leaf.json`, {});
    expect(parseLeaf(Buffer.from(leaf.html))).toMatchObject({ kind: 'leaf' });
    const proof = await own.send(detail, `/aansluiten/log/${id}/bewijs.tlog-proof`, {});
    // By the very command of the page.
    const at = (name: string): string => join(hub.practiceFolder, name);
    await Promise.all([writeFile(at('bewijs.leaf.json'), leaf.html), writeFile(at('bewijs.tlog-proof'), proof.html)]);
    expect(detail.text).toContain('npx ketensluis log proof bewijs.tlog-proof bewijs.leaf.json --vkey log.vkey');
    expect(await logProof([at('bewijs.tlog-proof'), at('bewijs.leaf.json'), '--vkey', at('../signer/log.vkey')], { out: () => undefined, err: () => undefined, isTerminal: false })).toBe(0);
    const { rows } = await hub.hub.pool.query("select count(*)::int as count from program_read where oin = $1 and outcome = 'given'", [oin.veiligThuis]);
    expect(rows[0].count).toBe(2);
    const other = await desk.as('integrator', oin.waterveen);
    const [foreign, unknown] = [await other.get(`/aansluiten/log/${id}`), await other.get('/aansluiten/log/019ab000-0000-7000-8000-000000000001')];
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text]);
  }, 60_000);

  test('what was done stands in a log that verifies', () => hub.checkLog(), 60_000);
});
