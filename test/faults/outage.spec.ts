import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWebhookVerifier } from '@ketensluis/contract';
import { addWebhookKey } from '@ketensluis/flow';
import type { HttpServer } from '@ketensluis/platform';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPartyHttp } from '../../apps/gateway/http/party-server.js';
import type { MailboxBehaviour } from '../../apps/practice/mailbox/behaviour.js';
import { openRegion, openSituation, type Situation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import { freePort } from '../harness/free-port.js';
import type { TestHub } from '../harness/hub.js';
import { callParty, clientKeys } from '../harness/party-call.js';
import { openAbsentReceiver, openGate, type AbsentReceiver, type Gate, type Presence } from './absent-party.js';

const veiligThuis = 'veilig-thuis-noorderwaard';
const police = 'politie-noorderwaard';
const hourMs = 3_600_000;
const outageHours = 62;
/** A party that is back has everything after the longest wait between two tries, with its jitter. */
const afterwardsHours = 13;
/** Small enough that what is tried at different moments arrives at different moments. */
const stepHours = 1 / 3;

interface Delivery {
  readonly mid: string;
  readonly recipient: string;
  readonly case: string;
  readonly number: number;
  readonly state: string;
}

/** From which hour on each is away, and how. */
const webhooks: ReadonlyMap<number, Presence> = new Map([[0, 'silent'], [1, 'refusing'], [20, 'busy'], [40, 'cut'], [50, 'refusing'], [outageHours, 'here']]);
const mails: ReadonlyMap<number, MailboxBehaviour | 'refusing'> = new Map([[0, 'refusing'], [20, '4xx'], [40, 'drop-after-data'], [50, 'refusing'], [outageHours, 'normal']]);
/** The hours in which a ban is imposed; each of the first is withdrawn later in the outage. */
const imposedAt: readonly number[] = [0, 0, 4, 18, 30, 41, 60];
const withdrawnAt: ReadonlyMap<number, number> = new Map([[2, 0], [25, 1], [44, 2], [58, 3], [61, 4]]);

describe('a party that takes webhooks and one that takes mail are away for 62 hours, while messages keep coming', () => {
  let hub: TestHub;
  let http: HttpServer;
  let receiver: AbsentReceiver;
  let gate: Gate;
  const situations: Situation[] = [];
  const fetches: Promise<void>[] = [];
  let startedAt: number;

  beforeAll(async () => {
    const [apiPort, webhookPort, mailPort] = [await freePort(), await freePort(), await freePort()];
    hub = await openRegion({
      outside: { publicUrl: `https://localhost:${apiPort}`, callNetworks: ['127.0.0.0/8'] },
      route: (practice) => (party) => {
        const place = practice(party);
        return place === null || party.key !== police ? place : { ...place, port: mailPort };
      },
    });
    http = await startPartyHttp(hub.hub, { host: 'localhost', port: apiPort });
    gate = await openGate(mailPort, () => hub.chain.mailboxes.get(police)?.port ?? 0);
    const ports = { clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, keys: hub.hub.store.webhookKeys, random: (bytes: number) => randomBytes(bytes) };
    const made = await addWebhookKey({ party: oin.veiligThuis, direction: 'to-party', scheme: 'v1a', given: null, activeFrom: null }, 'test', ports);
    const verifier = readWebhookVerifier((made.kind === 'saved' ? made.text : null) ?? '');
    if (verifier === null) throw new Error('no key');
    const client = await clientKeys(hub.practiceFolder, veiligThuis);
    const root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
    receiver = await openAbsentReceiver({
      port: webhookPort, tls: client, verifiers: [verifier], now: hub.now,
      onTaken: ({ dataRef }) => void fetches.push(callParty({ port: apiPort, root }, new URL(dataRef ?? '').pathname, { as: client }).then(({ status }) => expect(status).toBe(200))),
    });
    await hub.apply({ ...(await hub.document('party', veiligThuis)), channel: { kind: 'webhook', url: `https://localhost:${webhookPort}/in`, form: 'thin' } });
    await hub.settle();
    startedAt = hub.now().getTime();
  }, 120_000);
  afterAll(async () => {
    await receiver.close();
    await gate.shut();
    await http.close();
    await hub.close();
  }, 60_000);

  const passTo = async (hour: number): Promise<void> => {
    // Before the clock moves, while nothing is due: of what is tried at this hour one would find the party of before, and what follows it in its case that of now.
    const [presence, behaviour] = [webhooks.get(hour), mails.get(hour)];
    if (presence !== undefined) await receiver.become(presence);
    if (behaviour === 'refusing') await gate.shut();
    else if (behaviour !== undefined) {
      await gate.open();
      hub.behave(police, behaviour);
    }
    await hub.advance(Math.max(0, startedAt + hour * hourMs - hub.now().getTime()));
  };
  const sendAt = async (hour: number): Promise<void> => {
    for (const at of imposedAt) {
      if (at !== hour) continue;
      const situation = openSituation(hub);
      situations.push(situation);
      expect((await situation.post('huisverbod.opgelegd', 'waterveen')).code).toBe(250);
    }
    const withdrawn = situations[withdrawnAt.get(hour) ?? -1];
    if (withdrawn !== undefined) expect((await withdrawn.post('huisverbod.ingetrokken', 'waterveen')).code).toBe(250);
  };
  const deliveries = async (): Promise<readonly Delivery[]> =>
    (await hub.hub.pool.query<Delivery>(
      `select mid, recipient, case_file.number as case, delivery.number, delivery.state from delivery join case_file on case_file.id = delivery.case_id
       where recipient = any($1) order by recipient, case_file.number, delivery.number`, [[oin.veiligThuis, oin.police]],
    )).rows;
  const settled = async (): Promise<void> => {
    await hub.settle();
    await Promise.all(fetches);
  };
  /** Mails of the police by the id of their disclosure, in the order of their arrival. */
  const mailed = async (): Promise<readonly string[]> => (await hub.inbox(police)).map(({ disclosure }) => disclosure.id);
  /** Cases whose disclosures did not arrive, the first time, as they are numbered. */
  const outOfOrder = (arrived: readonly string[], all: readonly Delivery[]): readonly string[] => {
    const numbers = new Map<string, number[]>();
    for (const id of new Set(arrived)) {
      const one = all.find(({ mid }) => mid === id);
      if (one !== undefined) numbers.set(one.case, [...(numbers.get(one.case) ?? []), one.number]);
    }
    return [...numbers].filter(([, seen]) => seen.some((number, place) => number !== place + 1)).map(([name, seen]) => `${name}: ${seen.join(' ')}`);
  };

  test('nobody is brought anything while nobody is there, and everything waits', async () => {
    for (let hour = 0; hour < outageHours; hour += 1) {
      await passTo(hour);
      await sendAt(hour);
      await settled();
    }
    const waiting = await deliveries();
    const causes = async (party: string): Promise<readonly (string | null)[]> => [...new Set((await hub.attempts(party)).map(({ code }) => code))].sort();
    expect(await causes(oin.veiligThuis)).toEqual(expect.arrayContaining(['connection-lost', 'connection-refused', 'peer-busy', 'timeout']));
    expect(await causes(oin.police)).toEqual(expect.arrayContaining(['connection-lost', 'connection-refused', 'peer-busy']));
    expect(waiting.filter(({ state }) => state === 'dead' || state === 'held')).toEqual([]);
    expect(waiting.length).toBe(2 * (imposedAt.length + withdrawnAt.size));
  }, 120_000);

  test('once they are back all of it arrives by itself, within the longest wait between two tries', async () => {
    for (let hour = outageHours; hour <= outageHours + afterwardsHours; hour += stepHours) {
      await passTo(hour);
      await settled();
    }
    expect((await deliveries()).filter(({ state }) => state !== 'delivered')).toEqual([]);
    expect((await hub.tasks()).filter(({ kind }) => kind === 'dead-letter' || kind === 'certificate')).toEqual([]);
  }, 120_000);

  test('each once, by its id, although what was lost on the way was sent again', async () => {
    const all = await deliveries();
    const idsOf = (party: string): readonly string[] => all.filter(({ recipient }) => recipient === party).map(({ mid }) => mid).sort();
    const ids = receiver.taken().map(({ id }) => id);
    expect([...ids].sort()).toEqual(idsOf(oin.veiligThuis));
    expect(receiver.requests().length).toBeGreaterThan(ids.length);
    const came = await mailed();
    expect([...new Set(came)].sort()).toEqual(idsOf(oin.police));
    expect(came.length).toBeGreaterThan(new Set(came).size);
    for (const { mail, disclosure } of await hub.inbox(police)) expect(mail.messageId).toContain(disclosure.id);
    // Fetched once each: that fetch is the disclosure, and the log has one outcome for each.
    const outcomes = (await hub.entries()).filter(({ kind }) => kind === 'outcome').map(({ msg }) => msg);
    for (const { mid } of all) expect(outcomes.filter((msg) => msg === mid)).toHaveLength(1);
  });

  test('in the order of each case', async () => {
    const all = await deliveries();
    expect(outOfOrder(receiver.taken().map(({ id }) => id), all)).toEqual([]);
    expect(outOfOrder(await mailed(), all)).toEqual([]);
  });

  test('and the log verifies', () => hub.checkLog(), 60_000);
});
