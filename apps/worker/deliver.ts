import { channelText, partyOf } from '@ketensluis/domain';
import { acceptParty, bringAnswer, sendTest, testResultOf, type TestWish } from '@ketensluis/flow';
import type { Hub, WorkSource } from '@ketensluis/platform';
import { deliverer, prover } from './under-way.js';
import { failing, loopOf, watchMs, type Part } from './part.js';
import { peopleMs, peopleStep } from './people.js';
import { tlsReportRound, tlsReportsMs } from './tls-reports.js';

/** Deliveries that end together make room in one claim. */
const claimMs = 20;
/** A party that something waits for is listened to this soon. */
const followMs = 500;
/** Proofs that are owed are few and late already: once a second is soon enough. */
const proveMs = 1_000;
/** Few senders ask to be told that a message was processed, and those who do wait for it. */
const answerMs = 3_000;
const answersMax = 8;
/** Tests under way at the same time: one that hangs holds up no other party's. */
const testsMax = 8;

/** Everything that goes out to a party or a mail domain: disclosures, proofs, answers, tries of a connection and reports on TLS. */
export const startDelivering = (hub: Hub, { queue, broker }: WorkSource): Part => {
  const delivering = deliverer(hub, queue, failing(hub, 'deliver'));
  const sender = loopOf(hub, { name: 'deliver', step: delivering.step, spacingMs: claimMs });
  delivering.onRoom(sender.wake);
  broker?.onWork('deliver', sender.wake);
  const following = broker === null ? [] : [loopOf(hub, { name: 'follow', step: async () => (await broker.follow(await hub.store.queue.lanes()), false), spacingMs: followMs, restMs: watchMs })];
  const proving = prover(hub, failing(hub, 'prove'));
  const owing = loopOf(hub, { name: 'prove', step: proving.step, spacingMs: proveMs, restMs: watchMs });
  proving.onRoom(owing.wake);
  const acceptor = loopOf(hub, { name: 'accept', step: () => acceptNext(hub), restMs: watchMs });
  const trying = tester(hub);
  const trier = loopOf(hub, { name: 'test', step: trying.step, restMs: watchMs });
  trying.onRoom(trier.wake);
  const answerer = loopOf(hub, { name: 'answer', step: () => bringAnswers(hub), restMs: answerMs });
  const reporting = hub.tlsReports === null ? [] : [loopOf(hub, { name: 'tls-report', step: tlsReportRound(hub, hub.tlsReports), restMs: tlsReportsMs })];
  const people = hub.personMail === null ? [] : [loopOf(hub, { name: 'person-mail', step: peopleStep(hub, hub.personMail), restMs: peopleMs })];
  return {
    loops: [sender, ...following, owing, acceptor, trier, answerer, ...reporting, ...people],
    hears: { deliver: [sender, ...following, owing], register: [acceptor, trier], clock: [sender, owing, answerer, ...reporting, ...people] },
    ended: async () => void (await Promise.all([delivering.ended(), proving.ended(), trying.ended()])),
  };
};

/** One acceptance run that was asked for. */
const acceptNext = async (hub: Hub): Promise<boolean> => {
  const { clock, ids, registers, adapterOf, store: { acceptances, own: tests } } = hub;
  const run = await acceptances.claim(clock.now());
  if (run === null) return false;
  const results = await acceptParty(run, {
    clock, ids, registers, acceptances, isReachable: async (party) => (await adapterOf(party)) !== null, sendTest: ({ oin }) => sendTest({ id: ids.next(clock.now()), party: oin, example: null }, { clock, ids, tests, adapterOf }),
  });
  hub.events.tell('party.tried', { oin: run.party, outcome: results.some(({ result }) => result === 'failed') ? 'failed' : 'passed' });
  return true;
};

/** Makes the tests that were asked for, without waiting for the slowest of them. */
const tester = (hub: Hub) => {
  const underWay = new Set<Promise<void>>();
  let room = (): void => undefined;
  return {
    onRoom: (tell: () => void) => {
      room = tell;
    },
    ended: async () => void (await Promise.allSettled(underWay)),
    step: async (): Promise<boolean> => {
      const most = testsMax - underWay.size;
      const claimed = most === 0 ? [] : await hub.store.testWishes.claim(hub.clock.now(), most);
      for (const wish of claimed) {
        const one = tryChannel(hub, wish).catch(failing(hub, 'test'));
        underWay.add(one);
        void one.finally(() => {
          underWay.delete(one);
          room();
        });
      }
      // What is left waits for what is under way, which wakes this loop.
      return false;
    },
  };
};

const tryChannel = async ({ clock, ids, registers, adapterOf, store: { testWishes, own: tests }, events }: Hub, wish: TestWish): Promise<void> => {
  const party = partyOf((await registers.current()).registers, wish.party);
  const result = testResultOf(await sendTest(wish, { clock, ids, tests, adapterOf }));
  await testWishes.finish(wish, result, channelText(party?.channel ?? null), clock.now());
  events.tell('test.sent', { oin: wish.party, outcome: result.kind === 'tried' ? result.outcome : result.kind });
};

const bringAnswers = async (hub: Hub): Promise<boolean> => {
  const owed = await hub.store.answers.claim(hub.clock.now(), answersMax);
  for (const answer of owed) {
    const next = await bringAnswer(answer, { clock: hub.clock, chance: Math.random, answers: hub.store.answers, adapterOf: hub.adapterOf });
    hub.events.tell('answer.attempted', { messageId: answer.messageId, party: answer.party, kind: answer.kind, attempt: answer.attempt, next });
  }
  return owed.length > 0;
};
