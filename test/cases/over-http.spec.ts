import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWebhookVerifier, type WebhookSigner } from '@ketensluis/contract';
import { addWebhookKey } from '@ketensluis/flow';
import type { HttpServer } from '@ketensluis/platform';
import { parseKeyFile } from '@ketensluis/tlog';
import { randomBytes, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPartyHttp } from '../../apps/gateway/http/party-server.js';
import { startReceiver, type Receiver } from '../../apps/practice/receiver/server.js';
import { freePort } from '../harness/free-port.js';
import type { TestHub } from '../harness/hub.js';
import { callParty, clientKeys, type ClientKeys } from '../harness/party-call.js';
import { partySigner, postedOf, webhookOf } from '../harness/webhooks.js';
import { personal } from './persons.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin } from './steps.js';

const vt = 'veilig-thuis-noorderwaard';
const hourMs = 3_600_000;
let hub: TestHub;
let http: HttpServer;
let receiver: Receiver;
let root: string;
let municipality: { readonly keys: ClientKeys; readonly signer: WebhookSigner };
const said: string[] = [];

beforeAll(async () => {
  const port = await freePort();
  hub = await openRegion({ outside: { publicUrl: `https://localhost:${port}`, callNetworks: ['127.0.0.0/8', '::1/128'] } });
  http = await startPartyHttp(hub.part('gateway'), { host: 'localhost', port });
  root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  municipality = { keys: await clientKeys(hub.practiceFolder, 'gemeente-waterveen'), signer: await partySigner(hub.hub, oin.waterveen) };
  const ports = { clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, keys: hub.hub.store.webhookKeys, random: (bytes: number) => randomBytes(bytes) };
  const made = await addWebhookKey({ party: oin.veiligThuis, direction: 'to-party', scheme: 'v1a', given: null, activeFrom: null }, 'test', ports);
  const verifier = readWebhookVerifier((made.kind === 'saved' ? made.text : null) ?? '');
  const log = parseKeyFile(await readFile(join(hub.practiceFolder, '..', 'signer', 'log.vkey')));
  if (verifier === null || 'kind' in log) throw new Error('no keys');
  const client = await clientKeys(hub.practiceFolder, vt);
  receiver = await startReceiver({
    host: 'localhost', port: 0, tls: client, trust: { oin: oin.veiligThuis, verifiers: [verifier], log }, now: hub.now, say: (line) => void said.push(line),
    fetching: { client, ca: root },
  });
  await hub.apply({ ...(await hub.document('party', vt)), channel: { kind: 'webhook', url: `https://localhost:${receiver.port}/`, form: 'thin' } });
}, 180_000);
afterAll(async () => {
  await receiver.close();
  await http.close();
  await hub.close();
}, 60_000);

const byWebhook = async (situation: Situation, soort: string): Promise<number> => {
  const data = { ...postedOf(situation.step(soort, 'waterveen'), situation.start, hub.now()) };
  const { body, headers } = webhookOf({ oin: oin.waterveen, signer: municipality.signer, at: hub.now(), data });
  return (await callParty({ port: http.port, root }, '/webhooks/in', { method: 'POST', body, headers })).status;
};
const byApi = async (situation: Situation, soort: string): Promise<number> => {
  const body = JSON.stringify(postedOf(situation.step(soort, 'waterveen'), situation.start, hub.now()));
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  return (await callParty({ port: http.port, root }, '/api/v1/berichten', { method: 'POST', as: municipality.keys, body, headers })).status;
};
const deliveries = async (situation: Situation): Promise<readonly { readonly mid: string; readonly state: string; readonly announced: number }[]> =>
  (await hub.hub.pool.query(
    `select mid, delivery.state, (select count(*)::int from attempt where attempt.mid = delivery.mid and outcome = 'announced') as announced
     from delivery join case_file on case_file.id = delivery.case_id where case_file.number = $1 and recipient = $2 order by delivery.number`,
    [situation.number, oin.veiligThuis],
  )).rows;
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let waitedMs = 0; !(await holds()); waitedMs += 100) {
    if (waitedMs > 20_000) throw new Error(`it does not come about: ${said.slice(-6).join('; ')}`);
    await pause(100);
  }
};
const areAll = (situation: Situation, state: string) => async (): Promise<boolean> => {
  const found = await deliveries(situation);
  return found.length > 0 && found.every((one) => one.state === state);
};

