import { describe, expect, test } from '@jest/globals';
import { readLimiter, readLimits } from './read-limit.js';

const limiter = () => {
  let nowMs = 1_000_000;
  return { take: readLimiter({ now: () => new Date(nowMs) }), pass: (ms: number) => void (nowMs += ms) };
};

describe('the limit on reading the log', () => {
  test('gives a source its store, then makes it wait as long as it says', () => {
    const { take, pass } = limiter();
    const source = { kind: 'stranger', name: '127.0.0.1' } as const;
    for (let n = 0; n < readLimits.stranger.most; n += 1) expect(take(source)).toBe(0);
    expect(take(source)).toBe(5);
    pass(4_000);
    expect(take(source)).toBe(1);
    pass(1_000);
    expect(take(source)).toBe(0);
    expect(take(source)).toBe(5);
  });

  test('counts every reader by itself, and a reader is no stranger', () => {
    const { take } = limiter();
    const one = { kind: 'reader', name: 'a' } as const;
    for (let n = 0; n < readLimits.reader.most; n += 1) expect(take(one)).toBe(0);
    expect(take(one)).toBe(1);
    expect([take({ kind: 'reader', name: 'b' }), take({ kind: 'stranger', name: 'a' })]).toEqual([0, 0]);
  });

  test('is not outwitted by a clock that goes back', () => {
    const { take, pass } = limiter();
    const source = { kind: 'stranger', name: 'x' } as const;
    for (let n = 0; n < readLimits.stranger.most; n += 1) take(source);
    pass(-3_600_000);
    expect(take(source)).toBe(5);
  });

  test('remembers a bounded number of sources', () => {
    const { take } = limiter();
    const first = { kind: 'stranger', name: 'first' } as const;
    for (let n = 0; n < readLimits.stranger.most; n += 1) take(first);
    for (let n = 0; n < readLimits.sourcesMax; n += 1) take({ kind: 'stranger', name: `${n}` });
    expect(take(first)).toBe(0);
  });
});
