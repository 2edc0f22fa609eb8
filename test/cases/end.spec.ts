import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { TestHub } from '../harness/hub.js';
import { carried, exactly } from './persons.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { forChildAbuse, oin } from './steps.js';

describe('the ban is withdrawn, violated, or runs out', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  test('withdrawn after help was accepted and confirmed: instance and police hear when it ends and never why', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('hulp.aanvaard', 'instance');
    await situation.send('hulp.bevestigd', 'instance');
    const withdrawn = await situation.send('huisverbod.ingetrokken', 'waterveen');
    expect(withdrawn).toMatchObject({ state: 'applied', permits: { [oin.police]: 'WTH-27', [oin.veiligThuis]: 'WTH-27' }, holds: { UHG: 'outside-hub', PART: 'outside-hub' } });
    for (const party of ['politie-noorderwaard', 'veilig-thuis-noorderwaard']) {
      const got = (await situation.received(party)).at(-1);
      expect([party, got?.disclosure.type, carried(got?.text ?? '')]).toEqual([party, 'huisverbod.ingetrokken', exactly('C-ORDER')]);
      expect(got?.disclosure.fields).not.toHaveProperty('hulp_aanvaard');
      expect(got?.disclosure.fields).toHaveProperty('intrekking_per');
    }
    expect(await situation.duty('WTH-27:PART')).toMatchObject({ closedBy: null, authority: 'policy' });
  });

  test('withdrawn by a hulpofficier: refused, that power stays with the burgemeester', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const reply = await hub.send({ ...situation.step('huisverbod.ingetrokken', 'hovj1'), afzender: { oin: oin.police, rol: 'BM' } }, situation.start);
    expect(reply.code).toBe(550);
    expect((await hub.entries()).find(({ id }) => id === reply.id)).toMatchObject({ kind: 'refusal', code: 'wrong-role' });
  });

  test('withdrawn twice, or later than it ends by itself: refused by the case', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    expect(await situation.send('huisverbod.ingetrokken', 'waterveen', { intrekking_per: '@+11d' })).toMatchObject({ state: 'refused', cause: 'too-long' });
    expect(await situation.send('huisverbod.ingetrokken', 'waterveen')).toMatchObject({ state: 'applied' });
    expect(await situation.send('huisverbod.ingetrokken', 'waterveen')).toMatchObject({ state: 'refused', cause: 'closed' });
  });

  test('violated: the burgemeester hears fact, time and place without the report number, the prosecutor what the police may give, Veilig Thuis at most the facts', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen', forChildAbuse);
    const violated = await situation.send('huisverbod.overtreden', 'police');
    expect(violated).toMatchObject({ state: 'applied', permits: { [oin.waterveen]: 'WTH-34', [oin.prosecutor]: 'WTH-33' } });
    const last = async (party: string): Promise<readonly string[]> => carried((await situation.received(party)).at(-1)?.text ?? '');
    expect(await last('gemeente-waterveen')).toEqual(exactly('C-POL'));
    // Besluit politiegegevens art. 4:2(1)i is a power: whether it goes is for the police to weigh, what may go is not.
    for (const { text } of (await situation.received('veilig-thuis-noorderwaard')).slice(1)) expect(exactly('C-ID', 'C-POL')).toEqual(expect.arrayContaining([...carried(text)]));
    expect(await last('om-noorderwaard')).toEqual(exactly('C-POL'));
    expect(violated.permits).not.toHaveProperty(oin.court);
  });

  test('what the police see after the ban ended is no violation', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('huisverbod.ingetrokken', 'waterveen');
    expect(await situation.send('huisverbod.overtreden', 'police', { overtreden_op: '@+1:30' })).toMatchObject({ state: 'refused', cause: 'after-expiry' });
  });

  // What each reminder was about, in the order in which it came.
  const reminded = async (situation: Situation, party: string): Promise<readonly (string | null)[]> =>
    (await situation.received(party)).filter(({ rule }) => rule === 'WTH-44').map(({ disclosure }) => disclosure.event);

  test('48 and 24 hours before it ends, and when it ends, municipality and police are reminded of the end and of nothing else', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    const told = ['ENDS_IN_48_HOURS', 'ENDS_IN_24_HOURS', 'EXPIRED'];
    // Ten days by the clock on the wall can be an hour shorter or longer.
    const before = [{ days: 7, hours: 22 }, { days: 8, hours: 2 }, { days: 9, hours: 2 }, { days: 10, hours: 2 }];
    for (const [count, moment] of before.entries()) {
      await situation.moveTo(moment);
      for (const party of ['politie-noorderwaard', 'gemeente-waterveen']) expect([party, await reminded(situation, party)]).toEqual([party, told.slice(0, count)]);
    }
    for (const party of ['politie-noorderwaard', 'gemeente-waterveen']) {
      for (const { rule, text } of await situation.received(party)) if (rule === 'WTH-44') expect(carried(text)).toEqual(exactly('C-ORDER'));
    }
    for (const party of ['veilig-thuis-noorderwaard', 'rechtbank-noorderwaard']) expect(await reminded(situation, party)).toEqual([]);
  });

  test('each is told once, however often the clock is looked at, and what passed unseen is not told afterwards', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 3 });
    await situation.moveTo({ days: 9, hours: 4 });
    await situation.moveTo({ days: 11 });
    await situation.moveTo({ days: 12 });
    expect(await reminded(situation, 'politie-noorderwaard')).toEqual(['ENDS_IN_24_HOURS', 'EXPIRED']);
  });

  test('an extended ban ends at its new end, and is reminded of then', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 2 });
    await situation.send('huisverbod.verlengd', 'waterveen', { einde_op_nieuw: '@+20d' });
    await situation.moveTo({ days: 11 });
    expect(await reminded(situation, 'politie-noorderwaard')).toEqual(['ENDS_IN_24_HOURS']);
    await situation.moveTo({ days: 18, hours: 2 });
    await situation.moveTo({ days: 20, hours: 2 });
    expect(await reminded(situation, 'politie-noorderwaard')).toEqual(['ENDS_IN_24_HOURS', 'ENDS_IN_48_HOURS', 'EXPIRED']);
  });

  test('a reminder that waited for the agreement until the ban was over is refused: it would tell what is not so', async () => {
    const agreement = await hub.document('agreement', 'wth-waterveen');
    const situation = openSituation(hub);
    const ordered = await situation.send('huisverbod.opgelegd', 'waterveen');
    await hub.apply({ ...agreement, terminated: { at: hub.now().toISOString(), reason: 'proef' } });
    await situation.moveTo({ days: 9, hours: 2 });
    const decided = async (): Promise<readonly (string | null)[]> => (await hub.decisions(ordered.id))
      .flatMap(({ event, recipient, kind, reason }) => (event === 'ENDS_IN_24_HOURS' && recipient === oin.police ? [kind, reason] : []));
    expect(await decided()).toEqual(['hold', 'no-agreement']);
    await situation.moveTo({ days: 10, hours: 2 });
    await hub.apply(agreement);
    await hub.settle();
    expect(await decided()).toEqual(['refuse', 'ban-ended']);
    expect(await reminded(situation, 'politie-noorderwaard')).toEqual(['EXPIRED']);
  });

  test('a withdrawn ban does not run out: nobody is reminded of the end it would have had', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('huisverbod.ingetrokken', 'waterveen');
    await situation.moveTo({ hours: 5 });
    await situation.moveTo({ days: 10, hours: 2 });
    expect((await situation.received('politie-noorderwaard')).map(({ rule }) => rule)).toEqual(['WTH-11', 'WTH-27']);
    expect(await situation.received('gemeente-waterveen')).toEqual([]);
  });

  test('a ban that was only told by word of mouth runs out too, and its end is told', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.aangezegd', 'waterveen');
    await situation.moveTo({ days: 10, hours: 2 });
    expect((await situation.received('politie-noorderwaard')).map(({ rule }) => rule)).toContain('WTH-44');
  });
});
