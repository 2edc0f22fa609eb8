import type { Warning } from '@ketensluis/domain';
import type pg from 'pg';
import { uuidV7 } from './ids.js';
import { inTransaction } from './pool.js';

/**
 * One task for each thing that ends and each step it reached, made once: what a person closed stays closed until the next step. A step takes the place
 * of the one before it; tasks about what does not end any more are closed. A hub whose clock is behind closes nothing that another one reached: what is
 * closed is not told again, until it is about another end: that of the next list from the same address. Returns how many are new.
 */
export const saveWarnings = (pool: pg.Pool, warnings: readonly Warning[], at: Date): Promise<number> =>
  inTransaction(pool, async (client) => {
    await client.query(
      `update task set closed_at = $1 where kind = 'expiry' and closed_at is null and not exists (
         select from unnest($2::text[], $3::int[]) as now (thing, step) where regexp_replace(ref, '/[0-9]+$', '') = thing and substring(ref from '[0-9]+$')::int <= step)`,
      [at, warnings.map(({ ref }) => ref), warnings.map(({ step }) => step)],
    );
    let made = 0;
    for (const { ref, party, what, step, endsAt } of warnings) {
      const cause = `${what} ${step === 0 ? 'ended' : 'ends'} ${endsAt.toISOString()}`;
      const { rowCount } = await client.query(
        `insert into task (id, kind, ref, party, cause, opened_at) values ($1, 'expiry', $2, $3, $4, $5)
         on conflict (kind, ref) do update set cause = excluded.cause, opened_at = excluded.opened_at, closed_at = null where task.cause <> excluded.cause`,
        [uuidV7(at), `${ref}/${step}`, party, cause, at],
      );
      made += rowCount ?? 0;
    }
    return made;
  });
