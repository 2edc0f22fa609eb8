import { rereadDisclosure } from '@ketensluis/contract';
import { awaitedAfterFetch, partyOf, stopReason, traceOf, type Registers } from '@ketensluis/domain';
import { outcomeEntry, plainEntry, type EntryDraft } from './entry.js';
import type { Fetchable, FetchCaller, FetchStore } from './fetch-ports.js';
import type { SealedDisclosure } from './delivery-ports.js';
import type { IntakeStore } from './intake-ports.js';
import type { Clock, Ids, RegisterReader } from './ports.js';

export interface FetchPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly fetches: FetchStore;
  readonly intake: Pick<IntakeStore, 'recordRefusal'>;
  /** False once nobody waits for the answer any more; absent where somebody always does. */
  readonly isThere?: () => boolean;
}

/** How often, and for how long after the first time, the same disclosure may be fetched: enough for a case system that lost it, too little to use the hub as an archive. */
export const fetchLimits = { most: 20, forMs: 30 * 24 * 60 * 60 * 1_000 } as const;

/**
 * `fetched`: the fetch is sealed in the log, so the bytes may leave. `absent`: there is nothing for this caller, and no word on why. `gone`: there was, and it may
 * not leave any more. `later`: the log could not seal it in time, or the caller had gone by then; nothing leaves.
 */
export type FetchVerdict =
  | { readonly kind: 'fetched'; readonly disclosure: SealedDisclosure; readonly isFirst: boolean }
  | { readonly kind: 'absent' | 'gone' | 'later' };

/**
 * Hands a disclosure out to its recipient, who fetches it with its own credentials. That fetch is the disclosure: its entry is recorded and released before this
 * resolves with `fetched` (I1), the first one ends the delivery and fulfils its duty, and every later one is an entry of its own with the same bytes.
 */
export const fetchDisclosure = async (mid: string, caller: FetchCaller, ports: FetchPorts): Promise<FetchVerdict> => {
  const at = ports.clock.now();
  const refused = async (kind: 'absent' | 'gone', code: string, of: SealedDisclosure | null): Promise<FetchVerdict> => {
    if (of !== null) await retract(of, ports);
    await ports.intake.recordRefusal(refusalEntry({ code, of, caller }, ports.ids.next(at), at));
    return { kind };
  };

  const found = await ports.fetches.find(mid, caller.oin, at);
  if (found.kind !== 'found') return refused(found.kind, found.kind === 'absent' ? 'nothing-to-fetch' : 'destroyed', null);
  const { disclosure } = found.fetchable;
  const { registers, mark } = await ports.registers.current();
  const ended = objection(found.fetchable, registers, at);
  if (ended !== null) {
    const task = { kind: ended === notAsLogged ? 'log' : 'stopped', ref: mid, party: caller.oin, cause: ended } as const;
    const stopped = await ports.fetches.stop(mid, mark, { entry: outcomeEntry(disclosure, 'held', { id: ports.ids.next(at), at }), task, at });
    if (stopped === 'changed') return fetchDisclosure(mid, caller, ports);
    if (stopped === 'held') await retract(disclosure, ports);
    return stopped === 'held' ? { kind: 'gone' } : refused('gone', ended, disclosure);
  }
  const used = usedUp(found.fetchable, at);
  if (used !== null) return refused('gone', used, disclosure);

  const fetch = await ports.fetches.begin(mid, caller, outcomeEntry(disclosure, 'fetched', { id: ports.ids.next(at), at, detail: { way: caller.way, sha256: caller.sha256 } }), at);
  if (!(await ports.fetches.awaitRelease(mid, fetch, at, ports.isThere ?? (() => true)))) return { kind: 'later' };
  const awaits = awaitedAfterFetch(partyOf(registers, caller.oin)?.channel ?? null);
  const finished = await ports.fetches.finish(mid, fetch, { caller, awaits, at: ports.clock.now() });
  return finished === 'stopped' ? refused('gone', finished, disclosure) : { kind: 'fetched', disclosure, isFirst: finished === 'first' };
};

/**
 * The entry of a fetch has to stand before anything leaves (I1), so it says too early that the party has it. Where nothing left and nothing will, another entry takes
 * its place as what became of the disclosure; `schema` names the entry it corrects.
 */
const retract = async (disclosure: SealedDisclosure, { clock, ids, fetches }: FetchPorts): Promise<void> => {
  const at = clock.now();
  await fetches.retract(disclosure.id, ({ entryId, isDelivered }) =>
    outcomeEntry(disclosure, isDelivered ? 'delivered' : 'held', { id: ids.next(at), at, schema: `fetch/${entryId}`, detail: { corrects: entryId, left: false } }));
};

/** Why it must not leave now: somebody stopped it, or what it rests on ended meanwhile (AVG art. 28(3)(a)). */
const objection = ({ disclosure, isStopped }: Fetchable, registers: Registers, at: Date): string | null => {
  if (isStopped) return 'stopped';
  const read = rereadDisclosure(disclosure.twin);
  if (read === null || read.id !== disclosure.id || read.recipient.oin !== disclosure.recipient) return notAsLogged;
  const { ground, recipient, fields, case: of } = read;
  return stopReason({ ...ground, recipient, municipality: of.municipality, minors: fields['minderjarigen'] !== undefined }, registers, at);
};

const notAsLogged = 'not-as-logged';

const usedUp = ({ fetches, firstFetchedAt }: Fetchable, at: Date): string | null => {
  if (fetches >= fetchLimits.most) return 'fetched-too-often';
  return firstFetchedAt !== null && at.getTime() - firstFetchedAt.getTime() >= fetchLimits.forMs ? 'fetched-too-late' : null;
};

interface RefusedFetch {
  readonly code: string;
  readonly of: SealedDisclosure | null;
  readonly caller: FetchCaller;
}

/** Who asked for what it does not get (I3). What it asked for by name is not ours to repeat unless it is there. */
const refusalEntry = ({ code, of, caller }: RefusedFetch, id: string, at: Date): EntryDraft =>
  plainEntry(
    { id, kind: 'refusal', at: at.toISOString(), from: caller.oin, code, trace: traceOf(id), ...(of === null ? {} : { ref: of.entryId, msg: of.id }) },
    { way: caller.way, sha256: caller.sha256 },
  );
