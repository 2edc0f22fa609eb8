import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../test/harness/command.js';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { addRegisterCommands } from './register-commands.js';

const before = { ...process.env };
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  [database, folder] = await Promise.all([openTestDatabase(), mkdtemp(join(tmpdir(), 'ketensluis-register-'))]);
  process.env['KETENSLUIS_DATABASE_URL'] = database.connectionString;
  process.env['KETENSLUIS_DATA'] = folder;
});
afterAll(async () => {
  process.env = before;
  await Promise.all([database.close(), rm(folder, { recursive: true, force: true })]);
});

const run = (...words: readonly string[]): Promise<string> => runCommand(addRegisterCommands, words);
const versions = async (): Promise<readonly unknown[]> => (await database.pool.query('select kind, key, version from register_version order by kind, key, version')).rows;
const file = 'config/practice/mandates.yaml';
describe('ketensluis mandate apply', () => {
  test('shows what would change and applies nothing: that takes two persons at the console', async () => {
    expect(await run('mandate', 'apply', file, '--preview')).toMatch(/^mandate \S+: version 1 \(new\)$/m);
    for (const name of ['operator', 'a second operator']) await expect(run('mandate', 'apply', file, '--by', name)).rejects.toThrow('two persons of the municipality who signed in');
    expect(await versions()).toEqual([]);
    expect((await database.pool.query('select from entry')).rowCount).toBe(0);
  });

  test('takes the parties that the documentation gives to begin with', async () => {
    const told = await run('party', 'apply', 'config/examples/parties.yaml', '--preview');
    expect(told.match(/^party \S+: version 1 \(new\)$/gm)).toHaveLength(3);
  });

  test('leaves the other registers as they are: a party is applied by one', async () => {
    await run('party', 'apply', 'config/practice/parties.yaml', '--by', 'operator');
    expect(await versions()).toContainEqual({ kind: 'party', key: 'politie-noorderwaard', version: 1 });
  });
});
