import { startGateway } from '../../apps/gateway/gateway.js';
import { freePort } from '../../apps/practice/free-port.js';
import { startWorker, workerRoles } from '../../apps/worker/worker.js';
import { listen, openEventLog, openHub, openWork, readIdentity, readTrust, systemClock } from '@ketensluis/platform';
import pino from 'pino';
import { fillMessages } from './fleet-fill.js';
import { z } from 'zod';

/** What a hub process is started with; everything else is in the folders and the database. */
export const hubProcessOptions = z.object({
  connectionString: z.string(),
  folders: z.object({ keys: z.string(), signer: z.string(), destruction: z.string() }),
  origin: z.string(),
  identityFolder: z.string(),
  address: z.string(),
  trustFolder: z.string(),
  tlsCa: z.string(),
  logFile: z.string(),
  /** Port of each party's mail server, by the key of the party. */
  mailboxes: z.record(z.string(), z.number()),
  /** Networks that are not the public internet and that webhooks may go to all the same. */
  callNetworks: z.array(z.string()).default([]),
  brokerUrl: z.string().nullable().default(null),
  /** What it does of a worker, and whether it takes what the parties bring. */
  works: z.array(z.enum(workerRoles)).default([...workerRoles]),
  takes: z.boolean().default(true),
});
export type HubProcessOptions = z.input<typeof hubProcessOptions>;

const host = '127.0.0.1';

/** A hub without practice parties, whole unless told otherwise: gateway, worker and threads. Tells its parent its ports for mail and for the parties' HTTP, stores messages when told a number, and stops when told to. */
export async function runHubProcess(options: HubProcessOptions): Promise<void> {
  const trust = await readTrust(options.trustFolder, null);
  const events = openEventLog('info', pino.destination({ dest: options.logFile, sync: false }));
  const hub = await openHub({
    connectionString: options.connectionString,
    folders: options.folders,
    origin: options.origin,
    identity: await readIdentity(options.address, options.identityFolder),
    trust: () => trust,
    route: (party) => {
      const port = options.mailboxes[party.key];
      return port === undefined ? null : { host, port, servername: 'localhost', tlsCa: options.tlsCa };
    },
    callNetworks: options.callNetworks ?? [],
    clock: systemClock,
    events,
  });
  const works = options.works ?? workerRoles;
  const work = await openWork(hub, { brokerUrl: options.brokerUrl ?? null, brokerCa: null }, (['decide', 'deliver'] as const).filter((role) => works.includes(role)).map((role) => (role === 'decide' ? 'disclose' : role)));
  const worker = startWorker(hub, works, work);
  const bell = await listen(options.connectionString, (what) => worker.wake(what));
  const [smtpPort, httpPort, apiPort] = [await freePort(), await freePort(), await freePort()];
  const gateway = options.takes === false ? null : await startGateway(hub, { host, smtpPort, httpPort, apiPort });
  process.on('message', (told: unknown) => {
    if (typeof told === 'number') return void fillMessages(hub, told).then(() => process.send?.('filled'));
    void (async () => {
      await gateway?.close();
      await bell.close();
      await worker.stop();
      await work.broker?.close();
      await hub.close();
      process.exit(0);
    })();
  });
  process.send?.({ smtpPort, apiPort });
}

const given = process.env['KETENSLUIS_BENCH_HUB'];
if (given !== undefined) await runHubProcess(hubProcessOptions.parse(JSON.parse(given)));
