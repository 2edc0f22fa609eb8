import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWebhookVerifier, type WebhookSigner } from '@ketensluis/contract';
import { addWebhookKey } from '@ketensluis/flow';
import { brokerWork, hubRoles, metricRows, openMeasures, type HttpServer, type Measures } from '@ketensluis/platform';
import { parseKeyFile } from '@ketensluis/tlog';
import { randomBytes, randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { startPartyHttp } from '../../apps/gateway/http/party-server.js';
import { startReceiver, type Receiver } from '../../apps/practice/receiver/server.js';
import { marks, personal } from '../cases/persons.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { otlpPeer, type OtlpPeer, type ReceivedSpan } from '../fixtures/otlp-peer.js';
import { canStartBroker, startBroker, type Broker } from '../../apps/cli/drill/broker.js';
import { openTestConsole, type TestConsole } from '../harness/console.js';
import { freePort } from '../harness/free-port.js';
import type { TestHub } from '../harness/hub.js';
import { callParty, clientKeys, type ClientKeys } from '../harness/party-call.js';
import { hasPromtool, metricsIn, promtool, readDashboard, ruleExpressions } from '../harness/prometheus.js';
import { found, recordAddresses, recordBytes, recordQueue } from '../harness/spoken.js';
import { partySigner, postedOf, webhookOf } from '../harness/webhooks.js';

const vt = 'veilig-thuis-noorderwaard';
const theirs = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' };
const isPromtoolThere = hasPromtool();
const isBrokerThere = canStartBroker();
if (!isBrokerThere) test.skip('what a broker carries names nobody: NOT RUN, install rabbitmq-server', () => undefined);
// Processes apart look into PostgreSQL in this harness.
const hasBroker = isBrokerThere && process.env['KETENSLUIS_TEST_APART'] !== '1';

const servedRequest = z.object({ request: z.object({ headers: z.record(z.string(), z.unknown()) }) });

describe('a hub that is watched', () => {
  let [hub, http, desk, receiver]: [TestHub, HttpServer, TestConsole, Receiver] = [] as never;
  let [measures, otlp, metricsPort, root]: [Measures, OtlpPeer, number, string] = [] as never;
  let [broker, wire]: [Broker | null, Awaited<ReturnType<typeof recordBytes>> | null] = [null, null];
  let queue: Awaited<ReturnType<typeof recordQueue>>;
  let municipality: { readonly keys: ClientKeys; readonly signer: WebhookSigner };
  const addresses = recordAddresses();
  const traceparents: string[] = [];
  const onServed = (message: unknown): void => {
    const { headers } = servedRequest.parse(message).request;
    if (headers['user-agent'] === 'ketensluis' && typeof headers['traceparent'] === 'string') traceparents.push(headers['traceparent']);
  };
  const [lines, scrapes, said]: [string[], string[], string[]] = [[], [], []];

  beforeAll(async () => {
    subscribe('http.server.request.start', onServed);
    [otlp, metricsPort] = [await otlpPeer(), await freePort()];
    measures = await openMeasures({ host: '127.0.0.1', metricsPort, tracesUrl: otlp.url });
    broker = hasBroker ? await startBroker() : null;
    wire = broker === null ? null : await recordBytes(broker.port);
    const url = broker === null || wire === null ? null : new URL(broker.url());
    if (url !== null && wire !== null) url.port = String(wire.port);
    const port = await freePort();
    hub = await openRegion({
      outside: { publicUrl: `https://localhost:${port}`, isTraced: true, callNetworks: ['127.0.0.0/8', '::1/128'] }, listeners: { hearers: measures.hearers, onLine: (line) => void lines.push(line) },
      ...(url === null ? {} : { work: (of) => brokerWork(of, { url: url.href, ca: null, kinds: ['disclose', 'deliver'] }) }),
    });
    queue = await recordQueue(hub.hub.pool);
    await measures.begin(hub.part('watch'), hubRoles);
    http = await startPartyHttp(hub.part('gateway'), { host: 'localhost', port });
    desk = await openTestConsole(hub);
    root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
    municipality = { keys: await clientKeys(hub.practiceFolder, 'gemeente-waterveen'), signer: await partySigner(hub.hub, oin.waterveen) };
    receiver = await openReceiver();
    await hub.apply({ ...(await hub.document('party', vt)), channel: { kind: 'webhook', url: `https://localhost:${receiver.port}/`, form: 'thin' } });
    await hub.apply({ ...(await hub.document('party', 'rechtbank-noorderwaard')), channel: { kind: 'feed' } });
  }, 180_000);
  afterAll(async () => {
    await addresses.stop();
    unsubscribe('http.server.request.start', onServed);
    await receiver.close();
    await desk.close();
    await http.close();
    await measures.close();
    await hub.close();
    await otlp.close();
    await broker?.stop();
    await wire?.stop();
  }, 60_000);

  const openReceiver = async (): Promise<Receiver> => {
    const ports = { clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, keys: hub.hub.store.webhookKeys, random: (bytes: number) => randomBytes(bytes) };
    const made = await addWebhookKey({ party: oin.veiligThuis, direction: 'to-party', scheme: 'v1a', given: null, activeFrom: null }, 'test', ports);
    const verifier = readWebhookVerifier((made.kind === 'saved' ? made.text : null) ?? '');
    const log = parseKeyFile(await readFile(join(hub.practiceFolder, '..', 'signer', 'log.vkey')));
    if (verifier === null || 'kind' in log) throw new Error('no keys');
    const client = await clientKeys(hub.practiceFolder, vt);
    return startReceiver({ host: 'localhost', port: 0, tls: client, trust: { oin: oin.veiligThuis, verifiers: [verifier], log }, now: hub.now, say: (line) => void said.push(line), fetching: { client, ca: root } });
  };
  const call = (path: string, as: ClientKeys | null, body?: string | Uint8Array, headers = {}) => callParty({ port: http.port, root }, path, { as, headers, ...(body === undefined ? {} : { method: 'POST', body }) });
  const delivered = async (situation: Situation): Promise<string> => {
    for (let tries = 0; tries < 300; tries += 1) {
      const { rows: [row] } = await hub.hub.pool.query<{ mid: string }>(
        "select mid from delivery join case_file on case_file.id = delivery.case_id where case_file.number = $1 and recipient = $2 and delivery.state = 'delivered'", [situation.number, oin.veiligThuis]);
      if (row !== undefined) return row.mid;
      await pause(100);
    }
    throw new Error(`not fetched: ${said.slice(-5).join('; ')}`);
  };
  const scrape = async (): Promise<string> => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    scrapes.push(text);
    return text;
  };
  const untilSpan = async (trace: string, names: readonly string[]): Promise<readonly ReceivedSpan[]> => {
    const of = () => otlp.spans().filter(({ traceId }) => traceId === trace);
    const isWhole = (spans: readonly ReceivedSpan[]): boolean =>
      names.every((name) => spans.some((span) => span.name === name)) && spans.every(({ parentSpanId: parent }) => (parent ?? '') === '' || spans.some(({ spanId }) => spanId === parent));
    for (let tries = 0; tries < 100 && !isWhole(of()); tries += 1) await pause(100);
    return of();
  };

  test('shows the way of one mail as one trace, from receipt to the word of its recipient', async () => {
    const situation = openSituation(hub);
    const { id } = await situation.send('huisverbod.opgelegd', 'waterveen');
    const mid = await delivered(situation);
    expect((await call(`/api/v1/leveringen/${mid}/_bevestig`, await clientKeys(hub.practiceFolder, vt), '{"functie":"dienstdoende"}', { 'content-type': 'application/json', 'idempotency-key': randomUUID() })).status).toBe(200);
    const names = ['message.receive', 'message.wait', 'message.decide', 'log.seal', 'delivery.attempt', 'disclosure.fetch', 'receipt.take'];
    const spans = await untilSpan(id.replaceAll('-', ''), names);
    expect(names.filter((name) => !spans.some((span) => span.name === name))).toEqual([]);
    const [first, ...more] = spans.filter(({ name }) => name === 'message.receive');
    expect([more, first?.parentSpanId ?? '']).toEqual([[], '']);
    // One tree: each step hangs from the one it follows from, whichever process told of it.
    const nameOf = (id: string | undefined): string | undefined => spans.find(({ spanId }) => spanId === id)?.name;
    const hangs = new Set(spans.filter((span) => span !== first).map(({ name, parentSpanId }) => `${name} < ${nameOf(parentSpanId) ?? 'nothing'}`));
    const chain = ['message.wait < message.receive', 'message.decide < message.wait', 'log.seal < message.decide', 'delivery.attempt < log.seal', 'disclosure.fetch < delivery.attempt', 'receipt.take < delivery.attempt'];
    // What became of it is sealed later, for itself.
    expect([...hangs].filter((one) => one !== 'log.seal < message.receive').sort()).toEqual([...chain].sort());
    expect(new Set(spans.filter(({ name }) => name === 'delivery.attempt').map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
    expect(spans.filter(({ startTimeUnixNano, endTimeUnixNano }) => BigInt(startTimeUnixNano) > BigInt(endTimeUnixNano))).toEqual([]);
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  }, 60_000);

  test('links to the trace of a caller and never takes its id over', async () => {
    const situation = openSituation(hub);
    const body = JSON.stringify(postedOf(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start, hub.now()));
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID(), traceparent: `00-${theirs.trace}-${theirs.span}-01` };
    expect((await call('/api/v1/berichten', municipality.keys, body, headers)).status).toBe(202);
    await delivered(situation);
    for (let tries = 0; tries < 100 && !otlp.spans().some(({ name, links }) => name === 'message.receive' && links.length > 0); tries += 1) await pause(100);
    expect(otlp.spans().filter(({ name }) => name !== 'delivery.attempt').flatMap(({ name, links }) => links.map(({ traceId, spanId }) => [name, traceId, spanId]))).toEqual([['message.receive', theirs.trace, theirs.span]]);
    expect(otlp.spans().filter(({ traceId }) => traceId === theirs.trace)).toEqual([]);
  }, 60_000);

  test('counts what went on, by organisation and code', async () => {
    const situation = openSituation(hub);
    const { body, headers } = webhookOf({ oin: oin.waterveen, signer: municipality.signer, at: hub.now(), data: { ...postedOf(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start, hub.now()) } });
    expect((await call('/webhooks/in', null, body, headers)).status).toBe(202);
    await delivered(situation);
    await hub.settle();
    const text = await scrape();
    for (const channel of ['mail', 'api', 'webhook']) expect(text).toContain(`ketensluis_messages_total{channel="${channel}",outcome="accepted"} 1`);
    expect(text).toMatch(new RegExp(`ketensluis_deliveries_total\\{party="${oin.police}",channel="smime-mail",outcome="delivered"\\} [1-9]`));
    expect(text).toMatch(new RegExp(`ketensluis_deliveries_total\\{party="${oin.veiligThuis}",channel="webhook",outcome="announced"\\} [1-9]`));
    expect(text).toMatch(/ketensluis_decisions_total\{outcome="permit",reason="WTH-\d+"\} \d/);
    expect(text).toMatch(/ketensluis_step_seconds_count\{step="decide"\} [1-9]/);
    expect(text).toMatch(/ketensluis_certificate_days\{party="hub",use="sign"\} \d/);
    expect(text).toMatch(/ketensluis_log_size [1-9]/);
    expect(text).toContain('ketensluis_database_up 1');
  }, 60_000);

  test('gives a receiver of webhooks a trace of its own, new for each try, that nothing here is known by', async () => {
    const before = traceparents.length;
    const situation = openSituation(hub);
    const { id } = await situation.send('huisverbod.opgelegd', 'waterveen');
    const mid = await delivered(situation);
    const given = traceparents.slice(before);
    expect(given.length).toBeGreaterThan(0);
    for (const one of given) expect(one).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
    expect(new Set(traceparents.map((one) => one.slice(3, 35))).size).toBe(traceparents.length);
    const spans = await untilSpan(id.replaceAll('-', ''), ['delivery.attempt', 'disclosure.fetch']);
    const known = new Set([id, mid].map((one) => one.replaceAll('-', '')));
    expect(given.filter((one) => known.has(one.slice(3, 35)) || otlp.spans().some(({ traceId, spanId }) => one.includes(traceId) || one.includes(spanId)))).toEqual([]);
    expect(spans.flatMap(({ name, links }) => (name === 'delivery.attempt' ? links.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`) : []))).toEqual(given);
  }, 60_000);

  test('keeps to the labels it names, and holds no case, person or message in one', async () => {
    const text = await scrape();
    const shown = text.split('\n').filter((line) => line.startsWith('ketensluis_'));
    const labels = new Map(Object.entries(metricRows).map(([name, row]) => [name, new Set<string>([...row.labels, 'le'])]));
    for (const line of shown) {
      const [, name = '', inside = ''] = /^(\w+?)(?:_bucket|_count|_sum)?(?:\{(.*)\})? /.exec(line) ?? [];
      const given = [...inside.matchAll(/(\w+)="([^"]*)"/g)];
      expect([line, given.map(([, label = '']) => label).filter((label) => labels.get(name)?.has(label) !== true)]).toEqual([line, []]);
      expect([line, given.filter(([, , value = '']) => /[0-9a-f]{8}-[0-9a-f]{4}|ZAAK|EIGEN|@/.test(value))]).toEqual([line, []]);
    }
    expect(shown.length).toBeGreaterThan(60);
    // Everything rules and dashboards ask for is there, with or without a number yet.
    const told = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
    const asked = [...(await ruleExpressions()).expressions, ...(await Promise.all(['hub', 'parties'].map(readDashboard))).flatMap(({ panels }) => panels.flatMap(({ targets }) => targets))].flatMap(({ expr }) => metricsIn(expr));
    expect(asked.map(({ name }) => name.replace(/_(bucket|count|sum)$/, '')).filter((name) => !told.has(name) && name !== 'up' && !name.includes(':'))).toEqual([]);
    expect(Object.keys(metricRows).filter((name) => !told.has(name))).toEqual([]);
    if (isPromtoolThere) expect(await promtool(['check', 'metrics'], text).catch((fault: Error) => fault.message)).not.toMatch(/error while linting|parse error|invalid/i);
  });

  test('tells nobody of a person: no log line, metric, trace, queue message or address names one', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    const { id } = await situation.send('uitspraak.voorziening', 'court');
    await situation.send('huisverbod.ingetrokken', 'waterveen');
    const refused = await hub.submit(Buffer.from('From: "Eva Proef" <eva@voorbeeld.example>\r\nSubject: Uithuizer 999900018\r\n\r\nProeflaan 12 A\r\n'), 'eva@voorbeeld.example');
    const wrong = { 'content-type': 'application/json', 'idempotency-key': 'Uithuizer-999900018' };
    expect((await call('/api/v1/berichten', municipality.keys, '{"bericht":{"bsn":"999900018","naam":"Uithuizer"}}', wrong)).status).toBe(400);
    expect((await call('/feeds/uitspraken', await clientKeys(hub.practiceFolder, 'rechtbank-noorderwaard'))).status).toBe(200);
    await usePages(situation);
    await untilSpan(id.replaceAll('-', ''), ['message.decide', 'log.seal']);
    const heard = { lines, scrapes: [...scrapes, await scrape()], traces: otlp.bodies(), queue: await queue.heard(), addresses: addresses.heard(), broker: wire?.heard() ?? [] };
    // Everything was listened in on: what it names is there.
    for (const [name, texts] of Object.entries(heard)) expect([name, texts.length === 0 && (name !== 'broker' || hasBroker)]).toEqual([name, false]);
    expect([heard.lines, heard.traces, heard.queue].map((texts) => found([id], texts))).toEqual([[id], [id], [id]]);
    expect(found([oin.police], heard.scrapes)).toEqual([oin.police]);
    expect(found(['"kind":"deliver"'], heard.broker)).toEqual(hasBroker ? ['"kind":"deliver"'] : []);
    expect(refused.code).toBe(550);
    // What is looked for was there to be found: it was sent, and a party has it.
    const values = [...new Set([...personal, ...Object.values(marks).flat()])];
    const sent = JSON.stringify(postedOf(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start, hub.now()));
    expect(found(values, [sent]).length).toBeGreaterThan(15);
    expect(found(values, (await situation.received('politie-noorderwaard')).map(({ text }) => text)).length).toBeGreaterThan(5);
    expect(Object.entries(heard).map(([name, texts]) => [name, found(values, texts)])).toEqual(Object.keys(heard).map((name) => [name, []]));
  }, 90_000);

  test('would be seen to, however it was spelt', () => {
    const value = 'Proeflaan 12 A';
    const json = JSON.stringify({ a: `xx${value}yy` });
    for (const said of [`a ${value}.`, encodeURIComponent(value), 'q=Proeflaan+12+A&', Buffer.from(json).toString('base64'), Buffer.from(` ${json}`).toString('base64url'), Buffer.from(value).toString('hex'), value.toUpperCase()]) {
      expect([said, found([value], [said])]).toEqual([said, [value]]);
    }
    expect(found([value], ['Proeflaan 13 A', 'UHJvZWZsYWFu'])).toEqual([]);
  });

  const usePages = async (situation: Situation): Promise<void> => {
    const worker = await desk.as('case-worker', oin.veiligThuis, { account: 'vt-1', name: 'Eva Proef' });
    const list = await worker.get('/zaakmeldingen');
    const at = new RegExp(`href="(/zaakmeldingen/[0-9a-f-]{36})"[^>]*>${situation.number}<`).exec(list.html)?.[1] ?? '';
    expect((await worker.get(at)).text).toContain('Grondtekst');
    const officer = await desk.as('privacy-officer', oin.waterveen);
    const search = await officer.get('/verstrekkingen');
    expect(search.status).toBe(200);
  };

  test('goes on when nobody takes its traces, and says so once', async () => {
    otlp.answer(503);
    const before = lines.length;
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    for (let tries = 0; tries < 150 && !lines.slice(before).some((line) => line.includes('"traces.failed"')); tries += 1) await pause(100);
    await situation.send('huisverbod.ingetrokken', 'waterveen');
    expect(lines.slice(before).filter((line) => line.includes('"traces.failed"'))).toHaveLength(1);
    otlp.answer(200);
  }, 60_000);

  test('all of it stands in a log that verifies', () => hub.checkLog(), 60_000);
});
