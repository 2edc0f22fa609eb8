import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const keyBytes = 32;

/**
 * The key that wraps all other keys, from `master.key` (hexadecimal, mode 0600) in this folder; made at first start. Whoever has it and
 * the database reads everything; without it the database reads as noise, so keep a copy apart from the database's backup.
 */
export const masterKey = async (folder: string): Promise<Buffer> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'master.key');
  // `wx`: an existing key is never written over; two processes that start together agree on the first.
  await writeFile(file, `${randomBytes(keyBytes).toString('hex')}\n`, { flag: 'wx', mode: 0o600 }).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EEXIST') throw fault;
  });
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'hex');
  if (key.length !== keyBytes) throw new Error('master.key is damaged: it must hold 64 hexadecimal digits');
  return key;
};
