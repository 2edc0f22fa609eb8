import type { ChannelModel } from 'amqplib';
import type { Seat, WorkKind, WorkOffers, WorkQueue } from '@ketensluis/flow';
import { createConsumer } from './consumer.js';
import { createHand } from './hand.js';
import { keepLine, type BrokerAddress, type Line } from './line.js';
import { createPublisher } from './offers.js';
import type { BrokerNotUsable } from './problem.js';
import { declareTopology, topologyOf, type Topology } from './topology.js';

/** What happens to the broker, in codes. */
export type BrokerEvent =
  | { readonly kind: 'opened' | 'lost' | 'blocked' | 'unblocked'; readonly line: string }
  | { readonly kind: 'unusable'; readonly line: string; readonly problem: BrokerNotUsable }
  | { readonly kind: 'poisoned'; readonly code: string; readonly count: number };

/** What a broker is opened with. */
export interface BrokerOptions extends BrokerAddress {
  /** What this process works on; it listens to nothing else. */
  readonly kinds: readonly WorkKind[];
  readonly now: () => Date;
  readonly told: (event: BrokerEvent) => void;
  /** `ketensluis` unless several hubs share a virtual host. */
  readonly prefix?: string;
  /** So long it may be away before workers look for themselves; and so often they do so in any case. */
  readonly awayMs?: number;
  readonly lookMs?: number;
  /** What was offered this long ago and was not heard of is looked into; every look goes over all that waits. */
  readonly patienceMs?: number;
}

/** A broker that is kept open. */
export interface Broker {
  readonly queue: WorkQueue;
  readonly offers: WorkOffers;
  /** True while it listens: otherwise a seat of this worker would keep work from those that do. */
  readonly isListening: () => boolean;
  /** Listens to the cases of this seat, and no longer to others. */
  readonly share: (seat: Seat) => Promise<void>;
  /** Listens to these parties too. */
  readonly follow: (parties: readonly string[]) => Promise<void>;
  /** Called whenever there is work in hand. */
  readonly onWork: (kind: WorkKind, tell: () => void) => void;
  readonly counts: () => { readonly inHand: number; readonly poisoned: number };
  readonly patienceMs: number;
  /** What was not answered is given to another worker. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the broker and keeps it open. Rejects with `BrokerNotUsable` where a person must put something right first; a broker that is merely away does not stop a
 * hub from starting: it works from PostgreSQL until the broker is there (I8).
 */
export const openBroker = async (options: BrokerOptions): Promise<Broker> => {
  const topology = topologyOf(options.prefix ?? 'ketensluis');
  const hand = createHand();
  const listeners: Record<WorkKind, (() => void)[]> = { disclose: [], deliver: [] };
  let poisoned = 0;
  const publisher = createPublisher(topology);
  const consumer = createConsumer(topology, {
    kinds: options.kinds,
    heard: (notice, answer) => {
      hand.add(notice, answer);
      listeners[notice.kind].forEach((tell) => tell());
    },
    refused: (code) => options.told({ kind: 'poisoned', code, count: (poisoned += 1) }),
  });
  const presence = watchPresence(options.awayMs ?? 5_000, options.lookMs ?? 30_000);
  const lines = [
    keptLine(options, { name: 'offers', topology, use: publisher.use, drop: publisher.drop, block: publisher.block, presence }),
    keptLine(options, { name: 'work', topology, use: consumer.use, drop: () => { consumer.drop(); hand.lose(); }, block: () => undefined, presence }),
  ];
  const close = async (): Promise<void> => void (await Promise.all(lines.map((line) => line.close())));
  await Promise.all(lines.map((line) => line.begin())).catch(async (fault: unknown) => {
    await close();
    throw fault;
  });
  const settle: WorkQueue['settle'] = (kind, ids) => hand.leave(kind, ids).forEach(({ answer }) => answer());
  return {
    queue: {
      take: (kind) => (presence.isOwnLook(kind) ? null : hand.take(kind)),
      giveBack: hand.giveBack, settle, isAtWork: hand.isAtWork,
      // Answered once the ladder has it. Where that fails it is answered all the same: PostgreSQL has it offered again when it is overdue.
      putOff: (kind, ids, until) => hand.leave(kind, ids).forEach(({ notice, answer }) => void publisher.delay(notice, until.getTime() - options.now().getTime()).then(answer)),
    },
    offers: publisher,
    isListening: consumer.isOpen, share: consumer.share, follow: consumer.follow,
    onWork: (kind, tell) => void listeners[kind].push(tell),
    patienceMs: options.patienceMs ?? 5_000,
    counts: () => ({ inHand: hand.size(), poisoned }),
    close,
  };
};

interface KeptLine {
  readonly name: string;
  readonly topology: Topology;
  readonly use: (model: ChannelModel) => Promise<void>;
  readonly drop: () => void;
  readonly block: (isBlocked: boolean) => void;
  readonly presence: Presence;
}

const keptLine = (options: BrokerOptions, { name, topology, use, drop, block, presence }: KeptLine): Line => {
  let [isBlocked, isTold] = [false, false];
  return keepLine(options, name, async (model) => {
    const channel = await model.createChannel();
    channel.on('error', () => undefined);
    await declareTopology(channel, topology);
    await channel.close();
    await use(model);
  }, {
    opened: () => {
      isTold = false;
      presence.set(name, true);
      options.told({ kind: 'opened', line: name });
    },
    lost: (problem) => {
      drop();
      presence.set(name, false);
      // Once for each absence, and not for each try.
      if (!isTold) options.told(problem === null ? { kind: 'lost', line: name } : { kind: 'unusable', line: name, problem });
      isTold = true;
    },
    blocked: (now) => {
      if (now === isBlocked) return;
      isBlocked = now;
      block(now);
      presence.set(`${name} blocked`, !now);
      options.told({ kind: now ? 'blocked' : 'unblocked', line: name });
    },
  });
};

interface Presence {
  readonly set: (what: string, isGood: boolean) => void;
  readonly isOwnLook: (kind: WorkKind) => boolean;
}

/** Whether workers look for themselves: while the broker is away, or takes nothing, for some time, and now and then in any case. */
const watchPresence = (awayMs: number, lookMs: number): Presence => {
  const since = new Map<string, number>([['offers', performance.now()], ['work', performance.now()]]);
  const looked: Record<WorkKind, number> = { disclose: performance.now(), deliver: performance.now() };
  return {
    set: (what, isGood) => {
      if (isGood) since.delete(what);
      else if (!since.has(what)) since.set(what, performance.now());
    },
    isOwnLook: (kind) => {
      const now = performance.now();
      const isAway = [...since.values()].some((began) => now - began > awayMs);
      if (!isAway && now - looked[kind] < lookMs) return false;
      looked[kind] = now;
      return true;
    },
  };
};
