import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { processStart } from './process.js';

const holder = z.object({ pid: z.number().int().positive(), startedAt: z.string().min(1) });
type Holder = z.infer<typeof holder>;

/** A lock that is ours until `release`. */
export interface Lock {
  release(): Promise<void>;
}

const readHolder = (text: string): Holder | null => {
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    // A lock cut short by a power failure holds nobody.
    return null;
  }
};

const livingHolder = async (text: string): Promise<Holder | null> => {
  const found = readHolder(text);
  return found !== null && (await processStart(found.pid)) === found.startedAt ? found : null;
};

// Two hubs may find the same abandoned lock at once. Only one can move it away; who moved a newer one puts it back.
const clearAbandoned = async (file: string, text: string): Promise<void> => {
  const aside = `${file}.${randomUUID()}`;
  await rename(file, aside).catch(() => undefined);
  const moved = await readFile(aside, 'utf8').catch(() => text);
  if (moved !== text) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
};

/**
 * Takes the lock `file` for this process, or throws with the pid of the process that holds it. A lock left by a process that is gone
 * (kill -9, power cut) is taken over; a reused pid is recognised by its start time.
 */
export const takeLock = async (file: string): Promise<Lock> => {
  const own = JSON.stringify({ pid: process.pid, startedAt: (await processStart(process.pid)) ?? 'unknown' });
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const taken = await writeFile(file, own, { flag: 'wx', mode: 0o600 }).then(() => true, (fault: NodeJS.ErrnoException) => {
      if (fault.code === 'EEXIST') return false;
      throw fault;
    });
    if (taken) return { release: () => rm(file, { force: true }) };
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    const other = await livingHolder(text);
    if (other !== null) {
      throw new Error(`Another Ketensluis (process ${other.pid}) is using this data folder. Stop it first, or set KETENSLUIS_DATA to another folder.`);
    }
    await clearAbandoned(file, text);
  }
  throw new Error(`The lock ${file} changes hands all the time; is something restarting Ketensluis in a loop?`);
};
