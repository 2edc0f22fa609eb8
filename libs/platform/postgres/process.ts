import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const askPs = (field: string, pid: number): Promise<string | null> =>
  run('ps', ['-o', `${field}=`, '-p', String(pid)]).then(({ stdout }) => stdout.trim() || null, () => null);

/** When a process was started, in the system's own notation; null when there is no such process. Tells a reused pid from the same process. */
export const processStart = async (pid: number): Promise<string | null> => {
  if (process.platform !== 'linux') return askPs('lstart', pid);
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (line === null) return null;
  // proc(5): the name in field 2 may itself hold spaces and brackets, so count from its end. Field 3 is the state, field 22 the start.
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not looked yet.
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
};

/** True when a process has ended and its number is still taken, because nobody asked how it ended; common in containers without an init. */
export const isUnreaped = async (pid: number): Promise<boolean> => {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return (await processStart(pid)) === null;
};

/** The command line of a process; null when there is no such process. */
export const processCommand = async (pid: number): Promise<string | null> => {
  if (process.platform !== 'linux') return askPs('command', pid);
  if ((await processStart(pid)) === null) return null;
  return readFile(`/proc/${pid}/cmdline`, 'utf8').then((text) => text.replaceAll('\0', ' '), () => null);
};
