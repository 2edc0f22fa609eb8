import type { BegunFetch, EntryDraft, FetchCaller, FetchHold, FetchStore, FinishedFetch, FoundFetchable, LapsedFetch } from '@ketensluis/flow';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { beginUnderRegisters } from './cases.js';
import { loadMark } from './current-mark.js';
import { setAside, type Claiming } from './deliveries.js';
import { fulfilPart } from './finish.js';
import { findCheckpoint, findSignedCheckpoint, loadProofs, type EntryProof } from './log/load-proof.js';
import { NotAsLogged, openDisclosure, type AttemptRow } from './open-disclosure.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';
import { openTask } from './save-plan.js';
import { prepared } from './statement.js';
import { closeTask } from './upkeep.js';
import { KeyDestroyed } from './vault.js';

/** How long a fetch waits for its entry to be released; the log is sealed several times a second. */
export const releaseWaitMs = 5_000;
const lookMs = 25;

/** After this long nobody waits any more for a fetch that was opened: the process that did is gone. */
const openedMaxMs = 60_000;

/** PostgreSQL behind the fetching of disclosures. */
export const createFetchStore = (claiming: Claiming, keys: PeriodKeys): FetchStore => {
  const { pool } = claiming;
  return {
    find: (mid, recipient, at) => find(claiming, { mid, recipient }, at),
    begin: (mid, caller, entry, at) => inTransaction(pool, (client) => begin(client, keys, { mid, caller, entry, at })),
    awaitRelease: (mid, fetch, at, isThere) => awaitRelease(pool, { mid, fetch, at, isThere }),
    finish: (mid, fetch, finished) => inTransaction(pool, (client) => finish(client, { ...finished, mid, fetch })),
    retract: (mid, entryOf) => inTransaction(pool, (client) => retract(client, keys, { mid, entryOf })),
    lapse: (before, entryOf) => inTransaction(pool, (client) => lapse(client, keys, { before, entryOf })),
    stop: (mid, under, hold) => inTransaction(pool, (client) => stop(client, keys, { ...hold, mid, under }), beginUnderRegisters),
  };
};

interface FetchRow extends AttemptRow {
  readonly state: string;
  readonly stopped: boolean;
  readonly fetches: number;
  readonly first_fetched_at: Date | null;
  readonly is_destroyed: boolean;
}

// Held for its channel only, it may still be fetched: who fetches proves itself anew, and over TLS. Held for anything else, or replaced, it stays here.
const findSql = `
  with open_task as (select kind from task where kind in ('stopped', 'log', 'certificate') and ref = $1::text and closed_at is null)
  select delivery.mid, delivery.entry_id, delivery.case_id, delivery.message_id, delivery.recipient, delivery.number as sequence,
    delivery.attachments as places, message.type, case when delivery.attachments = '{}' then null else message.body end as body, case_file.wrapped_key,
    outbox.sealed, outbox.twin, outbox.sealed is null as is_destroyed, outbox.leaf, tlog_leaf.h as in_tree, tlog_leaf.seq, delivery.state,
    coalesce((select max(attempt.number) from attempt where attempt.mid = delivery.mid), 0) + 1 as attempt,
    not is_released(delivery.entry_id, false, $3) as uncosigned, $3::timestamptz as first_at,
    message.replaced_by is not null or exists (select from open_task where kind in ('stopped', 'log'))
      or (delivery.state = 'held' and not exists (select from open_task where kind = 'certificate')) as stopped,
    (select count(*)::int from fetched where fetched.mid = delivery.mid and fetched.state = 'left') as fetches,
    (select min(fetched.left_at) from fetched where fetched.mid = delivery.mid) as first_fetched_at
  from delivery join outbox using (mid) join tlog_leaf on tlog_leaf.id = delivery.entry_id
  join message on message.id = delivery.message_id join case_file on case_file.id = delivery.case_id
  where delivery.mid = $1::uuid and delivery.recipient = $2 and is_released(delivery.entry_id, delivery.acute, $3)`;

