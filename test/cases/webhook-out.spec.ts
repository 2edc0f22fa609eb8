import { readFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventTypes, readCloudEvent, readDisclosure, readWebhookVerifier, verifyWebhook, type CloudEvent } from '@ketensluis/contract';
import type { Party } from '@ketensluis/domain';
import { addWebhookKey, endWebhookKey, rotateWebhookKey, type KeyVerdict, type WebhookKeyPorts } from '@ketensluis/flow';
import { logKeyFile } from '@ketensluis/platform';
import { parseKeyFile, verifyDisclosureProof } from '@ketensluis/tlog';
import { webhookPeer, type ReceivedRequest, type WebhookPeer } from '../fixtures/webhook-peer.js';
import type { TestHub } from '../harness/hub.js';
import { clientKeys } from '../harness/party-call.js';
import { openRegion, openSituation } from './situation.js';
import { oin } from './steps.js';

const key = 'veilig-thuis-noorderwaard';

interface FullBody {
  readonly document: unknown;
  readonly verstrekking: { readonly type: string; readonly inhoud: string };
  readonly bewijs: Readonly<Record<'leaf' | 'opening' | 'proof', string>>;
}

describe('a party that is reached by webhook', () => {
  let hub: TestHub;
  let peer: WebhookPeer;
  let secret: string;
  const ports = (): WebhookKeyPorts => ({ clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, keys: hub.hub.store.webhookKeys, random: randomBytes });
  const wanted = { party: oin.veiligThuis, direction: 'to-party', scheme: 'v1', given: null, activeFrom: null } as const;
  const saved = (verdict: KeyVerdict) => {
    if (verdict.kind === 'refused') throw new Error(verdict.detail);
    return { ...verdict, text: verdict.text ?? '' };
  };
  const url = () => `https://localhost:${peer.port}/in`;
  const channel = async (form: 'thin' | 'full', pinnedOin?: string): Promise<void> => {
    const party = (await hub.document('party', key)) as Party & { kind: 'party' };
    await hub.apply({ ...party, channel: { kind: 'webhook', url: url(), form, ...(pinnedOin === undefined ? {} : { pinnedOin }) } });
    await hub.settle();
  };
  beforeAll(async () => {
    hub = await openRegion();
    const { cert, key: tlsKey } = await clientKeys(hub.practiceFolder, key);
    peer = await webhookPeer({ cert, key: tlsKey, ca: '' });
    secret = saved(await addWebhookKey(wanted, 'test', ports())).text;
    await channel('full');
  }, 180_000);
  afterAll(async () => {
    await hub.close();
    await peer.close();
  }, 60_000);
  afterEach(async () => {
    peer.play({});
    await hub.checkLog();
  });

  /** What came since the last question, each held against the secret as a receiver would. */
  let seen = 0;
  const news = (keys: readonly string[] = [secret]): readonly { readonly event: CloudEvent; readonly request: ReceivedRequest }[] => {
    const fresh = peer.requests().slice(seen);
    seen = peer.requests().length;
    return fresh.map((request) => {
      const verifiers = keys.flatMap((text) => readWebhookVerifier(text) ?? []);
      expect(verifyWebhook(request.headers, request.body, verifiers, hub.now()).kind).toBe('verified');
      const read = readCloudEvent(request.body);
      if (read.kind === 'refused') throw new Error(read.detail);
      expect(read.event.id).toBe(request.headers['webhook-id']);
      return { event: read.event, request };
    });
  };
  const imposed = async () => {
    const situation = openSituation(hub);
    const sent = await situation.send('huisverbod.opgelegd', 'waterveen');
    expect(sent.permits[oin.veiligThuis]).toBeDefined();
    return situation;
  };
  const last = async (number: string) => (await hub.attempts(oin.veiligThuis)).filter(({ caseNumber }) => caseNumber === number).at(-1);

  test('hears that there is something, and nothing of what it is, where the rule does not let the whole go', async () => {
    const situation = await imposed();
    const [one, ...more] = news();
    expect(more).toEqual([]);
    expect(one?.event).toMatchObject({ type: eventTypes.available, source: { oin: '00000001900000000900', system: 'ketensluis' }, sequence: 1, data: undefined });
    expect(one?.event.dataRef).toBe(`https://localhost:8443/api/v1/verstrekkingen/${one?.event.id ?? ''}`);
    expect(one?.request.body.toString('utf8')).not.toContain(situation.number);
    expect(await last(situation.number)).toMatchObject({ outcome: 'announced', code: '202', state: 'announced' });
  });

  test('gets the whole with its proof where the rule lets it', async () => {
    const situation = await imposed();
    news();
    await situation.send('huisverbod.ingetrokken', 'waterveen');
    const [one] = news();
    expect(one?.event.type).toBe(eventTypes.disclosed);
    const { verstrekking, document, bewijs } = one?.event.data as unknown as FullBody;
    const bytes = Buffer.from(verstrekking.inhoud, 'base64');
    const [asDocument, asJson] = [readDisclosure(bytes, 'application/xml'), readDisclosure(Buffer.from(JSON.stringify(document)), 'application/json')];
    expect(asDocument).toEqual(asJson);
    const trusted = parseKeyFile(await readFile(logKeyFile(join(hub.practiceFolder, '..', 'signer'))));
    if ('kind' in trusted) throw new Error('no key of the log');
    const files = { leaf: Buffer.from(bewijs.leaf), opening: Buffer.from(bewijs.opening), proof: Buffer.from(bewijs.proof) };
    expect(verifyDisclosureProof(files, { recipient: oin.veiligThuis, message: one?.event.id ?? '', document: bytes }, trusted).kind).toBe('proven');
    expect(await last(situation.number)).toMatchObject({ outcome: 'delivered', state: 'delivered' });
  });

  test('that says 503 and when, is tried again then and not sooner, with the same id', async () => {
    peer.play({ status: 503, headers: { 'retry-after': '3600' } });
    const situation = await imposed();
    const [first] = news();
    const waiting = await last(situation.number);
    expect(waiting).toMatchObject({ outcome: 'deferred', state: 'waiting' });
    expect((waiting?.nextDueAt?.getTime() ?? 0) - (waiting?.finishedAt?.getTime() ?? 0)).toBeGreaterThan(3_590_000);
    peer.play({});
    await hub.advance(3_700_000);
    await hub.settle();
    const [again] = news();
    expect(again?.event.id).toBe(first?.event.id);
    expect(again?.request.headers['webhook-timestamp']).not.toBe(first?.request.headers['webhook-timestamp']);
    expect(await last(situation.number)).toMatchObject({ outcome: 'announced' });
  });

  test('that does not believe the signature, because a clock is wrong for a moment, gets it again signed anew', async () => {
    peer.play({ status: 401 });
    await imposed();
    const [early] = news();
    const letters = async () => (await hub.hub.pool.query("select count(*)::int as count from task where kind = 'dead-letter'")).rows[0].count;
    const before = await letters();
    peer.play({});
    await hub.advance(10_000);
    await hub.settle();
    const [again] = news();
    expect(again?.event.id).toBe(early?.event.id);
    expect(Number(again?.request.headers['webhook-timestamp'])).toBeGreaterThan(Number(early?.request.headers['webhook-timestamp']));
    expect(await letters()).toBe(before);
  });

  test('that says 410 is left alone, with a task, until somebody switches it on', async () => {
    peer.play({ status: 410 });
    const situation = await imposed();
    expect(news()).toHaveLength(1);
    expect(await last(situation.number)).toMatchObject({ outcome: 'unusable', state: 'held' });
    peer.play({});
    const other = await imposed();
    expect(news()).toEqual([]);
    expect((await hub.tasks()).filter(({ party, cause }) => party === oin.veiligThuis && cause === 'endpoint-disabled')).toHaveLength(2);
    const at = hub.now();
    expect(await hub.hub.store.webhookEndpoints.switchOn({ party: oin.veiligThuis, url: url(), at, by: 'test', entryId: hub.hub.ids.next(at) })).toBe(true);
    await hub.settle();
    expect(news()).toHaveLength(2);
    for (const { number } of [situation, other]) expect(await last(number)).toMatchObject({ outcome: 'announced' });
    expect((await hub.tasks()).filter(({ cause }) => cause === 'endpoint-disabled')).toEqual([]);
  });

  test('changes over to a new key when it likes: both sign for a while', async () => {
    const { text } = saved(await rotateWebhookKey(wanted, 14, 'test', ports()));
    await imposed();
    const [one] = news([secret]);
    expect(String(one?.request.headers['webhook-signature']).split(' ')).toHaveLength(2);
    await imposed();
    news([text]);
    await hub.advance(15 * 86_400_000);
    await imposed();
    expect(String(news([text])[0]?.request.headers['webhook-signature']).split(' ')).toHaveLength(1);
    secret = text;
  });

  test('without a key gets nothing until there is one', async () => {
    for (const one of await hub.hub.store.webhookKeys.list(oin.veiligThuis)) await endWebhookKey(oin.veiligThuis, one.id, 'test', ports());
    const situation = await imposed();
    expect(peer.requests()).toHaveLength(seen);
    expect(await last(situation.number)).toMatchObject({ outcome: 'unusable', state: 'held' });
    secret = saved(await addWebhookKey({ ...wanted, scheme: 'v1a' }, 'test', ports())).text;
    expect(secret).toMatch(/^whpk_/);
    await hub.settle();
    expect(news()).toHaveLength(1);
    expect(await last(situation.number)).toMatchObject({ outcome: 'announced' });
  });

  test('with a pinned OIN sees the certificate of the hub, and shows its own', async () => {
    peer.play({ clientCa: await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8') });
    await channel('thin', oin.veiligThuis);
    await imposed();
    expect(news()[0]?.request.clientSubject).toContain('00000001900000000900');
    await channel('thin', oin.hoogland);
    const situation = await imposed();
    expect(news()).toEqual([]);
    expect(await last(situation.number)).toMatchObject({ outcome: 'unusable', state: 'held' });
  });
});
