import { describe, expect, test } from '@jest/globals';
import type { WorkNotice } from '@ketensluis/flow';
import { createHand } from './hand.js';

const lane = '00000001900000000001';
const notice = (id: string): WorkNotice => ({ kind: 'deliver', id, lane });

describe('what a worker has in hand', () => {
  test('is taken once, until it is given back', () => {
    const hand = createHand();
    hand.add(notice('a'), () => undefined);
    expect(hand.take('deliver')).toEqual([notice('a')]);
    expect(hand.take('deliver')).toEqual([]);
    expect(hand.isAtWork('deliver', lane)).toBe(true);
    hand.giveBack('deliver', ['a']);
    expect(hand.isAtWork('deliver', lane)).toBe(false);
    expect(hand.take('deliver')).toEqual([notice('a')]);
  });

  test('a second notice of the same work answers the first at once, and is answered itself at the end', () => {
    const hand = createHand();
    const answered: string[] = [];
    hand.add(notice('a'), () => void answered.push('first'));
    hand.take('deliver');
    hand.add(notice('a'), () => void answered.push('second'));
    expect(hand.take('deliver')).toEqual([]);
    expect(answered).toEqual(['first']);
    hand.leave('deliver', ['a']).forEach(({ answer }) => answer());
    expect(answered).toEqual(['first', 'second']);
    expect(hand.size()).toBe(0);
  });

  test('when the line breaks what waits is gone, and what is at work goes on without an answer', () => {
    const hand = createHand();
    const answered: string[] = [];
    hand.add(notice('at work'), () => void answered.push('at work'));
    hand.take('deliver');
    hand.add(notice('waiting'), () => void answered.push('waiting'));
    hand.lose();
    expect(hand.take('deliver')).toEqual([]);
    expect(hand.isAtWork('deliver', lane)).toBe(true);
    hand.leave('deliver', ['at work', 'waiting']).forEach(({ answer }) => answer());
    expect(answered).toEqual([]);
  });
});
