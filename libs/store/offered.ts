import type { QueueStore, WaitingWork, WorkKind, WorkStanding } from '@ketensluis/flow';
import type pg from 'pg';
import { workerSeat } from './seat.js';
import { prepared } from './statement.js';

/** Held by the one process that offers work to the broker. */
const turnLock = "hashtext('ketensluis.offer')";

/** The queue for whoever offers it to a broker. The rows stay where they are: what a broker has is a doorbell and may be lost (I8). */
export const createQueueStore = (pool: pg.Pool): QueueStore => ({
  ...turn(pool),
  takeUnoffered: async (at, most) => inOrder((await pool.query<WorkRow>(prepared(takeUnoffered, [at, most]))).rows),
  overdueMessages: async (at, { patienceMs, after, most }) => inOrder((await pool.query<WorkRow>(prepared(overdueMessages, [at, patienceMs / 1_000, most, after]))).rows),
  overdueDeliveries: async (at, { patienceMs, parties, most }) => inOrder((await pool.query<WorkRow>(prepared(overdueDeliveries, [at, patienceMs / 1_000, most, parties]))).rows),
  markOffered: async (rows) => void (await pool.query(prepared('update queue set offered_at = now() where id = any($1::bigint[])', [rows]))),
  lanes: async () => (await pool.query<{ lane: string }>(prepared(lanes, []))).rows.map(({ lane }) => lane),
  standing: async (kind, ids) => (await pool.query<StandingRow>(prepared(standings[kind], [ids]))).rows.map(standingOf),
  openSeat: () => workerSeat(pool),
});

/** A lock of the session, so that it ends with the process that had it. */
const turn = (pool: pg.Pool): Pick<QueueStore, 'holdTurn' | 'leaveTurn'> => {
  let holder: pg.PoolClient | null = null;
  let asking: Promise<boolean> | null = null;
  // Closed, and not given back to the pool: with the session ends the lock.
  const leave = (): void => {
    const client = holder;
    holder = null;
    client?.release(true);
  };
  const ask = async (): Promise<boolean> => {
    const client = await pool.connect();
    const { rows } = await client.query<{ mine: boolean }>(`select pg_try_advisory_lock(${turnLock}) as mine`).catch((fault: unknown) => {
      client.release(true);
      throw fault;
    });
    if (rows[0]?.mine !== true) {
      client.release();
      return false;
    }
    client.on('error', () => client === holder && leave());
    holder = client;
    return true;
  };
  return {
    // All who ask at the same moment share one question, so that no session is left behind.
    holdTurn: async () => {
      if (holder !== null) return true;
      asking ??= ask().finally(() => (asking = null));
      return asking;
    },
    leaveTurn: async () => {
      await asking?.catch(() => undefined);
      leave();
    },
  };
};

interface WorkRow {
  readonly row: string;
  readonly kind: WorkKind;
  readonly id: string;
  readonly lane: string;
}

const inOrder = (rows: readonly WorkRow[]): readonly WaitingWork[] =>
  [...rows].sort((a, b) => Number(a.row) - Number(b.row)).map(({ row, kind, id, lane }) => ({ row, notice: { kind, id, lane } }));

const workColumns = "queue.id::text as row, queue.kind, case queue.kind when 'disclose' then queue.id::text else queue.ref::text end as id, queue.lane";

// Behind a parked message nothing of its case goes on (I14); and no disclosure is anybody's work before it is released (I1), which is said again by the claim.
const mayBeDone = `case queue.kind
    when 'disclose' then not exists (select from queue first where first.kind = 'disclose' and first.lane = queue.lane and first.id < queue.id and first.parked_code is not null)
    else (select leaf.seq < case when acute then (select if_acute from sizes) else (select always from sizes) end
      from delivery join tlog_leaf leaf on leaf.id = delivery.entry_id where delivery.mid = queue.ref) end`;
// Asked once, and not for each row.
const sizes = 'sizes as (select * from release_sizes($1))';

const takeUnoffered = `with ${sizes}, fresh as (
    select queue.id from queue where queue.offered_at is null and queue.parked_code is null and queue.due_at <= $1 and ${mayBeDone}
    order by queue.id limit $2 for no key update skip locked)
  update queue set offered_at = now() from fresh where queue.id = fresh.id returning ${workColumns}`;

// What has just become due is on its way back from where the broker kept it.
const isOverdue = `queue.parked_code is null and queue.offered_at < now() - make_interval(secs => $2) and queue.due_at <= $1::timestamptz - make_interval(secs => $2)
    and (queue.lease_until is null or queue.lease_until < now()) and ${mayBeDone}`;

const overdueMessages = `with ${sizes} select ${workColumns} from queue where queue.kind = 'disclose' and queue.id > $4::bigint and ${isOverdue} order by queue.id limit $3`;

const overdueDeliveries = `with ${sizes} select overdue.* from unnest($4::text[]) as party (oin) cross join lateral (
    select ${workColumns} from queue where queue.kind = 'deliver' and queue.lane = party.oin and ${isOverdue} order by queue.due_at, queue.id limit $3) overdue
  limit $3`;

const lanes = `with recursive lanes (lane) as (
    (select lane from queue where kind = 'deliver' order by lane limit 1)
    union all
    select (select next.lane from queue next where next.kind = 'deliver' and next.lane > lanes.lane order by next.lane limit 1) from lanes where lanes.lane is not null)
  select lane from lanes where lane is not null`;

interface StandingRow {
  readonly id: string;
  readonly due_at: Date;
  readonly leased_ms: number;
  readonly first: string | null;
  readonly first_parked: boolean;
}

const leasedMs = 'coalesce(ceil(extract(epoch from greatest(queue.lease_until - now(), interval \'0\')) * 1000), 0)::int';

// Which earlier delivery one waits for is not asked: it may be in the hands of another worker.
const standings: Readonly<Record<WorkKind, string>> = {
  disclose: `select queue.id::text as id, queue.due_at, ${leasedMs} as leased_ms, first.id::text as first, first.parked_code is not null as first_parked
    from queue cross join lateral (select id, parked_code from queue first where first.kind = 'disclose' and first.lane = queue.lane order by first.id limit 1) first
    where queue.kind = 'disclose' and queue.id = any($1::bigint[])`,
  deliver: `select ref::text as id, due_at, ${leasedMs} as leased_ms, null as first, false as first_parked
    from queue where kind = 'deliver' and ref = any($1::uuid[])`,
};

const standingOf = ({ id, due_at: dueAt, leased_ms: leased, first, first_parked: isParked }: StandingRow): WorkStanding => {
  const waits = first === id ? 'free' : 'blocked';
  return { id, dueAt, leasedMs: leased, state: leased > 0 ? 'leased' : isParked ? 'parked' : waits };
};
