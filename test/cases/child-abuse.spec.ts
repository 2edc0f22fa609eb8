import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestHub } from '../harness/hub.js';
import { carried, carriedBesideHome, exactly } from './persons.js';
import { openRegion, openSituation } from './situation.js';
import { forChildAbuse, oin, underMandate } from './steps.js';

describe('a ban for child abuse', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  test('begins with consulting Veilig Thuis, which gets the household, the children and the occasion in short, and no more', async () => {
    const situation = openSituation(hub);
    const asked = await situation.send('overleg.gevraagd', 'waterveen');
    expect(asked).toMatchObject({ state: 'applied', permits: { [oin.veiligThuis]: 'WTH-03' } });
    const [got] = await situation.received('veilig-thuis-noorderwaard');
    expect(carried(got?.text ?? '')).toEqual(exactly('C-ID', 'C-ADDR', 'C-HH', 'C-MINOR', 'C-GROUND'));
    expect(Object.keys(asked.permits)).toEqual([oin.veiligThuis]);
    expect(await situation.duty('E3:VT')).not.toBeNull();
  });

  test('Veilig Thuis answers the burgemeester who asked; the hulpofficier who did not ask hears nothing', async () => {
    const situation = openSituation(hub);
    await situation.send('overleg.gevraagd', 'waterveen');
    const answered = await situation.send('overleg.antwoord', 'veiligThuis');
    expect(answered).toMatchObject({ state: 'applied', permits: { [oin.waterveen]: 'WTH-04' } });
    expect((await situation.received('gemeente-waterveen')).map(({ text }) => carried(text))).toEqual([exactly('C-ADVICE')]);
    expect(await situation.received('politie-noorderwaard')).toEqual([]);
    expect((await situation.duty('E3:VT'))?.closedBy).not.toBeNull();
  });

  test('a hulpofficier under mandate may ask too, and then gets the answer as well', async () => {
    const situation = openSituation(hub);
    expect(await situation.send('overleg.gevraagd', 'hovj2')).toMatchObject({ state: 'applied', permits: { [oin.veiligThuis]: 'WTH-03' } });
    const answered = await situation.send('overleg.antwoord', 'veiligThuis');
    expect(answered.permits).toMatchObject({ [oin.waterveen]: 'WTH-04', [oin.police]: 'WTH-04b' });
    expect((await situation.received('politie-noorderwaard')).map(({ text }) => carried(text))).toEqual([exactly('C-ADVICE')]);
  });

  test('an answer nobody asked for is refused and goes to nobody', async () => {
    const situation = openSituation(hub);
    expect(await situation.send('overleg.antwoord', 'veiligThuis')).toMatchObject({ code: 250, state: 'refused', cause: 'not-requested' });
    expect(await situation.received('gemeente-waterveen')).toEqual([]);
  });

  test('once imposed, Veilig Thuis gets the ban with the children, but neither the assessment nor the telephone of the mother', async () => {
    const situation = openSituation(hub);
    const imposed = await situation.send('huisverbod.opgelegd', 'waterveen', forChildAbuse);
    expect(imposed).toMatchObject({ state: 'applied', permits: { [oin.veiligThuis]: 'WTH-09', [oin.police]: 'WTH-11' } });
    const [got] = await situation.received('veilig-thuis-noorderwaard');
    expect(carriedBesideHome(got?.text ?? '')).toEqual(exactly('C-ID', 'C-HH', 'C-MINOR', 'C-REACH', 'C-ORDER', 'C-GROUND', 'C-ADVICE'));
    expect((await situation.duty('E9:VT'))?.closedBy).toMatch(/^delivery:/);
    expect((await situation.duty('E8:INST'))?.closedBy).toMatch(/^delivery:/);
  });

  test('the police who enforce it learn neither that children are the reason nor what Veilig Thuis advised', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen', forChildAbuse);
    const [got] = await situation.received('politie-noorderwaard');
    expect(carried(got?.text ?? '')).toEqual(exactly('C-ID', 'C-ADDR', 'C-HH', 'C-ORDER'));
    expect(got?.disclosure.fields).not.toHaveProperty('kindermishandeling');
    expect(got?.text).not.toMatch(/vt_overleg|overleg met veilig thuis/i);
    // What was left out reads as it does for a ban with no child in it.
    const other = openSituation(hub);
    await other.send('huisverbod.opgelegd', 'waterveen', { minderjarigen: undefined });
    const [plain] = await other.received('politie-noorderwaard');
    expect(got?.disclosure.omitted).toEqual(plain?.disclosure.omitted);
  });

  test('without a consultation it is not taken in at all', async () => {
    const situation = openSituation(hub);
    await expect(situation.send('huisverbod.opgelegd', 'waterveen', { kindermishandeling: true })).rejects.toThrow(/vt_overleg/);
    expect(await situation.send('huisverbod.aangezegd', 'hovj1', { ...underMandate, ...forChildAbuse })).toMatchObject({ state: 'applied' });
  });
});
