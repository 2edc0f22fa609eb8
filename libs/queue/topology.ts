import type { Channel } from 'amqplib';
import type { Seat, WorkNotice } from '@ketensluis/flow';
import { createHash } from 'node:crypto';

/** Queues that cases are spread over. One consumer at a time has one of them, so the messages of a case stay in their order. More workers than this cannot decide at once. */
export const shardCount = 8;

/** The steps of the ladder, in seconds: what must wait goes down it, so that any wait is a few steps and none is too long. */
export const rungsSeconds = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048] as const;

/** A notice that came back this often without an answer ended its worker each time. */
const deliveryLimit = 20;
/** Of what nobody could read the newest are kept, for a person to look at. */
const deadMost = 10_000;

/** The names of everything in the broker; all begin with the prefix, so that one pattern gives the rights. */
export interface Topology {
  readonly work: string;
  readonly dead: string;
  readonly later: (seconds: number) => string;
  readonly shards: readonly string[];
  /** Routing key of a notice, which is also its queue behind the prefix. */
  readonly keyOf: (notice: WorkNotice) => string;
  readonly queueOf: (key: string) => string;
  readonly partyKey: (oin: string) => string;
}

/** `prefix` is `ketensluis` but where several hubs share a virtual host, as tests do. */
export const topologyOf = (prefix: string): Topology => {
  const partyKey = (oin: string): string => `deliver.${oin}`;
  return {
    work: `${prefix}.work`, dead: `${prefix}.dead`, partyKey,
    later: (seconds) => `${prefix}.later.${seconds}`,
    shards: Array.from({ length: shardCount }, (_, place) => `disclose.${place}`),
    keyOf: ({ kind, lane }) => (kind === 'deliver' ? partyKey(lane) : `disclose.${shardOf(lane)}`),
    queueOf: (key) => `${prefix}.${key}`,
  };
};

/** Always the same one for a case, in every process and release. */
export const shardOf = (caseId: string): number => createHash('sha256').update(caseId).digest().readUInt32BE(0) % shardCount;

/** The queues of cases that are dealt to this seat. Those of all seats together are every one of them, each once; no seat has two more than another. */
export const shardsOf = ({ shards }: Topology, { place, of }: Seat): readonly string[] => shards.filter((_key, number) => number % of === place);

/** The longest step that does not go past the moment; the shortest one when it has come. */
export const rungFor = (remainingMs: number): number => rungsSeconds.findLast((seconds) => seconds * 1_000 <= remainingMs) ?? rungsSeconds[0];

/** Declares what is always there. Rejects with the fault of the broker where something of this name is there with other properties. */
export const declareTopology = async (channel: Channel, topology: Topology): Promise<void> => {
  const { work, dead, later, shards, queueOf } = topology;
  await channel.assertExchange(work, 'direct', { durable: true });
  await channel.assertExchange(dead, 'fanout', { durable: true });
  await channel.assertQueue(dead, { durable: true, maxLength: deadMost, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(dead, dead, '');
  for (const seconds of rungsSeconds) {
    const name = later(seconds);
    await channel.assertExchange(name, 'fanout', { durable: true });
    // Without a routing key of its own: what has waited goes back under the one it came with.
    await channel.assertQueue(name, { durable: true, messageTtl: seconds * 1_000, deadLetterExchange: work, arguments: { 'x-queue-type': 'quorum' } });
    await channel.bindQueue(name, name, '');
  }
  for (const key of shards) {
    await channel.assertQueue(queueOf(key), workQueue(dead, { 'x-single-active-consumer': true }));
    await channel.bindQueue(queueOf(key), work, key);
  }
};

/** Declares the queue of one party; a slow party has its own line and no other. Returns how much waits in it. */
export const declareParty = async (channel: Channel, { partyKey, queueOf, work, dead }: Topology, oin: string): Promise<number> => {
  const key = partyKey(oin);
  const { messageCount } = await channel.assertQueue(queueOf(key), workQueue(dead, {}));
  await channel.bindQueue(queueOf(key), work, key);
  return messageCount;
};

const workQueue = (dead: string, more: Readonly<Record<string, unknown>>) =>
  ({ durable: true, deadLetterExchange: dead, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': deliveryLimit, ...more } });

/** How much waits in a queue that is there. */
export const waitingIn = async (channel: Channel, queue: string): Promise<number> => (await channel.checkQueue(queue)).messageCount;
