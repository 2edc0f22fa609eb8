import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';

describe('foreign keys', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  test('have an index where they refer from: else each row that goes reads the whole table', async () => {
    const { rows } = await database.pool.query<{ missing: string }>(
      `select conrelid::regclass || ': ' || pg_get_constraintdef(of.oid) as missing from pg_constraint of
       where contype = 'f' and conparentid = 0 and not exists (
         select from pg_index where indrelid = of.conrelid and indkey[0] = of.conkey[1] and indisvalid)`,
    );
    expect(rows.map(({ missing }) => missing)).toEqual([]);
  });
});
