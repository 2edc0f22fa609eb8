import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { openEmptyDatabase, openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { loadMigrations, migrate, type Migration } from './migrate.js';
import { pendingMigrations, tablesIn } from './pending.js';

const step = (name: string, sql: string): Migration => ({ name, sql, checksum: createHash('sha256').update(sql).digest('hex') });
const first = step('0001_first', 'create table first (n int); insert into first select generate_series(1, 1000);');
const second = step('0002_second', "alter table first add column m int;\ncreate table second (n int);\ninsert into second select n from first; -- update third set n = 1");

describe('migrations that would run', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openEmptyDatabase();
  });
  afterEach(() => database.close());

  test('are told with their statements and the tables they touch, and nothing is done', async () => {
    expect(await pendingMigrations(database.connectionString, [first, second])).toMatchObject([{ name: '0001_first', sql: first.sql, tables: [{ name: 'first', rows: null, bytes: null }] }, { name: '0002_second' }]);
    expect((await database.pool.query("select to_regclass('first') as first, to_regclass('_prisma_migrations') as history")).rows).toEqual([{ first: null, history: null }]);
    await migrate(database.connectionString, [first]);
    await database.pool.query('analyze first');
    const [pending, ...others] = await pendingMigrations(database.connectionString, [first, second]);
    expect(others).toEqual([]);
    expect(pending?.tables.map(({ name, rows }) => [name, rows])).toEqual([['first', 1_000], ['second', null]]);
    expect(pending?.tables[0]?.bytes).toBeGreaterThan(32_000);
    await migrate(database.connectionString, [first, second]);
    expect(await pendingMigrations(database.connectionString, [first, second])).toEqual([]);
  });

  test('are refused as the real thing would refuse them', async () => {
    await migrate(database.connectionString, [first, second, step('0003_third', '-- contract of 0002: x\nselect 1')]);
    await expect(pendingMigrations(database.connectionString, [first, second])).rejects.toThrow('newer Ketensluis');
    await expect(pendingMigrations(database.connectionString, [step('0001_first', 'select 1'), second])).rejects.toThrow('was changed after it was applied');
  });

  test.each<readonly [string, readonly string[]]>([
    ['create unique index concurrently a_b on a (b) where c', ['a']],
    ['create trigger t before insert or update of x on a for each row execute function f()', ['a']],
    ['create function f() returns trigger language plpgsql as $body$ begin update hidden set n = 1; end $body$', []],
    ['insert into a select * from b on conflict (n) do update set n = 2; delete from c; drop table if exists d, g; alter table only e rename to f', ['a', 'c', 'd', 'e', 'g']],
    ['create table a (n int references b (n) on delete cascade); update c set n = 1', ['a', 'c']],
    ['/* update a */ select 1', []],
  ])('%s', (sql, tables) => expect(tablesIn(sql)).toEqual(tables));
});

test('every table that a migration of ours touches is one of the schema, or was', async () => {
  const database = await openTestDatabase();
  const { rows } = await database.pool.query<{ name: string }>("select relname as name from pg_class where relkind in ('r', 'p')");
  await database.close();
  const [there, migrations] = [new Set(rows.map(({ name }) => name)), await loadMigrations()];
  const dropped = new Set(migrations.flatMap(({ sql }) => [...sql.matchAll(/(?:drop table (?:if exists )?|rename to )([a-z_, ]+)/g)].flatMap(([, names]) => (names ?? '').split(', '))));
  const strange = migrations.flatMap(({ name, sql }) => tablesIn(sql).filter((table) => !there.has(table) && !dropped.has(table)).map((table) => `${name}: ${table}`));
  expect(strange).toEqual([]);
});
