import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { releaseParked } from '@ketensluis/platform';
import { openGate, type Gate } from '../faults/absent-party.js';
import { freePort } from '../harness/free-port.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, outcomeOf, type Situation } from './situation.js';

describe('order is kept per case, also with three workers side by side', () => {
  let hub: TestHub;
  beforeAll(async () => void (hub = await openRegion({ workers: 3 })));
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  /** Changes one bit of the stored case, as a bad disk would; the second time it is whole again. */
  const flipStoredCase = (situation: Situation): Promise<unknown> =>
    hub.database.pool.query('update case_file set body = set_byte(body, 40, get_byte(body, 40) # 1) where number = $1', [situation.number]);

  test('nine messages of one case, sent as fast as they are taken, are applied in the order in which they were taken', async () => {
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.moveTo({ days: 9, hours: 1 });
    const replies = [];
    for (let days = 11; days < 20; days += 1) replies.push(await situation.post('huisverbod.verlengd', 'waterveen', { einde_op_nieuw: `@+${days}d` }));
    await hub.settle();
    // Any other order would make one of them end earlier than the one before it, which the case refuses.
    for (const reply of replies) expect(await outcomeOf(hub, reply)).toMatchObject({ code: 250, state: 'applied' });
    const decided = await Promise.all(replies.map(async ({ id }) => (await hub.decisions(id))[0]?.leaf.at ?? ''));
    expect(decided).toEqual([...decided].sort());
  });

  test('a message that cannot be opened parks its own case after three tries; the case beside it goes on', async () => {
    const poisoned = openSituation(hub);
    const healthy = openSituation(hub);
    await poisoned.send('huisverbod.opgelegd', 'waterveen');
    await healthy.send('huisverbod.opgelegd', 'waterveen');
    await flipStoredCase(poisoned);
    const stuck = await poisoned.post('raadsman.gewenst', 'waterveen');
    const behind = await poisoned.post('huisverbod.ingetrokken', 'waterveen');
    expect(await healthy.send('huisverbod.ingetrokken', 'waterveen')).toMatchObject({ state: 'applied' });
    expect((await healthy.received('politie-noorderwaard')).length).toBe(2);
    for (let tries = 0; tries < 3; tries += 1) {
      await hub.advance(6_000);
      await hub.settle();
    }
    expect(await hub.stateOf(stuck.id)).toEqual({ state: 'parked', cause: 'fault' });
    expect(await hub.tasks()).toContainEqual(expect.objectContaining({ kind: 'parked-case', ref: stuck.id }));
    // What came later in the same case waits for it: a withdrawal must not overtake what went before.
    expect(await hub.stateOf(behind.id)).toMatchObject({ state: 'accepted' });
    expect((await poisoned.received('politie-noorderwaard')).length).toBe(1);

    await flipStoredCase(poisoned);
    expect(await releaseParked(hub.hub.pool, stuck.id, hub.now())).toBe(true);
    await hub.settle();
    expect([await hub.stateOf(stuck.id), await hub.stateOf(behind.id)]).toMatchObject([{ state: 'applied' }, { state: 'applied' }]);
    expect((await poisoned.received('politie-noorderwaard')).map(({ rule }) => rule)).toEqual(['WTH-11', 'WTH-27']);
  });

  test('many cases at the same time: each party gets each disclosure once, numbered without a gap', async () => {
    const situations = Array.from({ length: 8 }, () => openSituation(hub));
    await Promise.all(situations.map((situation) => situation.post('huisverbod.opgelegd', 'waterveen')));
    await Promise.all(situations.map((situation) => situation.post('huisverbod.ingetrokken', 'waterveen')));
    await hub.settle();
    for (const situation of situations) {
      expect((await situation.received('politie-noorderwaard')).map(({ disclosure }) => disclosure.type).sort()).toEqual(['huisverbod.ingetrokken', 'huisverbod.opgelegd']);
    }
    const { rows } = await hub.database.pool.query('select case_id, recipient from delivery group by 1, 2 having max(number) <> count(*)');
    expect(rows).toEqual([]);
  });
});

describe('a party that is away for a moment', () => {
  const police = 'politie-noorderwaard';
  let hub: TestHub;
  let gate: Gate;
  beforeAll(async () => {
    const port = await freePort();
    hub = await openRegion({ route: (practice) => (party) => {
      const place = practice(party);
      return place === null || party.key !== police ? place : { ...place, port };
    } });
    gate = await openGate(port, () => hub.chain.mailboxes.get(police)?.port ?? 0);
  });
  afterAll(async () => {
    await gate.shut();
    await hub.close();
  });

  test('reads the ban before its withdrawal: what follows in the case waits with what nobody was there for', async () => {
    const situation = openSituation(hub);
    await gate.shut();
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('huisverbod.ingetrokken', 'waterveen');
    const tried = async () => (await hub.database.pool.query<{ number: number }>(
      `select distinct delivery.number from attempt join delivery using (mid) join case_file on case_file.id = delivery.case_id
       where case_file.number = $1 and recipient = (select body ->> 'oin' from register_version where key = $2 limit 1)`, [situation.number, police])).rows.map(({ number }) => number);
    expect(await tried()).toEqual([1]);
    await gate.open();
    await hub.advance(16 * 60_000);
    await hub.settle();
    expect((await situation.received(police)).map(({ disclosure }) => disclosure.type)).toEqual(['huisverbod.opgelegd', 'huisverbod.ingetrokken']);
  });
});
