import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestHub } from '../harness/hub.js';
import { carried, carriedBesideHome, exactly } from './persons.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { forChildAbuse, oin } from './steps.js';

const parties = (hub: TestHub): readonly string[] => [...hub.chain.mailboxes.keys()];

describe('what a municipality agreed, designated and switched on', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  const whoGotSomething = async (situation: Situation): Promise<readonly string[]> => {
    const counts = await Promise.all(parties(hub).map(async (party) => [party, (await situation.received(party)).length] as const));
    return counts.filter(([, count]) => count > 0).map(([party]) => party).sort();
  };

  test('Hoogland did not designate Veilig Thuis: without child abuse the ban goes to the GGD and is refused to Veilig Thuis', async () => {
    const situation = openSituation(hub, '9902');
    const imposed = await situation.send('huisverbod.opgelegd', 'hoogland');
    expect(imposed).toMatchObject({ permits: { [oin.ggd]: 'WTH-08' }, refusals: { [oin.veiligThuis]: 'forbidden' } });
    expect(imposed.decisions.find(({ recipient }) => recipient === oin.veiligThuis)?.rule).toBe('WTH-10');
    expect((await situation.received('ggd-noorderwaard')).map(({ text }) => carriedBesideHome(text))).toEqual([exactly('C-ID', 'C-HH', 'C-REACH', 'C-ORDER', 'C-GROUND')]);
    expect(await situation.received('veilig-thuis-noorderwaard')).toEqual([]);
  });

  test('Hoogland did not designate Veilig Thuis: for child abuse both get it, each in its own capacity', async () => {
    const situation = openSituation(hub, '9902');
    const imposed = await situation.send('huisverbod.opgelegd', 'hoogland', forChildAbuse);
    expect(imposed.permits).toMatchObject({ [oin.ggd]: 'WTH-08', [oin.veiligThuis]: 'WTH-09' });
    const [ggd] = await situation.received('ggd-noorderwaard');
    const [veiligThuis] = await situation.received('veilig-thuis-noorderwaard');
    expect(carried(ggd?.text ?? '')).not.toContain('C-MINOR');
    expect(carried(veiligThuis?.text ?? '')).toContain('C-MINOR');
  });

  test('Hoogland ends it: Veilig Thuis, which was never told of the ban, is not told of its end', async () => {
    const situation = openSituation(hub, '9902');
    await situation.send('huisverbod.opgelegd', 'hoogland');
    expect((await situation.send('huisverbod.ingetrokken', 'hoogland')).permits).toEqual({ [oin.ggd]: 'WTH-27', [oin.police]: 'WTH-27' });
    expect(await situation.received('veilig-thuis-noorderwaard')).toEqual([]);
  });

  test('data of one municipality reach no other one, whatever happens in the case', async () => {
    const situation = openSituation(hub);
    await situation.send('rihg.afgerond', 'hovj1');
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    await situation.send('uitspraak.voorziening', 'court');
    const got = await whoGotSomething(situation);
    expect(got).toContain('gemeente-waterveen');
    expect(got).not.toContain('gemeente-hoogland-aan-zee');
    expect(got).not.toContain('gemeente-berkenrade');
  });

  test('a municipality that writes into the case of another one is refused by every decision, and nobody gets it', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const before = await whoGotSomething(situation);
    const count = (await situation.received('politie-noorderwaard')).length;
    const meddled = await situation.send('huisverbod.ingetrokken', 'hoogland');
    expect(meddled.permits).toEqual({});
    expect(await whoGotSomething(situation)).toEqual(before);
    expect((await situation.received('politie-noorderwaard')).length).toBe(count);
    // What a stranger wrote must not have ended the ban either.
    expect(await situation.send('huisverbod.ingetrokken', 'waterveen')).toMatchObject({ state: 'applied' });
  });

  test('a setting that is off holds the disclosure, and switching it on lets it go', async () => {
    const situation = openSituation(hub, '9902');
    await situation.send('huisverbod.opgelegd', 'hoogland', { bereikbaarheid: undefined });
    const given = await situation.send('bereikbaarheid.opgegeven', 'hoogland');
    expect(given.holds).toMatchObject({ [oin.ggd]: 'setting-off' });
    const before = (await situation.received('ggd-noorderwaard')).length;
    const document = await hub.document('setting', 'setting-hoogland-aan-zee');
    if (document.kind !== 'setting') throw new Error('not a setting');
    await hub.apply({ ...document, rules: { ...document.rules, 'WTH-08b': 'on' } });
    await hub.settle();
    const got = await situation.received('ggd-noorderwaard');
    expect(got.length).toBe(before + 1);
    expect([got.at(-1)?.rule, carried(got.at(-1)?.text ?? '')]).toEqual(['WTH-08b', exactly('C-REACH')]);
    expect((await hub.decisions(given.id)).find(({ recipient }) => recipient === oin.ggd)).toMatchObject({ kind: 'permit', leaf: { setting: 'setting-hoogland-aan-zee@2' } });
    // Off again: the next one waits again.
    await hub.apply({ ...document, rules: { ...document.rules, 'WTH-08b': 'off' } });
    expect((await situation.send('bereikbaarheid.opgegeven', 'hoogland')).holds).toMatchObject({ [oin.ggd]: 'setting-off' });
  });

  test('no rule of the law waits for a setting: the instance gets the ban although Hoogland switched nothing on for it', async () => {
    const document = await hub.document('setting', 'setting-hoogland-aan-zee');
    if (document.kind !== 'setting') throw new Error('not a setting');
    await hub.apply({ ...document, rules: {} });
    const imposed = await openSituation(hub, '9902').send('huisverbod.opgelegd', 'hoogland');
    expect(imposed).toMatchObject({ permits: { [oin.ggd]: 'WTH-08' }, holds: { [oin.police]: 'setting-off' } });
    await hub.apply(document);
  });

  test('Berkenrade has no agreement: only Berkenrade itself gets anything, everybody else waits, and each duty stays open with its deadline', async () => {
    const situation = openSituation(hub, '9903');
    await situation.send('rihg.afgerond', 'hovj1');
    const imposed = await situation.send('huisverbod.opgelegd', 'berkenrade');
    expect(imposed.permits).toEqual({});
    expect(imposed.holds).toMatchObject({ [oin.veiligThuis]: 'no-agreement', PART: 'no-agreement', UHG: 'no-agreement' });
    expect(await whoGotSomething(situation)).toEqual(['gemeente-berkenrade']);
    const duty = await situation.duty('E8:INST');
    expect(duty?.closedBy).toBeNull();
    expect(Math.round(((duty?.dueAt?.getTime() ?? 0) - hub.now().getTime()) / 3_600_000)).toBe(4);
    await hub.advance(5 * 3_600_000);
    await hub.settle();
    expect(await hub.tasks()).toContainEqual(expect.objectContaining({ kind: 'duty-late', ref: expect.stringContaining('/E8:INST') }));
  });

  test('an agreement that begins tomorrow lets go what was held when tomorrow comes, and not before', async () => {
    const situation = openSituation(hub, '9903');
    await situation.send('huisverbod.opgelegd', 'berkenrade');
    const example = await hub.document('agreement', 'wth-waterveen');
    if (example.kind !== 'agreement') throw new Error('not an agreement');
    const tomorrow = new Date(hub.now().getTime() + 86_400_000).toISOString();
    const later = { ...example, key: 'wth-berkenrade-later', controller: '9903', from: tomorrow };
    await hub.apply(later);
    await hub.settle();
    expect(await whoGotSomething(situation)).toEqual([]);
    await hub.advance(86_400_000 + 60_000);
    await hub.settle();
    expect(await whoGotSomething(situation)).toEqual(['veilig-thuis-noorderwaard']);
    await hub.apply({ ...later, terminated: { at: hub.now().toISOString(), reason: 'einde van de proef' } });
  });

  test('Berkenrade signs: what was held is decided anew and goes out, under the agreement that now exists', async () => {
    const situation = openSituation(hub, '9903');
    const imposed = await situation.send('huisverbod.opgelegd', 'berkenrade');
    expect(await whoGotSomething(situation)).toEqual([]);
    const example = await hub.document('agreement', 'wth-waterveen');
    if (example.kind !== 'agreement') throw new Error('not an agreement');
    const unsigned = { ...example, key: 'wth-berkenrade', controller: '9903', signedByProcessor: null };
    await hub.apply(unsigned);
    await hub.settle();
    expect(await whoGotSomething(situation)).toEqual([]);
    await hub.apply({ ...unsigned, signedByProcessor: example.signedByProcessor });
    await hub.settle();
    // The police wait for a setting besides, which Berkenrade did not switch on.
    expect(await whoGotSomething(situation)).toEqual(['veilig-thuis-noorderwaard']);
    const [got] = await situation.received('veilig-thuis-noorderwaard');
    expect(carriedBesideHome(got?.text ?? '')).toEqual(exactly('C-ID', 'C-HH', 'C-REACH', 'C-ORDER', 'C-GROUND'));
    expect(got?.disclosure.ground.agreement).toBe('wth-berkenrade@2');
    const decided = await hub.decisions(imposed.id);
    expect(decided.find(({ recipient }) => recipient === oin.police)).toMatchObject({ kind: 'hold', reason: 'setting-off' });
    expect(decided.find(({ recipient }) => recipient === 'PART')).toMatchObject({ kind: 'hold', reason: 'outside-hub' });
    expect((await situation.duty('E8:INST'))?.closedBy).toMatch(/^delivery:/);
    // The earlier case was late; now that it was done after all, nobody needs to look at it any more.
    await hub.advance(60_000);
    expect((await hub.tasks()).filter(({ kind, ref }) => kind === 'duty-late' && ref.endsWith('/E8:INST'))).toEqual([]);
  });
});
