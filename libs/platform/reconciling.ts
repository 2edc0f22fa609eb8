import type { ReconcilePorts, RegisterReader } from '@ketensluis/flow';
import { createStore, uuidV7 } from '@ketensluis/store';
import { join } from 'node:path';
import type pg from 'pg';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';
import { registerReader } from './registers.js';

/** What comparing the list of a party needs, for a command beside the running hub. */
export const createReconciling = async (pool: pg.Pool, { dataFolder }: Configuration): Promise<ReconcilePorts & { readonly registers: RegisterReader }> => {
  const clock = await practiceClock(pool);
  const { reconciling } = createStore(pool, await openVault(join(dataFolder, 'keys')));
  return { clock, ids: { next: uuidV7 }, reconciling, registers: registerReader(pool, clock) };
};
