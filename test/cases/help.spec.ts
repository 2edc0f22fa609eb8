import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestHub } from '../harness/hub.js';
import { carried, exactly, marks } from './persons.js';
import { openRegion, openSituation } from './situation.js';
import { oin } from './steps.js';

describe('lawyer, reachability, help and shelter', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  test('a lawyer is wished: there must be one within 24 hours of the wish, and no law firm is told before one took the case', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const wished = await situation.send('raadsman.gewenst', 'waterveen');
    expect(wished.state).toBe('applied');
    expect(await situation.duty('E12:ADV')).toMatchObject({ authority: 'law', closedBy: null, dueAt: new Date(situation.start.getTime() + (24 * 60 + 15) * 60_000) });
    expect([await situation.received('advocaten-kade'), await situation.received('advocaten-brug')]).toEqual([[], []]);
  });

  test('the piket gets the man, where he is and the order, and nothing of partner or children', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const wished = await situation.send('raadsman.gewenst', 'waterveen');
    expect({ ...wished.permits, ...wished.holds }).toMatchObject(wished.permits['00000001900000000302'] === undefined ? { RVR: 'outside-hub' } : { '00000001900000000302': 'WTH-12' });
    for (const { text } of await situation.received('piketcentrale-noorderwaard')) expect(carried(text)).toEqual(exactly('C-ID', 'C-REACH', 'C-ORDER'));
  });

  test('a lawyer took the case: the burgemeester hears who, the term is met, and the other firm hears nothing', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('raadsman.gewenst', 'waterveen');
    const assigned = await situation.send('raadsman.toegewezen', 'lawyer');
    expect(assigned).toMatchObject({ state: 'applied', permits: { [oin.waterveen]: 'WTH-12b' } });
    expect(carried((await situation.received('gemeente-waterveen')).at(-1)?.text ?? '')).toEqual(exactly('C-LAW'));
    expect((await situation.duty('E12:ADV'))?.closedBy).toMatch(/^message:/);
    expect(await situation.received('advocaten-brug')).toEqual([]);
  });

  test('a lawyer took the case: he gets the documents the decision rests on, and later ones, without how to reach the partner', async () => {
    const situation = openSituation(hub);
    await situation.send('rihg.afgerond', 'hovj1');
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('raadsman.gewenst', 'waterveen');
    await situation.send('raadsman.toegewezen', 'lawyer');
    const file = async () => (await situation.received('advocaten-kade')).map(({ rule, disclosure }) => [rule, disclosure.event, disclosure.type]).sort();
    expect(await file()).toEqual([['WTH-13', 'FILE_FOR_LAWYER', 'huisverbod.opgelegd'], ['WTH-13', 'FILE_FOR_LAWYER', 'rihg.afgerond']]);
    const carriedBy = Object.fromEntries((await situation.received('advocaten-kade')).map(({ disclosure, text }) => [disclosure.type, carried(text)]));
    expect(carriedBy).toEqual({ 'rihg.afgerond': exactly('C-RIHG', 'C-POL'), 'huisverbod.opgelegd': exactly('C-ORDER', 'C-GROUND', 'C-RIHG') });
    await situation.moveTo({ days: 9, hours: 1 });
    await situation.send('huisverbod.verlengd', 'waterveen');
    expect(await file()).toContainEqual(['WTH-13', 'FILE_FOR_LAWYER', 'huisverbod.verlengd']);
    expect((await file()).length).toBe(3);
  });

  test('another lawyer takes over: he gets the whole file, and the one before him nothing more', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('raadsman.gewenst', 'waterveen');
    await situation.send('raadsman.toegewezen', 'lawyer');
    await situation.send('raadsman.toegewezen', 'waterveen', { raadsman: { naam: 'mr. T. Toga', oin: oin.otherLawyer } });
    await situation.moveTo({ days: 9, hours: 1 });
    await situation.send('huisverbod.verlengd', 'waterveen');
    const got = async (party: string) => (await situation.received(party)).filter(({ rule }) => rule === 'WTH-13').map(({ disclosure }) => disclosure.type).sort();
    expect([await got('advocaten-kade'), await got('advocaten-brug')]).toEqual([['huisverbod.opgelegd'], ['huisverbod.opgelegd', 'huisverbod.verlengd']]);
  });

  test('once there is a lawyer he hears the ruling, and never how to reach the partner', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('raadsman.gewenst', 'waterveen');
    await situation.send('raadsman.toegewezen', 'lawyer');
    await situation.send('voorziening.verzocht', 'court');
    expect((await situation.send('uitspraak.voorziening', 'court')).permits).toMatchObject({ [oin.lawyer]: 'WTH-20' });
    for (const { text } of await situation.received('advocaten-kade')) expect(carried(text)).not.toContain('C-HHREACH');
    expect((await situation.received('advocaten-kade')).length).toBeGreaterThan(0);
    expect(await situation.received('advocaten-brug')).toEqual([]);
  });

  test('the man tells where he can be reached: burgemeester and instance hear it, the partner and the police never do', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen', { bereikbaarheid: undefined });
    expect(await situation.duty('E10:BM')).toMatchObject({ authority: 'law', dueAt: new Date(situation.start.getTime() + 86_400_000), closedBy: null });
    const given = await situation.send('bereikbaarheid.opgegeven', 'hovj1');
    expect(given).toMatchObject({ state: 'applied', permits: { [oin.waterveen]: 'WTH-30' } });
    expect([given.permits, given.holds].map((each) => Object.keys(each)).flat()).not.toContain('PART');
    expect((await situation.duty('E10:BM'))?.closedBy).toMatch(/^message:/);
    expect(carried((await situation.received('gemeente-waterveen')).at(-1)?.text ?? '')).toEqual(exactly('C-REACH'));
    for (const { text } of await situation.received('politie-noorderwaard')) expect(carried(text)).not.toContain('C-REACH');
  });

  test('a household is never offered where the man stays: no decision for it names that category', async () => {
    const situation = openSituation(hub);
    const imposed = await situation.send('huisverbod.opgelegd', 'waterveen');
    const household = imposed.decisions.filter(({ recipient }) => recipient === 'PART');
    expect(household.length).toBe(1);
    for (const { leaf } of household) {
      expect(leaf.cat).not.toContain('C-REACH');
      expect(leaf.cat).not.toContain('C-RIHG');
    }
    const evicted = imposed.decisions.filter(({ recipient }) => recipient === 'UHG');
    for (const { leaf } of evicted) expect(leaf.cat).not.toContain('C-HHREACH');
    expect(evicted.length).toBe(1);
  });

  test('help is accepted, confirmed and started: the burgemeester hears that, and never what the treatment is', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    expect((await situation.send('hulp.aanvaard', 'instance')).permits).toEqual({ [oin.waterveen]: 'WTH-28' });
    expect((await situation.send('hulp.bevestigd', 'instance')).permits).toEqual({ [oin.waterveen]: 'WTH-28' });
    expect((await situation.send('hulp.gestart', 'instance')).permits).toEqual({ [oin.waterveen]: 'WTH-29' });
    const got = await situation.received('gemeente-waterveen');
    expect(got.map(({ disclosure }) => disclosure.type)).toEqual(['hulp.aanvaard', 'hulp.bevestigd', 'hulp.gestart']);
    for (const { text } of got) expect(text).not.toContain(marks['C-HELPCONT'][0]);
    expect(got[0]?.disclosure.fields).toMatchObject({ hulp_aanvaard: true, belooft_niet_te_belemmeren: true });
  });

  test('an instance the burgemeester did not designate confirms no help', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const confirmed = await situation.send('hulp.bevestigd', 'ggd');
    expect([confirmed.code, confirmed.permits, confirmed.holds]).toEqual([250, {}, {}]);
    expect((await hub.entries()).filter(({ msg, kind }) => msg === confirmed.id && kind === 'refusal').length).toBeGreaterThan(0);
    expect(await situation.received('gemeente-waterveen')).toEqual([]);
  });

  test('Veilig Thuis advises to extend: the advice is for the burgemeester alone', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const advised = await situation.send('advies.gegeven', 'veiligThuis');
    expect(advised.permits).toEqual({ [oin.waterveen]: 'WTH-29' });
    expect(carried((await situation.received('gemeente-waterveen')).at(-1)?.text ?? '')).toEqual(exactly('C-ADVICE'));
  });

  test('he asks for shelter himself: the shelter gets who he is and what he needs, without citizen number or reason', async () => {
    const document = await hub.document('setting', 'setting-waterveen');
    if (document.kind !== 'setting') throw new Error('not a setting');
    await hub.apply({ ...document, rules: { ...document.rules, 'WTH-36b': 'on' } });
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    expect(await situation.send('opvang.gevraagd', 'waterveen')).toMatchObject({ state: 'applied', permits: { [oin.shelter]: 'WTH-36b' } });
    expect((await situation.received('opvang-noorderwaard')).map(({ text }) => carried(text))).toEqual([exactly('C-ID', 'C-HELP')]);
  });

  test('somebody else asks shelter for him: it waits for his consent, and goes once that is registered', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const asked = await situation.send('opvang.gevraagd', 'waterveen', { eigen_verzoek: false, toestemming_op: '@+0:30' });
    expect(asked.holds).toEqual({ [oin.shelter]: 'consent-missing' });
    expect(await situation.received('opvang-noorderwaard')).toEqual([]);
    await hub.apply({
      kind: 'consent', key: `toestemming-${situation.number.toLowerCase()}`, municipality: '9901', caseNumber: situation.number, person: 'UHG', recipient: 'OPV',
      categories: ['C-REF', 'C-ID', 'C-HELP'], givenAt: situation.start.toISOString(), recordedBy: 'Piketambtenaar Waterveen', withdrawnAt: null,
    });
    await hub.settle();
    expect((await situation.received('opvang-noorderwaard')).map(({ text, rule }) => [rule, carried(text)])).toEqual([['WTH-36', exactly('C-ID', 'C-HELP')]]);
  });
});
