import { setTimeout as pause } from 'node:timers/promises';
import type { Inbox } from './inbox.js';
import type { MailCheck } from './proof-check.js';
import { reportKinds, type ReportKind } from './report.js';

/**
 * How a practice party treats mail. `slow` waits before each answer; `4xx` and `5xx` refuse after the whole mail came;
 * `drop-after-data` keeps the mail and breaks the connection instead of answering; `no-tls` does not offer STARTTLS;
 * `expired-certificate` shows a TLS certificate that has ended; the rest take the mail and then report on it (`report.ts`).
 */
export const mailboxBehaviours = ['normal', 'slow', '4xx', '5xx', 'drop-after-data', 'no-tls', 'expired-certificate', ...reportKinds] as const;
/** One of them. */
export type MailboxBehaviour = (typeof mailboxBehaviours)[number];

/** Key and certificate chain, PEM. */
export interface MailboxTls {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

/** What the mailbox of a practice party is made with. */
export interface MailboxOptions {
  readonly party: { readonly id: string; readonly address: string; readonly tls: MailboxTls };
  /** For `expired-certificate`; without it that behaviour is refused. */
  readonly expiredTls?: MailboxTls;
  readonly inboxDirectory: string;
  readonly host?: string;
  /** 0 or absent takes a free port. */
  readonly port?: number;
  readonly name?: string;
  readonly behaviour?: MailboxBehaviour;
  /** What `slow` waits before each answer. */
  readonly slowMs?: number;
  readonly sizeMaxBytes?: number;
  readonly now?: () => Date;
  /** Looks at each mail before it is kept; what it refuses is kept apart and answered so. Without it every mail is taken. */
  readonly check?: MailCheck;
  /** The same for mail to anybody else at the domain of the party; without it nobody else is known there. */
  readonly checkPeople?: MailCheck;
  /** A mail was kept; called before the answer goes out. */
  readonly onMail?: (mail: KeptMail) => void;
  /** Brings a report to whoever sent the mail; without it none is written. */
  readonly bring?: (report: Uint8Array, to: string) => Promise<void>;
  /** The signed receipt the mail asks for; null when it asks for none. */
  readonly signReceipt?: (raw: Uint8Array, at: Date) => Promise<Uint8Array | null>;
}

/** One mail in the inbox. `secure` is false when it came in clear, which the hub must never do. */
export interface KeptMail {
  readonly file: string;
  readonly secure: boolean;
  readonly from: string;
  readonly to: readonly string[];
}

/** A mailbox that runs. */
export interface MailboxState {
  readonly options: MailboxOptions;
  /** Reports under way. */
  readonly reporting: Set<Promise<void>>;
  readonly inbox: Inbox;
  behaviour: MailboxBehaviour;
}

/** True for those that report on the mail afterwards. */
export const isReporting = (behaviour: MailboxBehaviour): behaviour is ReportKind => reportKinds.some((kind) => kind === behaviour);

/** True for the address of the party itself, and not of somebody else at its domain. */
export const isOwn = ({ party }: MailboxOptions, address: string): boolean => address.toLowerCase() === party.address.toLowerCase();

const slowMsDefault = 5_000;

/** Answers now, or after the wait of `slow`. */
export async function slowly(state: MailboxState, done: () => void): Promise<void> {
  if (state.behaviour === 'slow') await pause(state.options.slowMs ?? slowMsDefault, undefined, { ref: false });
  done();
}
