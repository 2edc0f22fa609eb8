import { onwardEvents, recipientKey, type Duty } from '@ketensluis/domain';
import type { DisclosurePlan, PlannedDecision, PlannedTask } from '@ketensluis/flow';
import { ring } from './bell.js';
import { casePlace, type LockedCase } from './cases.js';
import { uuidV7 } from './ids.js';
import { replaceParts, unlistUnread } from './original.js';
import type { PeriodKeys } from './period-keys.js';
import type { Queryable } from './pool.js';
import { draftParts, type DraftToRecord } from './record.js';
import { oneStatement, prepared, rowsPart, type Part } from './statement.js';
import { encrypt } from './vault.js';

/** What `savePlans` writes with. */
export interface PlanTarget {
  readonly keys: PeriodKeys;
  readonly at: Date;
}

/** A plan with the case it is for. */
export interface PlannedCase {
  readonly locked: LockedCase;
  readonly plan: DisclosurePlan;
}

/**
 * Writes whole plans inside the caller's transaction: cases, entries, decisions, deliveries, duties, tasks and follow-up jobs (I3). One statement for all, and a
 * few for what is rare. Whoever commits rings that there is something to seal.
 */
export const savePlans = async (client: Queryable, { keys, at }: PlanTarget, planned: readonly PlannedCase[]): Promise<void> => {
  const entries = await draftParts(client, keys, planned.flatMap(draftsOf));
  const decided = planned.flatMap(({ locked, plan }) => plan.decisions.map((one) => ({ ...one, locked })));
  const parts = [
    ...caseParts(planned), ...entries, ...decisionParts(decided, at), ...deliveryParts(decided, at),
    ...dutyParts(planned.flatMap(({ locked, plan }) => plan.duties.map((duty) => ({ duty, locked }))), 'keep'),
    ...dutyParts(planned.flatMap(({ locked, plan }) => plan.moved.map((duty) => ({ duty, locked }))), 'move'),
    ...planned.flatMap(({ locked, plan }) => (plan.replaces === null ? [] : replaceParts(plan.replaces, locked.job.messageId, at))),
    ...doneParts(planned.filter(({ plan }) => plan.onward.length === 0)),
  ];
  await client.query(oneStatement(parts));
  // What follows looks at rows that were just written, so it comes in statements of its own.
  await closeDuties(client, planned, at);
  for (const { locked, plan } of planned) {
    if (plan.replaces !== null) await unlistUnread(client, plan.replaces);
    for (const task of plan.tasks) await openTask(client, task, at);
    for (const event of plan.onward) await queueOnward(client, locked.id, event, at);
    if (plan.onward.length > 0) await client.query('delete from queue where id = $1', [locked.job.job]);
  }
};

const draftsOf = ({ locked, plan }: PlannedCase): readonly DraftToRecord[] => [
  ...plan.entries.map((draft) => ({ draft, caseId: locked.id, outgoing: null })),
  ...plan.decisions.map(({ entry, outgoing }) => ({
    draft: entry,
    caseId: locked.id,
    outgoing: outgoing === null ? null : { mid: outgoing.mid, key: locked.key, twin: outgoing.twin },
  })),
];

const caseParts = (planned: readonly PlannedCase[]): readonly Part[] => {
  const files = planned.flatMap(({ locked, plan: { file } }) => (file === null ? [] : [{
    id: locked.id, body: encrypt(locked.key, Buffer.from(JSON.stringify(file)), casePlace(locked.id)), endsAt: file.endsAt,
  }]));
  const states = planned.filter(({ locked: { job, loaded } }) => job.event === null && loaded.held === null);
  const applied = rowsPart('applied', [
    { name: 'id', type: 'uuid', values: files.map(({ id }) => id) }, { name: 'body', type: 'bytea', values: files.map(({ body }) => body) },
    { name: 'ends_at', type: 'timestamptz', values: files.map(({ endsAt }) => endsAt) },
  ]);
  return [
    ...(files.length === 0 ? [] : [{
      sql: `update case_file set body = ${applied.select[1] ?? ''}, ends_at = applied.ends_at,
         end_told = case when case_file.ends_at is distinct from applied.ends_at then 0 else end_told end from ${applied.sql} where case_file.id = applied.id`,
      values: applied.values,
    }]),
    ...(states.length === 0 ? [] : [{
      sql: 'update message set state = done.state from unnest($1::uuid[], $2::text[]) as done (id, state) where message.id = done.id',
      values: [states.map(({ locked }) => locked.job.messageId), states.map(({ plan }) => plan.outcome)],
    }]),
  ];
};

interface DecidedCase extends PlannedDecision {
  readonly locked: LockedCase;
}

