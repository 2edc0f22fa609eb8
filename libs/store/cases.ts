import type { CaseFile } from '@ketensluis/domain';
import { caseFileSchema } from '@ketensluis/domain';
import type { ClaimTerms, DisclosureJob, LoadedMessage } from '@ketensluis/flow';
import type pg from 'pg';
import { asOnward } from './event-word.js';
import { messageFrom, messagePlace } from './intake.js';
import { findOriginal } from './original.js';
import { loadNecessity } from './necessity.js';
import { inTransaction, type Queryable } from './pool.js';
import { registerLock } from './register.js';
import { prepared } from './statement.js';
import { decrypt, type DataKey, type Vault } from './vault.js';

/**
 * From the claim to the lock of the transaction that decides; from there on the row is locked, and a claim passes over what is locked, however long it takes. So
 * what a process had in hand when it was killed is another's this soon. Where that comes too soon both find out by the lock: the job is gone for the second.
 */
const leaseSeconds = 3;

/**
 * Claims the next jobs whose cases are free: a job is hidden by every earlier one of its case, also by a parked one (I14). None while other registers hold
 * than those of `mark`.
 */
export const claimMessages = async (client: Queryable, at: Date, { most, mark, only }: ClaimTerms): Promise<readonly DisclosureJob[]> => {
  const values = [at, leaseSeconds, most, mark];
  const { rows } = await client.query<{ id: string; ref: string; event: string; attempts: number }>(
    only === undefined ? prepared(claimAny, values) : prepared(claimAmong, [...values, only]),
  );
  return rows.map((row) => ({ job: row.id, messageId: row.ref, event: asOnward(row.event), attempts: row.attempts })).sort((a, b) => Number(a.job) - Number(b.job));
};

// Two texts, because each is planned once: whoever has ids goes by them, whoever has none by the order of what waits.
const claimWhere = (among: string): string => `update queue set lease_until = now() + make_interval(secs => $2), attempts = attempts + 1
     where id = any(array(
       select waiting.id from queue waiting
       where waiting.kind = 'disclose' and waiting.parked_code is null and waiting.due_at <= $1${among}
         and (waiting.lease_until is null or waiting.lease_until < now())
         and waiting.id = (select first.id from queue first where first.kind = 'disclose' and first.lane = waiting.lane order by first.id limit 1)
         and (select registers from current_mark) = $4
       order by waiting.id limit $3 for update skip locked))
     returning id, ref, event, attempts`;
const claimAny = claimWhere('');
const claimAmong = claimWhere(' and waiting.id = any($5::bigint[])');

/** The case a job is about, locked for the rest of the transaction. */
export interface LockedCase {
  readonly id: string;
  readonly key: DataKey;
  readonly job: DisclosureJob;
  readonly loaded: LoadedMessage;
}

/** Begins a transaction that keeps the registers as they are. What it reads from the next statement on is what holds until it ends. */
export const beginUnderRegisters = `begin; select pg_advisory_xact_lock_shared(${registerLock})`;

/** The cases of jobs that are still there, and the mark of the registers they are decided by. */
export interface LockedCases {
  readonly rows: readonly { readonly job: DisclosureJob; readonly row: CaseRow }[];
  readonly mark: string;
}

/** Locks jobs and cases; a job that is gone was finished by somebody else. */
export const lockCases = async (client: Queryable, jobs: readonly DisclosureJob[]): Promise<LockedCases> => {
  const { rows } = await client.query<CaseRow & { readonly job: string; readonly mark: string }>(prepared(
    `select queue.id as job, case_file.id as case_id, case_file.wrapped_key, case_file.body as file, message.body, message.received_at, message.state,
       message.replaced_by is not null as is_replaced,
       array(select recipient from decision where message_id = message.id and decision.event = queue.event and kind = 'hold') as held,
       array(select recipient from decision where message_id = message.id and decision.event = queue.event and kind <> 'hold') as settled,
       (select registers from current_mark) as mark
     from queue join message on message.id = queue.ref join case_file on case_file.id = message.case_id
     where queue.id = any($1::bigint[]) order by queue.id for no key update of queue, case_file`,
    [jobs.map(({ job }) => job)],
  ));
  const found = jobs.map((job) => ({ job, row: rows.find((row) => row.job === job.job) }));
  for (const { job, row } of found) if (row === undefined) await demandGone(client, job);
  return { rows: found.flatMap(({ job, row }) => (row === undefined ? [] : [{ job, row }])), mark: rows[0]?.mark ?? '' };
};

/** Opens what is stored of a locked case. */
export const openLocked = async (client: Queryable, vault: Vault, { job, row }: LockedCases['rows'][number]): Promise<LockedCase> => {
  const key = vault.unwrap(row.wrapped_key);
  const message = { ...messageFrom(decrypt(key, row.body, messagePlace(job.messageId))), receivedAt: row.received_at };
  const again = job.event === null ? row.state === 'applied' : row.held.length + row.settled.length > 0;
  return {
    id: row.case_id,
    key,
    job,
    loaded: {
      id: job.messageId,
      message,
      file: row.file === null ? null : fileFrom(decrypt(key, row.file, casePlace(row.case_id))),
      event: job.event,
      held: again ? new Set(row.held) : null,
      settled: new Set(row.settled),
      original: await findOriginal(client, key, row.case_id, message),
      isReplaced: row.is_replaced,
      // A reason is given for what waits, so a message that comes for the first time has none.
      necessity: again || job.event !== null ? await loadNecessity(client, key, { messageId: job.messageId, senderId: message.id }) : [],
    },
  };
};

const demandGone = async (client: Queryable, { job }: DisclosureJob): Promise<void> => {
  const { rowCount } = await client.query('select from queue where id = $1', [job]);
  if (rowCount !== 0) throw new Error('bug: a queued message is not there');
};

interface CaseRow {
  readonly case_id: string;
  readonly wrapped_key: Buffer;
  readonly file: Buffer | null;
  readonly body: Buffer;
  readonly received_at: Date;
  readonly state: string;
  readonly is_replaced: boolean;
  readonly held: readonly string[];
  readonly settled: readonly string[];
}

/** Names the row an encrypted case belongs to. */
export const casePlace = (caseId: string): string => `case:${caseId}`;

/** A case as it was stored. Throws when it is none. */
export const fileFrom = (json: Buffer): CaseFile => caseFileSchema.parse(JSON.parse(json.toString('utf8')));

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
