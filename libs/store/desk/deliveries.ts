import { firstIdOf, timeOf } from '../ids.js';
import type { Queryable } from '../pool.js';

/** How a delivery stands, as a person who looks after all of them sees it. `again`: tried in vain, and tried again by itself. `stuck`: nothing happens until somebody acts. */
export const deskStates = ['delivered', 'announced', 'queued', 'again', 'stuck', 'ended'] as const;
/** One of `deskStates`. */
export type DeskState = (typeof deskStates)[number];

/** How far those of a run are: brought once more and arrived, under way or stuck again; or not offered yet. */
export const runParts = ['arrived', 'busy', 'failed', 'not-yet'] as const;
/** One of `runParts`. */
export type RunPart = (typeof runParts)[number];

/** Which deliveries are meant; what is null does not narrow. */
export interface DeskFilter {
  readonly state: DeskState | null;
  readonly party: string | null;
  /** First moment at which they were made. */
  readonly from: Date | null;
  /** Ids of cases. */
  readonly cases: readonly string[] | null;
  /** Id of a message that came in. */
  readonly message: string | null;
  /** A run that brings them once more; and of it only those that are so far. */
  readonly run: { readonly id: string; readonly part: RunPart | null } | null;
  /** Code of why they stand still; with `stuck` only. */
  readonly cause: string | null;
  /** Exactly these. */
  readonly ids: readonly string[] | null;
}

/** Nothing narrowed. */
export const everyDelivery: DeskFilter = { state: null, party: null, from: null, cases: null, message: null, run: null, cause: null, ids: null };

/** A delivery in a list: whose, how far, and what was answered last. Never what it says. */
export interface DeskDelivery {
  readonly mid: string;
  readonly createdAt: Date;
  readonly state: DeskState;
  readonly cause: string | null;
  readonly recipient: string;
  readonly messageType: string;
  readonly messageId: string;
  /** Municipality and number. */
  readonly caseName: string;
  readonly attempts: number;
  readonly last: { readonly at: Date; readonly outcome: string | null; readonly code: string | null; readonly reply: string | null } | null;
  /** When it is tried again by itself. */
  readonly nextAt: Date | null;
}

/** Tasks that say that a delivery stands still; their reference is its id. */
export const stuckKinds = ['dead-letter', 'certificate', 'stopped', 'log'] as const;

const stuckIds = `select case when ref ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then ref::uuid end from task
  where closed_at is null and kind in ('dead-letter', 'certificate', 'stopped', 'log')`;
const isStuck = `exists (select from task where task.closed_at is null and task.ref = d.mid::text and task.kind in ('dead-letter', 'certificate', 'stopped', 'log'))`;
const wasTried = 'exists (select from attempt where attempt.mid = d.mid and attempt.outcome is not null)';

/** Groups causes that say the same about different moments or replies: what stands before a colon. */
const causeCode = "coalesce(nullif(split_part(d.cause, ':', 1), ''), 'unknown')";

const stateSql = `case d.state when 'delivered' then 'delivered' when 'announced' then 'announced'
  when 'waiting' then case when ${wasTried} then 'again' else 'queued' end
  else case when ${isStuck} then 'stuck' else 'ended' end end`;

const stateConditions: Readonly<Record<DeskState, string>> = {
  delivered: "d.state = 'delivered'",
  announced: "d.state = 'announced'",
  // What waits stands in the queue, which is short where the table of deliveries is long.
  queued: `d.state = 'waiting' and d.mid in (select ref from queue where kind = 'deliver') and not ${wasTried}`,
  again: `d.state = 'waiting' and d.mid in (select ref from queue where kind = 'deliver') and ${wasTried}`,
  stuck: `d.state in ('held', 'dead') and d.mid in (${stuckIds})`,
  ended: `d.state in ('held', 'dead') and not ${isStuck}`,
};

const partConditions: Readonly<Record<Exclude<RunPart, 'not-yet'>, string>> = { arrived: "d.state in ('delivered', 'announced')", busy: "d.state = 'waiting'", failed: "d.state in ('held', 'dead')" };

/** Conditions and their values; only those that narrow, since a statement is planned once for all values. */
const where = (filter: DeskFilter): { readonly sql: string; readonly values: unknown[] } => {
  const values: unknown[] = [];
  const value = (one: unknown): string => `$${values.push(one)}`;
  const conditions = [
    ...(filter.state === null ? [] : [stateConditions[filter.state]]),
    ...(filter.party === null ? [] : [`d.recipient = ${value(filter.party)}`]),
    // Ids begin with their moment, so that the primary key finds a period.
    ...(filter.from === null ? [] : [`d.mid >= ${value(firstIdOf(filter.from))}::uuid`]),
    ...(filter.cases === null ? [] : [`d.case_id = any(${value(filter.cases)}::uuid[])`]),
    ...(filter.message === null ? [] : [`d.message_id = ${value(filter.message)}::uuid`]),
    ...(filter.run === null ? [] : [`d.mid in (select mid from replay_item where run_id = ${value(filter.run.id)}::uuid ${filter.run.part === 'not-yet' ? 'and outcome is null' : filter.run.part === null ? '' : "and outcome = 'queued'"})`]),
    ...(filter.run?.part === null || filter.run?.part === undefined || filter.run.part === 'not-yet' ? [] : [partConditions[filter.run.part]]),
    ...(filter.cause === null ? [] : [`${causeCode} = ${value(filter.cause)}`]),
    ...(filter.ids === null ? [] : [`d.mid = any(${value(filter.ids)}::uuid[])`]),
  ];
  return { sql: conditions.length === 0 ? 'true' : conditions.join(' and '), values };
};

