import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkNotice } from '@ketensluis/flow';
import { setTimeout as pause } from 'node:timers/promises';
import { openSituation, outcomeOf } from '../../test/cases/situation.js';
import { oin } from '../../test/cases/steps.js';
import type { TestHub } from '../../test/harness/hub.js';

/** A hub with two workers behind one kind of queue, and a hand in that queue. */
export interface QueueUnderTest {
  readonly hub: TestHub;
  /** Everything the queue holds beside PostgreSQL is gone. */
  readonly lose: () => Promise<void>;
  /** Says once more, in this order, that there is this work. */
  readonly tell: (notices: readonly WorkNotice[]) => Promise<void>;
  /** Puts bytes into every queue that no release of ours wrote. */
  readonly poison: (bytes: Uint8Array) => Promise<void>;
  /** How many of those a worker put aside; null where a queue has no messages that could be poisoned. */
  readonly putAside: () => Promise<number | null>;
  /** Nothing is decided until the returned function is called: messages are taken, and wait. */
  readonly hold: () => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

const lookMs = 20;
const untilMs = 20_000;
const veiligThuis = 'veilig-thuis-noorderwaard';
const police = 'politie-noorderwaard';

/** What a hub needs of its queue, to be run for every kind of it against a real PostgreSQL, real parties and, where there is one, a real broker. */
export function queueConformance(name: string, openQueue: () => Promise<QueueUnderTest>): void {
  describe(`${name} keeps the promises of a queue`, () => {
    let queue: QueueUnderTest;
    let hub: TestHub;
    beforeAll(async () => {
      queue = await openQueue();
      hub = queue.hub;
    }, 120_000);
    afterAll(() => queue.close());
    afterEach(async () => {
      hub.behave(veiligThuis, 'normal');
      await hub.checkLog();
    });

    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      for (const last = performance.now() + untilMs; performance.now() < last; await pause(lookMs)) if (await holds()) return;
      throw new Error('it does not come about');
    };
    const waiting = async (): Promise<readonly WorkNotice[]> => (await hub.database.pool.query<WorkNotice>(
      "select kind, case kind when 'disclose' then id::text else ref::text end as id, lane from queue order by id",
    )).rows;
    const secondTries = async (): Promise<number> => (await hub.database.pool.query('select from attempt where number > 1')).rowCount ?? 0;
    const statesOf = (caseNumber: string, party: string) => hub.attempts(party).then((all) => all.filter((one) => one.caseNumber === caseNumber));

    test('the messages of one case are applied in the order in which they were taken', async () => {
      const situation = openSituation(hub);
      await situation.send('huisverbod.opgelegd', 'waterveen');
      await situation.moveTo({ days: 9, hours: 1 });
      const replies = [];
      for (let days = 11; days < 18; days += 1) replies.push(await situation.post('huisverbod.verlengd', 'waterveen', { einde_op_nieuw: `@+${days}d` }));
      await hub.settle();
      for (const reply of replies) expect(await outcomeOf(hub, reply)).toMatchObject({ code: 250, state: 'applied' });
    });

    test('work that is told of many times, and back to front, is done once and in order', async () => {
      const tries = await secondTries();
      const situations = Array.from({ length: 3 }, () => openSituation(hub));
      const release = await queue.hold();
      const replies = await Promise.all(situations.map((situation) => situation.post('huisverbod.opgelegd', 'waterveen').then(() => situation.post('huisverbod.ingetrokken', 'waterveen'))));
      const notices = await waiting();
      expect(notices.length).toBeGreaterThanOrEqual(6);
      await queue.tell([...notices.toReversed(), ...notices]);
      await release();
      for (let round = 0; round < 10; round += 1) {
        await queue.tell((await waiting()).toReversed());
        await pause(lookMs);
      }
      await hub.settle();
      for (const [place, situation] of situations.entries()) {
        expect(await outcomeOf(hub, replies[place] ?? { code: 0, text: '', id: '' })).toMatchObject({ state: 'applied' });
        expect((await situation.received(police)).map(({ disclosure }) => disclosure.type).sort()).toEqual(['huisverbod.ingetrokken', 'huisverbod.opgelegd']);
      }
      expect(await secondTries()).toBe(tries);
    });

    test('what the queue loses comes back, whole', async () => {
      const situations = Array.from({ length: 6 }, () => openSituation(hub));
      const release = await queue.hold();
      await Promise.all(situations.map((situation) => situation.post('huisverbod.opgelegd', 'waterveen')));
      await queue.lose();
      await release();
      // Also what became of it meanwhile: the disclosures to be delivered.
      for (let times = 0; times < 10; times += 1) {
        await queue.lose();
        await pause(lookMs);
      }
      await hub.settle();
      for (const situation of situations) expect((await situation.received(police)).length).toBe(1);
    });

    test('a slow party holds up nobody else', async () => {
      hub.behave(veiligThuis, 'slow');
      const situations = Array.from({ length: 6 }, () => openSituation(hub));
      await Promise.all(situations.map((situation) => situation.post('huisverbod.opgelegd', 'waterveen')));
      await until(async () => (await Promise.all(situations.map((situation) => situation.received(police)))).every(({ length }) => length === 1));
      const late = await Promise.all(situations.map((situation) => situation.received(veiligThuis)));
      // Otherwise nothing was slow, and this proves nothing.
      expect(late.filter(({ length }) => length === 0).length).toBeGreaterThan(0);
      hub.behave(veiligThuis, 'normal');
      await hub.settle();
    });

    test('a try that is to be made again is made at its moment or a little later, never before, also when the queue loses it', async () => {
      hub.behave(veiligThuis, '4xx');
      const situation = openSituation(hub);
      await situation.post('huisverbod.opgelegd', 'waterveen');
      await until(async () => (await statesOf(situation.number, oin.veiligThuis))[0]?.outcome === 'deferred');
      const dueAt = (await statesOf(situation.number, oin.veiligThuis))[0]?.nextDueAt ?? new Date(Number.NaN);
      hub.behave(veiligThuis, 'normal');
      await queue.lose();
      await until(async () => (await situation.received(veiligThuis)).length === 1);
      const { rows: [row] } = await hub.database.pool.query<{ at: Date }>('select started_at as at from attempt where mid = $1 and number = 2', [(await statesOf(situation.number, oin.veiligThuis))[0]?.mid]);
      expect(row?.at.getTime()).toBeGreaterThanOrEqual(dueAt.getTime());
      expect(row?.at.getTime()).toBeLessThan(dueAt.getTime() + 5_000);
    });

    const poisons: readonly (readonly [string, Uint8Array])[] = [
      ['bytes nobody can read', Buffer.from([0xff, 0x00, 0x7b])],
      ['a form of a later release', Buffer.from(JSON.stringify({ v: 99, kind: 'disclose', id: '1', lane: 'x' }))],
      ['work that never was', Buffer.from(JSON.stringify({ v: 1, kind: 'disclose', id: '999999999', lane: '0191b3c4-0000-7000-8000-000000000001' }))],
    ];
    test.each(poisons)('%s: put aside, and the work goes on', async (told, bytes) => {
      const before = await queue.putAside();
      await queue.poison(bytes);
      const situation = openSituation(hub);
      await situation.send('huisverbod.opgelegd', 'waterveen');
      expect((await situation.received(police)).length).toBe(1);
      if (before === null) return;
      if (told === 'work that never was') expect(await queue.putAside()).toBe(before);
      else await until(async () => ((await queue.putAside()) ?? 0) > before);
    });

    test('a worker that claimed and went away is replaced, and does nothing when it comes back', async () => {
      const situation = openSituation(hub);
      const release = await queue.hold();
      const { id } = await situation.post('huisverbod.opgelegd', 'waterveen');
      // It has the message in hand, says nothing for longer than its lease, and comes back when others were through with it.
      const client = hub.database.pool;
      await until(async () => (await client.query("select from queue where ref = $1 and lease_until is not null", [id])).rowCount === 1);
      const { rows: [row] } = await client.query<{ job: string }>("update queue set lease_until = now() - interval '1 second' where ref = $1 returning id::text as job", [id]);
      await release();
      await hub.settle();
      const stale = { job: row?.job ?? '', messageId: id, event: null, attempts: 1 };
      const decided = await hub.hub.store.cases.disclose([stale], hub.now(), async () => {
        throw new Error('it has no plan to make');
      });
      expect(decided).toEqual([{ job: stale, result: null }]);
      expect((await situation.received(police)).length).toBe(1);
    });
  });
}
