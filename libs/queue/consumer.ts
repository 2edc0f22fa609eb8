import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Seat, WorkKind, WorkNotice } from '@ketensluis/flow';
import { readNotice } from './notice.js';
import { declareParty, shardsOf, type Topology } from './topology.js';

/** How much of a queue one worker holds at a time: of a party twice what it is sent at once, so that an answer need not reach the disk of the broker before the next is here. */
const prefetchOf: Readonly<Record<WorkKind, number>> = { disclose: 32, deliver: 16 };

/** What comes in, told to whoever works. */
export interface Hearing {
  readonly kinds: readonly WorkKind[];
  readonly heard: (notice: WorkNotice, answer: () => void) => void;
  /** Nobody can read it; it was put aside. */
  readonly refused: (code: string) => void;
}

/** What listens, over a line of its own. */
export interface Consumer {
  readonly use: (model: ChannelModel) => Promise<void>;
  readonly drop: () => void;
  readonly isOpen: () => boolean;
  /** Listens to the shards of this seat, and no longer to others; what it has in hand of those it does. Rejects where the broker does not let it. */
  readonly share: (seat: Seat) => Promise<void>;
  /** Listens to these parties too. Rejects where the broker does not let it. */
  readonly follow: (parties: readonly string[]) => Promise<void>;
}

/** Consumes the shards of its seat, and the queue of every party it is told of. */
export const createConsumer = (topology: Topology, { kinds, heard, refused }: Hearing): Consumer => {
  const known = new Set<string>();
  let followed = new Set<string>();
  let shards: readonly string[] = [];
  let shared = new Set<string>();
  let channel: Channel | null = null;

  const onMessage = (on: Channel, message: ConsumeMessage | null): void => {
    // The broker ended it: the queue was deleted. Declaring it anew is what a new line does.
    if (message === null) return void on.close().catch(() => undefined);
    const read = readNotice(message.content);
    if (read.kind === 'read') return heard(read.notice, () => answer(on, () => on.ack(message)));
    refused(read.code);
    // Not back into its queue, where it would come round for ever: to the dead letters.
    answer(on, () => on.reject(message, false));
  };
  const listen = async (on: Channel, key: string, kind: WorkKind): Promise<void> => {
    // Said in one breath: a prefetch holds for whatever is consumed next on its channel.
    await Promise.all([on.prefetch(prefetchOf[kind]), on.consume(topology.queueOf(key), (message) => onMessage(on, message), { noAck: false, consumerTag: key })]);
  };
  const shareOn = async (on: Channel): Promise<void> => {
    const [gone, fresh] = [[...shared].filter((key) => !shards.includes(key)), shards.filter((key) => !shared.has(key))];
    gone.forEach((key) => shared.delete(key));
    fresh.forEach((key) => shared.add(key));
    await Promise.all([...gone.map((key) => on.cancel(key)), ...fresh.map((key) => listen(on, key, 'disclose'))]);
  };
  const followOn = async (on: Channel, lane: string): Promise<void> => {
    if (followed.has(lane)) return;
    followed.add(lane);
    await declareParty(on, topology, lane);
    await listen(on, topology.partyKey(lane), 'deliver');
  };
  return {
    use: async (model) => {
      const fresh = await model.createChannel();
      followed = new Set();
      // Without its channel a line is of no use: closing it begins a new one.
      fresh.on('error', () => undefined).on('close', () => void model.close().catch(() => undefined));
      shared = new Set();
      await shareOn(fresh);
      if (kinds.includes('deliver')) for (const lane of known) await followOn(fresh, lane);
      channel = fresh;
    },
    drop: () => {
      channel = null;
    },
    isOpen: () => channel !== null,
    share: async (seat) => {
      if (!kinds.includes('disclose')) return;
      shards = shardsOf(topology, seat);
      if (channel !== null) await shareOn(channel);
    },
    follow: async (parties) => {
      if (!kinds.includes('deliver')) return;
      parties.forEach((lane) => known.add(lane));
      const on = channel;
      if (on !== null) for (const lane of parties) await followOn(on, lane);
    },
  };
};

// A channel that has just closed throws; the broker gives the message to somebody else then.
const answer = (channel: Channel, say: () => void): void => {
  try {
    say();
  } catch {
    channel.emit('answer-lost');
  }
};
