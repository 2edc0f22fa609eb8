import type { EntryDraft, RegisterChange } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { ring } from './bell.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';

/** Held shared while a decision is made, alone while a register changes. */
export const registerLock = 7_270_737;

/** One current version of a register document. */
export interface RegisterRow {
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly body: unknown;
}

/** Changes with every change of any register; the count is in it because a lower number may commit after a higher one. */
export const registerMark = async (client: Queryable): Promise<string> => {
  const { rows } = await client.query<{ mark: string }>("select coalesce(max(seq), 0) || '/' || count(*) as mark from register_version");
  return rows[0]?.mark ?? '';
};

/** The current version of every document. */
export const currentRegister = async (client: Queryable): Promise<readonly RegisterRow[]> => {
  const { rows } = await client.query<RegisterRow>(
    'select distinct on (kind, key) kind, key, version, body from register_version order by kind, key, version desc',
  );
  return rows;
};

/** The current version of one document, or null. */
export const findRegister = async (client: Queryable, kind: string, key: string): Promise<RegisterRow | null> => {
  const { rows } = await client.query<RegisterRow>(
    'select kind, key, version, body from register_version where kind = $1 and key = $2 order by version desc limit 1',
    [kind, key],
  );
  return rows[0] ?? null;
};

/**
 * Writes new versions, each with its policy entry, in one transaction (I4). Disclosures that were held for a reason these changes may
 * lift are queued to be decided anew (I9), and deliveries that lacked a usable certificate are tried again. Throws when another change
 * took the version meanwhile.
 */
export const applyChanges = (pool: pg.Pool, keys: PeriodKeys, changes: readonly RegisterChange[]): Promise<void> =>
  inTransaction(pool, async (client) => {
    // Decisions under way end first, and those that come read what is written here: no hold is decided by a register that is gone (I9).
    await client.query('select pg_advisory_xact_lock($1)', [registerLock]);
    for (const change of changes) await insert(client, change);
    await recordDrafts(client, keys, changes.map((change) => ({ draft: policyEntry(change), caseId: null, outgoing: null })));
    const reasons = [...new Set(changes.flatMap(({ releases }) => releases))];
    const at = changes[0]?.appliedAt ?? new Date(0);
    if (reasons.length > 0) await queueAgain(client, reasons, at);
    await tryHeldAgain(client, at);
    await ring(client, 'register');
  });

/** The log names the hash of what holds from now on; the text of an earlier version stays in its own row. */
const policyEntry = (change: RegisterChange): EntryDraft => ({
  facts: {
    id: change.entryId,
    kind: 'policy',
    at: change.appliedAt.toISOString(),
    policy: bodySha256(change).toString('hex'),
    code: `${change.kind}.${change.version === 1 ? 'new' : 'changed'}`,
    schema: `${change.kind}/${change.key}@${change.version}`,
  },
  subjects: [],
  reason: null,
  payload: null,
  detail: { by: change.appliedBy },
});

const bodySha256 = ({ body }: RegisterChange): Buffer => createHash('sha256').update(JSON.stringify(body)).digest();

const insert = async (client: Queryable, change: RegisterChange): Promise<void> => {
  await client.query(
    `insert into register_version (kind, key, version, body, sha256, applied_at, applied_by, entry_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [change.kind, change.key, change.version, JSON.stringify(change.body), bodySha256(change), change.appliedAt, change.appliedBy, change.entryId],
  );
};

/** Queues every message with a hold for one of these reasons to be decided anew. */
export const queueAgain = async (client: Queryable, reasons: readonly string[], at: Date): Promise<void> => {
  await client.query(
    `insert into queue (kind, ref, event, lane, due_at)
     select distinct 'disclose', decision.message_id, decision.event, message.case_id::text, $2::timestamptz
     from decision join message on message.id = decision.message_id
     where decision.kind = 'hold' and decision.reason = any($1)
     on conflict do nothing`,
    [reasons, at],
  );
  await ring(client, 'disclose');
};

const tryHeldAgain = async (client: Queryable, at: Date): Promise<void> => {
  // Opened again when the next try finds the same fault.
  await client.query(
    "update task set closed_at = $1 where kind in ('certificate', 'stopped') and closed_at is null and ref in (select mid::text from delivery where state = 'held')",
    [at],
  );
  await client.query("update delivery set state = 'waiting', since = $1 where state = 'held' and cause <> 'not-as-logged'", [at]);
  await client.query(
    `insert into queue (kind, ref, lane, due_at)
     select 'deliver', mid, recipient, $1 from delivery where state = 'waiting' on conflict do nothing`,
    [at],
  );
  await ring(client, 'deliver');
};
