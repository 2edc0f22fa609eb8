import type { ChannelModel } from 'amqplib';
import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import { BrokerNotUsable, brokerProblem, type BrokerPlace } from './problem.js';

/** How a broker is reached. */
export interface BrokerAddress {
  /** `amqp://` or `amqps://`, with user, password and virtual host. */
  readonly url: string;
  /** PEM of the authority that vouches for its certificate; null: those of the system. */
  readonly ca: string | null;
}

/** What becomes of a line, told to whoever keeps the log of events. */
export interface LineEvents {
  readonly opened: () => void;
  /** `problem` is set where a person must act; otherwise it is tried again and that is all. */
  readonly lost: (problem: BrokerNotUsable | null) => void;
  readonly blocked: (isBlocked: boolean) => void;
}

/** One connection that is made again whenever it breaks. */
export interface Line {
  /** Resolves after the first try: open, or away and tried again. Rejects with `BrokerNotUsable`. */
  readonly begin: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const firstAgainMs = 250;
const lastAgainMs = 10_000;
const connectMs = 5_000;
const heartbeatSeconds = 10;
const closeMs = 5_000;

/** Where the address leads, for messages; throws `BrokerNotUsable` for one that leads nowhere. */
export const placeOf = (url: string): BrokerPlace & { readonly isTls: boolean; readonly password: string } => {
  const { protocol, hostname, port, pathname, username, password } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '', port: '', pathname: '', username: '', password: '' };
  if (!['amqp:', 'amqps:'].includes(protocol) || hostname === '') throw new BrokerNotUsable('address', 'KETENSLUIS_BROKER_URL is no address of a broker: amqps://user:password@host/vhost');
  const isTls = protocol === 'amqps:';
  return {
    isTls, host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (isTls ? 5_671 : 5_672) : Number(port), vhost: decodeURIComponent(pathname.slice(1)) || '/',
    user: decodeURIComponent(username) || 'guest', password: decodeURIComponent(password) || 'guest',
  };
};

/**
 * Keeps one connection: `prepare` runs on each new one, and what it throws ends that connection. Between tries it waits longer and longer, and never gives up.
 */
export const keepLine = (address: BrokerAddress, name: string, prepare: (model: ChannelModel) => Promise<void>, events: LineEvents): Line => {
  const place = placeOf(address.url);
  let closing = false;
  let model: ChannelModel | null = null;
  let timer: NodeJS.Timeout | null = null;
  let waitMs = firstAgainMs;
  let trying: Promise<void> = Promise.resolve();

  const lost = (fault: unknown): void => {
    if (closing) return;
    events.lost(brokerProblem(fault, place));
    // Spread, so that many workers do not come back at the same moment.
    timer = setTimeout(() => void (trying = open().catch(lost)), Math.round(waitMs * (0.75 + randomInt(500) / 1_000)));
    waitMs = Math.min(lastAgainMs, waitMs * 2);
  };
  const open = async (): Promise<void> => {
    const fresh = await connect(address, name);
    let fault: unknown = null;
    fresh.on('error', (error) => (fault = error));
    fresh.on('blocked', () => events.blocked(true));
    fresh.on('unblocked', () => events.blocked(false));
    const ended = new Promise<never>((_resolve, reject) => fresh.once('close', (error) => reject(fault ?? error ?? new Error('the connection was closed'))));
    ended.catch(() => undefined);
    try {
      await Promise.race([prepare(fresh), ended]);
      if (closing) throw new Error('closing');
    } catch (error) {
      await end(fresh);
      throw error;
    }
    model = fresh;
    waitMs = firstAgainMs;
    events.blocked(false);
    events.opened();
    ended.catch((error: unknown) => {
      model = null;
      lost(error);
    });
  };
  return {
    begin: async () => {
      trying = open().catch((fault: unknown) => {
        const problem = brokerProblem(fault, place);
        if (problem !== null) throw problem;
        lost(fault);
      });
      await trying;
    },
    close: async () => {
      closing = true;
      if (timer !== null) clearTimeout(timer);
      await trying.catch(() => undefined);
      if (model !== null) await end(model);
    },
  };
};

/** Ends it, and waits only so long for a broker to agree: amqplib waits for that answer for ever, also when the connection breaks meanwhile. */
const end = async (model: ChannelModel): Promise<void> => {
  let timer: NodeJS.Timeout | null = null;
  const gone = new Promise<void>((resolve) => void model.once('close', () => resolve()));
  const tooLong = new Promise<void>((resolve) => (timer = setTimeout(resolve, closeMs)));
  await Promise.race([model.close().catch(() => undefined), gone, tooLong]);
  if (timer !== null) clearTimeout(timer);
};

const connect = async (address: BrokerAddress, name: string): Promise<ChannelModel> => {
  const { isTls, host, port, vhost, user, password } = placeOf(address.url);
  // Only here: a hub with the embedded queue never needs it.
  const { default: amqp } = await import('amqplib');
  return amqp.connect({ protocol: isTls ? 'amqps' : 'amqp', hostname: host, port, vhost, username: user, password, heartbeat: heartbeatSeconds, frameMax: 131_072 }, {
    timeout: connectMs, noDelay: true, keepAlive: true, clientProperties: { connection_name: `ketensluis ${name}` },
    ...(isTls ? { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(isIP(host) === 0 ? { servername: host } : {}), ...(address.ca === null ? {} : { ca: address.ca }) } : {}),
  });
};
