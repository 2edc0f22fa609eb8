import type { FinishedAttempt, SealedDisclosure } from '@ketensluis/flow';
import type pg from 'pg';
import { NotAsLogged, openDisclosure, type AttemptRow } from './open-disclosure.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { draftParts } from './record.js';
import { openTask, taskPart } from './save-plan.js';
import { oneStatement, prepared, type Part } from './statement.js';
import type { Vault } from './vault.js';

/** Deliveries under way to one party at a time: a slow party holds this many hands and no more. */
export const inFlightPerPartyMax = 4;

/** Longer than any try may take, waiting for a thread included; only a crash gets that far. */
const leaseSeconds = 1_800;

/**
 * Claims up to `most` disclosures whose entry lies below the signed size, and opens an attempt for each; the database refuses an attempt
 * on anything else (I1). Disclosures of one case to one party are tried in their order; one that fails does not hold back the next. An
 * attempt that was open at a crash stays without outcome: it is claimed again with the same id.
 */
export const claimSealed = async (pool: pg.Pool, vault: Vault, at: Date, most: number): Promise<readonly SealedDisclosure[]> => {
  const { rows } = await pool.query<AttemptRow>(prepared(claim, [at, most, inFlightPerPartyMax, leaseSeconds]));
  const opened = await Promise.allSettled(rows.map((row) => openDisclosure(pool, vault, row)));
  const ready: SealedDisclosure[] = [];
  for (const [place, one] of opened.entries()) {
    if (one.status === 'fulfilled') ready.push(one.value);
    else await setAside(pool, rows[place]?.mid ?? '', one.reason, at);
  }
  return ready;
};

/** Frees what a process that is gone had claimed. Only for whoever has the database to itself: then every lease is of the dead. */
export const freeLeases = async (pool: pg.Pool): Promise<void> => {
  await pool.query('update queue set lease_until = null where lease_until is not null');
};

/** One that cannot be opened holds nobody else up (I14): what differs from the log is held with a task, anything else is free again. */
const setAside = (pool: pg.Pool, mid: string, reason: unknown, at: Date): Promise<void> =>
  inTransaction(pool, async (client) => {
    if (!(reason instanceof NotAsLogged)) {
      await client.query("update queue set lease_until = null, due_at = $2 where kind = 'deliver' and ref = $1", [mid, new Date(at.getTime() + againMs)]);
      return;
    }
    await client.query("delete from queue where kind = 'deliver' and ref = $1", [mid]);
    await client.query("update delivery set state = 'held', cause = 'not-as-logged', finished_at = $2 where mid = $1", [mid, at]);
    await openTask(client, { kind: 'log', ref: mid, party: null, cause: reason.message }, at);
  });

/** A fault of the database in between is over by then, or comes again. */
const againMs = 30_000;

const claim = `with claimed as (
    update queue set lease_until = now() + make_interval(secs => $4), attempts = attempts + 1
    where (lease_until is null or lease_until < now()) and id in (
      select id from (
        select queue.id, queue.lane, row_number() over (partition by queue.lane order by queue.due_at, queue.id) as place
        from queue
        join delivery on delivery.mid = queue.ref
        join tlog_leaf leaf on leaf.id = delivery.entry_id
        join tlog_head head on leaf.seq < head.signed_size
        where queue.kind = 'deliver' and queue.due_at <= $1 and (queue.lease_until is null or queue.lease_until < now())
          and not exists (
            select from delivery earlier join queue first on first.kind = 'deliver' and first.ref = earlier.mid
            where earlier.case_id = delivery.case_id and earlier.recipient = delivery.recipient and earlier.number < delivery.number
              and (first.due_at <= $1 or first.lease_until >= now()))) due
      where place <= $3 - (select count(*) from queue busy where busy.kind = 'deliver' and busy.lane = due.lane and busy.lease_until >= now())
      order by id limit $2)
    returning ref),
  opened as (
    insert into attempt (mid, number, started_at)
    select ref, coalesce((select max(number) from attempt earlier where earlier.mid = ref), 0) + 1, $1 from claimed returning mid, number)
  select delivery.mid, delivery.entry_id, delivery.case_id, delivery.message_id, delivery.recipient, delivery.number as sequence,
    delivery.attachments as places, message.type, message.body, case_file.wrapped_key, outbox.sealed, delivery.twin, opened.number as attempt,
    coalesce((select min(started_at) from attempt first where first.mid = delivery.mid and first.started_at >= coalesce(delivery.since, first.started_at)), $1) as first_at,
    entry.leaf, entry.h = tlog_leaf.h as in_tree
  from opened join delivery using (mid) join outbox using (mid) join message on message.id = delivery.message_id
  join case_file on case_file.id = delivery.case_id
  join entry on entry.id = outbox.entry_id and entry.at = outbox.entry_at join tlog_leaf on tlog_leaf.id = entry.id`;

/** Writes how a try ended, in one transaction: attempt, outcome entry, next try or end, the duty it fulfils, a task. */
export const finishAttempt = async (pool: pg.Pool, keys: PeriodKeys, finished: FinishedAttempt): Promise<void> => {
  const { disclosure, entry, task, finishedAt } = finished;
  const entries = entry === null ? [] : await draftParts(pool, keys, [{ draft: entry, caseId: disclosure.caseId, outgoing: null }]);
  const tasks = task === null ? [] : [taskPart(task, finishedAt)];
  await pool.query(oneStatement([attemptPart(finished), ...nextParts(finished), ...entries, ...tasks], entries.length === 0 ? [] : ['seal']));
};

const attemptPart = ({ disclosure, outcome, finishedAt }: FinishedAttempt): Part => {
  const told = outcome.kind === 'delivered' ? outcome.receipt : outcome;
  const cause = outcome.kind === 'deferred' || outcome.kind === 'unknown' ? outcome.cause : null;
  return {
    sql: 'update attempt set finished_at = $3, outcome = $4, code = $5, reply = $6, evidence = $7 where mid = $1 and number = $2 and outcome is null',
    values: [
      disclosure.id, disclosure.attempt, finishedAt, outcome.kind, cause ?? ('code' in told ? told.code : null),
      'text' in told ? told.text : told.detail, told.evidence === null ? null : JSON.stringify(told.evidence),
    ],
  };
};

const nextParts = ({ disclosure: { id }, next, task, finishedAt }: FinishedAttempt): readonly Part[] => {
  if (next.kind === 'retry') {
    return [{ sql: "update queue set due_at = $2, lease_until = null where kind = 'deliver' and ref = $1", values: [id, next.at] }];
  }
  const state = next.kind === 'done' ? 'delivered' : next.kind;
  return [
    { sql: "delete from queue where kind = 'deliver' and ref = $1", values: [id] },
    { sql: 'update delivery set state = $2, cause = $3, finished_at = $4 where mid = $1 and state = \'waiting\'', values: [id, state, task?.cause ?? null, finishedAt] },
    ...(next.kind === 'done' ? [fulfilPart(id, finishedAt)] : []),
  ];
};

/** The acceptance by the party fulfils the duties of the rules it was sent under. */
const fulfilPart = (mid: string, at: Date): Part => ({
  sql: `update duty set closed_at = $2, closed_by = 'delivery:' || $1::uuid
     from delivery cross join lateral unnest(delivery.rules, delivery.roles) as fulfilled (rule, role)
     where delivery.mid = $1::uuid and duty.case_id = delivery.case_id and duty.rule = fulfilled.rule and duty.toward = fulfilled.role and duty.closed_at is null`,
  values: [mid, at],
});