const find = async ({ pool, vault, tiles }: Claiming, asked: { readonly mid: string; readonly recipient: string }, at: Date): Promise<FoundFetchable> => {
  const { rows: [row] } = await pool.query<FetchRow>(prepared(findSql, [asked.mid, asked.recipient, at]));
  if (row === undefined) return { kind: 'absent' };
  if (row.is_destroyed) return { kind: 'gone' };
  try {
    const disclosure = await openDisclosure(pool, vault, row, await proofOf(pool, tiles, row));
    const { state, stopped, fetches, first_fetched_at: firstFetchedAt } = row;
    return { kind: 'found', fetchable: { disclosure, isDelivered: state === 'delivered', isStopped: stopped, fetches, firstFetchedAt } };
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return { kind: 'gone' };
    if (!(fault instanceof NotAsLogged)) throw fault;
    await setAside(pool, asked.mid, fault, at);
    return { kind: 'gone' };
  }
};

/** What leaves uncosigned is proven under what the log signed by itself, as for any delivery. */
const proofOf = async (pool: pg.Pool, tiles: Claiming['tiles'], { uncosigned, seq, leaf }: FetchRow): Promise<EntryProof | null> => {
  const checkpoint = await (uncosigned ? findSignedCheckpoint(pool) : findCheckpoint(pool));
  const [proof] = checkpoint === null ? [] : await loadProofs(pool, [{ index: Number(seq), leaf }], checkpoint, tiles);
  return proof ?? null;
};

interface Beginning {
  readonly mid: string;
  readonly caller: FetchCaller;
  readonly entry: EntryDraft;
  readonly at: Date;
}

const begin = async (client: Queryable, keys: PeriodKeys, { mid, caller, entry, at }: Beginning): Promise<BegunFetch> => {
  const proof = Buffer.from(caller.sha256, 'hex');
  const { rows: [earlier] } = await client.query<{ entry_id: string }>(
    `update fetched set state = 'opened', opened_at = $3 where entry_id = (
       select entry_id from fetched where mid = $1 and proof = $2 and (state = 'waiting' or (state = 'opened' and opened_at < $4))
       order by opened_at limit 1 for update skip locked)
     returning entry_id`,
    [mid, proof, at, new Date(at.getTime() - openedMaxMs)],
  );
  if (earlier !== undefined) return { entryId: earlier.entry_id };
  const { rows: [of] } = await client.query<{ case_id: string }>('select case_id from delivery where mid = $1', [mid]);
  await recordDrafts(client, keys, [{ draft: entry, caseId: of?.case_id ?? null, outgoing: null }]);
  await client.query('insert into fetched (entry_id, mid, proof, opened_at) values ($1, $2, $3, $4)', [entry.facts.id, mid, proof, at]);
  return { entryId: entry.facts.id };
};

interface Waiting {
  readonly mid: string;
  readonly fetch: BegunFetch;
  readonly at: Date;
  readonly isThere: () => boolean;
}

const awaitRelease = async (pool: pg.Pool, { mid, fetch: { entryId }, at, isThere }: Waiting): Promise<boolean> => {
  for (let waitedMs = 0; waitedMs < releaseWaitMs && isThere(); waitedMs += lookMs) {
    const { rows: [row] } = await pool.query<{ released: boolean }>(prepared('select is_released($1, delivery.acute, $3) as released from delivery where mid = $2', [entryId, mid, at]));
    if (row?.released === true && isThere()) return true;
    await pause(lookMs);
  }
  await pool.query("update fetched set state = 'waiting' where entry_id = $1 and state = 'opened'", [entryId]);
  return false;
};

interface Finishing extends FinishedFetch {
  readonly mid: string;
  readonly fetch: BegunFetch;
}

