import type { TlsSessionCount } from '@ketensluis/flow';

/** Who reports, and about which UTC day. */
export interface TlsReportHead {
  readonly organization: string;
  /** A mail address for questions about the report. */
  readonly contact: string;
  /** The domain the reports come from; stands in their names. */
  readonly sender: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
}

/** A report as RFC 8460 §4.4 wants it, and the name of its file (§5.1), without `.gz`. */
export interface TlsReport {
  readonly domain: string;
  /** Unique, the same for the same report, and a proper msg-id without its brackets (RFC 8460 §5.3 puts it into the subject). */
  readonly id: string;
  readonly fileName: string;
  readonly text: string;
}

/** One report for every domain mail was to go to that day, in the order of the counts. Pure: the same counts give the same bytes. */
export function tlsReports(counts: readonly TlsSessionCount[], head: TlsReportHead): readonly TlsReport[] {
  const domains = [...new Set(counts.map(({ domain }) => domain))];
  return domains.map((domain) => reportOf(domain, counts.filter((one) => one.domain === domain), head));
}

const secondsOfDay = 86_400;

function reportOf(domain: string, counts: readonly TlsSessionCount[], { organization, contact, sender, day }: TlsReportHead): TlsReport {
  const start = Date.parse(`${day}T00:00:00Z`) / 1_000;
  const end = start + secondsOfDay - 1;
  const id = `${day}_${domain}@${sender}`;
  const report = {
    'organization-name': organization,
    'date-range': { 'start-datetime': moment(start), 'end-datetime': moment(end) },
    'contact-info': contact,
    'report-id': id,
    policies: policiesOf(counts),
  };
  return { domain, id, fileName: `${sender}!${domain}!${start}!${end}.json`, text: `${JSON.stringify(report, null, 1)}\n` };
}

const moment = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000Z', 'Z');

function policiesOf(counts: readonly TlsSessionCount[]): readonly object[] {
  const keyOf = ({ policyType, policyText }: TlsSessionCount): string => JSON.stringify([policyType, policyText]);
  return [...new Set(counts.map(keyOf))].map((key) => {
    const under = counts.filter((one) => keyOf(one) === key);
    const [first] = under;
    if (first === undefined) throw new Error('bug: a policy without sessions');
    const total = (isFailure: boolean): number => under.reduce((sum, { result, count }) => sum + ((result !== null) === isFailure ? count : 0), 0);
    const failures = under.filter(({ result }) => result !== null);
    return {
      policy: {
        'policy-type': first.policyType,
        ...(first.policyText.length === 0 ? {} : { 'policy-string': first.policyText }),
        'policy-domain': first.domain,
        ...mxHosts(first),
      },
      summary: { 'total-successful-session-count': total(false), 'total-failure-session-count': total(true) },
      ...(failures.length === 0 ? {} : { 'failure-details': failures.map(failureOf) }),
    };
  });
}

// RFC 8460 §4.4: the patterns of an MTA-STS policy.
function mxHosts({ policyType, policyText }: TlsSessionCount): { readonly 'mx-host'?: readonly string[] } {
  const hosts = policyType === 'sts' ? policyText.flatMap((line) => /^\s*mx\s*:\s*(\S+)/.exec(line)?.[1] ?? []) : [];
  return hosts.length === 0 ? {} : { 'mx-host': hosts };
}

const failureOf = ({ result, server, address, count }: TlsSessionCount): object => ({
  'result-type': result,
  ...(server === null ? {} : { 'receiving-mx-hostname': server }),
  ...(address === null ? {} : { 'receiving-ip': address }),
  'failed-session-count': count,
});
