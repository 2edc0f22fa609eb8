import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canStartBroker, startBroker, type Broker } from '../../apps/cli/drill/broker.js';
import { buildOnce, type HubChild } from './hub-child.js';
import { startNight, until, type Night } from './night.js';

// Processes with a broker between them: two that decide and deliver, of which one is killed while work comes in.
const isPresent = canStartBroker();
if (!isPresent) test.skip('two workers over a broker, one of them killed: NOT RUN, install rabbitmq-server', () => undefined);

const casesCount = 12;
const doneMaxMs = 90_000;
/** The write by which a process decides (libs/store/save-plan.ts). */
const decides = /update case_file set body/;

(isPresent ? describe : describe.skip)('two workers over a broker', () => {
  let broker: Broker;
  let night: Night;
  let gateway: HubChild;
  let workers: readonly HubChild[];
  beforeAll(async () => {
    await buildOnce();
    [broker, night] = await Promise.all([startBroker(), startNight()]);
    const brokerUrl = broker.url();
    gateway = await night.startHub({ roles: ['gateway'] });
    // The first is alone for a while, as a worker is that another is put beside.
    workers = [await night.startHub({ roles: ['worker'], brokerUrl }), await night.startHub({ roles: ['worker'], brokerUrl })];
    expect(await until(async () => (await seats()) === workers.length, doneMaxMs)).toBe(true);
  }, 240_000);
  afterAll(async () => {
    await night.close();
    await broker.stop();
  }, 60_000);

  const seats = async (): Promise<number> => (await night.pool.query("select from pg_locks where locktype = 'advisory' and objsubid = 2 and granted and objid = pid")).rowCount ?? 0;
  /** The ban by word of mouth and in writing, in cases of their own; `between` runs when half of them were taken. */
  const send = async (first: number, between: () => void = () => undefined): Promise<void> => {
    for (let place = 0; place < casesCount; place += 1) {
      if (place === casesCount / 2) between();
      for (const type of ['huisverbod.aangezegd', 'huisverbod.opgelegd']) {
        expect(await night.submit(night.newMail(`WS-${first + place}`, type), gateway)).toBe(250);
      }
    }
  };
  const isDone = async (): Promise<boolean> => (await night.pool.query(
    'select where exists (select from queue where parked_code is null and due_at <= now()) or exists (select from pending)')).rowCount === 0;
  /** Each message decided once, each decision recorded once, and the messages of a case in the order in which they were taken. */
  const demandOnceInOrder = async (messages: number): Promise<void> => {
    const { rows: [found] } = await night.pool.query<{ applied: number; decisions: number; entries: number; turned: number }>(
      `with decided as (select case_id, received_at, message.id, min(decided_at) as at from message join decision on message_id = message.id group by message.id)
       select (select count(*)::int from message where state = 'applied') as applied, (select count(*)::int from decision) as decisions,
         (select count(*)::int from entry where kind in ('disclosure', 'hold', 'refusal')) as entries,
         (select count(*)::int from decided one join decided other using (case_id) where one.received_at < other.received_at and one.at > other.at) as turned`);
    expect(found).toEqual({ applied: messages, decisions: found?.entries, entries: found?.entries, turned: 0 });
  };

  test('both decide, each message once and each case in its order', async () => {
    for (const worker of workers) await worker.arm(null);
    await send(0);
    expect(await until(isDone, doneMaxMs)).toBe(true);
    await demandOnceInOrder(2 * casesCount);
    for (const worker of workers) expect((await worker.seen()).some((step) => decides.test(step))).toBe(true);
  }, 180_000);

  test('when one is killed the other goes on with all of it', async () => {
    const [killed, left] = workers;
    await send(casesCount, () => killed?.kill());
    expect(await until(async () => (await seats()) === 1, doneMaxMs)).toBe(true);
    expect(await until(isDone, doneMaxMs)).toBe(true);
    await demandOnceInOrder(4 * casesCount);
    expect(left?.isDead()).toBe(false);
  }, 180_000);
});
