import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCommand } from '../../test/harness/command.js';
import { openEmptyDatabase, type TestDatabase } from '../../test/harness/database.js';
import { loadMigrations, migrate } from '@ketensluis/platform';
import { addMigrateCommand } from './migrate-command.js';

const before = { ...process.env };
let database: TestDatabase;
beforeEach(async () => {
  database = await openEmptyDatabase();
  process.env['KETENSLUIS_DATABASE_URL'] = database.connectionString;
});
afterEach(async () => {
  process.env = { ...before };
  await database.close();
});

const run = (...words: readonly string[]): Promise<string> => runCommand(addMigrateCommand, ['migrate', ...words]);

describe('ketensluis migrate', () => {
  test('shows what would run on a database of the release before, does it, and then shows nothing', async () => {
    const all = await loadMigrations();
    const last = all.at(-1);
    await migrate(database.connectionString, all.slice(0, -1));
    const told = await run('--dry-run');
    expect(told).toContain(`-- ======== ${last?.name}: `);
    expect(told).toContain(last?.sql.trimEnd());
    expect(told).toContain('-- 1 step would run. Nothing was changed.');
    expect(JSON.parse(await run('--dry-run', '--json'))).toMatchObject({ pending: [{ name: last?.name }] });
    expect(await run()).toBe(`Taken: ${last?.name}\nThe database is up to date now.\n`);
    expect(await run('--dry-run')).toBe('The database is up to date: nothing would run.\n');
  });
});
