// The real hub in a process of its own, which a test can kill: gateway (SMTP and health) and worker over one database, with practice
// parties that live in the test. It is told what to do over the channel of `fork`, and ends when the test does.
import { listen, openEventLog, openHub, openWork, readIdentity, readPolicy, readTrust, type Hub } from '@ketensluis/platform';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { startHttp } from '../../apps/gateway/http/server.js';
import { startIntake } from '../../apps/gateway/intake.js';
import { startRefusalRecorder } from '../../apps/gateway/refusals.js';
import { practiceHubAddress } from '../../apps/practice/chain.js';
import { startWorker } from '../../apps/worker/worker.js';
import { startWatch, watchDatabase, watchRenames, type KillPoint } from './kill-points.js';

/** What the hub in the process is started with. */
export interface HubOrder {
  readonly connectionString: string;
  /** Master key, log key and memory of the signer. */
  readonly folder: string;
  readonly practiceFolder: string;
  readonly origin: string;
  /** Port of the mail server of each party on this machine. */
  readonly mailboxes: Readonly<Record<string, number>>;
  /** How far the clock of the hub is from that of the machine. */
  readonly aheadMs: number;
  /** Which part of the hub runs in this process. */
  readonly roles: readonly ('gateway' | 'worker')[];
  /** Names the witnesses of the log (C2SP tlog-policy); null when its own signature suffices. */
  readonly policyFile: string | null;
  /** A broker for its work; null: the queue is in the database. */
  readonly brokerUrl: string | null;
}

/** What the test tells the process. */
export type Told =
  | { readonly kind: 'start'; readonly order: HubOrder }
  | { readonly kind: 'arm'; readonly point: KillPoint | null }
  | { readonly kind: 'seen' }
  | { readonly kind: 'clock'; readonly aheadMs: number };

/** What the process tells the test; each `Told` is answered once. Without a gateway both ports are 0. */
export type Answer =
  | { readonly kind: 'ready'; readonly smtpPort: number; readonly httpPort: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'seen'; readonly steps: readonly string[] };

const tell = (answer: Answer): void => void process.send?.(answer);

// Loading takes longer than starting, so the process is made ahead of the moment it is needed.
const order = await new Promise<HubOrder>((resolve) => process.once('message', (told: Told) => void (told.kind === 'start' && resolve(told.order))));
process.on('disconnect', () => process.exit(0));
const watch = startWatch();
watchDatabase(watch);
watchRenames(watch, join('signer', 'state'), 'memory of the signer');

let { aheadMs } = order;
const events = openEventLog('info', pino.destination({ dest: join(order.folder, 'hub.log'), sync: true, mkdir: true }));
const trust = await readTrust(join(order.practiceFolder, 'ca'), null);
const tlsCa = await readFile(join(order.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
const opened = await openHub({
  connectionString: order.connectionString,
  folders: { keys: join(order.folder, 'keys'), signer: join(order.folder, 'signer'), destruction: join(order.folder, 'destruction') },
  origin: order.origin,
  identity: await readIdentity(practiceHubAddress, join(order.practiceFolder, 'hub')),
  trust: () => trust,
  route: (party) => {
    const port = order.mailboxes[party.key];
    return port === undefined ? null : { host: '127.0.0.1', port, servername: 'localhost', tlsCa };
  },
  clock: { now: () => new Date(Date.now() + aheadMs) },
  events,
  ...(order.policyFile === null ? {} : { policy: await readPolicy(order.policyFile) }),
});
const hub: Hub = {
  ...opened,
  adapterOf: async (oin) => {
    const adapter = await opened.adapterOf(oin);
    if (adapter === null) return null;
    return {
      ...adapter,
      deliver: async (disclosure, at) => {
        watch.before('mail to the party');
        const outcome = await adapter.deliver(disclosure, at);
        watch.after('mail to the party');
        return outcome;
      },
    };
  },
};
if (order.roles.includes('worker')) {
  const worker = startWorker(hub, undefined, await openWork(hub, { brokerUrl: order.brokerUrl, brokerCa: null }));
  await listen(order.connectionString, worker.wake);
}
const isGateway = order.roles.includes('gateway');
const intake = isGateway ? await startIntake(hub, startRefusalRecorder({ ...hub, intake: hub.store.intake }), { host: '127.0.0.1', port: 0 }) : { port: 0 };
const http = isGateway ? await startHttp(hub, { host: '127.0.0.1', port: 0 }) : { port: 0 };

process.on('message', (told: Told) => {
  switch (told.kind) {
    case 'arm':
      watch.arm(told.point);
      return tell({ kind: 'done' });
    case 'seen':
      return tell({ kind: 'seen', steps: watch.seen() });
    case 'clock':
      ({ aheadMs } = told);
      return tell({ kind: 'done' });
  }
});
tell({ kind: 'ready', smtpPort: intake.port, httpPort: http.port });
