import type { PlannedTask } from '@ketensluis/flow';
import { unfetchedTerms } from '@ketensluis/domain';
import { ring } from './bell.js';
import type { Queryable } from './pool.js';
import { openTask } from './save-plan.js';

interface Unfetched {
  readonly mid: string;
  readonly recipient: string;
  readonly again: boolean;
  readonly task: boolean;
}

// Who was called can be called again; what stands in a feed stands there. The duty is the earliest this delivery fulfils.
const unfetchedSql = `
  select mid, recipient,
    by_call and first_at > $1::timestamptz - make_interval(hours => $5)
      and (last_at <= $1::timestamptz - make_interval(hours => $2) or (due_at - make_interval(hours => $3) <= $1 and last_at < due_at - make_interval(hours => $3))) as again,
    (first_at <= $1::timestamptz - make_interval(hours => $4) or due_at - make_interval(hours => $3) <= $1)
      and not exists (select from task where task.kind = 'not-fetched' and task.ref = told.mid::text) as task
  from (
    select delivery.mid, delivery.recipient, tries.first_at, tries.last_at, tries.by_call, owed.due_at
    from delivery
    cross join lateral (
      select min(finished_at) as first_at, max(finished_at) as last_at, bool_or(evidence is not null) as by_call
      from attempt where attempt.mid = delivery.mid and outcome = 'announced') tries
    cross join lateral (
      select min(duty.due_at) as due_at from unnest(delivery.rules, delivery.roles) as fulfilled (rule, role)
      join duty on duty.case_id = delivery.case_id and duty.rule = fulfilled.rule and duty.toward = fulfilled.role
        and duty.recipient in ('', delivery.recipient) and duty.closed_at is null) owed
    where delivery.state = 'announced') told`;

/** Looks at what was announced and not fetched: it is announced again under the same id, and a task is opened once. Returns how many it did something for. */
export const watchUnfetched = async (client: Queryable, at: Date): Promise<number> => {
  const { againHours, beforeDueHours, taskHours, untilHours } = unfetchedTerms;
  const { rows } = await client.query<Unfetched>(`select * from (${unfetchedSql}) found where again or task`, [at, againHours, beforeDueHours, taskHours, untilHours]);
  for (const { mid, recipient, task } of rows) {
    const told: PlannedTask = { kind: 'not-fetched', ref: mid, party: recipient, cause: 'announced, and not fetched' };
    if (task) await openTask(client, told, at);
  }
  const again = rows.filter((row) => row.again);
  for (const { mid, recipient } of again) {
    await client.query("update delivery set state = 'waiting', since = $2 where mid = $1 and state = 'announced'", [mid, at]);
    await client.query("insert into queue (kind, ref, lane, due_at) values ('deliver', $1, $2, $3) on conflict do nothing", [mid, recipient, at]);
  }
  if (again.length > 0) await ring(client, 'deliver');
  return rows.length;
};
