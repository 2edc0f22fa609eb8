import { transportReceipt, type AwaitedReceipt } from '@ketensluis/domain';
import type { FinishedAttempt } from '@ketensluis/flow';
import type pg from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { ringSoon } from './bell.js';
import { beginUnderRegisters } from './cases.js';
import { loadMark } from './current-mark.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { draftParts } from './record.js';
import { taskPart } from './save-plan.js';
import { oneStatement, type Part } from './statement.js';

/** Tries that are written together. */
const togetherMax = 32;
/** What ends within this time of another is written with it: nobody waits for it but the next try of the same party. */
const gatherMs = 10;

interface Waiting {
  readonly finished: FinishedAttempt;
  readonly written: () => void;
  readonly failed: (fault: unknown) => void;
}

/**
 * Writes how tries ended, each whole or not at all: attempt, outcome entry, next try or end, the duty it fulfils, a task. Those that end together are one
 * statement; where that cannot be written each is tried by itself, so that one fails alone (I14).
 */
export const attemptFinisher = (pool: pg.Pool, keys: PeriodKeys): ((finished: FinishedAttempt) => Promise<void>) => {
  let waiting: Waiting[] = [];
  let isWriting = false;
  const writeAll = async (): Promise<void> => {
    isWriting = true;
    await pause(gatherMs);
    while (waiting.length > 0) {
      const batch = waiting.slice(0, togetherMax);
      waiting = waiting.slice(togetherMax);
      await writeBatch(pool, keys, batch);
    }
    isWriting = false;
  };
  return (finished) => new Promise((written, failed) => {
    waiting.push({ finished, written, failed });
    if (!isWriting) void writeAll();
  });
};

const writeBatch = async (pool: pg.Pool, keys: PeriodKeys, batch: readonly Waiting[]): Promise<void> => {
  const all = batch.map(({ finished }) => finished);
  const writing = all.some(isHeld) ? finishUnderRegisters(pool, keys, all) : finishAttempts(pool, keys, all);
  const fault = await writing.then(() => null, (error: unknown) => ({ error }));
  if (fault === null) {
    if (all.some(({ entry }) => entry !== null)) ringSoon(pool, 'seal');
    batch.forEach(({ written }) => written());
  } else if (batch.length === 1) batch.forEach(({ failed }) => failed(fault.error));
  else for (const one of batch) await writeBatch(pool, keys, [one]);
};

const isHeld = ({ next }: FinishedAttempt): boolean => next.kind === 'held';

/** Whoever changes a register tries again what is held: a hold by the registers before, written after that, would stay for good (I9). So it is a try at once. */
const finishUnderRegisters = (pool: pg.Pool, keys: PeriodKeys, all: readonly FinishedAttempt[]): Promise<void> =>
  inTransaction(pool, async (client) => {
    const { registers } = await loadMark(client);
    // The deliveries before their tasks, as a fetch takes them: in one statement PostgreSQL chooses the order, and whoever stops the same delivery would wait for us and we for them.
    await client.query('select from delivery where mid = any($1::uuid[]) order by mid for update', [all.map(({ disclosure }) => disclosure.id)]);
    await finishAttempts(client, keys, all.map((one) => (isHeld(one) && one.under !== registers ? { ...one, next: { kind: 'retry', at: one.finishedAt, isAway: false }, entry: null, task: null } : one)));
  }, beginUnderRegisters);

const finishAttempts = async (pool: Queryable, keys: PeriodKeys, all: readonly FinishedAttempt[]): Promise<void> => {
  const entries = await draftParts(pool, keys, all.flatMap(({ entry, disclosure }) => (entry === null ? [] : [{ draft: entry, caseId: disclosure.caseId, outgoing: null }])));
  const tasks = all.flatMap(({ task, finishedAt }) => (task === null ? [] : [taskPart(task, finishedAt)]));
  const parts = [attemptPart(all), ...retryParts(all), ...endParts(all), ...backParts(all), ...doneParts(all), ...entries, ...tasks];
  await pool.query(oneStatement(parts));
};

