import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';
import { randomBytes } from 'node:crypto';
import type { WorkNotice } from '@ketensluis/flow';
import { brokerWork } from '@ketensluis/platform';
import type { QueueUnderTest } from '../../libs/queue/conformance.js';
import { writeNotice } from '../../libs/queue/notice.js';
import { rungsSeconds, topologyOf, type Topology } from '../../libs/queue/topology.js';
import { registerLock } from '../../libs/store/register.js';
import { openRegion } from '../cases/situation.js';
import type { TestHub, TestHubOptions } from './hub.js';

/** Two workers that look into the tables of PostgreSQL, woken by its bell. */
export const embeddedUnderTest = async (): Promise<QueueUnderTest> => {
  const hub = await openRegion({ workers: 2 });
  const notify = (payload: string): Promise<unknown> => hub.database.pool.query("select pg_notify('ketensluis', $1)", [payload]);
  return {
    hub,
    // A ring is all there is to lose, and the bell of a session that ends loses those of that moment.
    lose: async () => void (await hub.database.pool.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ketensluis bell' and datname = current_database()")),
    tell: async (notices) => void (await Promise.all(notices.map(({ kind }) => notify(kind)))),
    poison: async (bytes) => void (await notify(Buffer.from(bytes).toString('hex'))),
    putAside: async () => null,
    hold: () => holdDecisions(hub),
    close: hub.close,
  };
};

// Whoever decides keeps the registers as they are meanwhile, and so waits for whoever changes them.
const holdDecisions = async (hub: TestHub): Promise<() => Promise<void>> => {
  const client = await hub.database.pool.connect();
  await client.query('begin');
  await client.query('select pg_advisory_xact_lock($1)', [registerLock]);
  return async () => {
    await client.query('rollback');
    client.release();
  };
};

/** A hand in the broker, beside the hub: everything a person with all rights could do. */
export interface BrokerHand {
  readonly topology: Topology;
  readonly purge: () => Promise<void>;
  readonly put: (exchange: string, key: string, bytes: Uint8Array) => Promise<void>;
  readonly tell: (notices: readonly WorkNotice[]) => Promise<void>;
  /** How much waits in a queue, and how many listen; null when there is none. */
  readonly look: (queue: string) => Promise<{ readonly messages: number; readonly consumers: number } | null>;
  readonly deleteQueue: (queue: string) => Promise<void>;
  /** Deletes every queue and exchange of the prefix. */
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Reaches into the broker; `parties` are those that may have a queue. */
export const openHand = async (url: string, prefix: string, parties: readonly string[]): Promise<BrokerHand> => {
  const topology = topologyOf(prefix);
  const model = await amqp.connect(url);
  model.on('error', () => undefined);
  const queues = [topology.dead, ...rungsSeconds.map(topology.later), ...topology.shards.map(topology.queueOf), ...parties.map((oin) => topology.queueOf(topology.partyKey(oin)))];
  const publish = async (messages: readonly { readonly exchange: string; readonly key: string; readonly bytes: Uint8Array }[]): Promise<void> => {
    const channel = await confirming(model);
    for (const { exchange, key, bytes } of messages) channel.publish(exchange, key, Buffer.from(bytes), { persistent: true });
    await channel.waitForConfirms();
    await channel.close();
  };
  // Asking for what is not there ends a channel, so each question has one of its own.
  const ask = async <T>(question: (channel: ConfirmChannel) => Promise<T>): Promise<T | null> => {
    const channel = await confirming(model);
    const answer = await question(channel).catch(() => null);
    await channel.close().catch(() => undefined);
    return answer;
  };
  return {
    topology,
    purge: async () => void (await Promise.all(queues.map((queue) => ask((channel) => channel.purgeQueue(queue))))),
    put: (exchange, key, bytes) => publish([{ exchange, key, bytes }]),
    tell: (notices) => publish(notices.map((notice) => ({ exchange: topology.work, key: topology.keyOf(notice), bytes: writeNotice(notice) }))),
    look: (queue) => ask(async (channel) => {
      const { messageCount: messages, consumerCount: consumers } = await channel.checkQueue(queue);
      return { messages, consumers };
    }),
    deleteQueue: async (queue) => void (await ask((channel) => channel.deleteQueue(queue))),
    clear: async () => {
      for (const queue of queues) await ask((channel) => channel.deleteQueue(queue));
      for (const exchange of [topology.work, topology.dead, ...rungsSeconds.map(topology.later)]) await ask((channel) => channel.deleteExchange(exchange));
    },
    close: () => model.close(),
  };
};

const confirming = async (model: ChannelModel): Promise<ConfirmChannel> => {
  const channel = await model.createConfirmChannel();
  channel.on('error', () => undefined);
  return channel;
};

/** Two workers behind a broker, under a prefix of this test alone; `url` is the hub's, `handUrl` that of the hand. They look for themselves when it is away for `awayMs`. */
export const brokerUnderTest = async ({ url, handUrl }: { readonly url: string; readonly handUrl: string }, options: TestHubOptions = {}, awayMs = 3_600_000): Promise<QueueUnderTest & { readonly hand: BrokerHand }> => {
  const prefix = `ketensluis.t${randomBytes(4).toString('hex')}`;
  const hub = await openRegion({
    workers: 2, ...options,
    // While it is there no worker looks for itself: whatever comes about comes about by the broker.
    work: (opened) => brokerWork(opened, { url, ca: null, kinds: ['disclose', 'deliver'], prefix, patienceMs: 500, lookMs: 3_600_000, awayMs }),
  });
  const { rows } = await hub.database.pool.query<{ oin: string }>("select distinct body ->> 'oin' as oin from register_version where kind = 'party'");
  const parties = rows.map(({ oin }) => oin);
  const hand = await openHand(handUrl, prefix, parties);
  const { topology } = hand;
  return {
    hub, hand,
    lose: hand.purge,
    tell: hand.tell,
    poison: async (bytes) => void (await Promise.all(topology.shards.map((key) => hand.put(topology.work, key, bytes)))),
    putAside: async () => (await hand.look(topology.dead))?.messages ?? 0,
    hold: () => holdDecisions(hub),
    close: async () => {
      await hub.close();
      // Of its own, because that of the test ends with a broker that is killed.
      const last = await openHand(handUrl, prefix, parties);
      await last.clear();
      await last.close();
      await hand.close().catch(() => undefined);
    },
  };
};
