import { createVault, openKeyShares, type Vault } from '@ketensluis/store';
import { hkdfSync, randomBytes } from 'node:crypto';
import { access, link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const keyBytes = 32;

/** The vault of this folder: `master.key` and, in `shares`, the other half of every key it wraps. */
export const openVault = async (folder: string): Promise<Vault> => createVault(await masterKey(folder), openKeyShares(join(folder, 'shares')));

/**
 * The key that wraps all other keys, from `master.key` (hexadecimal, mode 0600) in this folder; made at first start. Whoever has it and
 * the database reads everything; without it the database reads as noise, so keep a copy apart from the database's backup.
 */
export const masterKey = async (folder: string): Promise<Buffer> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'master.key');
  await access(file).catch(() => makeKey(folder, file));
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
  if (key.length !== keyBytes) throw new Error('master.key is damaged: it must hold 64 hexadecimal digits');
  return key;
};

/** What the envelope ids of our mail are made with; follows from the master key, and neither tells the other. */
export const envelopeSecret = async (folder: string): Promise<Uint8Array> => new Uint8Array(hkdfSync('sha256', await masterKey(folder), '', 'ketensluis/envelope-id/v1', keyBytes));

/** The whole key or none, also after a full disk or a power cut, and never over an existing one: `link` refuses that. */
const makeKey = async (folder: string, file: string): Promise<void> => {
  const unfinished = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(unfinished, `${randomBytes(keyBytes).toString('hex')}\n`, { flag: 'wx', mode: 0o600, flush: true });
    await link(unfinished, file).catch((fault: NodeJS.ErrnoException) => {
      // Somebody who started together with us was first: that key holds.
      if (fault.code !== 'EEXIST') throw fault;
    });
    const place = await open(folder, 'r');
    await place.sync().finally(() => place.close());
  } finally {
    await rm(unfinished, { force: true });
  }
};
