import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc/<pid>/stat; 100 on every Linux that runs Node.js. */
const ticksPerSecond = 100;

interface ProcessTimes {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of the process with all its threads. */
  readonly ownMs: number;
  /** The same of its children that have ended. */
  readonly endedChildrenMs: number;
}

const timesOf = (pid: number): ProcessTimes | null => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields after the name, which may itself hold spaces and brackets (proc(5)).
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ').map(Number);
    const ms = (place: number): number => ((fields[place] ?? 0) * 1000) / ticksPerSecond;
    return { pid, parent: fields[1] ?? 0, ownMs: ms(11) + ms(12), endedChildrenMs: ms(13) + ms(14) };
  } catch {
    return null;
  }
};

/** CPU milliseconds so far of one process with all its threads. */
export const processorTimeMs = (pid: number): number => timesOf(pid)?.ownMs ?? 0;

/** CPU milliseconds so far of a process, its threads and all its children, also those that have ended. */
export const familyTimeMs = (pid: number): number => {
  const own = timesOf(pid);
  if (own === null) return 0;
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => timesOf(Number(name)) ?? []).filter(({ parent }) => parent === pid);
  return own.ownMs + own.endedChildrenMs + children.reduce((sum, child) => sum + child.ownMs + child.endedChildrenMs, 0);
};

/** The parent of a process; for a PostgreSQL session that is the server. */
export const parentOf = (pid: number): number => timesOf(pid)?.parent ?? 0;

/** A line of /proc/<pid>/status in megabytes: VmRSS now, VmHWM the most there ever was. */
export const memoryMegabytes = (pid: number, line: 'VmRSS' | 'VmHWM'): number =>
  Number(new RegExp(`^${line}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1024;

/** What else this computer was doing, for the reader of a figure. */
export const loadAverage = (): string => readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
