import type { Queryable } from './pool.js';
import { KeyDestroyed, type DataKey, type Vault } from './vault.js';

/** Keys that live as long as a period: `2026-11` for the personal part of entries, `2026` for pseudonyms. */
export interface PeriodKeys {
  /** The key of this period; made when it is asked for the first time, by whichever process asks first. For writing. */
  readonly of: (period: string, client: Queryable, at: Date) => Promise<DataKey>;
  /** The key of this period, or null when there is none: nothing was written, or it was destroyed. For reading. */
  readonly find: (period: string, client: Queryable) => Promise<DataKey | null>;
}

/** Period keys kept in the table `data_key`, wrapped by `vault`. */
export const periodKeys = (vault: Vault): PeriodKeys => {
  // Only what is written to now, which nobody destroys for years: opening it for every entry would cost more than the entry.
  const current = new Map<string, DataKey>();
  // Wrapped, so that a key that is destroyed opens nothing from that moment on, also in a process that has read by it.
  const known = new Map<string, Uint8Array>();
  const load = async (period: string, client: Queryable): Promise<Uint8Array | null | 'destroyed'> => {
    const { rows } = await client.query<{ wrapped: Buffer | null }>('select wrapped from data_key where id = $1', [period]);
    const [row] = rows;
    if (row === undefined) return null;
    return row.wrapped ?? 'destroyed';
  };
  const opened = (wrapped: Uint8Array): DataKey | null => {
    try {
      return vault.unwrap(wrapped);
    } catch (fault) {
      if (fault instanceof KeyDestroyed) return null;
      throw fault;
    }
  };
  return {
    of: async (period, client, at) => {
      const cached = current.get(period);
      if (cached !== undefined) return cached;
      const stored = await load(period, client);
      if (stored === 'destroyed') throw new KeyDestroyed();
      if (stored === null) {
        await client.query('insert into data_key (id, wrapped, created_at) values ($1, $2, $3) on conflict do nothing', [period, vault.newKey().wrapped, at]);
        // Not cached yet: the row becomes real only when the caller commits.
        const made = await load(period, client);
        if (made === null || made === 'destroyed') throw new Error('bug: the key of this period vanished');
        return vault.unwrap(made);
      }
      const key = vault.unwrap(stored);
      current.set(period, key);
      return key;
    },
    find: async (period, client) => {
      const stored = known.get(period) ?? (await load(period, client));
      if (stored === null || stored === 'destroyed') return null;
      known.set(period, stored);
      return opened(stored);
    },
  };
};

/** The month of an instant, as the id of a period. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/** The year of an instant, as the id of a period. */
export const yearOf = (at: Date): string => at.toISOString().slice(0, 4);
