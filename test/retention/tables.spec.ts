import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { retentionObjects } from '@ketensluis/domain';
import { readRetention } from '@ketensluis/platform';
import { fileURLToPath } from 'node:url';
import { openTestDatabase, type TestDatabase } from '../harness/database.js';
import { tableClocks } from './tables.js';

let database: TestDatabase;
let tables: readonly string[];
beforeAll(async () => {
  database = await openTestDatabase();
  const { rows } = await database.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
       and not exists (select from pg_inherits where inhrelid = (quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass) order by 1`);
  tables = rows.map(({ name }) => name);
});
afterAll(() => database.close());

describe('every table', () => {
  test('says what ends what it holds about persons; one that is new is thought about first', () => {
    expect(tables.length).toBeGreaterThan(30);
    expect(tables.filter((name) => tableClocks[name] === undefined)).toEqual([]);
  });

  test('that says it goes under a clock, goes under one there is in config/retention', async () => {
    const { clocks } = await readRetention(fileURLToPath(new URL('../../config/retention', import.meta.url)));
    const objects = tables.flatMap((name) => {
      const said = tableClocks[name];
      return said?.kind === 'clock' && said.object !== 'case' ? [said.object] : [];
    });
    expect(objects.filter((object) => !clocks.some((clock) => clock.object === object))).toEqual([]);
    expect(retentionObjects.filter((object) => !['ban-file', 'no-ban-file', 'raw-mail'].includes(object) && !objects.includes(object))).toEqual([]);
  });

  test('that hangs on a case or a message goes with it: by destroy_case, or by the reference itself', async () => {
    const { rows: [body] } = await database.pool.query<{ text: string }>("select prosrc as text from pg_proc where proname = 'destroy_case'");
    const { rows } = await database.pool.query<{ name: string }>(
      `select distinct conrelid::regclass::text as name from pg_constraint
        where contype = 'f' and confdeltype <> 'c' and confrelid = any(array['case_file', 'message', 'delivery']::regclass[]) order by 1`);
    expect(rows.map(({ name }) => name).filter((name) => !body?.text.includes(`delete from ${name} `))).toEqual([]);
    expect(rows.map(({ name }) => name)).toContain('catch_up');
  });

  test('without a clock is named with what it holds', () => {
    const without = tables.filter((name) => tableClocks[name]?.kind === 'no-clock');
    console.log(`Tables that hold something about natural persons and have no clock: ${without.join(', ')}`);
    expect(without.filter((name) => (tableClocks[name]?.kind === 'no-clock' ? tableClocks[name].why : '').length < 20)).toEqual([]);
  });
});
