import { describe, expect, test } from '@jest/globals';
import type { CourtDelivery, CourtDuty } from '@ketensluis/flow';
import { copiesOf, isToDo } from './copies.js';

const messageId = '01937f6e-0000-7000-8000-000000000001';
const duty: CourtDuty = {
  messageId, key: 'E16:POL', rule: 'WTH-17', article: 'Wth art. 8(1)(b)', toward: 'POL', recipient: null, dueAt: null, closedAt: null, closedBy: null,
};
const delivery: CourtDelivery = {
  messageId, mid: '01937f6e-0000-7000-8000-000000000002', entryId: '01937f6e-0000-7000-8000-000000000003', recipient: '00000001900000000001',
  rules: ['WTH-17'], roles: ['POL'], state: 'waiting', finishedAt: null, listedAt: null,
};

describe('a copy of a ruling', () => {
  test.each([
    ['waiting', 'under-way', false],
    // Whoever was told fetches it; nobody need do anything by hand meanwhile.
    ['announced', 'under-way', false],
    ['delivered', 'delivered', false],
    ['held', 'held', true],
    ['dead', 'stuck', true],
  ] as const)('whose delivery is %s is %s', (state, expected, toDo) => {
    const [copy] = copiesOf(messageId, { duties: [duty], deliveries: [{ ...delivery, state }] });
    expect(copy?.state).toBe(expected);
    expect(copy !== undefined && isToDo(copy)).toBe(toDo);
  });
});
