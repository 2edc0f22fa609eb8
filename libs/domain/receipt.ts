import { portalNoticeOf, type Channel } from './channel.js';

/**
 * What proves that a disclosure came across, weakest first in each way of sending: the answer of the next mail server, a delivery status notification
 * (RFC 3464), a disposition notification (RFC 8098), a signed receipt (RFC 2634); the answer of a webhook, a fetch, a confirmation in the portal.
 */
export const receiptKinds = ['smtp-250', 'dsn', 'mdn', 'signed', 'http-2xx', 'fetch', 'portal'] as const;
/** One of `receiptKinds`. */
export type ReceiptKind = (typeof receiptKinds)[number];

/** Receipts that come as a mail of their own, after the answer of the transport. */
const mailReceipts = ['dsn', 'mdn', 'signed'] as const;
/** One of `mailReceipts`. */
export type MailReceipt = (typeof mailReceipts)[number];

/** What may be awaited after a party has a disclosure: a mail about it, or at the console the word of a person that the party knows. */
export type AwaitedReceipt = MailReceipt | 'portal';

/** The receipt that the answer of a transport is: a mail server says 250 to a mail (RFC 5321 §4.2.3), a web server something between 200 and 226. */
export const transportReceipt = (code: number): ReceiptKind => (code < 250 ? 'http-2xx' : 'smtp-250');

/** The code of the outcome entry that records a receipt. */
export const receiptCode = (kind: ReceiptKind): string => `receipt-${kind}`;

/** The receipt a channel closes the duty by, when that is another one than the positive answer of the transport. */
export const awaitedReceipt = (channel: Channel | null): MailReceipt | null => {
  if (channel === null || !('closesBy' in channel) || channel.closesBy === 'transport') return null;
  return channel.closesBy;
};

/** What is awaited when a disclosure was fetched that nobody could bring: where word of it went to a portal, opening is not yet knowing. */
export const awaitedAfterFetch = (channel: Channel | null): Extract<AwaitedReceipt, 'portal'> | null => (portalNoticeOf(channel) === null ? null : 'portal');

/** True when a receipt is what was awaited. A signed one names the very content and its signer, and so does for any other. */
export const closesDuty = (awaited: AwaitedReceipt | null, kind: ReceiptKind): boolean => awaited !== null && (kind === awaited || kind === 'signed');

/** A missing receipt becomes a task when this share of the time for the duty is gone: what is left is for a telephone call. */
export const receiptDueShare = 0.75;

/** The same where nothing else sets a term. */
export const receiptWaitHours = 24;

/** What a report says about one recipient of a mail of ours; nothing in it is proven by itself. */
export type ReportClaim =
  | { readonly kind: 'dsn'; readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded'; /** RFC 3463. */ readonly status: string }
  | { readonly kind: 'mdn'; readonly type: string; readonly isAutomatic: boolean }
  | { readonly kind: 'signed' };

/** What the hub knows of the delivery a report is about. */
export interface ReportedDelivery {
  readonly state: 'waiting' | 'announced' | 'delivered' | 'held' | 'dead';
  readonly awaits: AwaitedReceipt | null;
  /** The try the report names, or the last one where a report names none; null when there was none. */
  readonly attempt: { readonly number: number; readonly outcome: string | null } | null;
  /** Number of the last try the party's server said yes to. */
  readonly lastTaken: number | null;
  readonly receipts: readonly ReceiptKind[];
}

/** What a bound report leads to. */
export type ReportConsequence =
  | { readonly kind: 'receipt'; readonly receipt: MailReceipt; readonly closesDuty: boolean }
  /** The party did not get what its server had taken over. */
  | { readonly kind: 'failed'; readonly status: string }
  /** Nothing changes. */
  | { readonly kind: 'noted'; readonly code: string }
  /** The try itself is not written down yet: the same report is to come again. */
  | { readonly kind: 'later' }
  | { readonly kind: 'refused'; readonly code: string };

/** Judges a report that is bound to a delivery of ours. Only `delivered` and `failed` end anything (RFC 3464 §2.3.3); what contradicts a receipt changes nothing. */
export const judgeReport = (claim: ReportClaim, found: ReportedDelivery): ReportConsequence => {
  const { attempt, state } = found;
  if (attempt === null) return { kind: 'refused', code: 'never-sent' };
  if (attempt.outcome === null && state === 'waiting') return { kind: 'later' };
  switch (claim.kind) {
    case 'signed':
      return receiptOf('signed', found);
    case 'mdn':
      // Deleted unread, or moved on by a rule: the party may not have seen it (RFC 8098 §3.2.6.2). Processed counts, as a machine does that.
      return claim.type === 'displayed' || claim.type === 'processed' ? receiptOf('mdn', found) : { kind: 'noted', code: `mdn-${claim.type}` };
    case 'dsn':
      return judgeStatus(claim, found, attempt.number);
  }
};

const judgeStatus = ({ action, status }: Extract<ReportClaim, { kind: 'dsn' }>, found: ReportedDelivery, attempt: number): ReportConsequence => {
  switch (action) {
    case 'delivered':
      return receiptOf('dsn', found);
    case 'failed': {
      if (found.receipts.some((kind) => kind === 'dsn' || kind === 'mdn' || kind === 'signed')) return { kind: 'noted', code: 'dsn-failed-after-receipt' };
      // A later try was taken over: what became of an earlier one does not matter any more.
      return found.state === 'delivered' && found.lastTaken === attempt ? { kind: 'failed', status } : { kind: 'noted', code: 'dsn-failed-of-earlier-try' };
    }
    case 'delayed':
    case 'relayed':
    case 'expanded':
      return { kind: 'noted', code: `dsn-${action}` };
  }
};

const receiptOf = (receipt: MailReceipt, found: ReportedDelivery): ReportConsequence => {
  if (found.receipts.includes(receipt)) return { kind: 'noted', code: `${receipt}-repeated` };
  return { kind: 'receipt', receipt, closesDuty: found.state === 'delivered' && closesDuty(found.awaits, receipt) };
};
