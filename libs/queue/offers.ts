import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import type { EmptyLines, WorkNotice, WorkOffers } from '@ketensluis/flow';
import { writeNotice } from './notice.js';
import { declareParty, rungFor, waitingIn, type Topology } from './topology.js';

/** The broker says within this time that it has what was offered, or it does not count as offered. */
const confirmMs = 10_000;

/** One notice on its way; a delay sends it down the ladder instead. */
interface Parcel {
  readonly notice: WorkNotice;
  readonly delayMs: number | null;
}

/** What publishes, over a line of its own: a broker short of memory stops whoever publishes, and must not stop who consumes. */
export interface Publisher extends WorkOffers {
  readonly use: (model: ChannelModel) => Promise<void>;
  readonly drop: () => void;
  readonly block: (isBlocked: boolean) => void;
  /** Sends it down the ladder; false when the broker did not say that it has it. */
  readonly delay: (notice: WorkNotice, delayMs: number) => Promise<boolean>;
}

interface Open {
  readonly confirms: ConfirmChannel;
  readonly asks: Channel;
  /** Parties whose queue is known to be there. */
  readonly parties: Set<string>;
  /** What came back because there was no queue for it. */
  readonly returned: Set<string>;
}

/** Publishes under publisher confirms: what is offered together is confirmed together. */
export const createPublisher = (topology: Topology): Publisher => {
  let open: Open | null = null;
  let isBlocked = false;
  const publish = async (parcels: readonly Parcel[]): Promise<number> => {
    const now = open;
    if (now === null || isBlocked) return 0;
    try {
      for (const lane of new Set(parcels.flatMap(({ notice }) => (notice.kind === 'deliver' ? [notice.lane] : [])))) await knowParty(now, topology, lane);
      return await confirmed(now, topology, parcels);
    } catch {
      // The line tells why it broke; what was not confirmed is offered again when it is overdue.
      return 0;
    }
  };
  return {
    use: async (model) => {
      const [confirms, asks] = [await model.createConfirmChannel(), await model.createChannel()];
      const opened: Open = { confirms, asks, parties: new Set(), returned: new Set() };
      confirms.on('return', ({ properties }) => void opened.returned.add(String(properties.messageId)));
      for (const channel of [confirms, asks]) channel.on('error', () => undefined).on('close', () => (open = open === opened ? null : open));
      open = opened;
    },
    drop: () => {
      open = null;
    },
    block: (now) => {
      isBlocked = now;
    },
    isOpen: () => open !== null && !isBlocked,
    offer: (notices) => publish(notices.map((notice) => ({ notice, delayMs: null }))),
    delay: async (notice, delayMs) => (await publish([{ notice, delayMs }])) === 1,
    look: async (parties) => {
      const now = open;
      if (now === null) return nothingEmpty;
      // What could not be asked counts as having something.
      const isEmpty = (count: Promise<number>): Promise<boolean> => count.then((waiting) => waiting === 0, () => false);
      const [ofCases, ofParties] = await Promise.all([
        Promise.all(topology.shards.map((key) => isEmpty(waitingIn(now.asks, topology.queueOf(key))))), Promise.all(parties.map((oin) => isEmpty(declareParty(now.asks, topology, oin)))),
      ]);
      const empty = new Set([...topology.shards.filter((_key, place) => ofCases[place]), ...parties.filter((_oin, place) => ofParties[place]).map(topology.partyKey)]);
      return { parties: parties.filter((_oin, place) => ofParties[place]), anyOfCases: ofCases.includes(true), has: (notice) => empty.has(topology.keyOf(notice)) };
    },
  };
};

const nothingEmpty: EmptyLines = { parties: [], anyOfCases: false, has: () => false };

const knowParty = async ({ asks, parties }: Open, topology: Topology, lane: string): Promise<void> => {
  if (parties.has(lane)) return;
  await declareParty(asks, topology, lane);
  parties.add(lane);
};

/** How many the broker has. One that found no queue came back, and its queue is declared anew next time. */
const confirmed = async ({ confirms, parties, returned }: Open, topology: Topology, parcels: readonly Parcel[]): Promise<number> => {
  const answers = parcels.map(({ notice, delayMs }) => new Promise<boolean>((resolve) => {
    const exchange = delayMs === null ? topology.work : topology.later(rungFor(delayMs));
    confirms.publish(exchange, topology.keyOf(notice), writeNotice(notice), { persistent: true, mandatory: true, contentType: 'application/json', messageId: notice.id }, (fault) => resolve(fault === null || fault === undefined));
  }));
  let timer: NodeJS.Timeout | null = null;
  const tooLong = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), confirmMs)));
  const outcome = await Promise.race([Promise.all(answers), tooLong]);
  if (timer !== null) clearTimeout(timer);
  // It comes back before it is confirmed.
  const lost = new Set(parcels.filter(({ notice }) => returned.delete(notice.id)));
  for (const { notice } of lost) if (notice.kind === 'deliver') parties.delete(notice.lane);
  return outcome === null ? 0 : parcels.filter((parcel, place) => outcome[place] === true && !lost.has(parcel)).length;
};
