import { askWitnesses, seal } from '@ketensluis/flow';
import { sealedTraces, type Hub } from '@ketensluis/platform';
import { failing, loopOf, type Part } from './part.js';

/** How often the log is signed at most; a disclosure waits half of this on average before it may leave. */
const tickMs = 200;

/** How often a process shows that it is there to seal, or looks whether it must take over. */
const turnMs = 1_000;

/** Takes what was recorded into the tree, has its head signed, and cosigned where the log has witnesses; while another process has the turn, it waits. */
export const startSealing = (hub: Hub): Part => {
  const { witnesses } = hub;
  let isOurs = false;
  const inTurn = (step: () => Promise<boolean>) => async (): Promise<boolean> => isOurs && step();
  const witnesser = witnesses === null ? null : loopOf(hub, { name: 'witness', step: inTurn(witnessRound(hub, witnesses)) });
  const sealer = loopOf(hub, {
    name: 'seal', spacingMs: tickMs,
    step: inTurn(async () => {
      const beganMs = performance.now();
      const count = await seal({ clock: hub.clock, log: hub.log });
      if (count === 0) return false;
      witnesser?.wake();
      await tellSealed(hub, count, Math.round(performance.now() - beganMs));
      return true;
    }),
  });
  const take = async (): Promise<boolean> => {
    const before = isOurs;
    // What is not certain is not ours: another process may have it by now.
    isOurs = await hub.log.hold().catch((fault: unknown) => {
      isOurs = false;
      throw fault;
    });
    if (isOurs === before) return false;
    hub.events.tell(isOurs ? 'turn.taken' : 'turn.lost');
    sealer.wake();
    witnesser?.wake();
    return false;
  };
  const turn = loopOf(hub, { name: 'turn', step: take, restMs: turnMs });
  const asking = witnesser === null ? [] : [witnesser];
  return { loops: [turn, sealer, ...asking], hears: { seal: [sealer], clock: asking }, ended: async () => hub.log.leave() };
};

// What was sealed is sealed, also where it cannot be told of.
const tellSealed = async (hub: Hub, count: number, durationMs: number): Promise<void> => {
  hub.events.tell('log.sealed', { count, durationMs });
  if (!hub.events.isDetailed) return;
  const traces = await sealedTraces(hub.pool, count).catch((fault: unknown) => (failing(hub, 'seal')(fault), []));
  for (const { trace, entryId, isDecision } of traces) hub.events.detail('entry.sealed', { trace, entryId, kind: isDecision ? 'decision' : 'other', count, durationMs });
};

/** One round of the witnesses; tells when the quorum is lost or back, and which witness began or ceased to fail. */
const witnessRound = (hub: Hub, { policy, ports }: NonNullable<Hub['witnesses']>): (() => Promise<boolean>) => {
  let told = 'open';
  return async () => {
    const round = await askWitnesses(policy, ports);
    if (round.kind === 'idle') return false;
    for (const { name, problem } of round.changed) {
      // The log of events holds codes, never sentences.
      hub.events.tell(problem === null ? 'witness.answered' : 'witness.failed', { key: name, reason: problem?.replace(/[^A-Za-z0-9]+/g, '-') });
    }
    const mode = round.kind === 'lost' ? round.mode : 'open';
    if (mode !== told) hub.events.tell(mode === 'open' ? 'quorum.reached' : 'quorum.lost', { state: mode, ...(round.kind === 'lost' ? { at: round.since } : { size: round.size }) });
    told = mode;
    return false;
  };
};
