import { onwardEvents, recipientKey, type Duty } from '@ketensluis/domain';
import type { DisclosureJob, DisclosurePlan, PlannedDecision, PlannedTask } from '@ketensluis/flow';
import { ring } from './bell.js';
import { casePlace, type LockedCase } from './cases.js';
import { uuidV7 } from './ids.js';
import type { PeriodKeys } from './period-keys.js';
import type { Queryable } from './pool.js';
import { twinPlace } from './open-disclosure.js';
import { draftParts } from './record.js';
import { oneStatement, type Part } from './statement.js';
import { encrypt } from './vault.js';

/** What `savePlan` writes to. */
export interface PlanTarget {
  readonly keys: PeriodKeys;
  readonly locked: LockedCase;
  readonly job: DisclosureJob;
  readonly at: Date;
}

/** Writes a whole plan inside the caller's transaction: case, entries, decisions, deliveries, duties, tasks and follow-up jobs (I3). */
export const savePlan = async (client: Queryable, target: PlanTarget, plan: DisclosurePlan): Promise<void> => {
  const { locked, job, at } = target;
  const entries = await planEntries(client, target, plan);
  const done = { sql: 'delete from queue where id = $1', values: [job.job] };
  const isLast = plan.onward.length === 0;
  const parts = [
    ...caseParts(target, plan), ...entries, ...decisionParts(target, plan.decisions), ...deliveryParts(target, plan.decisions),
    ...dutyParts(locked.id, plan.duties, 'keep'), ...dutyParts(locked.id, plan.moved, 'move'), ...(isLast ? [done] : []),
  ];
  await client.query(oneStatement(parts, entries.length === 0 ? [] : ['seal']));
  // What follows looks at rows that were just written, so it comes in statements of its own.
  if (plan.closes.length > 0) {
    await client.query('update duty set closed_at = $3, closed_by = $4 where case_id = $1 and key = any($2) and closed_at is null', [
      locked.id, plan.closes, at, `message:${job.messageId}`,
    ]);
  }
  for (const task of plan.tasks) await openTask(client, task, at);
  for (const event of plan.onward) await queueOnward(client, locked.id, event, at);
  if (!isLast) await client.query(done.sql, done.values);
};

const planEntries = (client: Queryable, { keys, locked }: PlanTarget, plan: DisclosurePlan): Promise<readonly Part[]> =>
  draftParts(client, keys, [
    ...plan.entries.map((draft) => ({ draft, caseId: locked.id, outgoing: null })),
    ...plan.decisions.map(({ entry, outgoing }) => ({
      draft: entry,
      caseId: locked.id,
      outgoing: outgoing === null ? null : { mid: outgoing.mid, key: locked.key },
    })),
  ]);

const caseParts = ({ locked, job }: PlanTarget, plan: DisclosurePlan): readonly Part[] => {
  const parts: Part[] = [];
  if (plan.file !== null) {
    const body = encrypt(locked.key, Buffer.from(JSON.stringify(plan.file)), casePlace(locked.id));
    parts.push({
      sql: `update case_file set body = $2, ends_at = $3::timestamptz,
         end_told_at = case when ends_at is distinct from $3::timestamptz then null else end_told_at end where id = $1`,
      values: [locked.id, body, plan.file.endsAt],
    });
  }
  if (job.event === null && locked.loaded.held === null) {
    parts.push({ sql: 'update message set state = $2 where id = $1', values: [job.messageId, plan.outcome] });
  }
  return parts;
};

const decisionParts = ({ job, at }: PlanTarget, decisions: readonly PlannedDecision[]): readonly Part[] =>
  decisions.length === 0 ? [] : [{
    sql: `insert into decision (message_id, event, recipient, kind, reason, entry_id, decided_at)
     select $1, $2, recipient, kind, reason, entry_id, $3 from unnest($4::text[], $5::text[], $6::text[], $7::uuid[])
       as planned (recipient, kind, reason, entry_id)
     on conflict (message_id, event, recipient)
     do update set kind = excluded.kind, reason = excluded.reason, entry_id = excluded.entry_id, decided_at = excluded.decided_at`,
    values: [
      job.messageId, job.event ?? '', at, decisions.map(({ decision }) => recipientKey(decision)), decisions.map(({ decision }) => decision.kind),
      decisions.map(({ decision }) => decision.reasons[0] ?? null), decisions.map(({ entry }) => entry.facts.id),
    ],
  }];

