import { startGateway } from '../../apps/gateway/gateway.js';
import { startWorker } from '../../apps/worker/worker.js';
import { listen, openEventLog, openHub, readIdentity, readTrust, systemClock } from '@ketensluis/platform';
import { createServer } from 'node:net';
import pino from 'pino';
import { z } from 'zod';

/** What a hub process is started with; everything else is in the folders and the database. */
export const hubProcessOptions = z.object({
  connectionString: z.string(),
  folders: z.object({ keys: z.string(), signer: z.string() }),
  origin: z.string(),
  identityFolder: z.string(),
  address: z.string(),
  trustFolder: z.string(),
  tlsCa: z.string(),
  logFile: z.string(),
  /** Port of each party's mail server, by the key of the party. */
  mailboxes: z.record(z.string(), z.number()),
});
export type HubProcessOptions = z.infer<typeof hubProcessOptions>;

const host = '127.0.0.1';

/** A whole hub without practice parties: gateway, worker and threads. Tells its SMTP port to its parent, and stops when told to. */
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
    clock: systemClock,
    events,
  });
  const worker = startWorker(hub);
  const bell = await listen(options.connectionString, (what) => worker.wake(what));
  const [smtpPort, httpPort] = [await freePort(), await freePort()];
  const gateway = await startGateway(hub, { host, smtpPort, httpPort });
  process.once('message', () => {
    void (async () => {
      await gateway.close();
      await bell.close();
      await worker.stop();
      await hub.close();
      process.exit(0);
    })();
  });
  process.send?.({ smtpPort });
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => (address === null || typeof address === 'string' ? reject(new Error('no free port')) : resolve(address.port)));
    });
  });

const given = process.env['KETENSLUIS_BENCH_HUB'];
if (given !== undefined) await runHubProcess(hubProcessOptions.parse(JSON.parse(given)));
