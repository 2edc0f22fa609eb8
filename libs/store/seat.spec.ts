import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkerSeat } from '@ketensluis/flow';
import { setTimeout as pause } from 'node:timers/promises';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { openPool } from './pool.js';
import { workerSeat } from './seat.js';

describe('the seats of those that decide', () => {
  let database: TestDatabase;
  const seats: WorkerSeat[] = [];
  let pool: ReturnType<typeof openPool>;
  const newSeat = (): WorkerSeat => {
    const seat = workerSeat(pool);
    seats.push(seat);
    return seat;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 500; tries += 1, await pause(20)) if (await holds()) return;
    throw new Error('it does not come about');
  };
  beforeAll(async () => {
    database = await openTestDatabase();
    pool = openPool(database.connectionString);
  });
  afterAll(async () => {
    seats.forEach((seat) => seat.leave());
    await pool.end();
    await database.close();
  });

  test('are as many as are there, each another place, the same for whoever asks again', async () => {
    const three = [newSeat(), newSeat(), newSeat()];
    for (const seat of three) await seat.take();
    const taken = await Promise.all(three.map((seat) => seat.take()));
    expect(taken.map(({ of }) => of)).toEqual([3, 3, 3]);
    expect(taken.map(({ place }) => place).sort()).toEqual([0, 1, 2]);
    expect(await Promise.all(three.map((seat) => seat.take()))).toEqual(taken);
    three.forEach((seat) => seat.leave());
  });

  test('are free when one leaves, or is cut off; who was cut off finds a new one', async () => {
    const [first, second] = [newSeat(), newSeat()];
    await first.take();
    await until(async () => (await second.take()).of === 2);
    first.leave();
    await until(async () => (await second.take()).of === 1);
    await first.take();
    await database.pool.query("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 2 and pid <> pg_backend_pid()");
    await until(async () => (await Promise.all([first, second].map((seat) => seat.take().catch(() => ({ place: 0, of: 0 }))))).every(({ of }) => of === 2));
  });
});
