import { tlsaText, type MailRoute, type MailRouteFacts, type RouteHost } from '@ketensluis/domain';
import type { DeliveryOutcome, TlsResult, TlsSession, TlsSessions } from '@ketensluis/flow';
import type { Sending } from '../smtp/pool.js';

type Policy = Pick<TlsSession, 'policyType' | 'policyText'>;

const noPolicy: Policy = { policyType: 'no-policy-found', policyText: [] };
const policyLinesMax = 50;

/** Counts that no session was tried for what the domain publishes, where that is what the domain wants to know (RFC 8460 §4.3.2). */
export async function countRoute(sessions: TlsSessions, facts: MailRouteFacts, route: MailRoute, at: Date): Promise<void> {
  const { domain, sts } = facts;
  const tell = (policy: Policy, result: TlsResult): Promise<void> => sessions.count({ at, domain, ...policy, result, server: null, address: null });
  if (sts.kind === 'failed') await tell({ policyType: 'sts', policyText: [] }, sts.code);
  if (route.reasons.some((reason) => reason === 'nta-unknown' || reason === 'mx-unknown' || reason === 'dane-unknown')) await tell(noPolicy, 'dnssec-invalid');
  else if (route.kind === 'closed' && route.reasons.includes('dane-incomplete')) await tell(noPolicy, 'dane-required');
}

/** What one try to reach one server came to. */
export interface TriedSession {
  readonly facts: MailRouteFacts;
  readonly host: RouteHost;
  readonly sending: Sending;
  readonly outcome: DeliveryOutcome;
  readonly at: Date;
}

/** Counts a session once, however many mails went over it. What has nothing to do with TLS, such as a server that is down, is no session. */
export async function countSession(sessions: TlsSessions, { facts, host, sending, outcome, at }: TriedSession): Promise<void> {
  if (!sending.isNewLine) return;
  const result = sending.secure !== null ? null : outcome.kind === 'unusable' ? resultOf(outcome.code) : undefined;
  if (result === undefined) return;
  await sessions.count({ at, domain: facts.domain, ...policyOf(facts, host), result, server: host.host.name, address: sending.remoteAddress });
}

const results: readonly string[] = [
  'starttls-not-supported', 'certificate-host-mismatch', 'certificate-expired', 'certificate-not-trusted', 'validation-failure', 'tlsa-invalid',
] satisfies readonly Exclude<TlsResult, null>[];

const isResult = (code: string): code is Exclude<TlsResult, null> => results.includes(code);

const resultOf = (code: string): TlsResult | undefined => (isResult(code) ? code : undefined);

// RFC 8460 §4.4: the records of DANE, or the lines of the policy of MTA-STS.
function policyOf({ sts }: MailRouteFacts, { proof }: RouteHost): Policy {
  if (proof.kind === 'dane') return { policyType: 'tlsa', policyText: proof.records.slice(0, policyLinesMax).map(tlsaText) };
  if (sts.kind !== 'policy') return noPolicy;
  return { policyType: 'sts', policyText: sts.text.split(/\r?\n/).filter((line) => line.trim() !== '').slice(0, policyLinesMax) };
}
