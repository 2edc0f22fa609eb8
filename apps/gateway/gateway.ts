import type { Hub } from '@ketensluis/platform';
import { startPartyHttp } from './http/party-server.js';
import { startHttp } from './http/server.js';
import { startMailboxes } from './imap/start.js';
import { startIntake } from './intake.js';
import { refusalRecorderOf } from './refusals.js';

/** What faces the parties: mail, HTTP, and the API over TLS. */
export interface Gateway {
  /** Resolves when nothing is under way any more. */
  readonly close: () => Promise<void>;
}

/** Where the gateway listens. */
export interface GatewayPlace {
  readonly host: string;
  readonly smtpPort: number;
  readonly httpPort: number;
  readonly apiPort: number;
  /** File with the mailboxes to read; null for none. */
  readonly mailboxes?: string | null;
}

/** Opens all ports; throws when one is taken. */
export const startGateway = async (hub: Hub, { host, smtpPort, httpPort, apiPort, mailboxes = null }: GatewayPlace): Promise<Gateway> => {
  const refusals = refusalRecorderOf(hub);
  // Closed in this order; what is open when one cannot be opened is closed as well.
  const open: { readonly close: () => Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const one of open) await one.close();
    await refusals.close();
  };
  try {
    open.push(await startIntake(hub, refusals, { host, port: smtpPort }));
    open.push(await startHttp(hub, { host, port: httpPort }));
    open.push(await startPartyHttp(hub, { host, port: apiPort }));
    open.push(await startMailboxes(hub, refusals, mailboxes));
  } catch (fault) {
    await close();
    throw fault;
  }
  return { close };
};
