import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { SealedDisclosure } from '@ketensluis/flow';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation, type Situation } from './situation.js';

const veiligThuis = 'veilig-thuis-noorderwaard';

describe('a delivery that a process has in hand', () => {
  let hub: TestHub;
  let situation: Situation;
  let claimed: SealedDisclosure;
  beforeAll(async () => {
    hub = await openRegion();
    hub.behave(veiligThuis, '4xx');
    situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    hub.behave(veiligThuis, 'normal');
    const { registers, store: { deliveries } } = hub.hub;
    const [first] = await deliveries.claimSealed(new Date(hub.now().getTime() + 3_600_000), {
      most: 1, perParty: 1, underWay: new Map(), attachmentBytes: 0, mark: (await registers.current()).mark,
    });
    if (first === undefined) throw new Error('nothing waits');
    claimed = first;
  });
  afterAll(() => hub.close());

  const secondsLeft = async (): Promise<number> =>
    (await hub.hub.pool.query<{ left: number }>("select extract(epoch from lease_until - now())::float8 as left from queue where kind = 'deliver' and ref = $1", [claimed.id])).rows[0]?.left ?? 0;

  test('is nobody else\'s for a short while, and for another while each time the process says that it goes on', async () => {
    expect(await secondsLeft()).toBeGreaterThan(10);
    await hub.hub.pool.query("update queue set lease_until = now() + interval '2 seconds', due_at = due_at where kind = 'deliver' and ref = $1", [claimed.id]);
    await hub.hub.store.deliveries.keep([claimed.id]);
    expect(await secondsLeft()).toBeGreaterThan(10);
    expect(await secondsLeft()).toBeLessThan(60);
  });

  test('is taken up by another, under the same id, once the process has said nothing for that long', async () => {
    await hub.hub.pool.query("update queue set lease_until = now() - interval '1 second', due_at = now() where kind = 'deliver' and ref = $1", [claimed.id]);
    await hub.advance(1_000);
    await hub.settle();
    expect((await situation.received(veiligThuis)).map(({ disclosure }) => disclosure.id)).toEqual([claimed.id]);
  });

  test('that ended meanwhile is not claimed again by saying so', async () => {
    await hub.hub.store.deliveries.keep([claimed.id]);
    expect((await hub.hub.pool.query("select from queue where kind = 'deliver' and ref = $1", [claimed.id])).rowCount).toBe(0);
  });
});
