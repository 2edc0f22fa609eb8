import type { MailRefusal } from '../smime/refusal.js';
import type { OpenContext, OpenedMail } from '../smime/inbound.js';
import type { SealInput } from '../smime/outbound.js';

/** How many threads, where their compiled code is, and what bounds a job. */
export interface MailPoolOptions {
  readonly size: number;
  readonly workerUrl: URL;
  readonly timeoutMs?: number;
  readonly queueMaxJobs?: number;
}

/** Threads that open and seal whole mails. */
export interface MailPool {
  open(raw: Uint8Array, context: OpenContext): Promise<OpenedMail | MailRefusal>;
  seal(input: SealInput): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Starts no thread before the first job. */
export const createMailPool = (_options: MailPoolOptions): MailPool => ({
  open: () => Promise.reject(new Error('no threads')),
  seal: () => Promise.reject(new Error('no threads')),
  close: () => Promise.resolve(),
});
