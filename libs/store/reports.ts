import type { AwaitedReceipt, ReceiptKind } from '@ketensluis/domain';
import type { FoundDelivery, MailVerdict, ReportPlan, ReportRef } from '@ketensluis/flow';
import type pg from 'pg';
import { fulfilPart } from './finish.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { receiptPart } from './receipts.js';
import { recordDrafts } from './record.js';
import { openTask } from './save-plan.js';
import type { Part } from './statement.js';

/** Applies a report to the delivery it names, in one transaction (`ReportStore`). */
export const applyReport = (pool: pg.Pool, keys: PeriodKeys, ref: ReportRef & { readonly sha256: string }, plan: (found: FoundDelivery | null) => ReportPlan): Promise<ReportPlan> =>
  inTransaction(pool, async (client) => {
    const found = await findDelivery(client, ref);
    const made = plan(found);
    if (found !== null && made.consequence.kind !== 'later' && made.consequence.kind !== 'refused' && !found.isRepeated) await write(client, keys, found, made);
    return made;
  });

interface DeliveryRow {
  readonly case_id: string;
  readonly entry_id: string;
  readonly recipient: string;
  readonly state: FoundDelivery['state'];
  readonly awaits: AwaitedReceipt | null;
}

interface AroundRow {
  readonly leaf: Buffer;
  readonly receipts: readonly ReceiptKind[];
  readonly last_taken: number | null;
  readonly kept: FoundDelivery['kept'];
  readonly repeated: boolean;
  readonly number: number | null;
  readonly outcome: string | null;
}

/** Locked first, so that a try that is being written down is seen as it is afterwards. */
const findDelivery = async (client: Queryable, { id, attempt, sha256 }: ReportRef & { readonly sha256: string }): Promise<FoundDelivery | null> => {
  const { rows: [delivery] } = await client.query<DeliveryRow>('select case_id, entry_id, recipient, state, awaits from delivery where mid = $1 for update', [id]);
  if (delivery === undefined) return null;
  const { rows: [around] } = await client.query<AroundRow>(
    `select outbox.leaf, array(select kind from receipt where receipt.mid = $1) as receipts,
       (select max(number) from attempt taken where taken.mid = $1 and taken.outcome = 'delivered') as last_taken,
       coalesce((select jsonb_agg(jsonb_build_object('attempt', asked.number, 'kept', asked.evidence->'kept')) from attempt asked
         where asked.mid = $1 and asked.evidence ? 'kept'), '[]') as kept,
       exists (select from mail_report where mail_report.sha256 = $3) as repeated, attempt.number, attempt.outcome
     from outbox left join lateral (
       select number, outcome from attempt where attempt.mid = $1 and ($2::integer is null or attempt.number = $2) order by number desc limit 1) attempt on true
     where outbox.mid = $1`,
    [id, attempt, Buffer.from(sha256, 'hex')],
  );
  if (around === undefined) throw new Error('bug: a delivery without its body');
  const { number, outcome } = around;
  return {
    id, caseId: delivery.case_id, entryId: delivery.entry_id, recipient: delivery.recipient, state: delivery.state, awaits: delivery.awaits,
    leaf: around.leaf, receipts: around.receipts, lastTaken: around.last_taken, kept: around.kept, isRepeated: around.repeated, attempt: number === null ? null : { number, outcome },
  };
};

const write = async (client: Queryable, keys: PeriodKeys, found: FoundDelivery, plan: ReportPlan): Promise<void> => {
  const { consequence, at, kind, facts, entry, task } = plan;
  const told = consequence.kind === 'noted' ? consequence.code : consequence.kind;
  await client.query('insert into mail_report (sha256, mid, attempt, kind, outcome, verdict, at) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing', [
    Buffer.from(plan.sha256, 'hex'), found.id, found.attempt?.number ?? null, kind, told, verdictJson(plan.verdict), at,
  ]);
  if (entry !== null) await recordDrafts(client, keys, [{ draft: entry, caseId: found.caseId, outgoing: null }]);
  if (task !== null) await openTask(client, task, at);
  if (consequence.kind === 'receipt') {
    await run(client, receiptPart({ mid: found.id, kind: consequence.receipt, at, facts, entry: entry?.facts.id ?? '' }));
    if (consequence.closesDuty) await closeAwaited(client, found, at);
  }
  if (consequence.kind === 'failed') await reopen(client, found.id, task?.cause ?? null, at);
};

const verdictJson = (verdict: MailVerdict): string | null => (verdict.kind === 'not-judged' ? null : JSON.stringify(verdict));

const run = async (client: Queryable, { sql, values }: Part): Promise<void> => void (await client.query(sql, [...values]));

/** What was awaited is there: duty, delivery and task are closed. */
export const closeAwaited = async (client: Queryable, { id, caseId }: Pick<FoundDelivery, 'id' | 'caseId'>, at: Date): Promise<void> => {
  await run(client, fulfilPart([{ mid: id, caseId, at, awaits: null }]));
  await client.query('update delivery set awaits = null where mid = $1', [id]);
  await client.query("update task set closed_at = $2 where kind = 'receipt-missing' and ref = $1 and closed_at is null", [id, at]);
};

/** The party did not get it: what the positive answer of its server closed is open again, and is late again when it is. */
const reopen = async (client: Queryable, mid: string, cause: string | null, at: Date): Promise<void> => {
  await client.query("update delivery set state = 'dead', cause = $2, finished_at = $3, awaits = null where mid = $1", [mid, cause, at]);
  await client.query("update duty set closed_at = null, closed_by = null, told_at = null where closed_by = 'delivery:' || $1::uuid", [mid]);
  await client.query("update task set closed_at = $2 where kind = 'receipt-missing' and ref = $1 and closed_at is null", [mid, at]);
};

interface AwaitingRow {
  readonly mid: string;
  readonly case_id: string;
  readonly recipient: string;
  readonly awaits: AwaitedReceipt;
  readonly has_come: boolean;
}

/**
 * A receipt that is awaited and does not come becomes a task: when a share of the time for the duty is gone, or a day where nothing sets a term. One that
 * came while its try was being written down closes what it should have closed. Safe to repeat.
 */
export const watchReceipts = async (client: Queryable, at: Date, when: { readonly share: number; readonly waitHours: number }): Promise<number> => {
  const { rows } = await client.query<AwaitingRow>(
    `select * from (
       select mid, case_id, recipient, awaits, exists (select from receipt where receipt.mid = delivery.mid and receipt.kind in (delivery.awaits, 'signed')) as has_come,
         receipt_told_at is null and (finished_at + make_interval(hours => $3) <= $1 or exists (
           select from unnest(delivery.rules, delivery.roles) as fulfilled (rule, role) join duty on duty.case_id = delivery.case_id and duty.rule = fulfilled.rule
             and duty.toward = fulfilled.role and duty.recipient in ('', delivery.recipient) and duty.closed_at is null
           where duty.due_at is not null and duty.opened_at + $2 * (duty.due_at - duty.opened_at) <= $1)) as is_missing
       from delivery where awaits is not null and state = 'delivered') awaiting
     where has_come or is_missing`,
    [at, when.share, when.waitHours],
  );
  for (const { mid, case_id: caseId, recipient, awaits, has_come: hasCome } of rows) {
    if (hasCome) {
      await closeAwaited(client, { id: mid, caseId }, at);
      continue;
    }
    await openTask(client, { kind: 'receipt-missing', ref: mid, party: recipient, cause: `no ${awaits} receipt, which closes the duty` }, at);
    await client.query('update delivery set receipt_told_at = $2 where mid = $1', [mid, at]);
  }
  return rows.length;
};
