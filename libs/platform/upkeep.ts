import { recordOutsideAct as record, type OutsideAct } from '@ketensluis/store';
import { join } from 'node:path';
import type pg from 'pg';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';

/** `recordOutsideAct` of the store with the vault of this data folder, for a command beside the running hub. */
export const recordOutsideAct = async (pool: pg.Pool, { dataFolder }: Configuration, act: OutsideAct): Promise<boolean> =>
  record(pool, await openVault(join(dataFolder, 'keys')), act);