/** The foreign key on outbox and the number per case and recipient make a gap visible to whoever receives. */
const deliveryParts = ({ locked, job, at }: PlanTarget, decisions: readonly PlannedDecision[]): readonly Part[] => {
  const planned = decisions.flatMap(({ decision, entry, outgoing }, place) =>
    outgoing === null || decision.kind !== 'permit' ? [] : [{
      place, mid: outgoing.mid, entry_id: entry.facts.id, recipient: outgoing.party, attachments: outgoing.attachments,
      twin: encrypt(locked.key, outgoing.twin, twinPlace(outgoing.mid)).toString('base64'),
      rules: decision.fulfils.map(({ rule }) => rule), roles: decision.fulfils.map(({ role }) => role),
    }]);
  return planned.length === 0 ? [] : [
    {
      sql: `insert into delivery (mid, entry_id, case_id, message_id, recipient, rules, roles, number, attachments, twin, created_at)
       select mid, entry_id, $1::uuid, $2, recipient, rules, roles,
         coalesce((select max(number) from delivery earlier where earlier.case_id = $1::uuid and earlier.recipient = planned.recipient), 0)
           + row_number() over (partition by recipient order by place), attachments, decode(twin, 'base64'), $3
       from jsonb_to_recordset($4::jsonb) as planned (place integer, mid uuid, entry_id uuid, recipient text, rules text[], roles text[], attachments integer[], twin text)`,
      values: [locked.id, job.messageId, at, JSON.stringify(planned)],
    },
    {
      // What still waits for the same party in this case is tried first, so that the party reads things in their order.
      sql: `update queue set due_at = least(queue.due_at, $1) from delivery
       where queue.kind = 'deliver' and queue.ref = delivery.mid and queue.lease_until is null
         and delivery.case_id = $2 and delivery.state = 'waiting' and delivery.recipient = any($3)`,
      values: [at, locked.id, planned.map(({ recipient }) => recipient)],
    },
    {
      sql: "insert into queue (kind, ref, lane, due_at) select 'deliver', mid, recipient, $1 from unnest($2::uuid[], $3::text[]) as planned (mid, recipient)",
      values: [at, planned.map(({ mid }) => mid), planned.map(({ recipient }) => recipient)],
    },
  ];
};

// A duty is opened once; one that is moved gets a new moment, and is late anew only after that.
const onConflict = {
  keep: 'on conflict do nothing',
  move: 'on conflict (case_id, key) do update set due_at = excluded.due_at, warn_at = excluded.warn_at, told_at = null where duty.closed_at is null',
} as const;

const dutyParts = (caseId: string, duties: readonly Duty[], known: keyof typeof onConflict): readonly Part[] => {
  const column = <K extends keyof Duty>(key: K): readonly Duty[K][] => duties.map((duty) => duty[key]);
  return duties.length === 0 ? [] : [{
    sql: `insert into duty (case_id, key, rule, article, bearer, toward, authority, opened_at, due_at, warn_at)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
     ${onConflict[known]}`,
    values: [
      caseId, column('key'), column('rule'), column('article'), column('bearer'), column('toward'), column('authority'), column('openedAt'),
      column('dueAt'), column('warnAt'),
    ],
  }];
};

/** Opens a task unless it is open already; a closed one with the same cause is opened again. */
export const openTask = async (client: Queryable, task: PlannedTask, at: Date): Promise<void> => {
  const { sql, values } = taskPart(task, at);
  await client.query(sql, [...values]);
};

/** The same as part of a larger statement. */
export const taskPart = (task: PlannedTask, at: Date): Part => ({
  sql: `insert into task (id, kind, ref, party, cause, opened_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (kind, ref) do update set cause = excluded.cause, opened_at = excluded.opened_at, closed_at = null
     where task.closed_at is not null`,
  values: [uuidV7(at), task.kind, task.ref, task.party, task.cause, at],
});

/** The messages of the case an onward event is about become jobs of their own, behind everything that waits. */
const queueOnward = async (client: Queryable, caseId: string, event: keyof typeof onwardEvents, at: Date): Promise<void> => {
  await client.query(
    `insert into queue (kind, ref, event, lane, due_at)
     select 'disclose', id, $2, case_id::text, $4 from message
     where case_id = $1 and state = 'applied' and type = any($3) order by received_at, id
     on conflict do nothing`,
    [caseId, event, onwardEvents[event], at],
  );
  await ring(client, 'disclose');
};
