import type { PlannedTask } from '@ketensluis/flow';
import type pg from 'pg';
import { ring } from './bell.js';
import { inTransaction, type Queryable } from './pool.js';
import { queueAgain } from './register.js';
import { openTask } from './save-plan.js';

/**
 * Turns time into work: a duty past its term becomes a task until it is done, an ended ban becomes the event EXPIRED on its last order, and what
 * was held is decided anew when an agreement or setting begins (I9). Safe to repeat; returns how much was found.
 */
export const watchTerms = (pool: pg.Pool, at: Date): Promise<number> =>
  inTransaction(pool, async (client) => {
    const late = await lateDuties(client, at);
    for (const task of late) await openTask(client, task, at);
    await closeDone(client, at);
    const ended = await queueEnded(client, at);
    if (ended > 0) await ring(client, 'disclose');
    if (await somethingBegan(client, at)) await queueAgain(client, liftedByTime, at);
    return late.length + ended;
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
     returning case_id || '/' || key as ref, rule, toward`,
    [at],
  );
  return rows.map(({ ref, rule, toward }) => ({ kind: 'duty-late', ref, party: null, cause: `${rule} toward ${toward}` }));
};

/** A duty that was done after its term asks for nobody's attention any more. */
const closeDone = async (client: Queryable, at: Date): Promise<void> => {
  await client.query(
    `update task set closed_at = $1 from duty
     where task.kind = 'duty-late' and task.closed_at is null and task.ref = duty.case_id || '/' || duty.key and duty.closed_at is not null`,
    [at],
  );
};

const queueEnded = async (client: Queryable, at: Date): Promise<number> => {
  const { rowCount } = await client.query(
    `with ended as (update case_file set end_told_at = $1 where ends_at <= $1 and end_told_at is null returning id)
     insert into queue (kind, ref, event, lane, due_at)
     select 'disclose', last.id, 'EXPIRED', ended.id::text, $1 from ended cross join lateral (
       select id from message where case_id = ended.id and state = 'applied' and type in ('huisverbod.aangezegd', 'huisverbod.opgelegd', 'huisverbod.verlengd')
       order by received_at desc, id desc limit 1) last
     on conflict do nothing`,
    [at],
  );
  return rowCount ?? 0;
};
