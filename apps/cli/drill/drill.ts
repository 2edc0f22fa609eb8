import type { Configuration } from '@ketensluis/platform';
import type { Party } from '@ketensluis/domain';
import { setTimeout as pause } from 'node:timers/promises';
import { practiceDocuments } from '../practice.js';
import { mailArrivals, waysOut, type Arrival } from './arrivals.js';
import { chanceFrom, harmOf, makeFault, nextFault, type Fault, type Harm } from './faults.js';
import { openDrillHub, type DrillHub } from './hub.js';
import { openTraffic, type Traffic } from './traffic.js';
import { judge, loadDeliveries, type Due, type Verdict } from './verdict.js';

/** What a drill is asked for. */
export interface DrillOrder {
  readonly configuration: Configuration;
  /** How many faults are made. */
  readonly faults: number;
  readonly seed: number;
  /** New cases a minute, each of four messages. */
  readonly casesPerMinute: number;
  /** With a RabbitMQ of its own, which is harmed too. */
  readonly withBroker: boolean;
  readonly tell: (sentence: string) => void;
}

/** What came of it. */
export interface DrillReport {
  readonly folder: string;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly faults: readonly Fault[];
  /** What could not be done here, each with the reason. */
  readonly leftOut: readonly string[];
  readonly processes: readonly { readonly name: string; readonly starts: number }[];
  readonly seconds: number;
}

/** Between two faults: long enough that some find a hub at work, short enough that some find one that is still getting up. */
const gapMinMs = 500;
const gapMaxMs = 3_000;
/** When for so long no more arrived than before, what is still under way is stuck. */
const stillMaxMs = 300_000;
/** Beyond these the next case waits: a computer that is too slow is to be drilled, not flooded. */
const underWayMax = 30;
const lookMs = 500;
const tellEvery = 10;

/** Plays synthetic cases through a hub of its own while it harms that, and judges what came of it. Nothing of another hub is touched. */
export const drill = async (order: DrillOrder): Promise<DrillReport> => {
  const startedAt = performance.now();
  const parties = (await practiceDocuments()).flatMap((document) => (document.kind === 'party' ? [document] : []));
  const hub = await openDrillHub({ ...order, documents: parties });
  const harm = harmOf(hub);
  try {
    const traffic = await openTraffic({ practiceFolder: hub.practiceFolder, parties, smtpPort: hub.smtp.port, apiPort: hub.api.port, now: hub.clock.now, signer: hub.signer });
    const expected = await undisturbed(hub, traffic, parties);
    order.tell(`Everything runs. ${order.faults} faults follow, while ${order.casesPerMinute} cases a minute come in.`);
    const playing = play(traffic, order.casesPerMinute);
    const faults = await makeFaults(harm, order);
    await playing.stop();
    order.tell('No more faults. Waiting until everything has arrived ...');
    const came = await atRest(hub, parties);
    const verdict = await judge(hub.pool, partyOf(parties), { sent: traffic.sent(), ...came, faults, expected });
    return {
      folder: hub.folder, seed: order.seed, verdict, faults, leftOut: harm.leftOut, processes: [...hub.members, hub.parties].map(({ name, starts }) => ({ name, starts: starts() })),
      seconds: Math.round((performance.now() - startedAt) / 1_000),
    };
  } finally {
    await hub.stop();
  }
};

const partyOf = (parties: readonly Party[]): ReadonlyMap<string, string> => new Map(parties.map(({ key, oin }) => [oin, key]));

/** A first case without any fault says what each message brings to whom, and that every channel works. */
const undisturbed = async (hub: DrillHub, traffic: Traffic, parties: readonly Party[]): Promise<ReadonlyMap<string, readonly Due[]>> => {
  const [expected, seen, ways] = [new Map<string, readonly Due[]>(), new Set<string>(), new Set<string>()];
  await traffic.playCase(async (cause) => {
    const { arrivals } = await atRest(hub, parties);
    const rows = new Map((await loadDeliveries(hub.pool, partyOf(parties))).map((row) => [row.mid, row]));
    const fresh = arrivals.filter(({ disclosure }) => !seen.has(disclosure));
    fresh.forEach(({ disclosure, way }) => {
      seen.add(disclosure);
      ways.add(way);
    });
    expected.set(cause, fresh.flatMap(({ party, disclosure }) => (rows.has(disclosure) ? [{ party, type: rows.get(disclosure)?.type ?? '' }] : [])));
  });
  const refused = traffic.sent().filter(({ acceptedAt }) => acceptedAt === null);
  if (refused.length > 0) throw new Error(`The hub refuses good messages, also without faults (${refused.map(({ type, way, code }) => `${type} by ${way}: ${code}`).join(', ')}): look into the logs in its folder.`);
  const silent = waysOut.filter((way) => !ways.has(way));
  if (silent.length > 0) throw new Error(`The hub brings nothing to anybody by ${silent.join(' or ')}, also without faults: look into the logs in its folder.`);
  return expected;
};

const play = (traffic: Traffic, perMinute: number): { readonly stop: () => Promise<void> } => {
  let isOn = true;
  const underWay = new Set<Promise<void>>();
  const ended = (async () => {
    for (; isOn; await pause(60_000 / perMinute)) {
      if (underWay.size >= underWayMax) continue;
      const one = traffic.playCase().finally(() => underWay.delete(one));
      underWay.add(one);
    }
  })();
  return {
    stop: async () => {
      isOn = false;
      await ended;
      await Promise.all(underWay);
    },
  };
};

const makeFaults = async (harm: Harm, { faults: count, seed, tell }: DrillOrder): Promise<readonly Fault[]> => {
  const chance = chanceFrom(seed);
  const made: Fault[] = [];
  while (made.length < count) {
    await pause(gapMinMs + chance() * (gapMaxMs - gapMinMs));
    made.push(await makeFault(nextFault(harm.can, chance), harm.hub, chance));
    if (made.length % tellEvery === 0) tell(`  ${made.length} of ${count} faults`);
  }
  return made;
};

/** Waits until nothing is under way any more, or is stuck; what a party has not got by then is missing. */
const atRest = async (hub: DrillHub, parties: readonly Party[]): Promise<{ readonly arrivals: readonly Arrival[]; readonly unproven: number }> => {
  const underWay = async (): Promise<number> => {
    const { rows: [row] } = await hub.pool.query<{ left: number }>(
      `select ((select count(*) from queue) + (select count(*) from pending) + (select count(*) from delivery where state in ('waiting', 'announced')) + size - released_size)::int as left
       from tlog_head`,
    );
    return row?.left ?? 0;
  };
  let least = Infinity;
  for (let until = performance.now() + stillMaxMs; performance.now() < until && least > 0; await pause(lookMs)) {
    const left = await underWay().catch(() => Infinity);
    if (left < least) until = performance.now() + stillMaxMs;
    least = Math.min(least, left);
  }
  const mails = await Promise.all(parties.map(async ({ key }) => ({ key, ...(await mailArrivals(hub.practiceFolder, key)) })));
  const byMail = mails.filter(({ key }) => !hub.listeners.some((one) => one.key === key));
  return {
    arrivals: [...byMail.flatMap(({ arrivals }) => arrivals), ...hub.listeners.flatMap((one) => one.arrivals())],
    unproven: [...mails.map(({ refused }) => refused), ...hub.listeners.map((one) => one.unproven())].reduce((sum, count) => sum + count, 0),
  };
};
