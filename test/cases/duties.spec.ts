import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openVault } from '../../libs/platform/master-key.js';
import { recordOutsideAct } from '../../libs/store/upkeep.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin } from './steps.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Waterveen designates the GGD beside Veilig Thuis: the law lets it, and both are to be told (Wth art. 2(8)).
const second = {
  kind: 'designation', key: 'aanwijzing-9901-ggd', municipality: '9901', oin: oin.ggd, purpose: 'advies-en-hulpverlening',
  decision: 'Aanwijzingsbesluit huisverbod Waterveen 2026, tweede', from: '2026-01-01T00:00:00+01:00', to: null,
};

describe('a duty toward two parties in one role', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion({ documents: [second] })));
  afterAll(() => hub.close());
  afterEach(async () => {
    hub.behave('ggd-noorderwaard', 'normal');
    await hub.checkLog();
  });

  /** Whom the duties with this key are owed to, and whether they are open. */
  const owed = async (situation: Situation, key: string): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries((await hub.duties(situation.number)).filter((duty) => duty.key === key).map(({ recipient, closedBy }) => [recipient, closedBy === null ? 'open' : closedBy.replace(/:.*/, '')]));

  test('what one instance received does not do what the other is owed; its deadline passes and a person is asked', async () => {
    hub.behave('ggd-noorderwaard', '5xx');
    const situation = openSituation(hub);
    expect((await situation.send('huisverbod.opgelegd', 'waterveen')).permits).toMatchObject({ [oin.ggd]: 'WTH-08', [oin.veiligThuis]: 'WTH-08' });
    expect(await owed(situation, 'E8:INST')).toEqual({ [oin.veiligThuis]: 'delivery', [oin.ggd]: 'open' });
    await situation.moveTo({ hours: 8 });
    const late = (await hub.tasks()).filter(({ kind }) => kind === 'duty-late').map(({ ref }) => ref.replace(/^.*\//, ''));
    expect([late.includes(`E8:INST@${oin.ggd}`), late.includes(`E8:INST@${oin.veiligThuis}`)]).toEqual([true, false]);
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'dist', 'apps', 'cli', 'main.js'), 'todo'], { env: { ...process.env, KETENSLUIS_DATABASE_URL: hub.database.connectionString } });
    expect(stdout).toContain(`ketensluis duty done 9901/${situation.number} E8:INST@${oin.ggd} --by FUNCTION`);
    expect(stdout).not.toContain('then ketensluis duty done CASE KEY');
  });

  test('what is to be told by hand is counted as waiting, and what a party refused as not delivered', async () => {
    hub.behave('ggd-noorderwaard', '5xx');
    const before = await hub.hub.state();
    await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    const { onHold, heldOrDead } = await hub.hub.state();
    expect([onHold - before.onHold, heldOrDead - before.heldOrDead]).toEqual([2, 1]);
  });

  test('both received it: both are done', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    expect(await owed(situation, 'E8:INST')).toEqual({ [oin.veiligThuis]: 'delivery', [oin.ggd]: 'delivery' });
  });

  test('what waits for both is owed to both, and closes for each as it goes', async () => {
    const agreement = await hub.document('agreement', 'wth-waterveen');
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await hub.apply({ ...agreement, terminated: { at: hub.now().toISOString(), reason: 'proef' } });
    await situation.send('huisverbod.ingetrokken', 'waterveen');
    expect(await owed(situation, 'WTH-27:INST')).toEqual({ [oin.veiligThuis]: 'open', [oin.ggd]: 'open' });
    hub.behave('ggd-noorderwaard', '5xx');
    await hub.apply(agreement);
    await hub.settle();
    expect(await owed(situation, 'WTH-27:INST')).toEqual({ [oin.veiligThuis]: 'delivery', [oin.ggd]: 'open' });
  });

  test('done outside the hub: the log closes the hold of this party under this rule, and of the message that opened the duty', async () => {
    const agreement = await hub.document('agreement', 'wth-waterveen');
    const situation = openSituation(hub);
    const ordered = await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 1 });
    await hub.apply({ ...agreement, terminated: { at: hub.now().toISOString(), reason: 'proef' } });
    const extended = await situation.send('huisverbod.verlengd', 'waterveen');
    const withdrawn = await situation.send('huisverbod.ingetrokken', 'waterveen', { ingetrokken_op: hub.now().toISOString(), intrekking_per: new Date(hub.now().getTime() + 60_000).toISOString() });
    expect([extended.state, withdrawn.state]).toEqual(['applied', 'applied']);
    const vault = await openVault(join(hub.practiceFolder, '..', 'keys'));
    const done = (key: string): Promise<boolean> =>
      recordOutsideAct(hub.hub.pool, vault, { municipality: '9901', number: situation.number, key, by: 'piket', how: 'Gebeld.', at: hub.now() });
    const holdOf = async (messageId: string, recipient: string): Promise<string | undefined> => (await hub.decisions(messageId)).find((one) => one.recipient === recipient && one.kind === 'hold')?.leaf.id;
    const acts: readonly (readonly [key: string, messageId: string, recipient: string])[] = [
      [`WTH-25b:INST@${oin.ggd}`, extended.id, oin.ggd], [`WTH-27:INST@${oin.veiligThuis}`, withdrawn.id, oin.veiligThuis],
      ['WTH-25:PART', extended.id, 'PART'], ['E7:PART', ordered.id, 'PART'],
    ];
    expect(await done('WTH-27:INST')).toBe(false);
    for (const [key, messageId, recipient] of acts) {
      const hold = await holdOf(messageId, recipient);
      expect([key, hold === undefined, await done(key), await done(key)]).toEqual([key, false, true, false]);
      await hub.settle();
      expect((await hub.entries()).filter(({ kind, code, ref }) => kind === 'outcome' && code === 'done-outside-hub' && ref === hold).length).toBe(1);
    }
    await hub.apply(agreement);
  });
});
