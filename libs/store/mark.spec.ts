import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase } from '../../test/harness/database.js';
import { openKeyShares } from './key-shares.js';
import { demandOwnKeys } from './mark.js';
import { createVault } from './vault.js';

describe('the keys of a start', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  const folder = mkdtempSync(join(tmpdir(), 'ketensluis-mark-'));
  const vault = createVault(randomBytes(32), openKeyShares(folder));
  beforeAll(async () => {
    database = await openTestDatabase();
    await demandOwnKeys(database.pool, vault, 'log+1+key');
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('are those of the first start', async () => {
    await expect(demandOwnKeys(database.pool, vault, 'log+1+key')).resolves.toBeUndefined();
  });

  test('are refused when the log key was made anew', async () => {
    await expect(demandOwnKeys(database.pool, vault, 'log+1+other')).rejects.toThrow('Restore the folder "signer"');
  });

  test('are refused when the master key was made anew', async () => {
    await expect(demandOwnKeys(database.pool, createVault(randomBytes(32), openKeyShares(folder)), 'log+1+key')).rejects.toThrow('Restore the folder "keys"');
  });
});
