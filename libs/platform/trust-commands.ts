import type { Clock, Ids, RegisterReader, TrustRecords, TrustStore } from '@ketensluis/flow';
import { createStore, uuidV7 } from '@ketensluis/store';
import { join } from 'node:path';
import type pg from 'pg';
import type { Configuration } from './config.js';
import { closedVault } from './hub-keys.js';
import { openVault } from './master-key.js';
import { registerReader } from './registers.js';

/** What changing keys and certificates needs, for a command beside the running hub. */
export const createTrust = async (
  pool: pg.Pool, { dataFolder }: Pick<Configuration, 'dataFolder'>, clock: Clock,
): Promise<{ readonly store: TrustStore; readonly registers: RegisterReader; readonly ids: Ids }> => {
  const vault = await openVault(join(dataFolder, 'keys'));
  return { store: createStore(pool, vault).trust, registers: registerReader(pool, clock), ids: { next: uuidV7 } };
};

/** Keys and certificates as they were written down; takes no key of the data. */
export const loadTrust = (pool: pg.Pool): Promise<TrustRecords> => createStore(pool, closedVault).trust.load();
