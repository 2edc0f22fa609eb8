import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { confirm } from '@ketensluis/flow';
import { retryDelivery } from '@ketensluis/platform';
import { randomUUID } from 'node:crypto';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, outcomeOf, type Outcome, type Situation } from './situation.js';
import { evicted } from './persons.js';
import { oin, senders } from './steps.js';

const veiligThuis = 'veilig-thuis-noorderwaard';
const police = 'politie-noorderwaard';

describe('a message that was wrong', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(async () => {
    hub.behave(veiligThuis, 'normal');
    await hub.checkLog();
  });

  type Said = Readonly<Record<string, unknown>>;
  const post = async (situation: Situation, soort: string, from: keyof typeof senders, { ids = {}, change = {} }: { readonly ids?: Said; readonly change?: Said }): Promise<Outcome> => {
    const reply = await hub.send({ ...situation.step(soort, from, change), ...ids }, situation.start);
    await hub.settle();
    return outcomeOf(hub, reply);
  };
  const imposed = async () => {
    const [situation, id] = [openSituation(hub), randomUUID()];
    await post(situation, 'huisverbod.opgelegd', 'waterveen', { ids: { kenmerk: id } });
    return { situation, id };
  };
  const corrected = (situation: Situation, id: string, change: Said = { uithuisgeplaatste: { ...evicted, voornamen: 'Verbeterde' } }) =>
    post(situation, 'huisverbod.opgelegd', 'waterveen', { ids: { vervangt: id }, change });
  const withdrawn = (situation: Situation, id: string, from: keyof typeof senders = 'waterveen') =>
    post(situation, 'bericht.ingetrokken', from, { change: { betreft: id } });
  const owed = async (situation: Situation) => (await hub.duties(situation.number)).filter(({ rule }) => rule === 'WPG-07');
  const openTo = async (situation: Situation) => (await owed(situation)).filter(({ closedBy }) => closedBy === null).map(({ recipient }) => recipient).sort();

  const toVeiligThuis = async (situation: Situation): Promise<string> =>
    (await hub.hub.pool.query<{ mid: string }>(
      'select mid from delivery join case_file on case_file.id = delivery.case_id where case_file.number = $1 and recipient = $2', [situation.number, oin.veiligThuis])).rows[0]?.mid ?? '';
  const pause = async (isPaused: boolean): Promise<void> => {
    await hub.apply({ ...(await hub.document('party', veiligThuis)), pausedAt: isPaused ? hub.now().toISOString() : null });
    await hub.settle();
  };

  test('is corrected for everybody who has it, by its own id, and each owes a word that it knows', async () => {
    const { situation, id } = await imposed();
    const [first] = await situation.received(veiligThuis);
    expect((await corrected(situation, id)).permits).toMatchObject({ [oin.veiligThuis]: 'WTH-08', [oin.police]: 'WTH-11' });
    const [, second] = await situation.received(veiligThuis);
    expect(second?.disclosure.replaces).toBe(first?.disclosure.id);
    expect(second?.text).toContain('Verbeterde');
    expect(second?.text).toContain(`Verbetert`);
    expect(await openTo(situation)).toEqual([oin.police, oin.veiligThuis].sort());
    const { clock, ids, store: { confirmations } } = hub.hub;
    const word = (oinOf: string | null) => confirm({ id: second?.disclosure.id ?? '', oin: oinOf, by: 'piket', how: null }, { clock, ids, confirmations });
    expect(await word(oin.police)).toBe('absent');
    expect([await word(oin.veiligThuis), await word(oin.veiligThuis)]).toEqual(['confirmed', 'repeated']);
    expect(await openTo(situation)).toEqual([oin.police]);
    await hub.settle();
  });

  test('that still waits for a party does not leave any more; the correction does', async () => {
    hub.behave(veiligThuis, '4xx');
    const { situation, id } = await imposed();
    await corrected(situation, id);
    hub.behave(veiligThuis, 'normal');
    await hub.advance(3_600_000);
    await hub.settle();
    const got = await situation.received(veiligThuis);
    expect(got.map(({ disclosure }) => disclosure.replaces)).toEqual([undefined]);
    expect(got[0]?.text).toContain('Verbeterde');
    expect(await openTo(situation)).toEqual([oin.police]);
  });

  test.each([
    ['refused it', '5xx', 'dead', async (): Promise<void> => undefined, async (mid: string): Promise<void> => void (await retryDelivery(hub.hub.pool, mid, hub.now()))],
    ['was paused', '4xx', 'held', async (): Promise<void> => pause(true), async (): Promise<void> => pause(false)],
  ] as const)('that stands still because its party %s does not leave any more, whatever makes it go on', async (_why, behaviour, state, stop, goOn) => {
    hub.behave(veiligThuis, behaviour);
    const { situation, id } = await imposed();
    const mid = await toVeiligThuis(situation);
    await stop();
    await hub.advance(3_600_000);
    await hub.settle();
    expect((await hub.hub.pool.query('select state from delivery where mid = $1', [mid])).rows).toEqual([{ state }]);
    expect((await withdrawn(situation, id)).permits).toEqual({ [oin.police]: 'WTH-90' });
    hub.behave(veiligThuis, 'normal');
    await goOn(mid);
    await hub.settle();
    expect(await situation.received(veiligThuis)).toEqual([]);
    expect(await hub.tasks()).not.toContainEqual(expect.objectContaining({ ref: mid }));
    // Its party never heard of it, and does not do so by asking either.
    expect(await hub.hub.store.own.delivery(oin.veiligThuis, mid, hub.now())).toBeNull();
  });

  test('is withdrawn: whoever has it hears so and nothing besides, and nobody else hears that there was one', async () => {
    const { situation, id } = await imposed();
    const { permits } = await withdrawn(situation, id);
    expect(permits).toEqual({ [oin.veiligThuis]: 'WTH-90', [oin.police]: 'WTH-90' });
    const last = (await situation.received(veiligThuis)).at(-1);
    expect(last?.categories).toEqual(['C-REF']);
    expect(last?.text).toContain('Trekt in');
    expect(await openTo(situation)).toEqual([oin.police, oin.veiligThuis].sort());
    expect((await situation.received('rechtbank-noorderwaard')).length).toBe(0);
  });

  test('withdrawn while an agreement was missing is not given when the agreement comes', async () => {
    const [situation, id] = [openSituation(hub, '9903'), randomUUID()];
    const { holds } = await post(situation, 'huisverbod.opgelegd', 'berkenrade', { ids: { kenmerk: id } });
    expect(holds).toMatchObject({ [oin.police]: 'no-agreement' });
    expect((await withdrawn(situation, id, 'berkenrade')).permits).toEqual({});
    const agreement = await hub.document('agreement', 'wth-waterveen');
    await hub.apply({ ...agreement, key: 'wth-berkenrade', controller: '9903' });
    await hub.settle();
    expect(await situation.received(police)).toEqual([]);
  });

  const refusals: readonly (readonly [what: string, send: (situation: Situation, id: string) => Promise<Outcome>, code: string])[] = [
    ['by somebody else', (situation, id) => withdrawn(situation, id, 'police'), 'unknown-original'],
    ['that never was', (situation) => withdrawn(situation, randomUUID()), 'unknown-original'],
    ['in what was decided', (situation, id) => corrected(situation, id, { einde_op: '@+9d' }), 'decision-differs'],
  ];
  test.each(refusals)('is not put right %s', async (_what, send, code) => {
    const { situation, id } = await imposed();
    const before = (await situation.received(veiligThuis)).length;
    expect(await send(situation, id)).toMatchObject({ state: 'refused', cause: code });
    expect((await situation.received(veiligThuis)).length).toBe(before);
  });

  test('is put right once; what comes after corrects the correction', async () => {
    const { situation, id } = await imposed();
    await corrected(situation, id);
    expect(await corrected(situation, id)).toMatchObject({ state: 'refused', cause: 'replaced-before' });
  });
});
