import type { Clock } from './ports.js';
import type { QueueStore, WorkKind, WorkNotice, WorkQueue } from './queue-ports.js';

/** What waits for something before it is looked at again after this time. */
const blockedMs = 1_000;

export interface TakeWorkPorts {
  readonly clock: Clock;
  readonly queue: WorkQueue;
  readonly store: Pick<QueueStore, 'standing'>;
}

/** One claim: among `only` where that is given, and of at most `most`. */
export interface WorkClaim<T> {
  readonly kind: WorkKind;
  readonly most: number;
  readonly claim: (only: readonly string[] | undefined) => Promise<readonly T[]>;
  /** Those of the notices there is room for; the others stay in hand. All of them when absent. */
  readonly fitting?: (notices: readonly WorkNotice[]) => readonly WorkNotice[];
  readonly idOf: (claimed: T) => string;
}

/**
 * Claims in PostgreSQL what a worker heard of, or whatever there is where it need not hear first. What was claimed is taken until it is settled or put off. A
 * notice that nothing could be claimed for is a duplicate, late, or early: it is settled, comes back at its moment, or stays in hand.
 */
export const takeWork = async <T>({ kind, most, claim, idOf, fitting = (all) => all }: WorkClaim<T>, ports: TakeWorkPorts): Promise<readonly T[]> => {
  const inHand = ports.queue.take(kind);
  if (inHand === null) return claim(undefined);
  const giveBack = (notices: readonly WorkNotice[]): void => ports.queue.giveBack(kind, notices.map(({ id }) => id));
  const heard = fitting(inHand);
  if (heard.length < inHand.length) giveBack(inHand.filter((notice) => !heard.includes(notice)));
  if (heard.length === 0) return [];
  const claimed = await claim(heard.map(({ id }) => id)).catch((fault: unknown) => {
    giveBack(heard);
    throw fault;
  });
  const ids = new Set(claimed.map(idOf));
  const left = heard.filter(({ id }) => !ids.has(id));
  if (left.length === 0) return claimed;
  if (claimed.length >= most) giveBack(left);
  // A look that fails leaves them in hand; what was claimed must not suffer by it.
  else await setRight(kind, left, ports).catch(() => giveBack(left));
  return claimed;
};

const setRight = async (kind: WorkKind, notices: readonly WorkNotice[], { clock, queue, store }: TakeWorkPorts): Promise<void> => {
  const standing = new Map((await store.standing(kind, notices.map(({ id }) => id))).map((one) => [one.id, one]));
  const at = clock.now();
  // Given back first, so that of a lane only what was claimed counts as at work.
  queue.giveBack(kind, notices.map(({ id }) => id));
  for (const { id, lane } of notices) {
    const one = standing.get(id);
    if (one === undefined || one.state === 'parked') queue.settle(kind, [id]);
    // Who has it may have been killed: then it is free when the lease ends, and nobody else would tell of it sooner.
    else if (one.state === 'leased') queue.putOff(kind, [id], new Date(at.getTime() + one.leasedMs));
    else if (one.dueAt > at) queue.putOff(kind, [id], one.dueAt);
    else if (one.state === 'blocked' && !queue.isAtWork(kind, lane)) queue.putOff(kind, [id], new Date(at.getTime() + blockedMs));
  }
};
