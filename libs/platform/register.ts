import type { RegisterPorts } from '@ketensluis/flow';
import { createStore, uuidV7 } from '@ketensluis/store';
import { join } from 'node:path';
import type pg from 'pg';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';

/** What changing a register needs, for a command beside the running hub: no keys of the mail, no worker. */
export const createRegister = async (pool: pg.Pool, { dataFolder }: Pick<Configuration, 'dataFolder'>): Promise<RegisterPorts> => {
  const vault = await openVault(join(dataFolder, 'keys'));
  return { clock: await practiceClock(pool), ids: { next: uuidV7 }, register: createStore(pool, vault).register };
};