const attemptPart = (all: readonly FinishedAttempt[]): Part => {
  const told = all.map(({ disclosure, outcome, finishedAt }) => {
    const answer = outcome.kind === 'delivered' || outcome.kind === 'announced' ? (outcome.receipt ?? inFeed) : outcome;
    const cause = outcome.kind === 'deferred' || outcome.kind === 'unknown' ? outcome.cause : null;
    return {
      mid: disclosure.id, number: disclosure.attempt, at: finishedAt, outcome: outcome.kind, code: cause ?? ('code' in answer ? answer.code : null),
      reply: 'text' in answer ? answer.text : answer.detail, evidence: answer.evidence === null ? null : JSON.stringify(answer.evidence),
    };
  });
  return {
    sql: `update attempt set finished_at = told.at, outcome = told.outcome, code = told.code, reply = told.reply, evidence = told.evidence
       from unnest($1::uuid[], $2::integer[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::jsonb[]) as told (mid, number, at, outcome, code, reply, evidence)
       where attempt.mid = told.mid and attempt.number = told.number and attempt.outcome is null`,
    values: [
      told.map(({ mid }) => mid), told.map(({ number }) => number), told.map(({ at }) => at), told.map(({ outcome }) => outcome), told.map(({ code }) => code),
      told.map(({ reply }) => reply), told.map(({ evidence }) => evidence),
    ],
  };
};

/** Nobody was called: it stands where the party reads. */
const inFeed = { code: null, text: 'stands in the feed', evidence: null };

const retryParts = (all: readonly FinishedAttempt[]): readonly Part[] => {
  const retries = all.flatMap(({ disclosure, next, finishedAt }) => (next.kind === 'retry' ? [{ id: disclosure.id, at: next.at, isAway: next.isAway, finishedAt }] : []));
  const away = retries.filter(({ isAway }) => isAway);
  const [mids, moments] = [retries.map(({ id }) => id), retries.map(({ at }) => at)];
  return retries.length === 0 ? [] : [
    {
      sql: `update queue set due_at = again.at, lease_until = null from unnest($1::uuid[], $2::timestamptz[]) as again (mid, at)
         where queue.kind = 'deliver' and queue.ref = again.mid`,
      values: [mids, moments],
    },
    // What went before it in the case waits with it, to be tried just before it: each by its own steps, a party that is back would read the later one first.
    {
      sql: `update queue set due_at = again.at from unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) as again (mid, at, finished_at)
         join delivery this on this.mid = again.mid
         join delivery earlier on earlier.case_id = this.case_id and earlier.recipient = this.recipient and earlier.number < this.number
         where queue.kind = 'deliver' and queue.ref = earlier.mid and queue.due_at > again.finished_at and queue.lease_until is null`,
      values: [mids, moments, retries.map(({ finishedAt }) => finishedAt)],
    },
    ...(away.length === 0 ? [] : [{
      sql: `update queue set due_at = again.at from unnest($1::uuid[], $2::timestamptz[]) as again (mid, at)
         join delivery this on this.mid = again.mid
         join delivery later on later.case_id = this.case_id and later.recipient = this.recipient and later.number > this.number
         where queue.kind = 'deliver' and queue.ref = later.mid and queue.due_at < again.at and queue.lease_until is null`,
      values: [away.map(({ id }) => id), away.map(({ at }) => at)],
    }]),
  ];
};

const endParts = (all: readonly FinishedAttempt[]): readonly Part[] => {
  const ended = all.flatMap(({ disclosure, next, task, finishedAt }) => (next.kind === 'retry' ? [] : [{
    mid: disclosure.id, state: next.kind === 'done' ? 'delivered' : next.kind, cause: task?.cause ?? null, at: next.kind === 'announced' ? null : finishedAt,
    awaits: next.kind === 'done' ? next.awaits : null,
  }]));
  return ended.length === 0 ? [] : [
    { sql: "delete from queue where kind = 'deliver' and ref = any($1::uuid[])", values: [ended.map(({ mid }) => mid)] },
    {
      sql: `update delivery set state = ended.state, cause = ended.cause, finished_at = ended.at, receipt_told_at = null,
         awaits = case when exists (select from receipt where receipt.mid = ended.mid and receipt.kind in (ended.awaits, 'signed')) then null else ended.awaits end
       from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::text[]) as ended (mid, state, cause, at, awaits)
       where delivery.mid = ended.mid and delivery.state = 'waiting'`,
      values: [ended.map(({ mid }) => mid), ended.map(({ state }) => state), ended.map(({ cause }) => cause), ended.map(({ at }) => at), ended.map(({ awaits }) => awaits)],
    },
  ];
};

/**
 * A party that takes one thing is there again: what waits for it need not wait out its own steps. What was just tried and put off has its own reason, unless
 * nobody was there the few times it was tried, or something that comes after it in its case is pulled forward: the party reads things in their order.
 */