interface ListRow extends Omit<DeskDelivery, 'attempts' | 'last'> {
  readonly attempts: number | null;
  readonly started_at: Date | null;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly reply: string | null;
}

/** Deliveries, the newest first, from after `after`. */
export const listDeliveries = async (client: Queryable, filter: DeskFilter, { after, limit }: { readonly after: string | null; readonly limit: number }): Promise<readonly DeskDelivery[]> => {
  const { sql, values } = where(filter);
  const place = after === null ? '' : ` and d.mid < $${values.push(after)}::uuid`;
  const { rows } = await client.query<ListRow>(
    `with page as (select d.* from delivery d where ${sql}${place} order by d.mid desc limit $${values.push(limit)})
     select d.mid, d.created_at as "createdAt", ${stateSql} as state, d.cause, d.recipient, message.type as "messageType", d.message_id as "messageId",
       case_file.municipality || '/' || case_file.number as "caseName", last.number as attempts, last.started_at, last.outcome, last.code, last.reply,
       case when d.state = 'waiting' then (select due_at from queue where kind = 'deliver' and ref = d.mid and event = '') end as "nextAt"
     from page d join message on message.id = d.message_id join case_file on case_file.id = d.case_id
     left join lateral (select number, started_at, outcome, code, reply from attempt where attempt.mid = d.mid order by number desc limit 1) last on true
     order by d.mid desc`,
    values,
  );
  return rows.map(({ attempts, started_at: at, outcome, code, reply, ...row }) => ({ ...row, attempts: attempts ?? 0, last: at === null ? null : { at, outcome, code, reply } }));
};

/** What became of a message so far: each recipient, and how its delivery stands. */
export const deliveryStates = async (client: Queryable, messageId: string): Promise<readonly { readonly recipient: string; readonly state: DeskState }[]> =>
  (await client.query<{ recipient: string; state: DeskState }>(`select d.recipient, ${stateSql} as state from delivery d where d.message_id = $1 order by d.mid desc`, [messageId])).rows;

/** How many there are; not counted beyond `most`. */
export const countDeliveries = async (client: Queryable, filter: DeskFilter, most: number): Promise<number> => {
  const { sql, values } = where(filter);
  const { rows } = await client.query<{ count: number }>(`select count(*)::int as count from (select from delivery d where ${sql} limit $${values.push(most)}) counted`, values);
  return rows[0]?.count ?? 0;
};

/** Their ids, the oldest first, at most `most`: what is brought once more goes in the order in which it was made. */
export const deliveryIds = async (client: Queryable, filter: DeskFilter, most: number): Promise<readonly string[]> => {
  const { sql, values } = where(filter);
  const { rows } = await client.query<{ mid: string }>(`select d.mid from delivery d where ${sql} and d.state <> 'waiting' order by d.mid limit $${values.push(most)}`, values);
  return rows.map(({ mid }) => mid);
};

/** Ids of the cases with this number, in one municipality or any. */
export const casesNumbered = async (client: Queryable, number: string, municipality: string | null): Promise<readonly string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `select id from case_file where number = $1${municipality === null ? '' : ' and municipality = $2'} order by id limit 10`, municipality === null ? [number] : [number, municipality],
  );
  return rows.map(({ id }) => id);
};

/** What an id names: a delivery, the entry of one, or a message that came in; null when it is none of these. */
export const whatIsNamed = async (client: Queryable, id: string): Promise<{ readonly kind: 'delivery' | 'message'; readonly id: string } | null> => {
  const { rows } = await client.query<{ kind: 'delivery' | 'message'; id: string }>(
    `select 'delivery' as kind, mid as id from delivery where mid = $1 union all select 'delivery', mid from delivery where entry_id = $1
     union all select 'message', id from message where id = $1 limit 1`, [id],
  );
  return rows[0] ?? null;
};

/** Deliveries that stand still, by party and cause. */
export interface StuckGroup {
  readonly party: string;
  readonly cause: string;
  readonly count: number;
  readonly oldestAt: Date;
}

/** Every such group, the oldest first. */
export const stuckGroups = async (client: Queryable): Promise<readonly StuckGroup[]> => {
  const { rows } = await client.query<{ party: string; cause: string; count: number; oldest: string }>(
    `select d.recipient as party, ${causeCode} as cause, count(*)::int as count, min(d.mid::text) as oldest
     from delivery d where ${stateConditions.stuck} group by 1, 2 order by oldest limit 200`,
  );
  return rows.map(({ oldest, ...row }) => ({ ...row, oldestAt: timeOf(oldest) }));
};
