import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openEmptyDatabase, openTestDatabase, type TestDatabase } from './database.js';

describe('a test database', () => {
  const open: TestDatabase[] = [];
  beforeAll(async () => {
    open.push(await openTestDatabase(), await openTestDatabase(), await openEmptyDatabase());
  });
  afterAll(async () => {
    for (const database of open) await database.close();
  });

  test('is a database of its own, with every migration applied', async () => {
    const tables = "select count(*)::int as n from pg_tables where schemaname = 'public'";
    const [first, second, empty] = await Promise.all(open.map(async ({ pool }) => (await pool.query(tables)).rows[0].n));
    expect(first).toBeGreaterThan(0);
    expect(second).toBe(first);
    expect(empty).toBe(0);
  });

  test('speaks UTC in its sessions although the server lives in another time zone', async () => {
    const { rows } = await (open[0] ?? (await openTestDatabase())).pool.query(
      "select current_setting('timezone') as session, (select reset_val from pg_settings where name = 'TimeZone') as reset, (select sourcefile is null from pg_settings where name = 'TimeZone') as plain",
    );
    expect(rows[0].session).toBe('UTC');
  });

  test('gives the hub no more rights than production does', async () => {
    const { rows } = await (open[0] ?? (await openTestDatabase())).pool.query('select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user');
    expect(rows[0]).toEqual({ rolsuper: false, rolcreatedb: false, rolcreaterole: false });
  });
});
