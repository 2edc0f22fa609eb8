import type { ClientPorts } from '@ketensluis/flow';
import { createStore, uuidV7 } from '@ketensluis/store';
import { join } from 'node:path';
import type pg from 'pg';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';
import { registerReader } from './registers.js';

/** What changing the clients of the API needs, for a command beside the running hub. */
export const createClients = async (pool: pg.Pool, { dataFolder }: Configuration): Promise<ClientPorts> => {
  const vault = await openVault(join(dataFolder, 'keys'));
  const clock = await practiceClock(pool);
  return { clock, ids: { next: uuidV7 }, registers: registerReader(pool, clock), clients: createStore(pool, vault).clients };
};
