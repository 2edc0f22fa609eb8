import type { Queryable } from './pool.js';
import type { DataKey, Vault } from './vault.js';

/** Keys that live as long as a period: `2026-11` for the personal part of entries, `2026` for pseudonyms. */
export interface PeriodKeys {
  /** The key of this period; made when it is asked for the first time, by whichever process asks first. */
  readonly of: (period: string, client: Queryable, at: Date) => Promise<DataKey>;
}

/** Period keys kept in the table `data_key`, wrapped by `vault`. */
export const periodKeys = (vault: Vault): PeriodKeys => {
  const known = new Map<string, DataKey>();
  const find = async (period: string, client: Queryable): Promise<DataKey | null> => {
    const { rows } = await client.query<{ wrapped: Buffer }>('select wrapped from data_key where id = $1', [period]);
    return rows[0] === undefined ? null : vault.unwrap(rows[0].wrapped);
  };
  return {
    of: async (period, client, at) => {
      const cached = known.get(period);
      if (cached !== undefined) return cached;
      const stored = await find(period, client);
      if (stored === null) {
        await client.query('insert into data_key (id, wrapped, created_at) values ($1, $2, $3) on conflict do nothing', [period, vault.newKey().wrapped, at]);
        // Not cached yet: the row becomes real only when the caller commits.
        const made = await find(period, client);
        if (made === null) throw new Error('bug: the key of this period vanished');
        return made;
      }
      known.set(period, stored);
      return stored;
    },
  };
};

/** The month of an instant, as the id of a period. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** The year of an instant, as the id of a period. */
export const yearOf = (at: Date): string => at.toISOString().slice(0, 4);
