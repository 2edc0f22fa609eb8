import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';

/** One moment between two writes: before or after the `occurrence`-th time that `step` has an effect. */
export interface KillPoint {
  readonly step: string;
  readonly occurrence: number;
  readonly phase: 'before' | 'after';
}

/** Counts what this process writes and ends it, as a power cut would, when it is where it was told to die. */
export interface Watch {
  /** Counting begins anew; with null the process lives. */
  readonly arm: (point: KillPoint | null) => void;
  /** The steps that had an effect since `arm`, in order. */
  readonly seen: () => readonly string[];
  readonly before: (step: string) => void;
  readonly after: (step: string) => void;
  /** What began had no effect after all, and does not count. */
  readonly inVain: (step: string) => void;
}

/** Makes the watch of this process. SIGKILL leaves no time for anything, as a power cut of the process. */
export const startWatch = (): Watch => {
  let point: KillPoint | null = null;
  let seen: string[] = [];
  // Several may be under way at once, so what began is counted apart from what ended.
  const begun = new Map<string, number>();
  const begin = (step: string, more: 1 | -1): number => {
    begun.set(step, (begun.get(step) ?? 0) + more);
    return begun.get(step) ?? 0;
  };
  const count = (step: string): number => seen.filter((one) => one === step).length;
  const dieAt = (phase: KillPoint['phase'], step: string, occurrence: number): void => {
    if (point?.phase === phase && point.step === step && point.occurrence === occurrence) process.kill(process.pid, 'SIGKILL');
  };
  return {
    arm: (next) => {
      point = next;
      seen = [];
      begun.clear();
    },
    seen: () => seen,
    before: (step) => dieAt('before', step, begin(step, 1)),
    after: (step) => {
      seen.push(step);
      dieAt('after', step, count(step));
    },
    inVain: (step) => void begin(step, -1),
  };
};

const labelMaxChars = 90;
const writes = /^(insert|update|delete|with)\b/;

/** Watches every SQL statement of this process that writes or commits; an update that found no row had no effect and is not counted. */
export const watchDatabase = (watch: Watch): void => {
  const original = Reflect.get(pg.Client.prototype, 'query') as (...args: readonly unknown[]) => unknown;
  // The last write of the transaction that is open on a connection: its commit is named after it.
  const lastWrite = new WeakMap<object, string>();
  const stepOf = (client: object, text: string): string | null => {
    if (text === 'begin') lastWrite.delete(client);
    if (text === 'commit') return lastWrite.has(client) ? `commit after ${lastWrite.get(client)}` : null;
    return writes.test(text) ? text.slice(0, labelMaxChars) : null;
  };
  const ended = (client: object, step: string, rowCount: unknown): void => {
    if (step.startsWith('commit')) lastWrite.delete(client);
    else if (rowCount === 0) return watch.inVain(step);
    else lastWrite.set(client, step);
    watch.after(step);
  };
  Reflect.set(pg.Client.prototype, 'query', function query(this: object, ...args: readonly unknown[]): unknown {
    const step = stepOf(this, textOf(args[0]));
    if (step === null) return original.apply(this, [...args]);
    watch.before(step);
    const last = args.at(-1);
    if (typeof last === 'function') {
      return original.apply(this, [...args.slice(0, -1), (fault: unknown, result: { rowCount?: unknown } | undefined) => {
        if (!fault) ended(this, step, result?.rowCount);
        last(fault, result);
      }]);
    }
    return (original.apply(this, [...args]) as Promise<{ readonly rowCount: unknown }>).then((result) => {
      ended(this, step, result.rowCount);
      return result;
    });
  });
};

const textOf = (statement: unknown): string => {
  const text = typeof statement === 'object' && statement !== null && 'text' in statement ? statement.text : statement;
  return typeof text === 'string' ? text.replace(/\s+/g, ' ').trim() : '';
};

/** Watches the renames that end in this file name: the signer makes its memory durable by one. */
export const watchRenames = (watch: Watch, fileName: string, step: string): void => {
  const { rename } = fs.promises;
  fs.promises.rename = async (from, to) => {
    if (!String(to).endsWith(fileName)) return rename(from, to);
    watch.before(step);
    await rename(from, to);
    watch.after(step);
  };
  syncBuiltinESMExports();
};
