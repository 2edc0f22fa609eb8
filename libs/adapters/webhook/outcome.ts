import type { DeferralCause, DeliveryOutcome, TransportEvidence, UnusableCode } from '@ketensluis/flow';
import { STATUS_CODES } from 'node:http';
import { tlsFaultOf } from '../tls-fault.js';
import { isYes, ownCodes, type Posted } from './request.js';

/** What a yes of the other side means: it has the whole, or it knows that there is something to fetch. */
export type WebhookForm = 'full' | 'thin';

/** Answers that say "not now" rather than "no" (RFC 9110 §15, RFC 6585 §4). A 5xx is about the server, and the event may have been taken before it. */
const later: ReadonlySet<number> = new Set([408, 421, 425, 429]);
/** RFC 9110 §15.5.2: not for want of a good message but of a proof that is believed, and each try is signed anew, with the keys and the clock of its moment. */
const notBelieved = 401;
/** RFC 9110 §15.5.11: gone, and likely for good. Standard Webhooks: the endpoint is disabled. */
const gone = 410;

/** Judges how one request ended; `at` is when it began. The order of the checks matters: what breaks the floor comes first, what cannot be repeated safely next. */
export const outcomeOf = (posted: Posted, form: WebhookForm, evidence: TransportEvidence): DeliveryOutcome => {
  if (posted.kind === 'answered') return answered(posted, form, evidence);
  const { code, sent, secure } = posted;
  const unusable = unusableCode(code, secure !== null);
  if (unusable !== null) return { kind: 'unusable', code: unusable, detail: code, evidence };
  if (sent) return { kind: 'unknown', cause: code === ownCodes.timeout ? 'timeout' : 'connection-lost', text: code, evidence };
  return { kind: 'deferred', cause: causes.get(code) ?? 'connection-lost', code: null, text: code, evidence };
};

const answered = ({ status, retryAfter }: Extract<Posted, { kind: 'answered' }>, form: WebhookForm, evidence: TransportEvidence): DeliveryOutcome => {
  const text = statusText(status);
  if (isYes(status)) return { kind: form === 'full' ? 'delivered' : 'announced', receipt: { code: status, text, evidence } };
  if (status === gone) return { kind: 'unusable', code: 'endpoint-disabled', detail: text, evidence };
  if (status === notBelieved) return { kind: 'deferred', cause: 'not-believed', code: status, text, evidence };
  if (status >= 500 || later.has(status)) {
    const answeredAt = new Date(evidence.startedAt.getTime() + evidence.durationMs);
    const notBefore = retryAfter === null ? null : retryMoment(retryAfter, answeredAt);
    return { kind: 'deferred', cause: 'peer-busy', code: status, text, evidence, ...(notBefore === null ? {} : { notBefore }) };
  }
  // A 3xx as well: where it points to was never agreed on, and is not followed.
  return { kind: 'rejected', code: status, text, evidence };
};

/** The words of the standard, not those of the other side, which could repeat what we sent (I13). */
const statusText = (status: number): string => STATUS_CODES[status] ?? 'no status of HTTP';

const unusableCode = (code: string, isSecure: boolean): UnusableCode | null => {
  if (code === ownCodes.address) return 'address-not-allowed';
  if (code === ownCodes.oin) return 'certificate-host-mismatch';
  // With TLS 1.3 the other side refuses our certificate after the handshake: it read nothing of the request then.
  if (isSecure) return /^ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED$|_ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|ACCESS_DENIED)$/.test(code) ? 'certificate-unusable' : null;
  return tlsFaultOf(code);
};

const causes: ReadonlyMap<string, DeferralCause> = new Map([
  [ownCodes.timeout, 'timeout'],
  ['ENOTFOUND', 'host-not-found'],
  ['EAI_AGAIN', 'host-not-found'],
  ['EAI_FAIL', 'host-not-found'],
  ['EAI_NODATA', 'host-not-found'],
  ['ECONNREFUSED', 'connection-refused'],
  ['EHOSTUNREACH', 'connection-refused'],
  ['ENETUNREACH', 'connection-refused'],
]);

const dateForm = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The moment a `Retry-After` names (RFC 9110 §10.2.3): seconds from the answer, or a date. Null for anything else, and for a moment that has passed. */
export const retryMoment = (text: string, answeredAt: Date): Date | null => {
  if (/^\d{1,9}$/.test(text)) return new Date(answeredAt.getTime() + Number(text) * 1_000);
  const moment = dateForm.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) || moment <= answeredAt.getTime() ? null : new Date(moment);
};
