import { execFile, fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { KillPoint } from './kill-points.js';
import type { Answer, HubOrder, Told } from './hub-process.js';

/** The checkout, wherever this file runs from. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Brings dist/ up to date, from which the processes of these tests run. */
export const buildOnce = async (): Promise<void> => void (await promisify(execFile)(process.execPath, ['config/scripts/build.mjs'], { cwd: projectRoot }));

/** A hub in a process of its own. */
export interface HubChild {
  readonly smtpPort: number;
  readonly httpPort: number;
  /** Counting begins anew; the process dies at `point`, or never. */
  readonly arm: (point: KillPoint | null) => Promise<void>;
  readonly seen: () => Promise<readonly string[]>;
  readonly setClock: (aheadMs: number) => Promise<void>;
  /** True once the process is gone. */
  readonly isDead: () => boolean;
  /** kill -9, now; `died` resolves when the process is gone. */
  readonly kill: () => void;
  readonly died: Promise<void>;
}

/** A process that has loaded the hub and waits to be told to start it. */
export interface SpareChild {
  /** Resolves when the hub takes mail. Throws with the last words of the process when it does not get that far. */
  readonly start: (order: HubOrder) => Promise<HubChild>;
  readonly kill: () => void;
}

const startMaxMs = 60_000;

/** Makes a process for a hub ahead of the moment it is needed. */
export const spareChild = (): SpareChild => {
  const child = fork(`${projectRoot}dist/test/faults/hub-process.js`, { execArgv: ['--no-warnings'], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  return { start: (order) => startIn(child, order), kill: () => void child.kill('SIGKILL') };
};

const startIn = async (child: ChildProcess, order: HubOrder): Promise<HubChild> => {
  let words = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2_000);
  });
  let dead = false;
  const died = new Promise<void>((resolve) => child.once('exit', () => {
    dead = true;
    resolve();
  }));
  child.send({ kind: 'start', order } satisfies Told);
  const ready = await Promise.race([nextAnswer(child), died.then(() => null), within(startMaxMs)]);
  if (ready?.kind !== 'ready') {
    child.kill('SIGKILL');
    throw new Error(`the hub did not start: ${words}`);
  }
  const ask = (told: Told): Promise<Answer | null> => {
    const answer = nextAnswer(child);
    child.send(told);
    return Promise.race([answer, died.then(() => null)]);
  };
  return {
    smtpPort: ready.smtpPort,
    httpPort: ready.httpPort,
    arm: async (point) => void (await ask({ kind: 'arm', point })),
    seen: async () => {
      const answer = await ask({ kind: 'seen' });
      return answer?.kind === 'seen' ? answer.steps : [];
    },
    setClock: async (aheadMs) => void (await ask({ kind: 'clock', aheadMs })),
    isDead: () => dead,
    kill: () => void child.kill('SIGKILL'),
    died,
  };
};

const nextAnswer = (child: ChildProcess): Promise<Answer> => new Promise((resolve) => child.once('message', (answer) => resolve(answer as Answer)));

const within = (ms: number): Promise<null> => new Promise((resolve) => setTimeout(() => resolve(null), ms).unref());
