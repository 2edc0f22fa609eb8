import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openTasks } from '@ketensluis/platform';
import { buildOnce, type HubChild } from './hub-child.js';
import { isDone, readiness, startNight, until, type Night } from './night.js';
import { checkLog } from './outcome.js';

// I1: when the log cannot be signed nothing leaves, whoever runs the hub can see it, and it goes on by itself once it can.
let night: Night;
const doneMaxMs = 30_000;
/** Long enough for several ticks of the signer and tries of the sender. */
const quietMs = 2_500;
/** An entry that waits longer than this for its seal makes the hub not ready. */
const sealWaitMs = 30_000;

beforeEach(async () => {
  await buildOnce();
  night = await startNight();
}, 120_000);
afterEach(() => night.close());

const allDelivered = async (): Promise<void> => {
  expect(await until(() => isDone(night.pool), doneMaxMs)).toBe(true);
  expect(new Set(night.arrivals.map(({ mid }) => mid)).size).toBe(3);
  expect(night.arrivals).toHaveLength(3);
  expect(await Promise.all(night.arrivals.map(({ sealed }) => sealed))).toEqual([true, true, true]);
  expect(await checkLog(night)).toMatchObject({ exit: 0 });
};

interface SignerTask {
  readonly cause: string;
  readonly openedAt: Date;
  readonly closed: boolean;
}

/** Every task about the signer there ever was; `xmin` shows when its row was written last. */
const signerTasks = async (): Promise<readonly (SignerTask & { readonly xmin: string })[]> =>
  (await night.pool.query(`select cause, opened_at as "openedAt", closed_at is not null as closed, xmin::text from task where kind = 'log'`)).rows;

/** A person is told, once and not at every tick. */
const toldOnce = async (cause: RegExp): Promise<void> => {
  const [task, ...others] = await signerTasks();
  expect(task).toMatchObject({ cause: expect.stringMatching(cause), closed: false });
  expect(others).toEqual([]);
  expect((await openTasks(night.pool)).map(({ kind, ref }) => `${kind} ${ref}`)).toContain('log signer');
  await pause(1_000);
  expect(await signerTasks()).toEqual([task]);
};

const closedByItself = async (): Promise<void> => {
  expect(await until(async () => (await signerTasks())[0]?.closed === true, doneMaxMs)).toBe(true);
};

/** The mail is stored and decided, and yet nobody gets anything: not even a try is made. */
const nothingLeaves = async (hub: HubChild): Promise<void> => {
  const decided = "select count(*)::int as count from delivery where state = 'waiting'";
  expect(await night.submit(night.newMail('FT-2026-9001'), hub)).toBe(250);
  expect(await until(async () => (await night.pool.query<{ count: number }>(decided)).rows[0]?.count === 3, doneMaxMs)).toBe(true);
  await pause(quietMs);
  expect(night.arrivals).toEqual([]);
  expect((await night.pool.query('select from attempt')).rowCount).toBe(0);
};

describe('a disk that is full when the signer writes its memory', () => {
  test('stops all sending, shows as not ready, and goes on when there is room again', async () => {
    const hub = await night.startHub();
    expect(await until(() => isDone(night.pool), doneMaxMs)).toBe(true);
    expect(await readiness(hub)).toBe(200);
    const blocked = join(night.folder, 'signer', 'state.new');
    // On Linux every byte written to /dev/full meets a full disk (ENOSPC); elsewhere a folder in the way will do.
    await (existsSync('/dev/full') ? symlink('/dev/full', blocked) : mkdir(blocked));
    await nothingLeaves(hub);
    await toldOnce(/nothing leaves: the signer cannot keep its memory \(E[A-Z]+\)$/);
    await hub.setClock(sealWaitMs + 5_000);
    expect(await readiness(hub)).toBe(503);
    await rm(blocked, { recursive: true });
    await allDelivered();
    await closedByItself();
    expect(await readiness(hub)).toBe(200);
  }, 120_000);
});

describe('a clock that went back behind the last signature', () => {
  test('stops all sending, shows as not ready, and goes on when time has caught up', async () => {
    const ahead = 10 * 60_000;
    const hub = await night.startHub({ aheadMs: ahead });
    expect(await until(() => isDone(night.pool), doneMaxMs)).toBe(true);
    await hub.setClock(0);
    await nothingLeaves(hub);
    await toldOnce(/nothing leaves: clock-back, the clock is \d+ ms before the last signature$/);
    await hub.setClock(sealWaitMs + 5_000);
    expect(await readiness(hub)).toBe(503);
    expect(night.arrivals).toEqual([]);
    await hub.setClock(ahead + 60_000);
    await allDelivered();
    await closedByItself();
    expect(await readiness(hub)).toBe(200);
  }, 120_000);
});