describe('a municipality whose case system speaks webhooks, and a Veilig Thuis that fetches', () => {
  test('a ban that comes by webhook is announced, fetched, proven and delivered', async () => {
    const situation = openSituation(hub);
    expect(await byWebhook(situation, 'huisverbod.opgelegd')).toBe(202);
    await until(areAll(situation, 'delivered'));
    const [delivery] = await deliveries(situation);
    await until(async () => receiver.proven().includes(delivery?.mid ?? ''));
    expect((await hub.duties(situation.number)).filter(({ closedBy }) => closedBy === `delivery:${delivery?.mid}`).length).toBeGreaterThan(0);
    const codes = (await hub.entries()).filter(({ kind, msg }) => kind === 'outcome' && msg === delivery?.mid).map(({ code }) => code);
    expect(codes).toEqual(['fetched']);
    // Everybody else has it as before.
    await hub.settle();
    expect((await situation.received('politie-noorderwaard')).length).toBeGreaterThan(0);
  }, 60_000);

  test('what follows comes by the API and goes the same way', async () => {
    const situation = openSituation(hub);
    expect(await byApi(situation, 'huisverbod.opgelegd')).toBe(202);
    await hub.settle();
    expect(await byApi(situation, 'huisverbod.ingetrokken')).toBe(202);
    await hub.settle();
    await until(areAll(situation, 'delivered'));
    expect(await deliveries(situation)).toHaveLength(2);
  }, 60_000);

  test('the receiver tells identifiers and codes, and no person', () => {
    expect(said.some((line) => line.includes('the proof holds'))).toBe(true);
    expect(personal.filter((value) => said.join('\n').includes(value))).toEqual([]);
  });

  test('an event that was taken and not fetched is told again, a person looks after a day, and fetching ends it', async () => {
    const situation = openSituation(hub);
    receiver.setAnswer('503');
    expect(await byWebhook(situation, 'huisverbod.opgelegd')).toBe(202);
    await until(async () => (await deliveries(situation)).length === 1);
    const [delivery] = await deliveries(situation);
    const mid = delivery?.mid ?? '';
    await until(async () => (await hub.attempts(oin.veiligThuis)).some((one) => one.mid === mid && one.outcome === 'deferred'));
    // Told by the store as if the party had answered 202 and then lost it.
    await hub.hub.pool.query("update attempt set outcome = 'announced' where mid = $1", [mid]);
    await hub.hub.pool.query("delete from queue where ref = $1", [mid]);
    await hub.hub.pool.query("update delivery set state = 'announced' where mid = $1", [mid]);
    const before = said.filter((line) => line.includes(`again ${mid}`)).length;
    await hub.advance(4 * hourMs + 1_000);
    await until(async () => said.filter((line) => line.includes(`again ${mid}`)).length > before);
    await hub.hub.pool.query("delete from queue where ref = $1", [mid]);
    await hub.hub.pool.query("update delivery set state = 'announced' where mid = $1", [mid]);
    await hub.advance(24 * hourMs);
    expect(await hub.tasks()).toContainEqual(expect.objectContaining({ kind: 'not-fetched', ref: mid, party: oin.veiligThuis }));
    receiver.setAnswer('202');
    await hub.advance(30 * 60_000);
    const client = await clientKeys(hub.practiceFolder, vt);
    expect((await callParty({ port: http.port, root }, `/api/v1/verstrekkingen/${mid}`, { as: client })).status).toBe(200);
    expect((await hub.tasks()).filter(({ kind, ref }) => kind === 'not-fetched' && ref === mid)).toEqual([]);
    await until(areAll(situation, 'delivered'));
  }, 90_000);

  test('an endpoint that is gone holds what goes there, and the party may still fetch it', async () => {
    const situation = openSituation(hub);
    receiver.setAnswer('410');
    expect(await byApi(situation, 'huisverbod.opgelegd')).toBe(202);
    await until(areAll(situation, 'held'));
    receiver.setAnswer('202');
    const [delivery] = await deliveries(situation);
    const client = await clientKeys(hub.practiceFolder, vt);
    expect((await callParty({ port: http.port, root }, `/api/v1/verstrekkingen/${delivery?.mid}`, { as: client })).status).toBe(200);
    expect((await deliveries(situation)).map(({ state }) => state)).toEqual(['delivered']);
  }, 60_000);

  test('all of it stands in a log that verifies', () => hub.checkLog(), 60_000);
});
