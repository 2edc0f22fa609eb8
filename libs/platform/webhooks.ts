import type { WebhookEndpoints, WebhookKeyPorts } from '@ketensluis/flow';
import { createStore, uuidV7 } from '@ketensluis/store';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { openVault } from './master-key.js';
import { registerReader } from './registers.js';

/** What changing keys and endpoints of webhooks needs, for a command beside the running hub. */
export const createWebhooks = async (pool: pg.Pool, { dataFolder }: Configuration): Promise<WebhookKeyPorts & { readonly endpoints: WebhookEndpoints }> => {
  const store = createStore(pool, await openVault(join(dataFolder, 'keys')));
  const clock = await practiceClock(pool);
  return { clock, ids: { next: uuidV7 }, registers: registerReader(pool, clock), keys: store.webhookKeys, endpoints: store.webhookEndpoints, random: (bytes) => randomBytes(bytes) };
};
