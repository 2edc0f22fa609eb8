import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock.js';
import { processStart } from './process.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ketensluis-lock-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const ended = async (): Promise<{ pid: number; startedAt: string }> => {
  const child = spawn('sleep', ['30']);
  const pid = child.pid ?? 0;
  const startedAt = (await processStart(pid)) ?? '';
  child.kill('SIGKILL');
  await once(child, 'exit');
  return { pid, startedAt };
};

describe('the lock on a data folder', () => {
  const abandoned: readonly (readonly [string, () => Promise<string>])[] = [
    ['of a process that has ended', async () => JSON.stringify(await ended())],
    ['whose number now belongs to another process', async () => JSON.stringify({ pid: process.pid, startedAt: 'another moment' })],
    ['cut short by a power failure', async () => '{"pid":12'],
    ['that is empty', async () => ''],
  ];
  for (const [name, content] of abandoned) {
    test(`is taken over when there is one ${name}`, async () => {
      const file = join(folder, name);
      await writeFile(file, await content());
      const lock = await takeLock(file);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ pid: process.pid, startedAt: await processStart(process.pid) });
      await lock.release();
    });
  }

  test('is refused while a living process holds it, and free after release', async () => {
    const file = join(folder, 'held');
    const lock = await takeLock(file);
    await expect(takeLock(file)).rejects.toThrow(`process ${process.pid}`);
    await lock.release();
    await (await takeLock(file)).release();
  });

  test('goes to exactly one of many that find it abandoned at once', async () => {
    const file = join(folder, 'contested');
    await writeFile(file, JSON.stringify(await ended()));
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => takeLock(file)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('does not mistake one process for another', async () => {
    expect(await processStart(process.pid)).toBe(await processStart(process.pid));
    expect(await processStart(process.pid)).not.toBeNull();
    expect(await processStart((await ended()).pid)).toBeNull();
  });
});
