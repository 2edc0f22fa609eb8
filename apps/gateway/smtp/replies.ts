/** What the intake answers after a mail. `text` goes to the sender as it is: constant, no personal data, no reason in detail. */
export type IntakeReply =
  /** The mail is stored (I5). */
  | { readonly kind: 'accepted'; readonly id: string }
  | { readonly kind: 'refused'; readonly code: 550 | 551 | 552 | 553 | 554; readonly enhanced: string; readonly text: string }
  | { readonly kind: 'later'; readonly code: 451 | 452; readonly enhanced: string; readonly text: string };

/** A reply that is not an acceptance. */
export type NegativeReply = Exclude<IntakeReply, { kind: 'accepted' }>;

/** Why the intake itself refused; a closed list for logs and metrics. */
export type RefusalReason =
  | 'not-secure'
  | 'sender-address'
  | 'not-for-us'
  | 'bare-newline'
  | 'too-large'
  | 'no-room'
  | 'too-many-connections'
  | 'too-many-commands'
  | 'too-slow'
  | 'cut-off'
  | 'closing'
  | 'fault'
  | 'connection-error';

/** One thing the intake did not take. Identifiers only (I13). */
export interface IntakeRefusal {
  readonly reason: RefusalReason;
  readonly remoteAddress: string;
}

const refused = (code: 550 | 551 | 552 | 553 | 554, enhanced: string, text: string): NegativeReply => ({ kind: 'refused', code, enhanced, text });
const later = (code: 451 | 452, enhanced: string, text: string): NegativeReply => ({ kind: 'later', code, enhanced, text });

/** Every reply the intake gives of its own (codes of RFC 3463). */
export const replies = {
  senderAddress: refused(553, '5.6.7', 'sender address not supported'),
  notForUs: refused(550, '5.1.1', 'no such address here'),
  bareNewline: refused(550, '5.6.0', 'line ends must be CRLF'),
  tooLarge: refused(552, '5.3.4', 'mail too large'),
  noRoom: later(452, '4.3.1', 'busy, try again later'),
  fault: later(451, '4.3.0', 'try again later'),
} as const;

/** Lines with which a connection is closed; they are written outside a transaction. */
export const farewells = {
  full: '421 4.3.2 too many connections, try again later\r\n',
  closing: '421 4.3.2 closing, try again later\r\n',
  tooSlow: '421 4.4.2 timeout\r\n',
  tooManyCommands: '421 4.7.0 too many commands\r\n',
} as const;

/** The error form smtp-server turns into a reply line. */
export function replyError(reply: NegativeReply): Error {
  return Object.assign(new Error(`${reply.enhanced} ${reply.text}`), { responseCode: reply.code });
}

/** Mail must come over TLS (RFC 3207 §4). */
export const startTlsFirst = Object.assign(new Error('5.7.0 must issue a STARTTLS command first'), { responseCode: 530 });
