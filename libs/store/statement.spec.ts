import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { rowsPart } from './statement.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

test('bytes that go as one value come out as they were, also none and nothing', async () => {
  const bodies = [Buffer.from([0, 255, 92]), null, Buffer.alloc(0), Buffer.alloc(70_000, 7)];
  const { sql, values, select } = rowsPart('sent', [{ name: 'id', type: 'integer', values: [1, 2, 3, 4] }, { name: 'body', type: 'bytea', values: bodies }]);
  const { rows } = await database.pool.query<{ body: Buffer | null }>(`select ${select[1] ?? ''} as body from ${sql} order by ${select[0] ?? ''}`, [...values]);
  expect(rows.map(({ body }) => body)).toEqual(bodies);
});
