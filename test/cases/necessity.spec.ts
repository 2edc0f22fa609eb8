import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { giveNecessity, type NecessityPorts } from '@ketensluis/flow';
import { createNecessities } from '@ketensluis/platform';
import { join } from 'node:path';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Outcome, type Situation } from './situation.js';
import { oin } from './steps.js';

// law.md 3.6 step 5: a power that is weighed each time waits until somebody with authority says why.
let hub: TestHub;
let ports: NecessityPorts;
let situation: Situation;
let violated: Outcome;
beforeAll(async () => {
  hub = await openRegion();
  ports = await createNecessities(hub.hub.pool, { dataFolder: join(hub.practiceFolder, '..') });
  ports = { ...ports, clock: { now: hub.now } };
  situation = openSituation(hub);
  await situation.send('huisverbod.opgelegd', 'waterveen');
  violated = await situation.send('huisverbod.overtreden', 'police', { ook_naar_veilig_thuis: undefined });
}, 60_000);
afterAll(() => hub.close());

const reason = 'De kinderen waren erbij; Veilig Thuis moet het weten.';
const got = async () => (await situation.received('veilig-thuis-noorderwaard')).filter(({ disclosure }) => disclosure.type === 'huisverbod.overtreden');

describe('a disclosure that waits for a reason', () => {
  test('is listed with its message, recipient and rule', async () => {
    expect(violated.holds).toMatchObject({ [oin.veiligThuis]: 'necessity-missing' });
    expect(await ports.necessities.waiting()).toMatchObject([{ messageId: violated.id, recipient: oin.veiligThuis, caseName: `9901/${situation.number}`, type: 'huisverbod.overtreden' }]);
    expect(await got()).toEqual([]);
  });

  test('takes none for another message, another recipient, or without words', async () => {
    const given = { messageId: violated.id, recipient: oin.veiligThuis, categories: [], reason, by: 'burgemeester' };
    for (const wrong of [{ ...given, recipient: oin.ggd }, { ...given, messageId: '0190a6de-0000-7000-8000-000000000000' }, { ...given, reason: '  ' }]) {
      expect(await giveNecessity(wrong, ports)).toMatchObject({ kind: 'refused' });
    }
    expect((await hub.entries()).filter(({ code }) => code === 'necessity.given')).toEqual([]);
  });

  test('is decided anew when it is given, and leaves; the log says in which function, and not why', async () => {
    expect(await giveNecessity({ messageId: violated.id, recipient: oin.veiligThuis, categories: [], reason, by: 'burgemeester' }, ports)).toEqual({ kind: 'given' });
    await hub.settle();
    expect((await hub.decisions(violated.id)).find(({ recipient }) => recipient === oin.veiligThuis)).toMatchObject({ kind: 'permit' });
    expect(await got()).toHaveLength(1);
    const [entry, ...others] = (await hub.entries()).filter(({ code }) => code === 'necessity.given');
    expect(entry).toMatchObject({ kind: 'policy', role: 'burgemeester', msg: violated.id, c: { reason: expect.any(String) } });
    expect(others).toEqual([]);
    expect(await ports.necessities.waiting()).toEqual([]);
    const { rows } = await hub.hub.pool.query('select reason from necessity');
    expect(rows[0].reason.toString('utf8')).not.toContain('kinderen');
    expect(JSON.stringify(await hub.entries())).not.toContain('kinderen');
    expect(await giveNecessity({ messageId: violated.id, recipient: oin.veiligThuis, categories: [], reason, by: 'burgemeester' }, ports)).toMatchObject({ kind: 'refused' });
    await expect(hub.hub.pool.query("update necessity set by = 'iemand'")).rejects.toThrow('never changed');
    await hub.checkLog();
  });
});
