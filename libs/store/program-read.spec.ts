import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { openEmptyDatabase, type TestDatabase } from '../../test/harness/database.js';
import { loadMigrations, migrate } from './migrate.js';

const party = '00000001900000000001';
const at = (minute: number): string => `2026-03-01T12:0${minute}:00.000Z`;

// A database as it was before the step, with a look in each of the three tables; the feed is empty, so the page that was given shows nothing.
describe('the looks of programs of a database that is brought up to date', () => {
  let database: TestDatabase;
  const reader = randomUUID();
  const entry = randomUUID();
  beforeAll(async () => {
    database = await openEmptyDatabase();
    const steps = await loadMigrations();
    await migrate(database.connectionString, steps.filter(({ name }) => name < '0020'));
    const { pool } = database;
    await pool.query(`insert into reader (id, name, role, token_sha256, valid_from, valid_until, added_by, entry_id) values ($1, 'Auditdienst', 'auditor', $2, now(), now() + interval '1 day', 'test', gen_random_uuid())`, [reader, Buffer.alloc(32)]);
    await pool.query("insert into log_read (at, reader_id, question, first, outcome, entries, trace) values ($1, $2, 'bundle', 256, 'given', 12, $3)", [at(3), reader, 'ab'.repeat(16)]);
    await pool.query("insert into api_read (at, oin, proof, entry_id, outcome, entries) values ($1, $2, $3, $4, 'refused', 0)", [at(1), party, Buffer.alloc(32, 1), entry]);
    await pool.query("insert into feed_read (at, party, proof, archive, outcome, first, last, fresh) values ($1, $2, $3, 2, 'given', 1, 0, 0)", [at(2), party, Buffer.alloc(32, 2)]);
    await migrate(database.connectionString, steps);
  }, 120_000);
  afterAll(() => database.close());

  test('are all there, in the order of time, with everything that was known of them', async () => {
    const { rows } = await database.pool.query('select at, way, reader_id, oin, proof, question, archive, first, last, entry_id, outcome, entries, trace from program_read order by seq');
    const none = { reader_id: null, archive: null, first: null, last: null, entry_id: null, trace: null };
    expect(rows).toEqual([
      { ...none, at: new Date(at(1)), way: 'api', oin: party, proof: Buffer.alloc(32, 1), question: 'entry', entry_id: entry, outcome: 'refused', entries: 0 },
      { ...none, at: new Date(at(2)), way: 'feed', oin: party, proof: Buffer.alloc(32, 2), question: 'feed', archive: '2', first: '1', last: '0', outcome: 'given', entries: 0 },
      { ...none, at: new Date(at(3)), way: 'reader', reader_id: reader, oin: null, proof: null, question: 'bundle', first: '256', outcome: 'given', entries: 12, trace: 'ab'.repeat(16) },
    ]);
    await expect(database.pool.query('select from log_read')).rejects.toThrow('does not exist');
  });

  test.each([
    ["update program_read set entries = 0", 'never changed or removed'], ['delete from program_read', 'go only when their term is over'], ['truncate program_read', 'never changed or removed'],
    ["insert into program_read (at, way, question, outcome, entries) values (now(), 'api', 'own', 'given', 1)", 'violates check constraint'],
    ["insert into program_read (at, way, reader_id, question, outcome, entries) select now(), 'reader', id, 'own', 'late', 0 from reader", 'violates check constraint'],
  ])('do not take %j', async (sql, refusal) => {
    await expect(database.pool.query(sql)).rejects.toThrow(refusal);
  });
});
