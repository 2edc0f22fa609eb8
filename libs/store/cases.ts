import type { CaseFile } from '@ketensluis/domain';
import { caseFileSchema, onwardEvents, type OnwardEvent } from '@ketensluis/domain';
import type { DisclosureJob, LoadedMessage } from '@ketensluis/flow';
import type pg from 'pg';
import { messageFrom, messagePlace } from './intake.js';
import { inTransaction, type Queryable } from './pool.js';
import { prepared } from './statement.js';
import { decrypt, type DataKey, type Vault } from './vault.js';

/** A claimed job that is not finished within this time is claimed again; only a crash gets that far. */
const leaseSeconds = 60;

/** Claims the next job whose case is free: a job is hidden by every earlier one of its case, also by a parked one (I14). */
export const claimMessage = async (client: Queryable, at: Date): Promise<DisclosureJob | null> => {
  const { rows } = await client.query<{ id: string; ref: string; event: string; attempts: number }>(prepared(
    `update queue set lease_until = now() + make_interval(secs => $2), attempts = attempts + 1
     where id = (
       select waiting.id from queue waiting
       where waiting.kind = 'disclose' and waiting.parked_code is null and waiting.due_at <= $1
         and (waiting.lease_until is null or waiting.lease_until < now())
         and not exists (
           select from queue earlier where earlier.kind = 'disclose' and earlier.lane = waiting.lane and earlier.id < waiting.id)
       order by waiting.id limit 1 for update skip locked)
     returning id, ref, event, attempts`,
    [at, leaseSeconds],
  ));
  const [row] = rows;
  return row === undefined ? null : { job: row.id, messageId: row.ref, event: asOnward(row.event), attempts: row.attempts };
};

const asOnward = (event: string): OnwardEvent | null => {
  if (event === '') return null;
  if (!Object.hasOwn(onwardEvents, event)) throw new Error('bug: unknown event in the queue');
  return event as OnwardEvent;
};

/** The case a job is about, locked for the rest of the transaction. */
export interface LockedCase {
  readonly id: string;
  readonly key: DataKey;
  readonly loaded: LoadedMessage;
}

/** Locks job and case and opens what is stored; null when the job is gone because somebody else finished it. */
export const lockCase = async (client: Queryable, vault: Vault, job: DisclosureJob): Promise<LockedCase | null> => {
  const { rows } = await client.query<CaseRow>(prepared(
    `select case_file.id as case_id, case_file.wrapped_key, case_file.body as file, message.body, message.received_at, message.state,
       array(select recipient from decision where message_id = message.id and event = $2 and kind = 'hold') as held,
       exists (select from decision where message_id = message.id and event = $2) as decided
     from queue join message on message.id = queue.ref join case_file on case_file.id = message.case_id
     where queue.id = $1 for no key update of queue, case_file`,
    [job.job, job.event ?? ''],
  ));
  const [row] = rows;
  if (row === undefined) return goneJob(client, job);
  const key = vault.unwrap(row.wrapped_key);
  const message = { ...messageFrom(decrypt(key, row.body, messagePlace(job.messageId))), receivedAt: row.received_at };
  const again = job.event === null ? row.state === 'applied' : row.decided;
  return {
    id: row.case_id,
    key,
    loaded: {
      id: job.messageId,
      message,
      file: row.file === null ? null : fileFrom(decrypt(key, row.file, casePlace(row.case_id))),
      event: job.event,
      held: again ? new Set(row.held) : null,
    },
  };
};

const goneJob = async (client: Queryable, { job }: DisclosureJob): Promise<null> => {
  const { rowCount } = await client.query('select from queue where id = $1', [job]);
  if (rowCount !== 0) throw new Error('bug: a queued message is not there');
  return null;
};

interface CaseRow {
  readonly case_id: string;
  readonly wrapped_key: Buffer;
  readonly file: Buffer | null;
  readonly body: Buffer;
  readonly received_at: Date;
  readonly state: string;
  readonly held: readonly string[];
  readonly decided: boolean;
}

/** Names the row an encrypted case belongs to. */
export const casePlace = (caseId: string): string => `case:${caseId}`;

const fileFrom = (json: Buffer): CaseFile => caseFileSchema.parse(JSON.parse(json.toString('utf8')));

/** Parks a job at the head of its case: nothing of this case goes on until a person looks, and nothing else is touched (I14). */
export const parkMessage = (pool: pg.Pool, job: DisclosureJob, code: string, task: (client: Queryable) => Promise<void>): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('update queue set parked_code = $2, lease_until = null where id = $1', [job.job, code]);
    await client.query("update message set state = 'parked' where id = $1 and state = 'accepted'", [job.messageId]);
    await task(client);
  });


/** Frees a job for a later claim. */
export const postponeMessage = async (client: Queryable, job: DisclosureJob, at: Date): Promise<void> => {
  await client.query('update queue set lease_until = null, due_at = $2 where id = $1', [job.job, at]);
};
