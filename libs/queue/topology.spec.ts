import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rungFor, rungsSeconds, shardCount, shardOf, topologyOf } from './topology.js';

describe('where a message goes', () => {
  test('a case is always in the same queue, in every release', () => {
    const cases = ['0191b3c4-0000-7000-8000-000000000001', '0191b3c4-0000-7000-8000-000000000002', '0191b3c4-0000-7000-8000-000000000003'];
    // Written down when this was made: another outcome would split the order of a case over two queues during an upgrade.
    expect(cases.map(shardOf)).toEqual([1, 4, 7]);
  });

  test('cases are spread over all queues', () => {
    const shards = new Set(Array.from({ length: 200 }, (_none, place) => shardOf(`case ${place}`)));
    expect([...shards].sort()).toEqual(Array.from({ length: shardCount }, (_none, place) => place));
  });

  test('every name begins as the rights of the hub say', () => {
    const { work, dead, later, shards, queueOf, partyKey } = topologyOf('ketensluis');
    for (const name of [work, dead, ...rungsSeconds.map(later), ...shards.map(queueOf), queueOf(partyKey('00000001900000000001'))]) expect(name).toMatch(/^ketensluis\../);
  });
});

describe('the ladder', () => {
  test('never waits past the moment, and no wait takes more steps than its seconds have bits, or one for each longest step', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 200_000 }), (seconds) => {
      let [left, steps] = [seconds, 0];
      for (; left > 0; steps += 1) {
        const rung = rungFor(left * 1_000);
        expect(rung).toBeLessThanOrEqual(left);
        left -= rung;
      }
      expect(steps).toBeLessThanOrEqual(11 + Math.ceil(seconds / 2_048));
    }));
  });

  test('what is due at once waits the shortest step', () => {
    expect([rungFor(0), rungFor(-5_000), rungFor(999)]).toEqual([1, 1, 1]);
  });
});
