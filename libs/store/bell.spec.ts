import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { listen, ringSoon, type Ring } from './bell.js';

describe('rings beside a transaction', () => {
  let database: TestDatabase;
  const heard: Ring[] = [];
  let bell: Awaited<ReturnType<typeof listen>>;
  beforeAll(async () => {
    database = await openTestDatabase();
    bell = await listen(database.connectionString, (what) => void heard.push(what));
  });
  afterAll(async () => {
    await bell.close();
    await database.close();
  });

  test('are heard, each kind at least once, and many of them as few', async () => {
    for (let times = 0; times < 500; times += 1) for (const what of ['seal', 'disclose'] as const) ringSoon(database.pool, what);
    for (let tries = 0; tries < 500 && new Set(heard).size < 2; tries += 1) await pause(20);
    expect([...new Set(heard)].sort()).toEqual(['disclose', 'seal']);
    expect(heard.length).toBeLessThan(20);
  });

  test('are heard after what they tell of, also the last one of a burst', async () => {
    await database.pool.query('create table told (number integer)');
    for (let number = 1; number <= 50; number += 1) {
      await database.pool.query('insert into told values ($1)', [number]);
      heard.length = 0;
      ringSoon(database.pool, 'seal');
    }
    for (let tries = 0; tries < 500 && heard.length === 0; tries += 1) await pause(20);
    expect(heard).toContain('seal');
  });
});
