import type { NecessityPorts } from '@ketensluis/flow';
import { createStore, uuidV7 } from '@ketensluis/store';
import { join } from 'node:path';
import type pg from 'pg';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';
import { registerReader } from './registers.js';

/** What writing down a necessity needs, for a command beside the running hub. */
export const createNecessities = async (pool: pg.Pool, { dataFolder }: Pick<Configuration, 'dataFolder'>): Promise<NecessityPorts> => {
  const vault = await openVault(join(dataFolder, 'keys'));
  const clock = await practiceClock(pool);
  return { clock, ids: { next: uuidV7 }, registers: registerReader(pool, clock), necessities: createStore(pool, vault).necessities };
};
