import type { ConfirmPorts, ReplayPorts } from '@ketensluis/flow';
import { createStore, uuidV7 } from '@ketensluis/store';
import { join } from 'node:path';
import type pg from 'pg';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';
import { registerReader } from './registers.js';

/** What bringing a disclosure once more, or confirming it, needs, for a command beside the running hub. */
export const createReplays = async (pool: pg.Pool, { dataFolder }: Configuration): Promise<ReplayPorts & ConfirmPorts> => {
  const vault = await openVault(join(dataFolder, 'keys'));
  const clock = await practiceClock(pool);
  const { replays, confirmations } = createStore(pool, vault);
  return { clock, ids: { next: uuidV7 }, registers: registerReader(pool, clock), replays, confirmations };
};
