import { mailTls } from '@ketensluis/mail';

/** What bounds the connections to one mail server and one try over them. */
export interface SmtpLimits {
  readonly connectionsMax: number;
  readonly mailsPerConnectionMax: number;
  /** An unused connection is closed by us before the peer does it (RFC 5321 §4.5.3.2.7: 5 minutes). */
  readonly idleMs: number;
  /** Host name, TCP and TLS together. */
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence of the peer during a mail; RFC 5321 §4.5.3.2.6 gives it 10 minutes after the final dot. */
  readonly silenceMs: number;
  /** One try as a whole, so that a peer cannot stretch it by trickling replies. */
  readonly tryMaxMs: number;
  readonly replyMaxBytes: number;
}

/** The limits that hold where the options say nothing. */
export const smtpLimits: SmtpLimits = {
  connectionsMax: 4,
  mailsPerConnectionMax: 100,
  idleMs: 60_000,
  connectMs: 30_000,
  greetingMs: 60_000,
  silenceMs: 10 * 60_000,
  tryMaxMs: 15 * 60_000,
  replyMaxBytes: 16_384,
};

/** The floor of mail (I12), toward a server that proves its name. */
export const outgoingTls = { ...mailTls, rejectUnauthorized: true } as const;
