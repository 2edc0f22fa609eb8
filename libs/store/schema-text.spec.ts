import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEmptyDatabase, openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { schemaText } from './schema-text.js';

describe('the schema as text', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openEmptyDatabase();
    await database.pool.query('create table one (n int not null default 1 check (n > 0), primary key (n))');
  });
  afterEach(() => database.close());

  const changes: readonly (readonly [string, string])[] = [
    ['a column', 'alter table one add column m text'],
    ['a default', 'alter table one alter column n set default 2'],
    ['what may be absent', 'alter table one add column m text; alter table one alter column m set not null'],
    ['a check', 'alter table one add check (n < 9)'],
    ['an index', 'create index on one (n) where n > 5'],
    ['a function', "create function f() returns int language sql as 'select 1'"],
    ['a trigger', "create function g() returns trigger language plpgsql as 'begin return null; end'; create trigger t after insert on one execute function g()"],
    ['a view', 'create view two as select n from one'],
    ['a type', "create type mood as enum ('calm')"],
    ['row security', 'alter table one enable row level security'],
  ];
  for (const [name, sql] of changes) {
    test(`changes with ${name}`, async () => {
      const before = await schemaText(database.pool);
      await database.pool.query(sql);
      expect(await schemaText(database.pool)).not.toBe(before);
    });
  }

  test('is the same for the same schema made in another order, whatever rows it holds', async () => {
    const other = await openEmptyDatabase();
    try {
      await other.pool.query('create table zero (m text); create table one (n int not null default 1 check (n > 0), primary key (n)); insert into one values (7)');
      await database.pool.query('create table zero (m text)');
      expect(await schemaText(other.pool)).toBe(await schemaText(database.pool));
    } finally {
      await other.close();
    }
  });
});

test('the migrations add up to the committed libs/store/schema.sql (otherwise run: npm run generate)', async () => {
  const database = await openTestDatabase();
  try {
    const committed = await readFile(join(process.cwd(), 'libs', 'store', 'schema.sql'), 'utf8').catch(() => 'libs/store/schema.sql is absent: run npm run generate');
    expect(await schemaText(database.pool)).toBe(committed);
  } finally {
    await database.close();
  }
});
