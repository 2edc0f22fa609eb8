import { mailTls } from '@ketensluis/mail';

/** What one try to post a webhook may take. */
export interface WebhookLimits {
  /** From looking up the name to the last byte of the answer (Standard Webhooks: 15 to 30 seconds). */
  readonly tryMaxMs: number;
  /** Of the answer, of which only the status counts; what is longer is not read on. */
  readonly replyMaxBytes: number;
  readonly replyHeadersMaxBytes: number;
  /** Connections to one party at a time; what is more waits, within its own time. */
  readonly socketsMax: number;
  /** How long a connection is kept that nothing uses. */
  readonly idleMs: number;
  /** What is larger goes thin, and is fetched. */
  readonly bodyMaxBytes: number;
}

/** What holds unless a test says otherwise. */
export const webhookLimits: WebhookLimits = {
  tryMaxMs: 20_000, replyMaxBytes: 64 * 1024, replyHeadersMaxBytes: 16 * 1024, socketsMax: 4, idleMs: 15_000, bodyMaxBytes: 24 * 1024 * 1024,
};

/** TLS toward a party: the floor of NCSC-NL as for mail. */
export const webhookTls = mailTls;
