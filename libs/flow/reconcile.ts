import { civilDay, receivedListSchema, receivedMax, reconcile, reconcileMarginMs, type Difference } from '@ketensluis/domain';
import { plainEntry } from './entry.js';
import type { NamedRequest } from './own-ports.js';
import type { Clock, Ids, PlannedTask } from './ports.js';
import type { ReconcileStore } from './report-ports.js';

export interface ReconcilePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly reconciling: ReconcileStore;
}

/** What came of it: how many lines each side has, and what differs. */
export type Reconciled =
  | { readonly kind: 'compared'; readonly listed: number; readonly matched: number; readonly differences: readonly Difference[] }
  | { readonly kind: 'refused'; readonly code: 'invalid-list' | 'invalid-period' | 'unknown-party' | 'other-request'; readonly detail: string };

/** Differences that become a task each; what is above is one task together, so that a list of nonsense does not bury the others. */
const differenceTasksMax = 50;

/** A list is about at most a month. */
export const reconcilePeriodMaxMs = 31 * 24 * 60 * 60 * 1_000;

/** A list with its period, and over the API the name of the request with the hash of what was asked. */
export interface AskedReconciliation {
  readonly party: string;
  readonly list: unknown;
  readonly from: Date;
  readonly to: Date;
  readonly named?: Pick<NamedRequest, 'key' | 'sha256'>;
}

/**
 * Compares what a party says it received in a period with what the hub delivered to it: each difference becomes a task, and the log gets the numbers. The
 * same list again opens nothing twice, and a request by the same name writes nothing again. Nothing that was delivered changes by it: what to do is for a person.
 */
export const reconcileList = async (asked: AskedReconciliation, ports: ReconcilePorts): Promise<Reconciled> => {
  const { party, from, to, named } = asked;
  const at = ports.clock.now();
  if (!(from < to) || to.getTime() - from.getTime() > reconcilePeriodMaxMs || from > at) return { kind: 'refused', code: 'invalid-period', detail: 'a period of at most 31 days that has begun' };
  const read = receivedListSchema.safeParse(asked.list);
  if (!read.success) {
    // What is no list at all has no place in it.
    const problems = read.error.issues.slice(0, 5).map(({ path: [line, ...rest], message }) => (line === undefined ? message : `${[`line ${Number(line) + 1}`, ...rest].join(', ')}: ${message}`));
    return { kind: 'refused', code: 'invalid-list', detail: `expected a JSON list of at most ${receivedMax} lines such as {"id": "...", "receivedAt": "2026-03-02T09:00:00Z"}, sha256 if known; ${problems.join('; ')}` };
  }
  const looked = new Date(from.getTime() - reconcileMarginMs);
  const found = await ports.reconciling.delivered(party, read.data.map(({ id }) => id), { from: looked, to });
  if (found === null) return { kind: 'refused', code: 'unknown-party', detail: 'there is no such party' };
  const { differences, matched } = reconcile(read.data, found.lines, { from, to });
  const detail = { listed: read.data.length, matched: matched.length, from: from.toISOString(), to: to.toISOString() };
  const id = ports.ids.next(at);
  const entry = plainEntry({ id, kind: 'outcome', at: at.toISOString(), to: party, ref: found.entryId, code: 'reconciled', count: differences.length }, detail);
  const request = named === undefined ? null : { oin: party, ...named, ref: id, at };
  const saved = await ports.reconciling.save({ matched, tasks: tasksOf(differences, party, from), entry, at, named: request });
  if (saved === 'other') return { kind: 'refused', code: 'other-request', detail: 'the name of this request was used before for something else' };
  return { kind: 'compared', listed: read.data.length, matched: matched.length, differences };
};

const tasksOf = (differences: readonly Difference[], party: string, from: Date): readonly PlannedTask[] => {
  const own = differences.slice(0, differenceTasksMax).map(({ id, kind }): PlannedTask => ({ kind: 'reconcile', ref: id, party, cause: kind }));
  const more = differences.length - own.length;
  return more === 0 ? own : [...own, { kind: 'reconcile', ref: `${party}:${civilDay(from)}`, party, cause: `and ${more} more` }];
};
