/** A policy of RFC 8461 as it was fetched; kept until it runs out, also when it cannot be fetched again (RFC 8461 §3.3). */
export interface StsPolicyKept {
  readonly domain: string;
  /** The id in DNS it was fetched under. */
  readonly id: string;
  readonly text: string;
  readonly fetchedAt: Date;
  readonly expiresAt: Date;
}

/** Keeps policies of mail domains. */
export interface StsPolicies {
  /** The newest one, whether or not it has run out. */
  readonly find: (domain: string) => Promise<StsPolicyKept | null>;
  /** Takes the place of the one before. */
  readonly save: (policy: StsPolicyKept) => Promise<void>;
}

/** The result types of RFC 8460 §4.3; null for a session that came to be as the policy wants. */
export type TlsResult =
  | 'starttls-not-supported' | 'certificate-host-mismatch' | 'certificate-expired' | 'certificate-not-trusted' | 'validation-failure'
  | 'tlsa-invalid' | 'dnssec-invalid' | 'dane-required'
  | 'sts-policy-fetch-error' | 'sts-policy-invalid' | 'sts-webpki-invalid'
  | null;

/** One session with a mail server, or the lack of one, as it is reported to the domain; nothing of a mail. */
export interface TlsSession {
  readonly at: Date;
  /** The domain that publishes the policy. */
  readonly domain: string;
  readonly policyType: 'tlsa' | 'sts' | 'no-policy-found';
  readonly policyText: readonly string[];
  readonly result: TlsResult;
  /** Null where no server was called. */
  readonly server: string | null;
  readonly address: string | null;
}

/** A session of one sort, and how often it came about that day. */
export interface TlsSessionCount extends Omit<TlsSession, 'at'> {
  readonly count: number;
}

/** Counts sessions per UTC day for the reports of RFC 8460. */
export interface TlsSessions {
  readonly count: (session: TlsSession) => Promise<void>;
  /** Everything of one UTC day, `YYYY-MM-DD`. */
  readonly ofDay: (day: string) => Promise<readonly TlsSessionCount[]>;
}

/** A report on TLS that is due: the UTC day it is about and the domain that is told. */
export interface TlsReportDue {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly domain: string;
  /** From 1. */
  readonly attempt: number;
}

/** What one try came to; `unwanted`: the domain asks for no reports. */
export type TlsReportTry =
  | { readonly kind: 'sent' } | { readonly kind: 'unwanted' }
  | { readonly kind: 'later'; readonly reason: 'record-unknown' | 'no-dkim-key' | 'too-large' | 'not-taken' };

/** One line for an operator: what became of a report; null: it is still under way. */
export interface TlsReportState extends TlsReportDue {
  readonly outcome: 'sent' | 'unwanted' | 'given-up' | null;
}

/** Which reports on TLS are due, each once over all hubs. */
export interface TlsReportStore {
  /** The next one of the last two full UTC days; nobody else gets it for a while, and nobody after it ended. */
  readonly claim: (at: Date) => Promise<TlsReportDue | null>;
  readonly end: (due: TlsReportDue, outcome: 'sent' | 'unwanted' | 'given-up') => Promise<void>;
  readonly postpone: (due: TlsReportDue, until: Date) => Promise<void>;
  /** The newest first, at most so many. */
  readonly list: (most: number) => Promise<readonly TlsReportState[]>;
}
