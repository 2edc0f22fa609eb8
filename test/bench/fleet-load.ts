import { addWebhookKey, type WebhookKeyPorts } from '@ketensluis/flow';
import { createWebhooks, readConfiguration } from '@ketensluis/platform';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { registerLock } from '../../libs/store/register.js';
import { freePort } from '../harness/free-port.js';
import { clientKeys } from '../harness/party-call.js';
import { openHubBench, type HubBench } from './hub-bench.js';
import { startPeer, type Peer } from './webhook.bench.js';

/** A hub whose gateway stands apart, and whose parties take webhooks at one endpoint. */
export interface FleetHub {
  readonly hub: HubBench;
  readonly endpoint: Peer;
  /** Nothing is decided until the returned function is called. */
  readonly hold: () => Promise<() => Promise<void>>;
  readonly close: () => Promise<void>;
}

/** Starts database, gateway and endpoint; no worker runs yet. The endpoint answers after `answerMs`. */
export const openFleetHub = async (answerMs: number): Promise<FleetHub> => {
  const port = await freePort();
  const hub = await openHubBench(() => undefined, {
    callNetworks: ['127.0.0.0/8'], works: ['watch'],
    change: (document) => (document.kind !== 'party' ? document : { ...document, channel: { kind: 'webhook', url: `https://localhost:${port}/in`, form: 'thin' } }),
  });
  const endpoint = await startPeer({ kind: 'endpoint', ...(await clientKeys(join(hub.directory, 'practice'), 'veilig-thuis-noorderwaard')), port, answerMs });
  await giveKeys(hub);
  return {
    hub, endpoint,
    hold: async () => {
      const client = await hub.pool.connect();
      // Whoever decides keeps the registers as they are meanwhile, and so waits for whoever changes them.
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock($1)', [registerLock]);
      return async () => {
        await client.query('rollback');
        client.release();
      };
    },
    close: async () => {
      await endpoint.stop();
      await hub.close();
    },
  };
};

/** A key of the hub for each recipient. */
const giveKeys = async (hub: HubBench): Promise<void> => {
  const read = readConfiguration({ KETENSLUIS_DATA: hub.directory });
  if (read.kind === 'refused') throw new Error('configuration');
  const ports: WebhookKeyPorts = await createWebhooks(hub.pool, read.configuration);
  const { rows } = await hub.pool.query<{ oin: string }>("select distinct body ->> 'oin' as oin from register_version where kind = 'party'");
  for (const { oin: party } of rows) await addWebhookKey({ party, direction: 'to-party', scheme: 'v1', given: null, activeFrom: null }, 'bench', ports);
};

/** Resolves when nothing waits any more to be decided or delivered. */
export const drained = async (hub: HubBench): Promise<void> => {
  while ((await hub.pool.query('select from queue where parked_code is null limit 1')).rowCount !== 0) await pause(100);
};
