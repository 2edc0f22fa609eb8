import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { stepParty, type Party, type PartyStep } from '@ketensluis/domain';
import { deliver, replay } from '@ketensluis/flow';
import { askAcceptance, findAcceptance } from '@ketensluis/platform';
import { setTimeout as pause } from 'node:timers/promises';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin } from './steps.js';

const veiligThuis = 'veilig-thuis-noorderwaard';

describe('a connection that changes', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  const party = async (): Promise<Party> => {
    const document = await hub.document('party', veiligThuis);
    if (document.kind !== 'party') throw new Error('not a party');
    return document;
  };
  const step = async (one: PartyStep): Promise<void> => {
    const made = stepParty(await party(), one, hub.now());
    if (made.kind === 'refused') throw new Error(made.detail);
    await hub.apply(made.party);
    await hub.settle();
  };
  const imposed = async (): Promise<Situation> => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    return situation;
  };
  const again = async (id: string) => {
    const { clock, ids, registers, store: { replays } } = hub.hub;
    const result = await replay({ id, reason: 'de postbus is leeggemaakt', by: 'beheer' }, { clock, ids, registers, replays });
    await hub.settle();
    return result;
  };

  test('paused, a party gets nothing: what waits stands still, what comes is held; resumed, all of it arrives', async () => {
    hub.behave(veiligThuis, '4xx');
    const before = await imposed();
    await step({ kind: 'pause' });
    hub.behave(veiligThuis, 'normal');
    await hub.advance(6_000);
    await hub.settle();
    const during = openSituation(hub);
    expect((await during.send('huisverbod.opgelegd', 'waterveen')).holds).toMatchObject({ [oin.veiligThuis]: 'party-inactive' });
    expect([await before.received(veiligThuis), await during.received(veiligThuis)]).toEqual([[], []]);
    await step({ kind: 'resume' });
    expect([(await before.received(veiligThuis)).length, (await during.received(veiligThuis)).length]).toEqual([1, 1]);
  });

  test('connected again while a try under the registers before still runs, it is not held for good', async () => {
    hub.behave(veiligThuis, '4xx');
    const situation = await imposed();
    await step({ kind: 'pause' });
    const { clock, ids, registers, store: { deliveries } } = hub.hub;
    const [waiting] = await deliveries.claimSealed(new Date(hub.now().getTime() + 86_400_000), {
      most: 1, perParty: 1, underWay: new Map(), attachmentBytes: 0, mark: (await registers.current()).mark,
    });
    if (waiting === undefined) throw new Error('nothing waits');
    hub.behave(veiligThuis, 'normal');
    const known = await registers.current();
    await step({ kind: 'resume' });
    await deliver(waiting, { clock, ids, chance: Math.random, deliveries, registers: { current: async () => known }, adapterOf: hub.hub.adapterOf });
    await hub.settle();
    expect(await situation.received(veiligThuis)).toHaveLength(1);
    expect((await hub.tasks()).filter(({ kind, ref }) => kind === 'stopped' && ref === waiting.id)).toEqual([]);
  });

  test('paused, a try and a fetch that both hold the same delivery do not wait for each other for ever', async () => {
    hub.behave(veiligThuis, '4xx');
    await imposed();
    await step({ kind: 'pause' });
    const { clock, ids, registers, pool, adapterOf, store: { deliveries } } = hub.hub;
    const [waiting] = await deliveries.claimSealed(new Date(hub.now().getTime() + 86_400_000), {
      most: 1, perParty: 1, underWay: new Map(), attachmentBytes: 0, mark: (await registers.current()).mark,
    });
    if (waiting === undefined) throw new Error('nothing waits');
    // What a fetch does: the delivery first, and the task that asks for a person after it.
    const fetch = await pool.connect();
    await fetch.query('begin');
    await fetch.query('select from delivery where mid = $1 for update', [waiting.id]);
    const tried = deliver(waiting, { clock, ids, chance: Math.random, deliveries, registers, adapterOf });
    const isBlocked = async (): Promise<boolean> => (await pool.query('select from pg_stat_activity where pg_backend_pid() <> pid and datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0')).rowCount !== 0;
    while (!(await isBlocked())) await pause(20);
    await fetch.query("insert into task (id, kind, ref, party, cause, opened_at) values (gen_random_uuid(), 'stopped', $1, $2, 'party-inactive', now())", [waiting.id, oin.veiligThuis]);
    await fetch.query('commit');
    fetch.release();
    await tried;
    hub.behave(veiligThuis, 'normal');
    await step({ kind: 'resume' });
  });

  test('in practice, a party gets nothing about anybody, and its task is done by hand; in use again, it hears of what comes from then on', async () => {
    await step({ kind: 'stage', stage: 'practice' });
    const situation = openSituation(hub);
    expect((await situation.send('huisverbod.opgelegd', 'waterveen')).holds).toMatchObject({ INST: 'outside-hub' });
    await step({ kind: 'stage', stage: 'active' });
    expect(await situation.received(veiligThuis)).toEqual([]);
    expect((await (await imposed()).received(veiligThuis)).length).toBe(1);
  });

  test('that lost a message gets it once more under the same id, and who asked stands in the log', async () => {
    const situation = await imposed();
    const [first] = await situation.received(veiligThuis);
    const id = first?.disclosure.id ?? '';
    expect(await again(id)).toEqual({ kind: 'queued' });
    const got = await situation.received(veiligThuis);
    expect(got.map(({ disclosure }) => disclosure.id)).toEqual([id, id]);
    expect(new Set(got.map(({ mail }) => mail.messageId)).size).toBe(1);
    expect((await hub.entries()).filter(({ msg, kind }) => msg === id && kind === 'outcome').map(({ code }) => code)).toEqual(['delivered', 'replay', 'delivered']);
  });

  test('gets nothing once more that it may not have today: the agreement ended, or the ban did', async () => {
    const situation = await imposed();
    const id = (await situation.received(veiligThuis))[0]?.disclosure.id ?? '';
    await situation.moveTo({ days: 11 });
    expect(await again(id)).toEqual({ kind: 'refused', reason: 'ban-ended' });
    expect((await hub.entries()).at(-1)).toMatchObject({ kind: 'outcome', code: 'replay-refused', msg: id, reasons: ['ban-ended'] });
    expect(await again('01900000-0000-7000-8000-000000000000')).toEqual({ kind: 'absent' });
  });
});

