import { describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { startLoop } from './loop.js';

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 500 && !holds(); tries += 1) await pause(10);
  expect(holds()).toBe(true);
};

describe('a loop of the worker', () => {
  test('goes on while there is more, then rests until it is woken', async () => {
    let steps = 0;
    const loop = startLoop({ step: async () => (steps += 1) < 3, idleMs: 60_000, spacingMs: 0, failed: () => undefined });
    await until(() => steps === 3);
    loop.wake();
    await until(() => steps === 4);
    await loop.stop();
  });

  test('does not miss a ring that comes while a step runs', async () => {
    let steps = 0;
    let go: () => void = () => undefined;
    const loop = startLoop({
      step: async () => {
        steps += 1;
        if (steps === 1) await new Promise<void>((resolve) => { go = resolve; });
        return false;
      },
      idleMs: 60_000, spacingMs: 0, failed: () => undefined,
    });
    await until(() => steps === 1);
    loop.wake();
    go();
    await until(() => steps === 2);
    await loop.stop();
  });

  test('asks after each step how long until the next', async () => {
    const asked: number[] = [];
    let steps = 0;
    const loop = startLoop({
      step: async () => (steps += 1) < 3, idleMs: 60_000, failed: () => undefined,
      spacingMs: () => {
        asked.push(steps);
        return 0;
      },
    });
    await until(() => asked.length === 3);
    expect(asked).toEqual([1, 2, 3]);
    await loop.stop();
  });

  test('tells a fault and goes on', async () => {
    const faults: unknown[] = [];
    let steps = 0;
    const loop = startLoop({
      step: async () => {
        steps += 1;
        if (steps === 1) throw new Error('the database is away');
        return false;
      },
      idleMs: 60_000, spacingMs: 0, failed: (fault) => faults.push(fault),
    });
    await until(() => steps === 2);
    expect(faults).toHaveLength(1);
    await loop.stop();
  });

  test('ends only when its step has ended', async () => {
    let ended = false;
    const loop = startLoop({
      step: async () => {
        await pause(50);
        ended = true;
        return true;
      },
      idleMs: 60_000, spacingMs: 0, failed: () => undefined,
    });
    await loop.stop();
    expect(ended).toBe(true);
  });
});
