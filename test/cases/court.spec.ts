import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestHub } from '../harness/hub.js';
import { carried, exactly } from './persons.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin } from './steps.js';

describe('the court', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  const last = async (situation: Situation, party: string) => (await situation.received(party)).at(-1);

  test('is asked for relief: the burgemeester gets the petition, the court gets the documents of the case without the telephone of the partner', async () => {
    const situation = openSituation(hub);
    await situation.send('rihg.afgerond', 'hovj1');
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const requested = await situation.send('voorziening.verzocht', 'court');
    expect(requested).toMatchObject({ state: 'applied', permits: { [oin.waterveen]: 'WTH-14' } });
    expect(carried((await last(situation, 'gemeente-waterveen'))?.text ?? '')).toEqual(exactly('C-RULDOC'));
    // Two mails may overtake each other on their way; the number in each tells the order.
    const file = [...(await situation.received('rechtbank-noorderwaard'))].sort((a, b) => b.disclosure.type.localeCompare(a.disclosure.type));
    expect(file.map(({ disclosure, rule }) => [disclosure.type, rule])).toEqual([['rihg.afgerond', 'WTH-15'], ['huisverbod.opgelegd', 'WTH-15']]);
    // The citizen number stands in the order; whether the form of the police holds it as well is not of the law.
    expect(file.map(({ text, disclosure }) => carried(text).filter((category) => category !== 'C-BSN' || disclosure.type === 'huisverbod.opgelegd'))).toEqual([
      exactly('C-ID', 'C-ADDR', 'C-HH', 'C-MINOR', 'C-RIHG', 'C-POL'),
      exactly('C-ID', 'C-BSN', 'C-ADDR', 'C-REACH', 'C-HH', 'C-MINOR', 'C-ORDER', 'C-GROUND', 'C-RIHG', 'C-SEC'),
    ]);
    expect(file[1]?.mail.parts.map(({ name }) => name)).toContain('beschikking.pdf');
    // One delivery is one document: whether the file is complete is for a person to see, or shown by the ruling.
    expect(await situation.duty('WTH-15:RB')).toMatchObject({ closedBy: null });
  });

  test('sets the hearing: from then on the file has a moment to be complete by, and the ruling a day to follow', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court', { zitting_op: undefined });
    expect(await situation.duty('WTH-15:RB')).toMatchObject({ dueAt: null });
    const hour = 60 * 60 * 1_000;
    const hearing = Math.trunc(situation.start.getTime() / 1_000) * 1_000 + 2 * hour;
    await situation.send('zitting.bepaald', 'court', { zitting_op: '@+2:00', stukken_uiterlijk: undefined });
    expect((await situation.duty('WTH-15:RB'))?.dueAt).toEqual(new Date(hearing));
    expect((await situation.duty('E15:UHG'))?.dueAt).toEqual(new Date(hearing + 24 * hour));
  });

  test('must hear the man within three days, a term of the law', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    const duty = await situation.duty('E13:UHG');
    expect(duty).toMatchObject({ authority: 'law', closedBy: null });
    const requestedAt = situation.start.getTime() + 90 * 60_000;
    expect(duty?.dueAt?.getTime() ?? 0).toBeGreaterThanOrEqual(requestedAt + 2 * 86_400_000);
    // Three days, and what the Algemene termijnenwet adds for weekends and holidays at most.
    expect(duty?.dueAt?.getTime() ?? 0).toBeLessThan(requestedAt + 9 * 86_400_000);
  });

  test('sets the hearing: the burgemeester hears the day, nobody else does', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    const set = await situation.send('zitting.bepaald', 'court');
    expect(set).toMatchObject({ state: 'applied', permits: { [oin.waterveen]: 'WTH-14' } });
    expect(Object.keys(set.permits)).toEqual([oin.waterveen]);
    expect((await last(situation, 'gemeente-waterveen'))?.disclosure.fields).toHaveProperty('zitting_op');
  });

  test('rules that the ban stays: police and, for the children, Veilig Thuis get the copy, the burgemeester the outcome', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    const ruled = await situation.send('uitspraak.voorziening', 'court');
    expect(ruled.permits).toMatchObject({ [oin.police]: 'WTH-17', [oin.veiligThuis]: 'WTH-18', [oin.waterveen]: 'WTH-20' });
    expect(ruled.holds).toMatchObject({ UHG: 'outside-hub', PART: 'outside-hub' });
    for (const party of ['politie-noorderwaard', 'veilig-thuis-noorderwaard']) {
      const got = await last(situation, party);
      expect([party, carried(got?.text ?? ''), got?.mail.parts.some(({ name }) => name === 'uitspraak.pdf')]).toEqual([party, exactly('C-RULDOC'), true]);
    }
    const own = await last(situation, 'gemeente-waterveen');
    expect(carried(own?.text ?? '')).toEqual([]);
    expect(own?.disclosure.fields).toMatchObject({ dictum: 'afgewezen', gevolg_voor_maatregel: 'blijft' });
    expect((await situation.duty('E13:UHG'))?.closedBy).toMatch(/^message:/);
    expect(await situation.duty('E19:PART')).toMatchObject({ closedBy: null });
  });

  test('rules where no child is involved: the instance learns only the outcome, because Waterveen chose so', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen', { minderjarigen: undefined });
    await situation.send('voorziening.verzocht', 'court');
    const ruled = await situation.send('uitspraak.voorziening', 'court');
    expect(ruled.permits).toMatchObject({ [oin.veiligThuis]: 'WTH-23' });
    const got = await last(situation, 'veilig-thuis-noorderwaard');
    expect(carried(got?.text ?? '')).toEqual([]);
    expect(got?.mail.parts.map(({ name }) => name)).not.toContain('uitspraak.pdf');
    expect(got?.disclosure.fields).toMatchObject({ gevolg_voor_maatregel: 'blijft' });
  });

  test('ends the ban: it cannot be extended any more, and its old end is not announced', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    const ruled = await situation.send('uitspraak.voorziening', 'court', { dictum: 'toegewezen-geschorst', gevolg_voor_maatregel: 'eindigt', werking_tot: '@+2:10' });
    expect(ruled).toMatchObject({ state: 'applied', permits: { [oin.police]: 'WTH-17' } });
    await situation.moveTo({ days: 9, hours: 1 });
    expect(await situation.send('huisverbod.verlengd', 'waterveen')).toMatchObject({ state: 'refused', cause: 'closed' });
    await situation.moveTo({ days: 11 });
    expect((await situation.received('politie-noorderwaard')).map(({ rule }) => rule)).toEqual(['WTH-11', 'WTH-17']);
  });

  test('rules in appeal and the highest court after it: the same circle gets the copy, within two weeks by law', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const main = await situation.send('uitspraak.beroep', 'court');
    expect(main.permits).toMatchObject({ [oin.police]: 'WTH-19', [oin.veiligThuis]: 'WTH-19b', [oin.waterveen]: 'WTH-20' });
    expect(carried((await last(situation, 'politie-noorderwaard'))?.text ?? '')).toEqual(exactly('C-RULDOC'));
    const higher = await situation.send('uitspraak.hoger-beroep', 'raadVanState');
    expect(higher.permits).toMatchObject({ [oin.police]: 'WTH-19', [oin.veiligThuis]: 'WTH-19b', [oin.waterveen]: 'WTH-20' });
    expect(await situation.duty('E17:PART')).toMatchObject({ authority: 'law', closedBy: null });
  });

  test('a ruling nobody asked for is refused', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    expect(await situation.send('uitspraak.voorziening', 'court')).toMatchObject({ code: 250, state: 'refused', cause: 'not-requested' });
    expect(await situation.send('uitspraak.hoger-beroep', 'raadVanState')).toMatchObject({ code: 250, state: 'refused', cause: 'out-of-order' });
  });
});
