import { endEvents, receiptDueShare, receiptWaitHours } from '@ketensluis/domain';
import type { PlannedTask } from '@ketensluis/flow';
import type pg from 'pg';
import { ring } from './bell.js';
import { dutyRef, isDutyOfTask } from './duty-task.js';
import { pruneRequests } from './intake.js';
import { inTransaction, type Queryable } from './pool.js';
import { queueAgain } from './register.js';
import { watchReceipts } from './reports.js';
import { openTask } from './save-plan.js';
import { watchUnfetched } from './unfetched.js';

/**
 * Turns time into work: a duty past its term becomes a task until it is done, the end of a ban becomes an event on its last order 48 and 24
 * hours before it and when it is there (WTH-44), what was announced and is not fetched is told again, and what was held is
 * decided anew when an agreement or setting begins (I9). Safe to repeat;
 * returns how much was found.
 */
export const watchTerms = (pool: pg.Pool, at: Date): Promise<number> =>
  inTransaction(pool, async (client) => {
    const late = await lateDuties(client, at);
    for (const task of late) await openTask(client, task, at);
    await closeDone(client, at);
    await watchReceipts(client, at, { share: receiptDueShare, waitHours: receiptWaitHours });
    const unfetched = await watchUnfetched(client, at);
    await pruneRequests(client, at);
    const ended = await queueEnded(client, at);
    if (ended > 0) await ring(client, 'disclose');
    if (await somethingBegan(client, at)) await queueAgain(client, liftedByTime, at);
    return late.length + ended + unfetched;
  });

/** Holds that may fall away because an agreement, a setting, a mandate, a consent or a party began to hold by itself. */
const liftedByTime = ['no-agreement', 'setting-off', 'no-mandate', 'consent-missing', 'party-inactive'];

/** True when the period of a register document began since the last look. */
const somethingBegan = async (client: Queryable, at: Date): Promise<boolean> => {
  const { rows } = await client.query<{ since: Date }>('select watched_at as since from term_watch for update');
  await client.query('update term_watch set watched_at = greatest(watched_at, $1)', [at]);
  const began = await client.query("select from register_version where (body->>'from')::timestamptz > $1 and (body->>'from')::timestamptz <= $2 limit 1", [rows[0]?.since, at]);
  return began.rowCount === 1;
};

const lateDuties = async (client: Queryable, at: Date): Promise<readonly PlannedTask[]> => {
  const { rows } = await client.query<{ ref: string; rule: string; toward: string }>(
    `update duty set told_at = $1 where closed_at is null and told_at is null and due_at <= $1
     returning ${dutyRef} as ref, rule, toward`,
    [at],
  );
  return rows.map(({ ref, rule, toward }) => ({ kind: 'duty-late', ref, party: null, cause: `${rule} toward ${toward}` }));
};

/** A duty that was done after its term asks for nobody's attention any more. */
const closeDone = async (client: Queryable, at: Date): Promise<void> => {
  await client.query(
    `update task set closed_at = $1 from duty
     where task.kind = 'duty-late' and task.closed_at is null and ${isDutyOfTask} and duty.closed_at is not null`,
    [at],
  );
};

/**
 * The last moment that passed of each end becomes a job; one that passed unseen before it is not told afterwards. An event is told once an
 * order: where the court shortens a ban whose reminder went out, the copy of the ruling tells the new end.
 */
const queueEnded = async (client: Queryable, at: Date): Promise<number> => {
  const { rowCount } = await client.query(
    `with due as (
       select case_file.id, case_file.ends_at, max(moment.place) as place
       from case_file join unnest($3::integer[]) with ordinality as moment (hours, place) on case_file.ends_at <= $1::timestamptz + make_interval(hours => moment.hours)
       where case_file.end_told < 3 and case_file.ends_at <= $1::timestamptz + make_interval(hours => $4) and moment.place > case_file.end_told
       group by case_file.id),
     told as (
       update case_file set end_told = due.place from due
       where case_file.id = due.id and case_file.ends_at = due.ends_at and case_file.end_told < due.place
       returning case_file.id, due.place)
     insert into queue (kind, ref, event, lane, due_at)
     select 'disclose', last.id, ($2::text[])[told.place], told.id::text, $1 from told cross join lateral (
       select id from message where case_id = told.id and state = 'applied' and type in ('huisverbod.aangezegd', 'huisverbod.opgelegd', 'huisverbod.verlengd')
       order by received_at desc, id desc limit 1) last
     on conflict do nothing`,
    [at, Object.keys(endEvents), Object.values(endEvents), Math.max(...Object.values(endEvents))],
  );
  return rowCount ?? 0;
};
