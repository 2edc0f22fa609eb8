/** A loop that works while there is work, sleeps otherwise, and is woken by a ring. */
export interface Loop {
  readonly wake: () => void;
  /** Resolves when the step that runs has ended; no new one starts. */
  readonly stop: () => Promise<void>;
}

export interface LoopOptions {
  /** Does one piece of work; true when there may be more. */
  readonly step: () => Promise<boolean>;
  /** The loop looks by itself this often, so a lost ring costs at most this long. */
  readonly idleMs: number;
  /** Least time between the starts of two steps; 0 for none. A function is asked after each step. */
  readonly spacingMs: number | (() => number);
  /** A fault is told and the loop goes on after `faultMs`. */
  readonly failed: (error: unknown) => void;
}

const faultMs = 1_000;

/** Starts the loop; it never throws. */
export const startLoop = ({ step, idleMs, spacingMs, failed }: LoopOptions): Loop => {
  let stopping = false;
  let rung = false;
  let wakeUp: (() => void) | null = null;

  const rest = (ms: number, canWake: boolean): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        wakeUp = null;
        resolve();
      }
      if (canWake) wakeUp = done;
    });

  const run = async (): Promise<void> => {
    while (!stopping) {
      const startedAt = performance.now();
      rung = false;
      const outcome = await step().then((more) => (more ? 'more' : 'idle'), (error: unknown) => (failed(error), 'fault'));
      if (stopping) return;
      if (outcome === 'fault') await rest(faultMs, false);
      else {
        const wait = (typeof spacingMs === 'function' ? spacingMs() : spacingMs) - (performance.now() - startedAt);
        if (wait > 0) await rest(wait, false);
        if (outcome === 'idle' && !rung && !stopping) await rest(idleMs, true);
      }
    }
  };
  const ended = run();
  return {
    wake: () => {
      rung = true;
      wakeUp?.();
    },
    stop: () => {
      stopping = true;
      wakeUp?.();
      return ended;
    },
  };
};
