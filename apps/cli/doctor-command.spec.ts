import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { loadMigrations, migrate } from '@ketensluis/platform';
import { runCommand } from '../../test/harness/command.js';
import { openEmptyDatabase, openTestDatabase } from '../../test/harness/database.js';
import { addDoctorCommand } from './doctor-command.js';

// What is wrong before there is a hub to ask; with one that ran, test/e2e/backup-restore.spec.ts asks.
const folder = mkdtempSync(join(tmpdir(), 'ketensluis-doctor-'));
const before = { ...process.env };
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.env = { ...before };
  process.exitCode = undefined;
});

const told = async (change: NodeJS.ProcessEnv): Promise<readonly [exit: unknown, text: string]> => {
  process.env = { ...before, KETENSLUIS_DATA: join(folder, 'data'), ...change };
  const text = await runCommand(addDoctorCommand, ['doctor']);
  return [process.exitCode, text];
};

describe('ketensluis doctor, where nothing works yet, tells', () => {
  test('settings that cannot be used', async () => {
    const [exit, text] = await told({ KETENSLUIS_SMTP_PORT: 'post' });
    expect([exit, text]).toEqual([3, expect.stringMatching(/^now {3}The settings cannot be used:\n {2}KETENSLUIS_SMTP_PORT: expected a port[^]*config\/hub\.yaml\.\n1 to do now, 0 soon\.\n$/)]);
  });

  test('that no hub was started, and makes nothing', async () => {
    expect(await told({})).toEqual([3, expect.stringContaining(`No hub was started on ${join(folder, 'data')} yet.`)]);
    expect(await told({})).toEqual([3, expect.stringContaining('No hub was started')]);
  });

  test('a database that is away, together with a file that cannot be read', async () => {
    const [exit, text] = await told({ KETENSLUIS_DATABASE_URL: 'postgres://ik:Zw4rt3K0ffi3@127.0.0.1:1/hub', KETENSLUIS_SIGN_IN: join(folder, 'aanmelden.yaml') });
    expect([exit, text]).toEqual([3, expect.stringMatching(/KETENSLUIS_SIGN_IN: .*cannot be read[^]*The database cannot be reached: .*ECONNREFUSED[^]*2 to do now/)]);
    expect(text).not.toContain('Zw4rt3K0ffi3');
  });

  test('a database of the release before, and takes no step', async () => {
    const database = await openEmptyDatabase();
    await migrate(database.connectionString, (await loadMigrations()).slice(0, -1));
    const last = (await loadMigrations()).at(-1)?.name ?? '';
    for (const _round of [1, 2]) expect(await told({ KETENSLUIS_DATABASE_URL: database.connectionString })).toEqual([3, expect.stringContaining(`1 step of the schema wait: ${last}.`)]);
    await database.close();
  });

  test('a hub for real parties everything that keeps it from starting, and a database of another kind of hub', async () => {
    const database = await openTestDatabase();
    const [exit, text] = await told({ KETENSLUIS_DATABASE_URL: database.connectionString, KETENSLUIS_ADDRESS: 'hub@ketensluis.example', KETENSLUIS_TRUST: join(folder, 'niemand'), KETENSLUIS_LOG_LEVEL: 'debug' });
    expect([exit, text]).toEqual([3, expect.stringMatching(/KETENSLUIS_TRUST: .*cannot be read[^]*KETENSLUIS_LOG_LEVEL is debug[^]*a name for examples[^]*No key of the hub signs mail yet/)]);
    await database.pool.query("insert into hub_mark (vkey, wrapped) values ('ketensluis.internal/log+00+AA', '\\x00')");
    expect((await told({ KETENSLUIS_DATABASE_URL: database.connectionString }))[1]).toContain('The database holds the log ketensluis.internal/log of a hub for real parties.');
    await database.close();
  });
});
