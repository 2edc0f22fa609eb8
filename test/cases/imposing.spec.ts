import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestHub } from '../harness/hub.js';
import { carried, carriedBesideHome, exactly, marks } from './persons.js';
import { openRegion, openSituation } from './situation.js';
import { oin, underMandate } from './steps.js';

// law.md 3.2, rows WTH-08 and WTH-11.
const forInstance = exactly('C-ID', 'C-HH', 'C-REACH', 'C-ORDER', 'C-GROUND');
const forPolice = exactly('C-ID', 'C-ADDR', 'C-HH', 'C-ORDER');

describe('a ban is imposed', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  test('by word of mouth, by a hulpofficier under mandate: burgemeester, designated instance and police each get their part', async () => {
    const situation = openSituation(hub);
    const told = await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    expect(told).toMatchObject({ code: 250, state: 'applied', permits: { [oin.waterveen]: 'WTH-06', [oin.veiligThuis]: 'WTH-08', [oin.police]: 'WTH-11' } });
    expect((await situation.received('veilig-thuis-noorderwaard')).map(({ text }) => carriedBesideHome(text))).toEqual([forInstance]);
    expect((await situation.received('politie-noorderwaard')).map(({ text }) => carried(text))).toEqual([forPolice]);
    // His own order: every field of law.md 8.1, and how to reach the household he must tell (art. 2(8)).
    const [own] = await situation.received('gemeente-waterveen');
    expect(carried(own?.text ?? '')).toEqual(exactly('C-ID', 'C-BSN', 'C-ADDR', 'C-REACH', 'C-HH', 'C-HHREACH', 'C-MINOR', 'C-ORDER', 'C-GROUND', 'C-RIHG'));
  });

  test('household and the man himself are told by hand, within the policy term of four hours and a day', async () => {
    const situation = openSituation(hub);
    const told = await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    expect(told.holds).toEqual({ PART: 'outside-hub', UHG: 'outside-hub' });
    const hours = async (key: string): Promise<number> => {
      const duty = await situation.duty(key);
      expect(duty).toMatchObject({ closedBy: null, authority: 'policy' });
      return Math.round(((duty?.dueAt?.getTime() ?? 0) - hub.now().getTime()) / 3_600_000);
    };
    expect(await hours('E7:PART')).toBe(4);
    expect(await hours('E5:UHG')).toBe(24);
  });

  test('telling the burgemeester and the instance is done once their mail servers took the mail', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    expect((await situation.duty('E8:INST'))?.closedBy).toMatch(/^delivery:/);
  });

  test('put in writing: the police get the core of the order and not the file with the grounds', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.aangezegd', 'hovj1', underMandate);
    const written = await situation.send('huisverbod.opgelegd', 'hovj1', {
      ...underMandate, mondeling_aangezegd: true, mondelinge_aanzegging: { aangezegd_op: '@+0:00', aangezegd_door: 'Hulpofficier van justitie' },
    });
    expect(written).toMatchObject({ state: 'applied', permits: { [oin.waterveen]: 'WTH-06', [oin.veiligThuis]: 'WTH-08', [oin.police]: 'WTH-11' } });
    const [, instance] = await situation.received('veilig-thuis-noorderwaard');
    const [, police] = await situation.received('politie-noorderwaard');
    expect(police?.mail.parts.map(({ name }) => name)).not.toContain('beschikking.pdf');
    expect([carriedBesideHome(instance?.text ?? ''), carried(police?.text ?? '')]).toEqual([forInstance, forPolice]);
    expect((await situation.duty('E5:UHG'))?.closedBy).toMatch(/^message:/);
  });

  test('keys and their receipt are for police and burgemeester alone', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'hovj1', underMandate);
    const [own] = await situation.received('gemeente-waterveen');
    const [instance] = await situation.received('veilig-thuis-noorderwaard');
    expect(own?.text).toContain(marks['C-SEC'][0]);
    expect(instance?.text).not.toContain(marks['C-SEC'][0]);
  });

  test('by the burgemeester himself: nothing is sent back to him, instance and police get the same as otherwise', async () => {
    const situation = openSituation(hub);
    const imposed = await situation.send('huisverbod.opgelegd', 'waterveen');
    expect(imposed.permits).toEqual({ [oin.veiligThuis]: 'WTH-08', [oin.police]: 'WTH-11' });
    expect((await situation.received('veilig-thuis-noorderwaard')).map(({ text }) => carriedBesideHome(text))).toEqual([forInstance]);
    expect((await situation.received('politie-noorderwaard')).map(({ text }) => carried(text))).toEqual([forPolice]);
    expect(await situation.received('gemeente-waterveen')).toEqual([]);
  });

  test('Zorg- en Veiligheidshuis, court, law firms and the other instance get nothing', async () => {
    const situation = openSituation(hub);
    const imposed = await situation.send('huisverbod.opgelegd', 'waterveen');
    expect([imposed.permits, imposed.holds].flatMap((each) => Object.keys(each))).not.toContain('00000001900000000501');
    for (const party of ['zvh-noorderwaard', 'rechtbank-noorderwaard', 'advocaten-kade', 'advocaten-brug', 'ggd-noorderwaard', 'om-noorderwaard']) {
      expect([party, (await situation.received(party)).length]).toEqual([party, 0]);
    }
  });

  test('by a hulpofficier under a mandate that does not exist: the ban does not stand and nobody hears of it', async () => {
    const situation = openSituation(hub);
    const imposed = await situation.send('huisverbod.aangezegd', 'hovj1', { ...underMandate, mandaat_id: 'MAND-VERZONNEN' });
    expect(imposed).toMatchObject({ code: 250, state: 'refused', cause: 'no-mandate', decisions: [] });
    expect(await situation.received('politie-noorderwaard')).toEqual([]);
    expect(await hub.tasks()).toContainEqual(expect.objectContaining({ kind: 'refused-message', ref: imposed.id, cause: 'no-mandate', party: oin.police }));
  });

  test('by a hulpofficier whose mandate ended yesterday: the ban does not stand', async () => {
    const document = await hub.document('mandate', 'mandaat-9901-hovj-2');
    const yesterday = new Date(hub.now().getTime() - 86_400_000).toISOString();
    await hub.apply({ ...document, to: yesterday });
    const situation = openSituation(hub);
    expect(await situation.send('huisverbod.aangezegd', 'hovj2', underMandate)).toMatchObject({ code: 250, state: 'refused', cause: 'no-mandate' });
    expect(await openSituation(hub).send('huisverbod.aangezegd', 'hovj1', underMandate)).toMatchObject({ state: 'applied' });
  });

  test('by somebody who signs as one hulpofficier and writes as another: refused at the door', async () => {
    const situation = openSituation(hub);
    const step = { ...situation.step('huisverbod.aangezegd', 'hovj1', underMandate), afzender: { oin: oin.police, rol: 'HOVJ', functie: 'hovj-2' } };
    const reply = await hub.send(step, situation.start);
    expect(reply.code).toBe(550);
    expect((await hub.entries()).find(({ id }) => id === reply.id)).toMatchObject({ kind: 'refusal', code: 'wrong-function', from: oin.police });
  });

  test('a second time in the same case it is refused: a new ban is a new case', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    expect(await situation.send('huisverbod.opgelegd', 'waterveen')).toMatchObject({ code: 250, state: 'refused', cause: 'already-imposed' });
    expect((await situation.received('politie-noorderwaard')).length).toBe(1);
  });
});
