import { nextNoticeAt } from '@ketensluis/domain';
import type pg from 'pg';
import { prepared } from './statement.js';

/** One thing the operator was told of. */
export interface ToldFinding {
  readonly code: string;
  readonly level: 'bad' | 'wait';
  readonly about: string | null;
  readonly count: number | null;
  readonly at: Date | null;
}

/** Longer than looking and mailing take; a process that died in the middle has let go by then, and a mail that was not taken is tried again. */
const leaseMs = 30 * 60_000;

/** Keeps what the operator was told, and when it is time again. */
export interface OperatorMailStore {
  /** What was told last, when a mail is due; null otherwise. Of two that ask at once one gets it. The first mail is due in the morning after the first question. */
  readonly claim: (at: Date) => Promise<readonly ToldFinding[] | null>;
  /** From now on this counts as told, until the next morning. */
  readonly settle: (told: readonly ToldFinding[], at: Date) => Promise<void>;
}

/** PostgreSQL behind it. */
export const createOperatorMail = (pool: pg.Pool): OperatorMailStore => ({
  claim: async (at) => {
    await pool.query(prepared('insert into operator_mail (due_at) values ($1) on conflict do nothing', [nextNoticeAt('daily', at)]));
    const { rows: [row] } = await pool.query<{ told: readonly (Omit<ToldFinding, 'at'> & { readonly at: string | null })[] }>(
      prepared('update operator_mail set due_at = $2 where due_at <= $1 returning told', [at, new Date(at.getTime() + leaseMs)]));
    return row === undefined ? null : row.told.map((one) => ({ ...one, at: one.at === null ? null : new Date(one.at) }));
  },
  settle: async (told, at) => {
    const kept = told.map(({ code, level, about, count, at: since }) => ({ code, level, about, count, at: since }));
    await pool.query(prepared('update operator_mail set told = $1::jsonb, due_at = $2', [JSON.stringify(kept), nextNoticeAt('daily', at)]));
  },
});
