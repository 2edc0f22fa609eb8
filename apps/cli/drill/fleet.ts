import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** One process of the hub under drill, or of what stands around it. */
export interface Part {
  readonly name: string;
  /** Words after `ketensluis`. */
  readonly words: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** File that takes what it says, from every start. */
  readonly log: string;
}

/** A part that is started again whenever it ends, as whoever runs a hub has it done. */
export interface Member {
  readonly name: string;
  /** Null while it starts. */
  readonly pid: () => number | null;
  /** Ends as a power cut would; false when it does not run at this moment. */
  readonly kill: () => boolean;
  /** Stands still, as a machine that swaps or a clock that hangs; false when it does not run. */
  readonly freeze: () => boolean;
  readonly thaw: () => void;
  /** How often it was started. */
  readonly starts: () => number;
  /** Resolves when it runs for the first time; rejects with its last words when it ended before. */
  readonly running: Promise<void>;
  /** Ends for good. */
  readonly stop: () => Promise<void>;
}

const program = fileURLToPath(new URL('../main.js', import.meta.url));
const isRunning = /is running/;
const wordsMax = 2_000;
const againMs = 300;
const endMaxMs = 10_000;

/** Keeps a part running until it is stopped. */
export const keepRunning = ({ name, words, environment, log }: Part): Member => {
  const written = createWriteStream(log, { flags: 'a', mode: 0o600 });
  let child: ChildProcess | null = null;
  let [isUp, stopping, starts] = [false, false, 0];
  let told: { readonly up: () => void; readonly failed: (fault: Error) => void };
  const running = new Promise<void>((up, failed) => {
    told = { up, failed };
  });
  running.catch(() => undefined);
  const once = async (): Promise<void> => {
    starts += 1;
    let last = '';
    const started = spawn(process.execPath, ['--no-warnings', program, ...words], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    const hear = (chunk: Buffer): void => {
      written.write(chunk);
      last = `${last}${chunk.toString()}`.slice(-wordsMax);
      if (isUp || !isRunning.test(last)) return;
      isUp = true;
      told.up();
    };
    started.stdout.on('data', hear);
    started.stderr.on('data', hear);
    await new Promise<void>((resolve) => started.once('close', () => resolve()));
    child = null;
    isUp = false;
    told.failed(new Error(`${name} ended before it ran: ${last.trim()}`));
  };
  const ended = (async () => {
    while (!stopping) {
      await once();
      if (!stopping) await pause(againMs);
    }
  })();
  const signal = (which: NodeJS.Signals): boolean => isUp && child?.kill(which) === true;
  const kill = (): boolean => {
    const isKilled = signal('SIGKILL');
    // It may take a moment until we hear that it is gone.
    isUp = false;
    return isKilled;
  };
  return {
    name, running,
    pid: () => (isUp ? (child?.pid ?? null) : null),
    kill,
    freeze: () => signal('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    starts: () => starts,
    stop: async () => {
      stopping = true;
      child?.kill('SIGCONT');
      // In its own time first: what it started itself, such as a database, ends with it.
      child?.kill('SIGTERM');
      const impatient = setTimeout(() => child?.kill('SIGKILL'), endMaxMs);
      await ended;
      clearTimeout(impatient);
      await new Promise<void>((resolve) => void written.end(resolve));
    },
  };
};

/** Runs one command of `ketensluis` to its end; resolves to what it printed, rejects with that when it fails. */
export const runOnce = (words: readonly string[], environment: Readonly<Record<string, string>>, input = ''): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', program, ...words], { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { printed += chunk.toString(); });
    child.once('error', reject).once('close', (code) => (code === 0 ? resolve(printed) : reject(new Error(`ketensluis ${words.slice(0, 2).join(' ')} ended with ${code}: ${printed.trim().slice(-wordsMax)}`))));
    child.stdin.end(input);
  });
