import { deskStore } from '@ketensluis/store';
import { join } from 'node:path';
import type pg from 'pg';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';

/** What the rooms of the privacy officer keep: searches, reports and figures; all that names a person is encrypted. */
export const openAuditDesk = async (pool: pg.Pool, { dataFolder }: Pick<Configuration, 'dataFolder'>): Promise<deskStore.AuditDesk & { readonly reports: deskStore.Reports }> => {
  const vault = await openVault(join(dataFolder, 'keys'));
  return { ...deskStore.createAuditDesk(pool, vault), reports: deskStore.createReports(pool, vault) };
};