const finish = async (client: Queryable, { mid, fetch, caller, at, awaits }: Finishing): Promise<'first' | 'again' | 'stopped'> => {
  // The message first, as whoever corrects or withdraws it does: then either that one counts this fetch, or this one sees that it was replaced.
  const { rows: [of] } = await client.query<{ replaced_by: string | null }>(
    'select replaced_by from message where id = (select message_id from delivery where mid = $1) for share', [mid]);
  if (of === undefined || of.replaced_by !== null) {
    await client.query("update fetched set state = 'waiting' where entry_id = $1 and state = 'opened'", [fetch.entryId]);
    return 'stopped';
  }
  const left = await client.query("update fetched set state = 'left', left_at = $2 where entry_id = $1 and state = 'opened'", [fetch.entryId, at]);
  if (left.rowCount !== 1) throw new Error('bug: a fetch took place that was not begun');
  const { rows: [before] } = await client.query<{ case_id: string; state: string; awaits: string | null }>('select case_id, state, awaits from delivery where mid = $1 for update', [mid]);
  if (before === undefined) throw new Error('bug: a fetch of no delivery');
  // A party that had it already has it now whatever its mail system has still to say; only a person's word stays awaited.
  const fulfil = fulfilPart([{ mid, caseId: before.case_id, at, awaits: before.state !== 'delivered' ? awaits : before.awaits === 'portal' ? 'portal' : null }]);
  await client.query(fulfil.sql, [...fulfil.values]);
  if (before.state === 'delivered') return 'again';
  await client.query("update delivery set state = 'delivered', cause = null, finished_at = $2, awaits = $3, receipt_told_at = null where mid = $1", [mid, at, awaits]);
  const evidence = { fetched: { way: caller.way, sha256: caller.sha256, entry: fetch.entryId } };
  await client.query(
    `insert into attempt (mid, number, started_at, finished_at, outcome, code, reply, evidence)
     select $1, coalesce(max(number), 0) + 1, $2, $2, 'delivered', '200', 'fetched by the party', $3::jsonb from attempt where mid = $1`,
    [mid, at, JSON.stringify(evidence)],
  );
  await client.query("delete from queue where kind = 'deliver' and ref = $1", [mid]);
  for (const kind of ['dead-letter', 'certificate', 'not-fetched']) await closeTask(client, kind, mid, at);
  return 'first';
};

interface Retracting {
  readonly mid: string;
  readonly entryOf: Parameters<FetchStore['retract']>[1];
}

// Those that wait: one that somebody takes up at this moment is his, and one that left stays.
const retract = async (client: Queryable, keys: PeriodKeys, { mid, entryOf }: Retracting): Promise<void> => {
  const { rows } = await client.query<{ entry_id: string; case_id: string; is_delivered: boolean }>(
    `delete from fetched using delivery where fetched.mid = $1 and fetched.state = 'waiting' and delivery.mid = fetched.mid
     returning fetched.entry_id, delivery.case_id, delivery.state = 'delivered' as is_delivered`, [mid]);
  await recordDrafts(client, keys, rows.map(({ entry_id: entryId, case_id: caseId, is_delivered: isDelivered }) => ({ draft: entryOf({ entryId, isDelivered }), caseId, outgoing: null })));
};

interface Lapsing {
  readonly before: Date;
  readonly entryOf: (fetch: LapsedFetch) => EntryDraft;
}

const lapsedMost = 100;

// One that somebody takes up at this moment is his.
const lapse = async (client: Queryable, keys: PeriodKeys, { before, entryOf }: Lapsing): Promise<number> => {
  const { rows } = await client.query<{ begun: string; mid: string; recipient: string; entry_id: string; leaf: Buffer; case_id: string; state: string }>(
    `with lapsed as (
       delete from fetched where entry_id in (select entry_id from fetched where state <> 'left' and opened_at < $1 order by opened_at limit $2 for update skip locked) returning entry_id as begun, mid)
     select lapsed.begun, lapsed.mid, delivery.recipient, delivery.entry_id, entry.leaf, delivery.case_id, delivery.state
       from lapsed join delivery using (mid) join entry on entry.id = delivery.entry_id`,
    [before, lapsedMost],
  );
  await recordDrafts(client, keys, rows.map(({ begun, mid, recipient, entry_id: entryId, leaf, case_id: caseId, state }) => ({
    draft: entryOf({ entryId: begun, isDelivered: state === 'delivered', isHeld: state === 'held', of: { id: mid, recipient, entryId, proof: { leaf } } }), caseId, outgoing: null,
  })));
  return rows.length;
};

interface Stopping extends FetchHold {
  readonly mid: string;
  readonly under: string;
}

const stop = async (client: Queryable, keys: PeriodKeys, { mid, under, entry, task, at }: Stopping): Promise<'held' | 'none' | 'changed'> => {
  // A party that is connected again at this moment would find it held for good.
  if ((await loadMark(client)).registers !== under) return 'changed';
  const { rows: [held] } = await client.query<{ case_id: string }>(
    "update delivery set state = 'held', cause = $2, finished_at = $3 where mid = $1 and state in ('waiting', 'announced') returning case_id",
    [mid, task.cause, at],
  );
  if (held === undefined) return 'none';
  await client.query("delete from queue where kind = 'deliver' and ref = $1", [mid]);
  await recordDrafts(client, keys, [{ draft: entry, caseId: held.case_id, outgoing: null }]);
  await openTask(client, task, at);
  return 'held';
};
