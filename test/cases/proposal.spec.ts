import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestHub } from '../harness/hub.js';
import { carried, exactly } from './persons.js';
import { openRegion, openSituation } from './situation.js';
import { oin } from './steps.js';

describe('the hulpofficier fills in the risk assessment', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  test('proposes a ban: the burgemeester gets the assessment and the police facts he needs, without citizen number and without the telephone of the partner', async () => {
    const situation = openSituation(hub);
    const proposed = await situation.send('rihg.afgerond', 'hovj1');
    expect(proposed).toMatchObject({ code: 250, state: 'applied', permits: { [oin.waterveen]: 'WTH-01' } });
    const [got] = await situation.received('gemeente-waterveen');
    expect(carried(got?.text ?? '')).toEqual(exactly('C-ID', 'C-ADDR', 'C-HH', 'C-MINOR', 'C-RIHG', 'C-POL'));
  });

  test('proposes a ban: nobody but the burgemeester hears of it', async () => {
    const situation = openSituation(hub);
    const proposed = await situation.send('rihg.afgerond', 'hovj1');
    expect(Object.keys(proposed.permits)).toEqual([oin.waterveen]);
    for (const party of hub.chain.mailboxes.keys()) {
      expect([party, (await situation.received(party)).length]).toEqual([party, party === 'gemeente-waterveen' ? 1 : 0]);
    }
  });

  test('proposes no ban and asks the burgemeester to weigh it: he gets the form without police facts, and nobody in the region hears of it', async () => {
    const situation = openSituation(hub);
    const asked = await situation.send('rihg.geen-verbod', 'hovj1');
    expect(asked).toMatchObject({ code: 250, state: 'applied', permits: { [oin.waterveen]: 'WTH-02' } });
    const [got] = await situation.received('gemeente-waterveen');
    expect(carried(got?.text ?? '')).toEqual(exactly('C-RIHG'));
    expect(asked.refusals).toMatchObject({ [oin.veiligThuis]: 'forbidden' });
    expect(await situation.received('veilig-thuis-noorderwaard')).toEqual([]);
  });

  test('is not followed by the burgemeester: the hulpofficier gets the decision with its reason, partner and Veilig Thuis are told nothing', async () => {
    const situation = openSituation(hub);
    await situation.send('rihg.afgerond', 'hovj1');
    const refused = await situation.send('huisverbod.geweigerd', 'waterveen');
    expect(refused).toMatchObject({ state: 'applied', permits: { [oin.police]: 'WTH-45' }, refusals: { [oin.veiligThuis]: 'forbidden' } });
    expect(refused.holds).not.toHaveProperty('PART');
    const [got] = await situation.received('politie-noorderwaard');
    expect(carried(got?.text ?? '')).toEqual(exactly('C-GROUND'));
    expect(got?.text).toContain('Weigertekst');
    expect(await situation.received('veilig-thuis-noorderwaard')).toEqual([]);
  });

  test('a ban the burgemeester refused cannot be imposed in the same case after all', async () => {
    const situation = openSituation(hub);
    await situation.send('rihg.afgerond', 'hovj1');
    await situation.send('huisverbod.geweigerd', 'waterveen');
    expect(await situation.send('huisverbod.aangezegd', 'waterveen')).toMatchObject({ code: 250, state: 'refused', cause: 'closed' });
    expect(await situation.received('veilig-thuis-noorderwaard')).toEqual([]);
    expect(await hub.tasks()).toContainEqual(expect.objectContaining({ kind: 'refused-message', cause: 'closed', party: oin.waterveen }));
  });

  test('nobody can refuse what was never proposed', async () => {
    const situation = openSituation(hub);
    expect(await situation.send('huisverbod.geweigerd', 'waterveen')).toMatchObject({ code: 250, state: 'refused', cause: 'no-proposal' });
  });
});
