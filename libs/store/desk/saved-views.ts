import type pg from 'pg';
import { isUuid, uuidV7 } from '../ids.js';
import { inTransaction } from '../pool.js';
import { prepared } from '../statement.js';

/** Filters of a list that somebody keeps under a name. */
export interface SavedView {
  readonly id: string;
  readonly name: string;
  /** As in an address, without the question mark. */
  readonly query: string;
}

/** What is to be kept. */
export interface WantedView {
  readonly account: string;
  readonly page: string;
  readonly name: string;
  readonly query: string;
}

/** Most views of one list for one person. */
const viewsMax = 20;

/** PostgreSQL behind the views people keep; each sees none but his own. */
export const createSavedViews = (pool: pg.Pool) => ({
  list: async (account: string, page: string): Promise<readonly SavedView[]> =>
    (await pool.query<SavedView>(prepared('select id, name, query from saved_view where account = $1 and page = $2 order by lower(name), id', [account, page]))).rows,
  /** Under a name that was there already the filters are replaced; false when there are too many. */
  save: ({ account, page, name, query }: WantedView, at: Date): Promise<boolean> => inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`saved_view ${account}`]);
    const { rowCount } = await client.query(
      `insert into saved_view (id, account, page, name, query, made_at)
       select $1, $2, $3, $4, $5, $6 where exists (select from saved_view where account = $2 and page = $3 and name = $4) or (select count(*) from saved_view where account = $2 and page = $3) < $7
       on conflict (account, page, name) do update set query = excluded.query, made_at = excluded.made_at`,
      [uuidV7(at), account, page, name, query, at, viewsMax]);
    return rowCount === 1;
  }),
  /** The page it was of; null when this person has no such view. */
  drop: async (account: string, id: string): Promise<string | null> => {
    if (!isUuid(id)) return null;
    return (await pool.query<{ page: string }>('delete from saved_view where id = $1 and account = $2 returning page', [id, account])).rows[0]?.page ?? null;
  },
});
