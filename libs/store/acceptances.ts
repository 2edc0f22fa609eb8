import type { AcceptanceStore, AskedAcceptance, CheckResult } from '@ketensluis/flow';
import type pg from 'pg';
import { ring } from './bell.js';
import { uuidV7 } from './ids.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';

/** Longer than a run may take; only a crash gets that far. */
const leaseSeconds = 300;

/** A run and how it ended; `results` is null while it is under way. */
export interface AcceptanceRun extends AskedAcceptance {
  readonly askedAt: Date;
  readonly finishedAt: Date | null;
  readonly passed: boolean | null;
  readonly results: readonly CheckResult[] | null;
  readonly entryId: string | null;
}

/** Asks for a run; a worker takes it up at once. Returns its id. */
export const askAcceptance = (pool: pg.Pool, asked: { readonly party: string; readonly by: string }, at: Date): Promise<string> =>
  inTransaction(pool, async (client) => {
    const id = uuidV7(at);
    await client.query('insert into acceptance (id, party, asked_by, asked_at) values ($1, $2, $3, $4)', [id, asked.party, asked.by, at]);
    await ring(client, 'register');
    return id;
  });

const columns = 'id, party, asked_by as "askedBy", asked_at as "askedAt", finished_at as "finishedAt", passed, checks as results, entry_id as "entryId"';

/** One run, or null. */
export const findAcceptance = async (client: Queryable, id: string): Promise<AcceptanceRun | null> => {
  const { rows } = await client.query<AcceptanceRun>(`select ${columns} from acceptance where id = $1`, [id]);
  return rows[0] ?? null;
};

/** The last finished run of a party, or null. */
export const lastAcceptance = async (client: Queryable, party: string): Promise<AcceptanceRun | null> => {
  const { rows } = await client.query<AcceptanceRun>(`select ${columns} from acceptance where party = $1 and finished_at is not null order by finished_at desc limit 1`, [party]);
  return rows[0] ?? null;
};

/** Runs over one pool. */
export const createAcceptanceStore = (pool: pg.Pool, keys: PeriodKeys): AcceptanceStore => ({
  claim: async () => {
    const { rows } = await pool.query<AskedAcceptance>(
      `update acceptance set lease_until = now() + make_interval(secs => $1) where id = (
         select id from acceptance where finished_at is null and (lease_until is null or lease_until < now()) order by asked_at limit 1 for update skip locked)
       returning id, party, asked_by as "askedBy"`,
      [leaseSeconds],
    );
    return rows[0] ?? null;
  },
  hasCredentials: async (party, at) => {
    const { rows } = await pool.query<{ has: boolean }>(
      `select exists (select from api_client where oin = $1 and revoked_at is null)
         or exists (select from webhook_key where party = $1 and direction = 'from-party' and active_from <= $2 and (ends_at is null or ends_at > $2)) as has`,
      [party, at],
    );
    return rows[0]?.has === true;
  },
  finish: (run, results, entry, at) =>
    inTransaction(pool, async (client) => {
      await recordDrafts(client, keys, [{ draft: entry, caseId: null, outgoing: null }]);
      await client.query('update acceptance set finished_at = $2, passed = $3, checks = $4, entry_id = $5, lease_until = null where id = $1 and finished_at is null', [
        run.id, at, results.every(({ result }) => result !== 'failed'), JSON.stringify(results), entry.facts.id,
      ]);
    }),
});
