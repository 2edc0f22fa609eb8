import type { Queryable } from './pool.js';
import type { Vault } from './vault.js';

/**
 * Holds the keys of this start against those the database was first used with, and remembers them the first time. Throws when the log key or the
 * master key is another one: a key that got lost must be restored, for a new one would start a second history or leave every case unreadable.
 */
export const demandOwnKeys = async (client: Queryable, vault: Vault, vkey: string): Promise<void> => {
  await client.query('insert into hub_mark (vkey, wrapped) values ($1, $2) on conflict do nothing', [vkey, vault.newKey().wrapped]);
  const { rows } = await client.query<{ vkey: string; wrapped: Buffer }>('select vkey, wrapped from hub_mark');
  const [mark] = rows;
  if (mark === undefined) throw new Error('bug: the mark just made is not there');
  if (mark.vkey !== vkey) {
    throw new Error('The key of the log is not the one this database was sealed with. Restore the folder "signer" of the data folder from its backup; nothing was changed.');
  }
  if (!opens(vault, mark.wrapped)) {
    throw new Error('master.key is not the one this database was written with. Restore the folder "keys" of the data folder from its backup; nothing was changed.');
  }
};

const opens = (vault: Vault, wrapped: Uint8Array): boolean => {
  try {
    vault.unwrap(wrapped);
    return true;
  } catch {
    // AES-GCM says no: another key, or changed bytes. Both mean the same to the operator.
    return false;
  }
};
