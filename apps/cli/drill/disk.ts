import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A disk of its own below one folder, small enough to be filled. */
export interface SmallDisk {
  /** Nothing more can be written there when this resolves. */
  readonly fill: () => Promise<void>;
  readonly free: () => Promise<void>;
  readonly remove: () => Promise<void>;
}

const run = promisify(execFile);
const sizeBytes = 1024 * 1024;

/** Puts one under `folder`, made when absent; null where this account may not, or the system has no tmpfs. */
export const openSmallDisk = async (folder: string): Promise<SmallDisk | null> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const isThere = process.platform === 'linux' && (await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeBytes},mode=0700`, 'tmpfs', folder]).then(() => true, () => false));
  if (!isThere) return null;
  const ballast = join(folder, 'ballast');
  return {
    fill: () => writeFile(ballast, Buffer.alloc(sizeBytes)).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'ENOSPC') throw fault;
    }),
    free: () => rm(ballast, { force: true }),
    remove: async () => void (await run('umount', ['-l', folder])),
  };
};
