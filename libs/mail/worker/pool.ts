import type { OpenContext, OpenedMail } from '../smime/inbound.js';
import type { SealInput } from '../smime/outbound.js';
import type { MailRefusal } from '../smime/refusal.js';
import { MailPoolFault } from './fault.js';
import { ownBytes, type Answer, type Job } from './job.js';
import { startRunner, type Runner, type Task } from './runner.js';

/** How many threads (one per core is best), where their compiled code is, and what bounds the work. */
export interface MailPoolOptions {
  readonly size: number;
  /** `libs/mail/worker/thread.js` in the compiled tree. */
  readonly workerUrl: URL;
  /** Most time for one mail, from when its thread begins; 30 s when absent. */
  readonly timeoutMs?: number;
  /** Most jobs that wait for a thread; 1,000 when absent. */
  readonly queueMaxJobs?: number;
}

/** Threads that open and seal whole mails. Every promise is kept: with the answer, or with a `MailPoolFault`. */
export interface MailPool {
  /** `openMail` in a thread. `raw` is handed over and the caller finds it empty; an opened mail brings it back. */
  open(raw: Uint8Array, context: OpenContext): Promise<OpenedMail | MailRefusal>;
  /** `sealMail` in a thread. Large attachments are handed over, for good. A header injection ends the thread and is answered as `mail-thread-failed`. */
  seal(input: SealInput): Promise<Uint8Array>;
  /** Ends all threads; jobs that wait or run are answered with `mail-pool-closed`. May be called twice. */
  close(): Promise<void>;
}

const defaultTimeoutMs = 30_000;
const defaultQueueMaxJobs = 1_000;

/** A pool that starts a thread when a job has none, up to `size`, and replaces those that fail. */
export const createMailPool = (options: MailPoolOptions): MailPool => {
  const runners = new Set<Runner>();
  const waiting: Task[] = [];
  let isClosed = false;

  const start = (): Runner => {
    const runner = startRunner({
      workerUrl: options.workerUrl,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      onIdle: dispatch,
      onEnd: (ended) => {
        runners.delete(ended);
        dispatch();
      },
    });
    runners.add(runner);
    return runner;
  };
  const free = (): Runner | null =>
    [...runners].find((runner) => runner.isIdle()) ?? (runners.size < options.size ? start() : null);
  const dispatch = (): void => {
    while (!isClosed && waiting.length > 0) {
      const runner = free();
      if (runner === null) return;
      const task = waiting.shift();
      if (task !== undefined) runner.run(task);
    }
  };
  const submit = (job: Job, transfer: Task['transfer']): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (isClosed) return reject(new MailPoolFault('mail-pool-closed'));
      if (waiting.length >= (options.queueMaxJobs ?? defaultQueueMaxJobs)) return reject(new MailPoolFault('mail-pool-full'));
      waiting.push({ job, transfer, resolve, reject });
      dispatch();
    });

  return {
    open: async (raw, { keys, trust, at }) => {
      const own = ownBytes(raw);
      const answer = await submit({ kind: 'open', raw: own, at, keys, trust }, [own]);
      if (answer.kind !== 'open') throw new Error('bug: answer to another job');
      return answer.result;
    },
    seal: async ({ signer, ...input }) => {
      const own = input.attachments.map(({ content }) => ownBytes(content));
      const attachments = input.attachments.map((attachment, index) => ({ ...attachment, content: own[index] ?? attachment.content }));
      const answer = await submit({ kind: 'seal', input: { ...input, attachments }, signer }, own);
      if (answer.kind !== 'seal') throw new Error('bug: answer to another job');
      return answer.result;
    },
    close: async () => {
      isClosed = true;
      for (const task of waiting.splice(0)) task.reject(new MailPoolFault('mail-pool-closed'));
      await Promise.all([...runners].map((runner) => runner.stop()));
    },
  };
};
