import type { Queryable } from './pool.js';

/** How the hub is doing, in numbers; no case, no person. */
export interface HubState {
  readonly accepted: number;
  readonly waiting: number;
  readonly parked: number;
  readonly delivered: number;
  readonly underWay: number;
  /** Decisions that wait: for an agreement, a setting, a person who tells it by hand. */
  readonly onHold: number;
  /** Deliveries that stand still: no safe way, or refused by the party. */
  readonly heldOrDead: number;
  readonly openDuties: number;
  readonly openTasks: number;
  readonly entries: number;
  readonly sealed: number;
}

/** Counts what a person looks at first. */
export const hubState = async (client: Queryable): Promise<HubState> => {
  const { rows } = await client.query<HubState>(
    `select (select count(*)::int from message) as accepted,
       (select count(*)::int from queue where kind = 'disclose' and parked_code is null) as waiting,
       (select count(*)::int from queue where parked_code is not null) as parked,
       (select count(*)::int from delivery where state = 'delivered') as delivered,
       (select count(*)::int from delivery where state = 'waiting') as "underWay",
       (select count(*)::int from decision where kind = 'hold') as "onHold",
       (select count(*)::int from delivery where state in ('held', 'dead')) as "heldOrDead",
       (select count(*)::int from duty where closed_at is null) as "openDuties",
       (select count(*)::int from task where closed_at is null) as "openTasks",
       (select size::int + (select count(*)::int from pending) from tlog_head) as entries,
       (select released_size::int from tlog_head) as sealed`,
  );
  const [state] = rows;
  if (state === undefined) throw new Error('bug: no state');
  return state;
};

/** True when nothing waits to be decided, sealed or tried at `at`; held and parked work does not count, nor what waits behind it in its case. */
export const isQuiet = async (client: Queryable, at: Date): Promise<boolean> => {
  const { rows } = await client.query<{ quiet: boolean }>(
    `select not exists (
         select from queue waiting where parked_code is null and due_at <= $1 and not exists (
           select from queue earlier where waiting.kind = 'disclose' and earlier.kind = 'disclose' and earlier.lane = waiting.lane and earlier.id < waiting.id
             and (earlier.parked_code is not null or earlier.due_at > $1)))
       and not exists (select from pending) as quiet`,
    [at],
  );
  return rows[0]?.quiet === true;
};

/** What was decided about one message, for whom and why, in codes. */
export interface DecidedRow {
  readonly recipient: string;
  readonly kind: 'permit' | 'hold' | 'refuse';
  readonly reason: string | null;
}

/** The last decision for every recipient of a message. */
export const decisionsOf = async (client: Queryable, messageId: string): Promise<readonly DecidedRow[]> => {
  const { rows } = await client.query<DecidedRow>('select recipient, kind, reason from decision where message_id = $1 order by kind, recipient', [messageId]);
  return rows;
};

/** `applied` or `refused` once a message was decided; `accepted` before, `parked` when it stands still. `cause` is a code. */
export interface MessageState {
  readonly state: string;
  readonly cause: string | null;
}

/** What became of a message, or null when there is none with this id. */
export const messageState = async (client: Queryable, messageId: string): Promise<MessageState | null> => {
  const { rows } = await client.query<MessageState>(
    "select message.state, task.cause from message left join task on task.ref = message.id::text and task.kind in ('refused-message', 'parked-case') where message.id = $1",
    [messageId],
  );
  return rows[0] ?? null;
};

/** One of the entries that were sealed, for all of its trace that were written at the same moment. */
export interface SealedTrace {
  readonly trace: string;
  readonly entryId: string;
  /** It is a decision on the message the trace is of; else what became of one, or a refusal before anything was decided. */
  readonly isDecision: boolean;
}

/** The traces of the entries that came under the last signature, which was over so many new ones; a moment of a trace once. */
export const sealedTraces = async (client: Queryable, count: number): Promise<readonly SealedTrace[]> => {
  const { rows } = await client.query<SealedTrace>(
    `select trace, min(id::text) as "entryId", bool_or(kind in ('disclosure', 'hold') or (kind = 'refusal' and replace(msg, '-', '') = trace)) as "isDecision" from (
       select entry.id, read.leaf ->> 'trace' as trace, read.leaf ->> 'kind' as kind, read.leaf ->> 'msg' as msg from tlog_head
         join tlog_leaf on tlog_leaf.seq >= signed_size - $1 and tlog_leaf.seq < signed_size join entry on entry.id = tlog_leaf.id and entry.at = tlog_leaf.at
         cross join lateral (select convert_from(entry.leaf, 'UTF8')::jsonb as leaf) as read) as sealed
      where trace is not null group by trace, left(id::text, 13)`,
    [count],
  );
  return rows;
};

/** The message a delivery is about, its entry, and its last try, which a fetch is not; null when there is no such delivery. */
export const deliveryTold = async (client: Queryable, mid: string): Promise<{ readonly messageId: string; readonly entryId: string; readonly attempt: number | null } | null> => {
  const { rows: [row] } = await client.query<{ messageId: string; entryId: string; attempt: number | null }>(
    `select message_id as "messageId", entry_id as "entryId",
            (select max(number) from attempt where attempt.mid = delivery.mid and (evidence is null or not evidence ? 'fetched')) as attempt from delivery where mid = $1`, [mid]);
  return row ?? null;
};
