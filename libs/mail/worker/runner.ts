import { Worker } from 'node:worker_threads';
import type { KeyPair, Trust } from '../smime/identity.js';
import { MailPoolFault } from './fault.js';
import { transferList, type Answer, type Job } from './job.js';

/** A job with its promise, and the buffers that go over to the thread with it. */
export interface Task {
  readonly job: Job;
  readonly transfer: readonly Uint8Array<ArrayBuffer>[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (fault: MailPoolFault) => void;
}

/** One thread, doing one task at a time. */
export interface Runner {
  isIdle(): boolean;
  run(task: Task): void;
  /** Ends the thread; a task under way is answered with a fault. */
  stop(): Promise<void>;
}

/** `onIdle` after a task is done, `onEnd` once when the thread is gone. */
export interface RunnerOptions {
  readonly workerUrl: URL;
  readonly timeoutMs: number;
  readonly onIdle: () => void;
  readonly onEnd: (runner: Runner) => void;
}

/** A thread that had this much in hand ends with its task: what it let go of would stay in memory until it collects, and an idle thread does not. */
const lastTaskFromBytes = 8 * 1024 * 1024;

const handedOverBytes = ({ transfer }: Task): number => transfer.reduce((sum, bytes) => sum + bytes.byteLength, 0);

// Mail contents live outside the heap of the thread; more than this inside it is a runaway.
const heapMaxMegabytes = 512;

/** Starts a thread. A task over its time, or an exception, ends the thread: nothing else stops a synchronous computation. */
export const startRunner = (options: RunnerOptions): Runner => {
  const worker = new Worker(options.workerUrl, { resourceLimits: { maxOldGenerationSizeMb: heapMaxMegabytes } });
  let current: { readonly task: Task; readonly timer: NodeJS.Timeout; readonly isLast: boolean } | null = null;
  let last: { readonly keys: readonly KeyPair[]; readonly trust: Trust } | null = null;
  let lastSigner: KeyPair | null = null;
  let hasEnded = false;

  const finish = (): Task | null => {
    const task = current?.task ?? null;
    clearTimeout(current?.timer);
    current = null;
    return task;
  };
  const end = async (fault: MailPoolFault): Promise<void> => {
    finish()?.reject(fault);
    if (!hasEnded) {
      hasEnded = true;
      options.onEnd(runner);
    }
    await worker.terminate();
  };
  // Keys and trust go over when they are other objects than last time.
  const lighter = (job: Job): Job => {
    if (job.kind === 'seal') {
      const known = lastSigner;
      lastSigner = job.signer;
      return { ...job, signer: known === job.signer ? null : job.signer };
    }
    if (job.keys === null || job.trust === null) return job;
    const known = last;
    last = { keys: job.keys, trust: job.trust };
    return { ...job, keys: known?.keys === job.keys ? null : job.keys, trust: known?.trust === job.trust ? null : job.trust };
  };
  const runner: Runner = {
    isIdle: () => current === null && !hasEnded,
    run: (task) => {
      const timer = setTimeout(() => void end(new MailPoolFault('mail-timeout')), options.timeoutMs);
      current = { task, timer, isLast: handedOverBytes(task) >= lastTaskFromBytes };
      worker.postMessage(lighter(task.job), transferList(task.transfer));
    },
    stop: () => end(new MailPoolFault('mail-pool-closed')),
  };
  worker.on('message', (answer: Answer) => {
    const isLast = current?.isLast === true;
    finish()?.resolve(answer);
    if (isLast) void end(new MailPoolFault('mail-thread-failed'));
    else options.onIdle();
  });
  worker.on('error', (cause: unknown) => void end(new MailPoolFault('mail-thread-failed', { cause })));
  worker.on('exit', () => void end(new MailPoolFault('mail-thread-failed')));
  return runner;
};
