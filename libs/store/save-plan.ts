import { onwardEvents, recipientKey, type Duty } from '@ketensluis/domain';
import type { DisclosureJob, DisclosurePlan, PlannedDecision, PlannedTask } from '@ketensluis/flow';
import { ring } from './bell.js';
import { casePlace, type LockedCase } from './cases.js';
import { uuidV7 } from './ids.js';
import type { PeriodKeys } from './period-keys.js';
import type { Queryable } from './pool.js';
import { recordDrafts } from './record.js';
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
  const { keys, locked, job, at } = target;
  await saveCase(client, target, plan);
  await recordDrafts(client, keys, [
    ...plan.entries.map((draft) => ({ draft, caseId: locked.id, outgoing: null })),
    ...plan.decisions.map(({ entry, outgoing }) => ({
      draft: entry,
      caseId: locked.id,
      outgoing: outgoing === null ? null : { mid: outgoing.mid, key: locked.key },
    })),
  ]);
  await saveDecisions(client, target, plan.decisions);
  await saveDeliveries(client, target, plan.decisions);
  await saveDuties(client, target, plan);
  for (const task of plan.tasks) await openTask(client, task, at);
  for (const event of plan.onward) await queueOnward(client, locked.id, event, at);
  await client.query('delete from queue where id = $1', [job.job]);
};

const saveCase = async (client: Queryable, { locked, job }: PlanTarget, plan: DisclosurePlan): Promise<void> => {
  if (plan.file !== null) {
    const body = encrypt(locked.key, Buffer.from(JSON.stringify(plan.file)), casePlace(locked.id));
    await client.query(
      'update case_file set body = $2, ends_at = $3, end_told_at = case when ends_at is distinct from $3 then null else end_told_at end where id = $1',
      [locked.id, body, plan.file.endsAt],
    );
  }
  if (job.event === null && locked.loaded.held === null) {
    await client.query('update message set state = $2 where id = $1', [job.messageId, plan.outcome]);
  }
};

const saveDecisions = async (client: Queryable, { job, at }: PlanTarget, decisions: readonly PlannedDecision[]): Promise<void> => {
  if (decisions.length === 0) return;
  await client.query(
    `insert into decision (message_id, event, recipient, kind, reason, entry_id, decided_at)
     select $1, $2, recipient, kind, reason, entry_id, $3 from unnest($4::text[], $5::text[], $6::text[], $7::uuid[])
       as planned (recipient, kind, reason, entry_id)
     on conflict (message_id, event, recipient)
     do update set kind = excluded.kind, reason = excluded.reason, entry_id = excluded.entry_id, decided_at = excluded.decided_at`,
    [
      job.messageId, job.event ?? '', at, decisions.map(({ decision }) => recipientKey(decision)), decisions.map(({ decision }) => decision.kind),
      decisions.map(({ decision }) => decision.reasons[0] ?? null), decisions.map(({ entry }) => entry.facts.id),
    ],
  );
};

/** The foreign key on outbox and the number per case and recipient make a gap visible to whoever receives. */
const saveDeliveries = async (client: Queryable, { locked, job, at }: PlanTarget, decisions: readonly PlannedDecision[]): Promise<void> => {
  for (const { decision, entry, outgoing } of decisions) {
    if (outgoing === null || decision.kind !== 'permit') continue;
    await client.query(
      `with delivery as (
         insert into delivery (mid, entry_id, case_id, message_id, recipient, rules, roles, number, attachments, created_at)
         select $1, $2, $3, $4, $5, $6, $7, coalesce(max(number), 0) + 1, $8, $9 from delivery where case_id = $3 and recipient = $5
         returning mid)
       insert into queue (kind, ref, lane, due_at) select 'deliver', mid, $5, $9 from delivery`,
      [outgoing.mid, entry.facts.id, locked.id, job.messageId, outgoing.party, 
        decision.fulfils.map(({ rule }) => rule), decision.fulfils.map(({ role }) => role), outgoing.attachments, at],
    );
  }
};

const saveDuties = async (client: Queryable, { locked, job, at }: PlanTarget, plan: DisclosurePlan): Promise<void> => {
  if (plan.duties.length > 0) await insertDuties(client, locked.id, plan.duties);
  if (plan.closes.length > 0) {
    await client.query('update duty set closed_at = $3, closed_by = $4 where case_id = $1 and key = any($2) and closed_at is null', [
      locked.id, plan.closes, at, `message:${job.messageId}`,
    ]);
  }
};

const insertDuties = async (client: Queryable, caseId: string, duties: readonly Duty[]): Promise<void> => {
  const column = <K extends keyof Duty>(key: K): readonly Duty[K][] => duties.map((duty) => duty[key]);
  await client.query(
    `insert into duty (case_id, key, rule, article, bearer, toward, authority, opened_at, due_at, warn_at)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[])
     on conflict do nothing`,
    [
      caseId, column('key'), column('rule'), column('article'), column('bearer'), column('toward'), column('authority'), column('openedAt'),
      column('dueAt'), column('warnAt'),
    ],
  );
};

/** Opens a task unless it is open already; a closed one with the same cause is opened again. */
export const openTask = async (client: Queryable, task: PlannedTask, at: Date): Promise<void> => {
  await client.query(
    `insert into task (id, kind, ref, party, cause, opened_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (kind, ref) do update set cause = excluded.cause, opened_at = excluded.opened_at, closed_at = null
     where task.closed_at is not null`,
    [uuidV7(at), task.kind, task.ref, task.party, task.cause, at],
  );
};

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
