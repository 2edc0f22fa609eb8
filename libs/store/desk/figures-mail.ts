import { nextMonthAt, noticeLimits } from '@ketensluis/domain';
import type { DueFigures, FiguresStore, FiguresWish } from '@ketensluis/flow';
import type pg from 'pg';
import { prepared } from '../statement.js';

/** How long counting and sending may take before somebody else tries it. */
const leaseMs = 30 * 60_000;

/** PostgreSQL behind who gets the figures of a municipality each month. */
export const createFiguresMail = (pool: pg.Pool): FiguresStore => ({
  find: async (account) => (await pool.query<FiguresWish>(prepared('select account, party, address, language from figures_mail where account = $1', [account]))).rows[0] ?? null,
  save: async ({ account, party, address, language }, at) => {
    await pool.query(
      `insert into figures_mail (account, party, address, language, signed_in_at, due_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (account) do update set party = excluded.party, address = excluded.address, language = excluded.language, signed_in_at = excluded.signed_in_at, due_at = excluded.due_at`,
      [account, party, address, language, at, nextMonthAt(at)]);
  },
  end: async (account) => void (await pool.query('delete from figures_mail where account = $1', [account])),
  claim: async (at) => {
    await pool.query(prepared('delete from figures_mail where signed_in_at < $1', [new Date(at.getTime() - noticeLimits.awayMs)]));
    const { rows } = await pool.query<DueFigures>(prepared(
      `update figures_mail set due_at = $2 from (select account, due_at from figures_mail where due_at <= $1 order by due_at limit 1 for update skip locked) was
       where figures_mail.account = was.account
       returning figures_mail.account, party, address, language, was.due_at as "dueAt",
         left(encode(sha256(convert_to(figures_mail.account || ' ' || to_char(was.due_at at time zone 'UTC', 'YYYY-MM'), 'UTF8')), 'hex'), 32) as ref`,
      [at, new Date(at.getTime() + leaseMs)]));
    return rows[0] ?? null;
  },
  settle: async ({ account, party, address, language }, dueAt) => {
    await pool.query(prepared('update figures_mail set due_at = $5 where account = $1 and party = $2 and address = $3 and language = $4', [account, party, address, language, dueAt]));
  },
});

/** Somebody signed in: whoever works for this municipality no more gets its figures no more. `party`: null for whoever may not see any. */
export const renewFigures = async (pool: pg.Pool, { account, party }: { readonly account: string; readonly party: string | null }, at: Date): Promise<void> => {
  await pool.query(prepared('delete from figures_mail where account = $1 and party is distinct from $2', [account, party]));
  await pool.query(prepared('update figures_mail set signed_in_at = $2 where account = $1', [account, at]));
};
