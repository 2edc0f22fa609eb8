import type { EntryDraft } from '@ketensluis/flow';
import { parseLeaf } from '@ketensluis/tlog';
import type pg from 'pg';
import { ring } from './bell.js';
import { isDutyOfTask } from './duty-task.js';
import { uuidV7 } from './ids.js';
import { proveAgain } from './later-proofs.js';
import { periodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';
import type { Vault } from './vault.js';

/** Something a person must look at; `ref` is what the commands take. */
export interface OpenTask {
  readonly kind: string;
  readonly ref: string;
  readonly party: string | null;
  readonly cause: string;
  readonly openedAt: Date;
  /** For a duty that is late: its case and key, as the commands take them. */
  readonly duty: string | null;
}

/** Something the law orders that is not done yet. */
export interface OpenDuty {
  readonly caseNumber: string;
  readonly key: string;
  readonly article: string;
  readonly bearer: string;
  readonly toward: string;
  readonly authority: string;
  readonly dueAt: Date | null;
}

/** Every open task, oldest first. */
export const openTasks = async (client: Queryable): Promise<readonly OpenTask[]> => {
  const { rows } = await client.query<OpenTask>(
    `select kind, ref, party, cause, task.opened_at as "openedAt", municipality || '/' || case_file.number || ' ' || duty.name as duty
     from task
     left join duty on ${isDutyOfTask}
     left join case_file on case_file.id = duty.case_id
     where task.closed_at is null order by task.opened_at, task.id`,
  );
  return rows;
};

/** Every open duty, first deadline first. */
export const openDuties = async (client: Queryable): Promise<readonly OpenDuty[]> => {
  const { rows } = await client.query<OpenDuty>(
    `select case_file.municipality || '/' || case_file.number as "caseNumber", duty.name as key, duty.article, duty.bearer, duty.toward, duty.authority, duty.due_at as "dueAt"
     from duty join case_file on case_file.id = duty.case_id where duty.closed_at is null order by duty.due_at nulls last, case_file.number, duty.key`,
  );
  return rows;
};

/** Lets a parked case go on from the message it stopped at; false when no parked message has this id. */
export const releaseParked = (pool: pg.Pool, messageId: string, at: Date): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      "update queue set parked_code = null, attempts = 0, lease_until = null, due_at = $2 where kind = 'disclose' and ref = $1 and parked_code is not null",
      [messageId, at],
    );
    if (rowCount === 0) return false;
    await client.query("update message set state = 'accepted' where id = $1 and state = 'parked'", [messageId]);
    await closeTask(client, 'parked-case', messageId, at);
    await ring(client, 'disclose');
    return true;
  });

/** Tries a dead or held delivery again, under the same id, or the proof it is owed; false when there is neither. */
export const retryDelivery = async (pool: pg.Pool, mid: string, at: Date): Promise<boolean> => (await inTransaction(pool, (client) => bringAgain(client, mid, at))) || (await proveAgain(pool, mid, at));

/** The same for a delivery only, within the caller's transaction. */
export const bringAgain = async (client: Queryable, mid: string, at: Date): Promise<boolean> => {
  const { rows } = await client.query<{ recipient: string }>(
    `update delivery set state = 'waiting', cause = null, finished_at = null, since = $2
     where mid = $1 and state in ('dead', 'held') and not exists (select from message where id = message_id and replaced_by is not null) returning recipient`,
    [mid, at],
  );
  const [row] = rows;
  if (row === undefined) return false;
  await client.query("insert into queue (kind, ref, lane, due_at) values ('deliver', $1, $2, $3) on conflict do nothing", [mid, row.recipient, at]);
  for (const kind of ['dead-letter', 'certificate', 'stopped', 'undelivered', 'undelivered-privacy']) await closeTask(client, kind, mid, at);
  await ring(client, 'deliver');
  return true;
};

/** Closes a task of which a person says that it is done; false when it is not open. */
export const closeTask = async (client: Queryable, kind: string, ref: string, at: Date): Promise<boolean> => {
  const { rowCount } = await client.query('update task set closed_at = $3 where kind = $1 and ref = $2 and closed_at is null', [kind, ref, at]);
  return rowCount === 1;
};

/** An act outside the hub, told to it: who did it, in which function, and how. */
export interface OutsideAct {
  readonly municipality: string;
  readonly number: string;
  /** Key of the duty; with `@` and the OIN of the party behind it where the same is owed to several. */
  readonly key: string;
  readonly by: string;
  readonly how: string;
  readonly at: Date;
}

/**
 * Closes a duty that was done outside the hub. When a disclosure was held for it, the log gets the outcome of that hold (I3, I9).
 * False when the case has no such open duty.
 */
export const recordOutsideAct = (pool: pg.Pool, vault: Vault, act: OutsideAct): Promise<boolean> =>
  inTransaction(pool, async (client) => {
    const { rows } = await client.query<ClosedDuty>(
      `update duty set closed_at = $4, closed_by = 'outside:' || $5 from case_file
       where case_file.id = duty.case_id and municipality = $1 and number = $2 and closed_at is null
         and (name = $3 or (key = $3 and not exists (
           select from duty other where other.case_id = duty.case_id and other.key = duty.key and other.name <> duty.name and other.closed_at is null)))
       returning duty.case_id, duty.name, duty.rule, duty.toward, duty.recipient, duty.message_id`,
      [act.municipality, act.number, act.key, act.at, act.by],
    );
    const [duty] = rows;
    if (duty === undefined) return false;
    await closeTask(client, 'duty-late', `${duty.case_id}/${duty.name}`, act.at);
    const hold = await findHold(client, duty);
    if (hold === null) return true;
    const draft: EntryDraft = {
      facts: { id: uuidV7(act.at), kind: 'outcome', at: act.at.toISOString(), ref: hold, code: 'done-outside-hub', toRole: duty.toward },
      subjects: [],
      reason: act.how,
      payload: null,
      detail: { by: act.by, duty: act.key },
    };
    await recordDrafts(client, periodKeys(vault), [{ draft, caseId: duty.case_id, outgoing: null }]);
    return true;
  });

interface ClosedDuty {
  readonly case_id: string;
  readonly name: string;
  readonly rule: string;
  readonly toward: string;
  readonly recipient: string;
  readonly message_id: string;
}

/**
 * The entry of the hold this duty is about: under its rule, for its party (or the role, where nobody is connected), of the message that opened
 * it; else of the last one after it, as when what was told by word of mouth waits again in writing. Null when nothing waits for it.
 */
const findHold = async (client: Queryable, { case_id, rule, toward, recipient, message_id }: ClosedDuty): Promise<string | null> => {
  const { rows } = await client.query<{ entry_id: string; leaf: Buffer }>(
    `select decision.entry_id, entry.leaf from decision join message on message.id = decision.message_id
     cross join lateral (select leaf from entry where id = decision.entry_id limit 1) entry
     where message.case_id = $1 and decision.kind = 'hold' and decision.recipient = $2
     order by decision.message_id = $3 desc, decision.decided_at desc`,
    [case_id, recipient === '' ? toward : recipient, message_id],
  );
  const hold = rows.find(({ leaf }) => {
    const parsed = parseLeaf(leaf);
    return parsed.kind === 'leaf' && parsed.leaf.rule === rule;
  });
  return hold?.entry_id ?? null;
};