const backParts = (all: readonly FinishedAttempt[]): readonly Part[] => {
  const back = new Map(all.flatMap(({ disclosure, next, finishedAt }) => (next.kind === 'done' || next.kind === 'announced' ? [[disclosure.recipient, finishedAt] as const] : [])));
  return back.size === 0 ? [] : [{
    sql: `update queue set due_at = back.at from unnest($1::text[], $2::timestamptz[]) as back (lane, at)
       where queue.kind = 'deliver' and queue.lane = back.lane and queue.due_at > back.at and (queue.lease_until is null or queue.lease_until < now())
       and (not exists (${hasReason('queue.ref')}) or exists (
         select from delivery this join delivery later on later.case_id = this.case_id and later.recipient = this.recipient and later.number > this.number
         join queue waiting on waiting.kind = 'deliver' and waiting.ref = later.mid
         where this.mid = queue.ref and not exists (${hasReason('later.mid')})))`,
    values: [[...back.keys()], [...back.values()], justTriedSeconds, nobodyThere, fewTries],
  }];
};

const justTriedSeconds = 900;
/** Causes of a try that ended before the party said anything. */
const nobodyThere = ['connection-refused', 'connection-lost', 'timeout'];
/** More tries than this that found nobody, while the party takes other things, have a reason of their own. */
const fewTries = 10;

const hasReason = (mid: string): string =>
  `select from attempt where attempt.mid = ${mid} and attempt.started_at > back.at - make_interval(secs => $3) and (attempt.number > $5 or attempt.code is null or attempt.code <> all($4))`;

const doneParts = (all: readonly FinishedAttempt[]): readonly Part[] => {
  const done = all.flatMap(({ disclosure, next, finishedAt }) => (next.kind === 'done' ? [{ disclosure, at: finishedAt, awaits: next.awaits }] : []));
  // An earlier try may have left uncosigned; this one brought the complete proof along.
  const whole = done.filter(({ disclosure }) => disclosure.attempt > 1 && !disclosure.isUncosigned);
  return done.length === 0 ? [] : [
    ...receiptParts(all),
    fulfilPart(done.map(({ disclosure, at, awaits }) => ({ mid: disclosure.id, caseId: disclosure.caseId, at, awaits }))),
    ...(whole.length === 0 ? [] : [{
      sql: 'update catch_up set sent_at = done.at from unnest($1::uuid[], $2::timestamptz[]) as done (mid, at) where catch_up.mid = done.mid and sent_at is null',
      values: [whole.map(({ disclosure }) => disclosure.id), whole.map(({ at }) => at)],
    }]),
  ];
};

/** The answer of the transport is a receipt, recorded by the outcome entry it has anyway. */
const receiptParts = (all: readonly FinishedAttempt[]): readonly Part[] => {
  const receipts = all.flatMap(({ disclosure, outcome, entry, finishedAt }) => (outcome.kind !== 'delivered' || entry === null ? [] : [{
    mid: disclosure.id, kind: transportReceipt(outcome.receipt.code), at: finishedAt, facts: JSON.stringify({ attempt: disclosure.attempt, code: outcome.receipt.code }),
    entry: entry.facts.id,
  }]));
  return receipts.length === 0 ? [] : [{
    sql: `insert into receipt (mid, kind, at, facts, entry) select * from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::jsonb[], $5::uuid[])
       on conflict do nothing`,
    values: [
      receipts.map(({ mid }) => mid), receipts.map(({ kind }) => kind), receipts.map(({ at }) => at), receipts.map(({ facts }) => facts), receipts.map(({ entry }) => entry),
    ],
  }];
};

/** A delivery that a party accepted; `awaits`: the receipt that must be there too. */
export interface AcceptedDelivery {
  readonly mid: string;
  readonly caseId: string;
  readonly at: Date;
  readonly awaits: AwaitedReceipt | null;
}

/** The acceptance by the party fulfils the duties of the rules it was sent under, toward this party and no other; where a receipt is awaited, only once that is there. */
export const fulfilPart = (accepted: readonly AcceptedDelivery[]): Part => ({
  sql: `update duty set closed_at = accepted.at, closed_by = 'delivery:' || accepted.mid
     from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[]) as accepted (mid, case_id, at, awaits)
     join delivery on delivery.mid = accepted.mid cross join lateral unnest(delivery.rules, delivery.roles) as fulfilled (rule, role)
     where duty.case_id = accepted.case_id and duty.rule = fulfilled.rule and duty.toward = fulfilled.role
       and duty.recipient in ('', delivery.recipient) and duty.closed_at is null
       and (accepted.awaits is null or exists (select from receipt where receipt.mid = accepted.mid and receipt.kind in (accepted.awaits, 'signed')))`,
  values: [accepted.map(({ mid }) => mid), accepted.map(({ caseId }) => caseId), accepted.map(({ at }) => at), accepted.map(({ awaits }) => awaits)],
});
