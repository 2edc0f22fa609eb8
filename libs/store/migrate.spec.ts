import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import pg from 'pg';
import { openEmptyDatabase, type TestDatabase } from '../../test/harness/database.js';
import { loadMigrations, migrate, type Migration } from './migrate.js';

const step = (name: string, sql: string): Migration => ({ name, sql, checksum: createHash('sha256').update(sql).digest('hex') });
const first = step('0001_first', 'create table first (n int); insert into first values (1);');
const second = step('0002_second', 'alter table first add column m int not null default 2;');

const third = step('0003_third', 'select 3');
const contract = step('0002_contract', '-- contract of 0001: nothing reads it\ndrop table first;');

describe('migrations', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openEmptyDatabase();
  });
  afterEach(() => database.close());

  const history = async () => (await database.pool.query('select migration_name, checksum, applied_steps_count from _prisma_migrations order by 1')).rows;

  test('are applied in order, once, and recorded the way Prisma does', async () => {
    expect(await migrate(database.connectionString, [first])).toEqual(['0001_first']);
    expect(await migrate(database.connectionString, [first, second])).toEqual(['0002_second']);
    expect(await migrate(database.connectionString, [first, second])).toEqual([]);
    expect((await database.pool.query('select n, m from first')).rows).toEqual([{ n: 1, m: 2 }]);
    expect(await history()).toEqual([first, second].map(({ name, checksum }) => ({ migration_name: name, checksum, applied_steps_count: 1 })));
  });

  test('that only added something let the release before start again', async () => {
    await migrate(database.connectionString, [first, second, third]);
    expect(await migrate(database.connectionString, [first])).toEqual([]);
    expect(await migrate(database.connectionString, [first, second, third])).toEqual([]);
  });

  test('that fail are undone whole, say where, and are tried again later', async () => {
    const broken = step('0002_second', 'create table half (n int);\nselect nothing from nowhere;');
    await expect(migrate(database.connectionString, [first, broken])).rejects.toThrow(/0002_second failed and was undone.*line 2: select nothing from nowhere/);
    expect((await database.pool.query("select to_regclass('half') as half, to_regclass('first')::text as first")).rows).toEqual([{ half: null, first: 'first' }]);
    expect(await migrate(database.connectionString, [first, second])).toEqual(['0002_second']);
  });

  test('that make an index beside the work do so although another hub waits, and once more after a crash', async () => {
    const beside = step('0002_beside', '-- one by one: the table grows with the traffic\ndrop index concurrently if exists first_n;\ncreate index concurrently first_n on first (n);\n');
    await migrate(database.connectionString, [first]);
    // As a crash leaves it: made, and not recorded.
    await database.pool.query('create index first_n on first (n)');
    const taken = await Promise.all([1, 2, 3].map(() => migrate(database.connectionString, [first, beside])));
    expect(taken.flat()).toEqual(['0002_beside']);
    expect((await database.pool.query("select indisvalid from pg_index where indexrelid = 'first_n'::regclass")).rows).toEqual([{ indisvalid: true }]);
    const broken = step('0003_beside', '-- one by one\nselect 1;\nselect nothing from nowhere;\n');
    await expect(migrate(database.connectionString, [first, beside, broken])).rejects.toThrow(/0003_beside stopped half-way.*nowhere/);
  });

  const refused: readonly (readonly [string, readonly Migration[], readonly Migration[], RegExp])[] = [
    ['whose file changed after it was applied', [first], [step('0001_first', 'create table other (n int)')], /0001_first was changed after it was applied.*new migration/],
    ['that the program does not know and that took something away, because the database is newer', [first, contract], [first], /newer Ketensluis.*0002_contract.*Nothing was changed/],
    ['that the program does not know among those it does', [first, second, third], [first, third], /newer Ketensluis.*0002_second/],
    ['that come before one already applied', [step('0002_second', 'select 1')], [first, step('0002_second', 'select 1')], /0001_first comes before 0002_second.*higher number/],
  ];
  for (const [name, before, after, message] of refused) {
    test(`refuse to go on with a step ${name}`, async () => {
      await migrate(database.connectionString, before);
      const recorded = await history();
      await expect(migrate(database.connectionString, after)).rejects.toThrow(message);
      expect(await history()).toEqual(recorded);
    });
  }

  test('are taken once when four hubs start at the same moment', async () => {
    const taken = await Promise.all([1, 2, 3, 4].map(() => migrate(database.connectionString, [first, second])));
    expect(taken.flat().sort()).toEqual(['0001_first', '0002_second']);
  });

  test('leave the lock free, also after a failure', async () => {
    await expect(migrate(database.connectionString, [step('0001_bad', 'select 1/0')])).rejects.toThrow('division by zero');
    const client = new pg.Client({ connectionString: database.connectionString });
    await client.connect();
    expect(await migrate(client, [first])).toEqual(['0001_first']);
    expect((await client.query("select count(*)::int as n from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()")).rows).toEqual([{ n: 0 }]);
    await client.end();
  });
});

describe('the migrations of Ketensluis', () => {
  test('carry a number each, without gap or repeat', async () => {
    const numbers = (await loadMigrations()).map(({ name }) => Number(/^(\d{4})_[a-z0-9_]+$/.exec(name)?.[1] ?? Number.NaN));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });

  test('leave transactions to the runner, so that a failing step is undone whole', async () => {
    const offenders = (await loadMigrations()).filter(({ sql }) => /^\s*(begin|commit|rollback|start transaction)\s*;/im.test(sql)).map(({ name }) => name);
    expect(offenders).toEqual([]);
  });
});
