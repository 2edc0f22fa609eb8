import { firstIdOf } from '../ids.js';
import type { Queryable } from '../pool.js';

/** How a try ended, in the three ways a chart shows; `open` while it is under way, or was when a process ended. */
export const attemptResults = ['good', 'wait', 'bad', 'open'] as const;
/** One of `attemptResults`. */
export type AttemptResult = (typeof attemptResults)[number];

const resultSql = `case when attempt.outcome in ('delivered', 'announced') then 'good' when attempt.outcome in ('deferred', 'unknown') then 'wait'
  when attempt.outcome in ('rejected', 'unusable') then 'bad' else 'open' end`;

/** How many tries began in an hour and ended so. */
export interface AttemptHour {
  /** Its first moment. */
  readonly at: Date;
  readonly result: AttemptResult;
  readonly count: number;
}

/** By hour and result; hours without tries are left out. */
export const attemptsPerHour = async (client: Queryable, from: Date, to: Date): Promise<readonly AttemptHour[]> => {
  const { rows } = await client.query<AttemptHour>(
    `select date_trunc('hour', attempt.started_at) as at, ${resultSql} as result, count(*)::int as count from attempt
     where attempt.started_at >= $1 and attempt.started_at < $2 group by 1, 2 order by 1, 2`, [from, to],
  );
  return rows;
};

/** One try in a list. */
export interface DeskAttempt {
  readonly mid: string;
  readonly number: number;
  readonly startedAt: Date;
  readonly result: AttemptResult;
  readonly code: string | null;
  readonly reply: string | null;
  readonly recipient: string;
}

/** Which tries: those that began from `from` until before `to`. */
export interface AttemptFilter {
  readonly from: Date;
  readonly to: Date;
  readonly result: AttemptResult | null;
  readonly party: string | null;
}

/** Tries, the latest first, without the first `skip`: an hour has so many and no more. */
export const listAttempts = async (client: Queryable, { from, to, result, party }: AttemptFilter, { skip, limit }: { readonly skip: number; readonly limit: number }): Promise<readonly DeskAttempt[]> => {
  const values: unknown[] = [from, to, limit, skip];
  const { rows } = await client.query<DeskAttempt>(
    `select attempt.mid, attempt.number, attempt.started_at as "startedAt", ${resultSql} as result, attempt.code, attempt.reply, delivery.recipient
     from attempt join delivery using (mid) where attempt.started_at >= $1 and attempt.started_at < $2
       ${result === null ? '' : `and ${resultSql} = $${values.push(result)}`} ${party === null ? '' : `and delivery.recipient = $${values.push(party)}`}
     order by attempt.started_at desc, attempt.mid, attempt.number limit $3 offset $4`, values,
  );
  return rows;
};

/** How tries to each party ended since a moment. */
export interface PartyAttempts {
  readonly party: string;
  readonly good: number;
  readonly failed: number;
}

/** By party. */
export const attemptsPerParty = async (client: Queryable, from: Date): Promise<readonly PartyAttempts[]> => {
  const { rows } = await client.query<PartyAttempts>(
    `select delivery.recipient as party, count(*) filter (where attempt.outcome in ('delivered', 'announced'))::int as good,
       count(*) filter (where attempt.outcome in ('deferred', 'unknown', 'rejected', 'unusable'))::int as failed
     from attempt join delivery using (mid) where attempt.started_at >= $1 group by 1`, [from],
  );
  return rows;
};

/** When something last arrived at each of these parties; one to whom nothing ever did is left out. */
export const lastArrivals = async (client: Queryable, parties: readonly string[]): Promise<ReadonlyMap<string, Date>> => {
  const { rows } = await client.query<{ party: string; at: Date }>(
    `select party, last.at from unnest($1::text[]) as party cross join lateral (
       select coalesce(finished_at, created_at) as at from delivery where recipient = party and state in ('delivered', 'announced') order by mid desc limit 1) last`, [parties],
  );
  return new Map(rows.map(({ party, at }) => [party, at]));
};

/** One decision that nothing goes out, in a list. */
export interface DeskRefusal {
  readonly messageId: string;
  readonly recipient: string;
  readonly event: string;
  readonly reason: string | null;
  readonly messageType: string;
  readonly caseName: string;
  readonly receivedAt: Date;
}

/** Where a list of refusals goes on. */
export interface RefusalPlace {
  readonly messageId: string;
  readonly recipient: string;
  readonly event: string;
}

/** What the rules refused of messages that came in since `from`, the newest first. */
export const listRefusals = async (client: Queryable, from: Date, { after, limit }: { readonly after: RefusalPlace | null; readonly limit: number }): Promise<readonly DeskRefusal[]> => {
  const values: unknown[] = [firstIdOf(from), limit];
  if (after !== null) values.push(after.messageId, after.recipient, after.event);
  const { rows } = await client.query<DeskRefusal>(
    `select decision.message_id as "messageId", decision.recipient, decision.event, decision.reason, message.type as "messageType",
       case_file.municipality || '/' || case_file.number as "caseName", message.received_at as "receivedAt"
     from decision join message on message.id = decision.message_id join case_file on case_file.id = message.case_id
     where decision.kind = 'refuse' and decision.message_id >= $1::uuid ${after === null ? '' : 'and (decision.message_id, decision.recipient, decision.event) < ($3::uuid, $4, $5)'}
     order by decision.message_id desc, decision.recipient desc, decision.event desc limit $2`, values,
  );
  return rows;
};

/** How many there are; not counted beyond `most`. */
export const countRefusals = async (client: Queryable, from: Date, most: number): Promise<number> => {
  const { rows } = await client.query<{ count: number }>(
    "select count(*)::int as count from (select from decision where kind = 'refuse' and message_id >= $1::uuid limit $2) counted", [firstIdOf(from), most],
  );
  return rows[0]?.count ?? 0;
};