const decisionParts = (decided: readonly DecidedCase[], at: Date): readonly Part[] =>
  decided.length === 0 ? [] : [{
    sql: `insert into decision (message_id, event, recipient, kind, reason, entry_id, decided_at)
     select message_id, event, recipient, kind, reason, entry_id, $1 from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[])
       as planned (message_id, event, recipient, kind, reason, entry_id)
     on conflict (message_id, event, recipient)
     do update set kind = excluded.kind, reason = excluded.reason, entry_id = excluded.entry_id, decided_at = excluded.decided_at`,
    values: [
      at, decided.map(({ locked }) => locked.job.messageId), decided.map(({ locked }) => locked.job.event ?? ''), decided.map(({ decision }) => recipientKey(decision)),
      decided.map(({ decision }) => decision.kind), decided.map(({ decision }) => decision.reasons[0] ?? null), decided.map(({ entry }) => entry.facts.id),
    ],
  }];

/** The foreign key on outbox and the number per case and recipient make a gap visible to whoever receives. */
const deliveryParts = (decided: readonly DecidedCase[], at: Date): readonly Part[] => {
  const planned = decided.flatMap(({ decision, entry, outgoing, locked }, place) =>
    outgoing === null || decision.kind !== 'permit' ? [] : [{
      place, mid: outgoing.mid, entry_id: entry.facts.id, case_id: locked.id, message_id: locked.job.messageId, recipient: outgoing.party,
      attachments: outgoing.attachments, acute: outgoing.isAcute, rules: decision.fulfils.map(({ rule }) => rule), roles: decision.fulfils.map(({ role }) => role),
    }]);
  return planned.length === 0 ? [] : [
    {
      sql: `insert into delivery (mid, entry_id, case_id, message_id, recipient, rules, roles, number, attachments, acute, created_at)
       select mid, entry_id, case_id, message_id, recipient, rules, roles,
         coalesce((select max(number) from delivery earlier where earlier.case_id = planned.case_id and earlier.recipient = planned.recipient), 0)
           + row_number() over (partition by case_id, recipient order by place), attachments, acute, $1
       from jsonb_to_recordset($2::jsonb) as planned (place integer, mid uuid, entry_id uuid, case_id uuid, message_id uuid, recipient text, rules text[], roles text[],
         attachments integer[], acute boolean)`,
      values: [at, JSON.stringify(planned)],
    },
    {
      // What still waits for the same party in this case is tried first, so that the party reads things in their order.
      sql: `update queue set due_at = least(queue.due_at, $1) from delivery join unnest($2::uuid[], $3::text[]) as planned (case_id, recipient) using (case_id, recipient)
       where queue.kind = 'deliver' and queue.ref = delivery.mid and queue.lease_until is null and queue.due_at > $1 and delivery.state = 'waiting'`,
      values: [at, planned.map(({ case_id }) => case_id), planned.map(({ recipient }) => recipient)],
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
  move: 'on conflict (case_id, key, recipient) do update set due_at = excluded.due_at, warn_at = excluded.warn_at, told_at = null where duty.closed_at is null',
} as const;

const dutyParts = (owed: readonly { readonly duty: Duty; readonly locked: LockedCase }[], known: keyof typeof onConflict): readonly Part[] => {
  const column = <K extends keyof Duty>(key: K): readonly Duty[K][] => owed.map(({ duty }) => duty[key]);
  return owed.length === 0 ? [] : [{
    sql: `insert into duty (case_id, message_id, key, rule, article, bearer, toward, recipient, authority, opened_at, due_at, warn_at)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[],
       $12::timestamptz[])
     ${onConflict[known]}`,
    values: [
      owed.map(({ locked }) => locked.id), owed.map(({ locked }) => locked.job.messageId), column('key'), column('rule'), column('article'), column('bearer'),
      column('toward'), column('recipient').map((oin) => oin ?? ''), column('authority'), column('openedAt'), column('dueAt'), column('warnAt'),
    ],
  }];
};

const closeDuties = async (client: Queryable, planned: readonly PlannedCase[], at: Date): Promise<void> => {
  const closed = planned.flatMap(({ locked, plan }) => plan.closes.map((key) => ({ locked, key })));
  if (closed.length === 0) return;
  await client.query(prepared(
    `update duty set closed_at = $1, closed_by = 'message:' || done.message_id from unnest($2::uuid[], $3::text[], $4::uuid[]) as done (case_id, key, message_id)
     where duty.case_id = done.case_id and duty.key = done.key and closed_at is null`,
    [at, closed.map(({ locked }) => locked.id), closed.map(({ key }) => key), closed.map(({ locked }) => locked.job.messageId)],
  ));
};

const doneParts = (planned: readonly PlannedCase[]): readonly Part[] =>
  planned.length === 0 ? [] : [{ sql: 'delete from queue where id = any($1::bigint[])', values: [planned.map(({ locked }) => locked.job.job)] }];

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
