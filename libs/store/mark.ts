import type { Queryable } from './pool.js';
import type { Vault } from './vault.js';

/**
 * Holds the keys of this start against those the database was first used with, and remembers them the first time. Throws when the log key or the
 * master key is another one: a key that got lost must be restored, for a new one would start a second history or leave every case unreadable. Null: this
 * process has no need of that key; what is remembered takes both.
 */
export const demandOwnKeys = async (client: Queryable, vault: Vault | null, vkey: string | null): Promise<void> => {
  const mark = (await findMark(client)) ?? (vault === null || vkey === null ? null : await makeMark(client, vault, vkey));
  if (mark === null) return;
  if (vkey !== null && mark.vkey !== vkey) {
    throw new Error('The key of the log is not the one this database was sealed with. Restore the folder "signer" of the data folder from its backup; nothing was changed.');
  }
  if (vault !== null && !opens(vault, mark.wrapped)) {
    throw new Error('master.key is not the one this database was written with. Restore the folder "keys" of the data folder from its backup; nothing was changed.');
  }
};

/** Throws, with what to do, when no process with all keys was here yet. */
export const demandMark = async (client: Queryable): Promise<void> => {
  if ((await findMark(client)) === undefined) throw new Error('This database was not prepared yet. As its owner, once, and after every upgrade: ketensluis prepare');
};

/** The key that verifies the log of this database; throws as `demandMark`. */
export const findLogVkey = async (client: Queryable): Promise<string> => {
  await demandMark(client);
  return (await findMark(client))?.vkey ?? '';
};

interface Mark {
  readonly vkey: string;
  readonly wrapped: Buffer;
}

const findMark = async (client: Queryable): Promise<Mark | undefined> => (await client.query<Mark>('select vkey, wrapped from hub_mark')).rows[0];

const makeMark = async (client: Queryable, vault: Vault, vkey: string): Promise<Mark> => {
  await client.query('insert into hub_mark (vkey, wrapped) values ($1, $2) on conflict do nothing', [vkey, vault.newKey().wrapped]);
  const made = await findMark(client);
  if (made === undefined) throw new Error('bug: the mark just made is not there');
  return made;
};

const opens = (vault: Vault, wrapped: Uint8Array): boolean => {
  try {
    vault.unwrap(wrapped);
    return true;
  } catch {
    // Another key, changed bytes, or shares that are gone. All mean the same to the operator.
    return false;
  }
};
