import { openBroker } from '@ketensluis/queue';
import type { WorkNotice } from '@ketensluis/flow';
import { setTimeout as pause } from 'node:timers/promises';
import { startBroker } from '../../apps/cli/drill/broker.js';
import { loadAverage } from './processor-time.js';

const partiesCount = 100;
const deadCount = 10;
const noticesPerParty = process.env['KETENSLUIS_BENCH_QUICK'] !== undefined ? 20 : 60;
/** As the worker has them (apps/worker/under-way.ts). */
const hands = 64;
const handsPerParty = 8;
const crowded = hands / 2;
const offerMost = 200;
/** What a healthy party takes to answer. */
const answerMs = 20;
/** A party that hangs holds a hand for this long. */
const hangMs = 5_000;
const target = 0.95;

type Dead = 'none' | 'refuse' | 'hang';

/** Prints how fast 90 parties are served while 10 others are dead: those that refuse at once, and those that hang. No PostgreSQL and no adapter: the broker and its consumer alone. */
export async function run(): Promise<void> {
  const broker = await startBroker();
  try {
    console.log(`${partiesCount} parties, ${noticesPerParty} notices each, ${hands} hands and at most ${handsPerParty} for one party, one when half of them are busy; a healthy party answers in ${answerMs} ms; load ${loadAverage()}.`);
    const healthy = await serve(broker.url(), 'none', 'ketensluis.none');
    console.log(`  all well: the 90 at ${Math.round(healthy)} a second`);
    for (const dead of ['refuse', 'hang'] as const) {
      const rate = await serve(broker.url(), dead, `ketensluis.${dead}`);
      console.log(`  ${deadCount} ${dead === 'refuse' ? 'refuse at once' : `hang for ${hangMs / 1_000} s`}: the 90 at ${Math.round(rate)} a second, ${Math.round((rate / healthy) * 100)} %; target ${target * 100} %: ${rate / healthy >= target ? 'met' : 'MISSED'}`);
    }
  } finally {
    await broker.stop();
  }
}

/** Notices of healthy parties a second, until the last of them is done. */
const serve = async (url: string, dead: Dead, prefix: string): Promise<number> => {
  const broker = await openBroker({ url, ca: null, kinds: ['deliver'], prefix, now: () => new Date(), told: () => undefined, lookMs: 3_600_000 });
  const parties = Array.from({ length: partiesCount }, (_none, place) => String(place + 1).padStart(20, '0'));
  const deadParties = new Set(dead === 'none' ? [] : parties.slice(0, deadCount));
  const counted = new Set(parties.slice(deadCount));
  const underWay = new Map<string, number>();
  let [busy, done, isOver] = [0, 0, false];
  const work = async ({ id, lane }: WorkNotice): Promise<void> => {
    const isDead = deadParties.has(lane);
    await pause(isDead ? (dead === 'hang' ? hangMs : 1) : answerMs);
    if (isDead) broker.queue.putOff('deliver', [id], new Date(Date.now() + hangMs));
    else broker.queue.settle('deliver', [id]);
    if (counted.has(lane)) done += 1;
    busy -= 1;
    underWay.set(lane, (underWay.get(lane) ?? 1) - 1);
    take();
  };
  const take = (): void => {
    if (isOver || busy >= hands) return;
    for (const notice of broker.queue.take('deliver') ?? []) {
      const its = underWay.get(notice.lane) ?? 0;
      if (busy >= hands || its >= (busy >= crowded ? 1 : handsPerParty)) broker.queue.giveBack('deliver', [notice.id]);
      else {
        busy += 1;
        underWay.set(notice.lane, its + 1);
        void work(notice);
      }
    }
  };
  broker.onWork('deliver', take);
  await broker.follow(parties);
  const notices = Array.from({ length: noticesPerParty }, (_none, round) => parties.map((lane, place): WorkNotice => ({ kind: 'deliver', id: `00000000-0000-7000-8000-${String(round * partiesCount + place).padStart(12, '0')}`, lane }))).flat();
  const begun = performance.now();
  for (let from = 0; from < notices.length; from += offerMost) await broker.offers.offer(notices.slice(from, from + offerMost));
  while (done < counted.size * noticesPerParty) await pause(5);
  const seconds = (performance.now() - begun) / 1_000;
  isOver = true;
  await broker.close();
  return done / seconds;
};
