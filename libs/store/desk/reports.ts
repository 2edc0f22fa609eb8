import { reportKeptDays, reportSteps, type PersonAsked, type ReportKind } from '@ketensluis/domain';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { uuidV7 } from '../ids.js';
import { monthOf, periodKeys, type PeriodKeys } from '../period-keys.js';
import { inTransaction } from '../pool.js';
import { prepared } from '../statement.js';
import { decrypt, encrypt, type Vault } from '../vault.js';
import { openPersons, sealPersons } from './audit.js';

/** How far a report is. */
export type ReportState = 'waiting' | 'running' | 'done' | 'failed' | 'stopped';

/** A report somebody asked for, as its list shows it; nothing in it is about a person. */
export interface ReportTask {
  readonly id: string;
  readonly kind: ReportKind;
  readonly account: string;
  readonly party: string;
  readonly purpose: string;
  readonly from: Date;
  readonly to: Date;
  readonly state: ReportState;
  readonly step: number;
  readonly steps: number;
  readonly madeAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** How many entries the log had that it is about. */
  readonly size: number | null;
  readonly outcome: string | null;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

/** What somebody asks for. */
export type ReportAsked = Pick<ReportTask, 'kind' | 'account' | 'party' | 'purpose' | 'from' | 'to'> & { readonly persons: readonly PersonAsked[] };

/** A report to be made now; `attempt` is the lease: with an older one nothing can be written. */
export interface ClaimedReport {
  readonly task: ReportTask;
  readonly persons: readonly PersonAsked[];
  readonly attempt: number;
}

const leaseMs = 60_000;
/** Not made after so many tries, it never will be: somebody has to look. */
const attemptsMax = 3;
const dayMs = 86_400_000;

const columns = `id, kind, account, party, purpose, from_at as "from", to_at as "to", state, step, steps, made_at as "madeAt", started_at as "startedAt", ended_at as "endedAt", size::float8 as size, outcome,
  (select coalesce(jsonb_agg(jsonb_build_object('path', path, 'bytes', bytes, 'sha256', encode(sha256, 'hex')) order by path), '[]') from report_file where task_id = report_task.id) as files`;

interface ClaimedRow extends ReportTask {
  readonly attempts: number;
  readonly key_id: string | null;
  readonly sealed: Buffer | null;
}

/** Reports that were asked for: they go on after a restart, and their files are encrypted under the key of the month. */
export const createReports = (pool: pg.Pool, vault: Vault) => {
  const keys = periodKeys(vault);
  return { ...asking(pool, keys), ...making(pool, keys) };
};

/** What keeps reports. */
export type Reports = ReturnType<typeof createReports>;

/** What people do. */
const asking = (pool: pg.Pool, keys: PeriodKeys) => ({
  ask: async ({ persons, ...asked }: ReportAsked, at: Date): Promise<string> => {
    const id = uuidV7(at);
    const sealed = persons.length === 0 ? null : await sealPersons(keys, pool, { persons, place: `report:${id}`, at });
    await pool.query(
      'insert into report_task (id, kind, account, party, purpose, from_at, to_at, key_id, sealed, steps, made_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)',
      [id, asked.kind, asked.account, asked.party, asked.purpose, asked.from, asked.to, sealed?.keyId ?? null, sealed?.sealed ?? null, reportSteps[asked.kind], at],
    );
    return id;
  },

  /** Those of a party, newest first; `before` is the last one shown. */
  list: async (party: string, { before, limit }: { readonly before: string | null; readonly limit: number }): Promise<readonly ReportTask[]> => {
    const { rows } = await pool.query<ReportTask>(prepared(`select ${columns} from report_task where party = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`, [party, before, limit]));
    return rows;
  },

  find: async (id: string, party: string): Promise<ReportTask | null> => {
    const { rows } = await pool.query<ReportTask>(prepared(`select ${columns} from report_task where id = $1 and party = $2`, [id, party]));
    return rows[0] ?? null;
  },

  /** Stops one that is not done; false when there is none to stop. */
  stop: async (id: string, party: string, at: Date): Promise<boolean> => {
    const { rowCount } = await pool.query(
      "update report_task set state = 'stopped', ended_at = $3, leased_until = null, key_id = null, sealed = null where id = $1 and party = $2 and state in ('waiting', 'running')", [id, party, at],
    );
    return rowCount === 1;
  },

  /** A file of a report of this party; null when there is none, or none any more. */
  file: async (id: string, party: string, path: string): Promise<Uint8Array | null> => {
    const { rows: [row] } = await pool.query<{ key_id: string; sealed: Buffer }>(
      'select f.key_id, f.sealed from report_file f join report_task t on t.id = f.task_id where t.id = $1 and t.party = $2 and f.path = $3', [id, party, path],
    );
    const key = row === undefined ? null : await keys.find(row.key_id, pool);
    return row === undefined || key === null ? null : decrypt(key, row.sealed, `report:${id}:${path}`);
  },
});

/** What the process does that makes them. */
const making = (pool: pg.Pool, keys: PeriodKeys) => ({
  /** Takes the oldest that waits, or of which the lease ran out with the process that had it. */
  claim: async (at: Date): Promise<ClaimedReport | null> => {
    await pool.query(
      `update report_task set state = 'failed', ended_at = $1, key_id = null, sealed = null, outcome = 'fault' where state = 'running' and leased_until < $1 and attempts >= $2`, [at, attemptsMax],
    );
    const { rows: [row] } = await pool.query<ClaimedRow>(
      `update report_task set state = 'running', step = 0, attempts = attempts + 1, leased_until = $2, started_at = coalesce(started_at, $1)
       where id = (select id from report_task where state = 'waiting' or (state = 'running' and leased_until < $1) order by id limit 1 for update skip locked)
       returning ${columns}, attempts, key_id, sealed`,
      [at, new Date(at.getTime() + leaseMs)],
    );
    if (row === undefined) return null;
    const { attempts, key_id: keyId, sealed, ...task } = row;
    const persons = keyId === null || sealed === null ? [] : await openPersons(keys, pool, { keyId, sealed, place: `report:${task.id}` });
    return { task, persons: persons ?? [], attempt: attempts };
  },

  /** One step further, and the lease with it; false when it was stopped, or is somebody else's by now. `step` null: only the lease. */
  proceed: async ({ task, attempt }: ClaimedReport, step: number | null, at: Date): Promise<boolean> => {
    const { rowCount } = await pool.query(prepared(
      "update report_task set step = coalesce($3, step), leased_until = $4 where id = $1 and attempts = $2 and state = 'running'", [task.id, attempt, step, new Date(at.getTime() + leaseMs)],
    ));
    return rowCount === 1;
  },

  /** Keeps the files and says that it is done, in one commit; of one that was stopped nothing is kept. */
  finish: ({ task, attempt }: ClaimedReport, made: { readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[]; readonly size: number; readonly outcome: string | null }, at: Date): Promise<void> =>
    inTransaction(pool, async (client) => {
      const { rowCount } = await client.query(
        `update report_task set state = 'done', step = steps, ended_at = $3, leased_until = null, key_id = null, sealed = null, size = $4, outcome = $5 where id = $1 and attempts = $2 and state = 'running'`,
        [task.id, attempt, at, made.size, made.outcome],
      );
      if (rowCount !== 1) return;
      const keyId = monthOf(at);
      const key = await keys.of(keyId, client, at);
      for (const { path, bytes } of made.files) {
        await client.query('insert into report_file (task_id, path, bytes, sha256, key_id, sealed) values ($1, $2, $3, $4, $5, $6)', [
          task.id, path, bytes.length, createHash('sha256').update(bytes).digest(), keyId, encrypt(key, bytes, `report:${task.id}:${path}`),
        ]);
      }
    }),

  /** Says that it cannot be made, by a code; a fault is tried again a few times. */
  fail: async ({ task, attempt }: ClaimedReport, outcome: string, at: Date): Promise<void> => {
    const isFinal = outcome !== 'fault' || attempt >= attemptsMax;
    await pool.query(
      isFinal
        ? "update report_task set state = 'failed', ended_at = $3, leased_until = null, key_id = null, sealed = null, outcome = $4 where id = $1 and attempts = $2 and state = 'running'"
        : "update report_task set state = 'waiting', leased_until = null, step = 0, outcome = $4 where id = $1 and attempts = $2 and state = 'running' and $3::timestamptz is not null",
      [task.id, attempt, at, outcome],
    );
  },

  /** Destroys what was kept long enough, files and all. */
  tidy: async (at: Date): Promise<void> => {
    await pool.query('delete from report_task where ended_at <= $1', [new Date(at.getTime() - reportKeptDays * dayMs)]);
  },
});
