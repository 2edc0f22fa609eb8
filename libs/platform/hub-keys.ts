import { createFileSigner, demandMark, demandOwnKeys, ensureLogKey, findLogVkey, type FileSignerPlace, type LogSigner, type Vault } from '@ketensluis/store';
import { randomUUID } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import type pg from 'pg';
import { openAccessTokens, type AccessTokens } from './access-tokens.js';
import { envelopeSecret, openVault } from './master-key.js';
import { hubKeys, type HubKey } from './roles.js';

/** The secrets a process opened, and stand-ins that refuse for those it has no need of. */
export interface OpenedKeys {
  readonly vault: Vault;
  /** Null where this process does not sign the log. */
  readonly signer: LogSigner | null;
  /** Verifies the log, whoever signs it. */
  readonly vkey: string;
  readonly reportSecret: Uint8Array;
  readonly tokens: AccessTokens;
}

/** Where they are opened. */
export interface KeyPlace {
  readonly pool: pg.Pool;
  readonly folders: { readonly keys: string; readonly signer: string };
  readonly origin: string;
  readonly publicUrl: string;
}

/** A secret this process was started without: its role has no use for it, so asking for it is a fault of ours. */
export const withheld = (key: HubKey) => (): never => {
  throw new Error(`bug: the roles of this process do without the key "${key}"`);
};

/**
 * Opens these secrets and holds them against the database. With all of them, what is missing is made, and a fresh database remembers them; a process with a
 * part of them makes nothing: what is not there is told, with what to do.
 */
export const openKeys = async (place: KeyPlace, held: ReadonlySet<HubKey>): Promise<OpenedKeys> => {
  const { pool, folders, origin, publicUrl } = place;
  const isWhole = hubKeys.every((key) => held.has(key));
  // Before anything is made: a database without a mark was never used, and its first user has all keys.
  if (!isWhole) await demandMark(pool);
  const vault = held.has('data') ? await openVault(folders.keys) : closedVault;
  const signer = held.has('log') ? await openSigner(folders.signer, origin) : null;
  await demandOwnKeys(pool, held.has('data') ? vault : null, signer?.vkey ?? null);
  return {
    vault, signer,
    vkey: signer?.vkey ?? (await findLogVkey(pool)),
    reportSecret: held.has('data') ? await envelopeSecret(folders.keys) : new Uint8Array(),
    tokens: held.has('tokens') ? await openAccessTokens(folders.keys, publicUrl) : noTokens(publicUrl),
  };
};

const noData = withheld('data');
/** A vault without a key: for what reads only what anybody with the database reads. */
export const closedVault: Vault = { newKey: noData, unwrap: noData, destroy: noData, isAlive: noData };
const noTokens = (issuer: string): AccessTokens =>
  ({ issuer, audience: `${issuer}/api/v1`, jwks: { keys: [] }, issue: withheld('tokens'), read: withheld('tokens') });

/** Where key and memory of the log's signer are, below a folder. */
export const signerPlace = (folder: string, origin: string): FileSignerPlace => ({
  keyFile: `${folder}/log.skey`,
  stateFile: `${folder}/state`,
  origin,
});

/** Where the public half of the log's key stands, for whoever checks what the hub gives out. */
export const logKeyFile = (folder: string): string => `${folder}/log.vkey`;

/** The verifier key of the log; its key is made when there is none yet. */
export const logVkey = async (folder: string, origin: string): Promise<string> => (await openSigner(folder, origin)).vkey;

const openSigner = async (folder: string, origin: string): Promise<LogSigner> => {
  const place = signerPlace(folder, origin);
  await ensureLogKey(place);
  const signer = await createFileSigner(place);
  const file = logKeyFile(folder);
  // In one step, and under a name of its own: somebody may read it meanwhile, and another hub may start beside this one.
  const fresh = `${file}.${randomUUID()}`;
  await writeFile(fresh, `${signer.vkey}\n`);
  await rename(fresh, file);
  return signer;
};