describe('an acceptance run', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion()));
  afterAll(() => hub.close());
  afterEach(async () => {
    hub.behave(veiligThuis, 'normal');
    await hub.checkLog();
  });

  const tried = async (party: string) => {
    const id = await askAcceptance(hub.hub.pool, { party, by: 'beheer' }, hub.now());
    for (let tries = 0; tries < 300; tries += 1) {
      const run = await findAcceptance(hub.hub.pool, id);
      if (run?.results != null) return run;
      await pause(50);
    }
    throw new Error('the run did not end');
  };

  test('tries the channel with a message about nobody, and says in the log how it went', async () => {
    const run = await tried(oin.veiligThuis);
    expect(run.results?.map(({ check, result }) => [check, result])).toEqual([
      ['registered', 'passed'], ['channel', 'passed'], ['test-message', 'passed'], ['encrypted', 'passed'], ['sends', 'passed'],
    ]);
    await hub.settle();
    expect((await hub.entries()).filter(({ kind, code }) => kind === 'policy' && code?.startsWith('party.')).at(-1)).toMatchObject({ code: 'party.accepted', schema: `acceptance/${run.id}` });
  });

  test('says what is wrong: a party that refuses, one that is paused, one nobody knows', async () => {
    hub.behave(veiligThuis, '5xx');
    expect(await tried(oin.veiligThuis)).toMatchObject({ passed: false, results: expect.arrayContaining([expect.objectContaining({ check: 'test-message', result: 'failed' })]) });
    const document = await hub.document('party', 'ggd-noorderwaard');
    await hub.apply({ ...document, pausedAt: hub.now().toISOString() });
    expect(await tried(oin.ggd)).toMatchObject({ passed: false, results: [{ check: 'registered', result: 'failed', code: 'not-reachable-now' }] });
    expect(await tried('00000001900000000998')).toMatchObject({ passed: false, results: [{ check: 'registered', result: 'failed', code: 'unknown' }] });
  });
});
