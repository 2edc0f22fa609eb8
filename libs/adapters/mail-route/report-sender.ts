import type { DeliveryOutcome, TlsReportDue, TlsReportTry } from '@ketensluis/flow';
import { writeTlsReport } from '@ketensluis/mail';
import { gzipSync } from 'node:zlib';
import { fixedCarrier } from '../smtp/carrier.js';
import type { OutgoingMail } from '../smtp/connection.js';
import type { MailSign } from '../smtp/dkim.js';
import { smtpLimits, type SmtpLimits } from '../smtp/limits.js';
import type { RouteParts } from './carrier.js';
import { findServers } from './facts.js';
import { reportPlaces, type ReportPlace } from './report-places.js';
import { tlsReports, type TlsReport } from './tls-report.js';

/** What sending a report on TLS takes. */
export interface ReportSenderOptions {
  readonly organization: string;
  readonly contact: string;
  /** The hub's address; reports come from its domain. */
  readonly from: string;
  readonly route: RouteParts;
  /** Signs as the domain of `from`: without a signature a report must be ignored (RFC 8460 §3). Null: there is no key, and nothing is sent. */
  readonly sign: () => MailSign | null;
  /** Posts to a web address; true when it was taken. */
  readonly post: (url: string, gzip: Uint8Array) => Promise<boolean>;
  readonly limits?: Partial<SmtpLimits>;
}

/** What is larger is no report a domain could use; it would come of a domain that changes its policy all day. */
const gzipMaxBytes = 1024 * 1024;
/** Servers and addresses one try may call. */
const callsMax = 4;

/**
 * Brings the report of one domain and day to the first of the places the domain names that takes it (RFC 8460 §3), and to nobody else. Never rejects for
 * what a peer or the network does.
 */
export const tlsReportSender = (options: ReportSenderOptions) => async ({ day, domain }: TlsReportDue, at: Date): Promise<TlsReportTry> => {
  const { organization, contact, from, route } = options;
  const submitter = from.slice(from.lastIndexOf('@') + 1);
  const answer = route.resolve === null ? null : await route.resolve(`_smtp._tls.${domain}`, 'TXT');
  if (answer === null || answer.kind === 'failed') return { kind: 'later', reason: 'record-unknown' };
  const places = answer.kind === 'found' ? reportPlaces(answer.records) : [];
  if (places.length === 0) return { kind: 'unwanted' };
  const sign = options.sign();
  if (sign === null) return { kind: 'later', reason: 'no-dkim-key' };
  const counts = (await route.sessions.ofDay(day)).filter((one) => one.domain === domain);
  const [report] = tlsReports(counts, { organization, contact, sender: submitter, day });
  if (report === undefined) return { kind: 'unwanted' };
  const gzip = gzipSync(report.text);
  if (gzip.length > gzipMaxBytes) return { kind: 'later', reason: 'too-large' };
  for (const place of places) if (await bring(place, { report, gzip, sign, submitter, at }, options)) return { kind: 'sent' };
  return { kind: 'later', reason: 'not-taken' };
};

interface Packed {
  readonly report: TlsReport;
  readonly gzip: Uint8Array;
  readonly sign: MailSign;
  readonly submitter: string;
  readonly at: Date;
}

async function bring(place: ReportPlace, { report, gzip, sign, submitter, at }: Packed, options: ReportSenderOptions): Promise<boolean> {
  if (place.kind === 'web') return options.post(place.url, gzip);
  const raw = await sign(writeTlsReport({ from: options.from, to: place.address, date: at, domain: report.domain, submitter, id: report.id, fileName: `${report.fileName}.gz`, gzip }));
  return (await mailTo(place.domain, { from: options.from, to: place.address, raw, at }, options))?.kind === 'delivered';
}

/**
 * To the servers of a domain by preference, encrypted, and whichever certificate they show: a report on broken TLS must arrive although TLS is broken
 * (RFC 8460 §3). What cannot encrypt at all gets none, where the RFC would send in clear: nothing of ours does. Such sessions are not counted.
 */
async function mailTo(domain: string, mail: OutgoingMail, { route, limits }: ReportSenderOptions): Promise<DeliveryOutcome | null> {
  const servers = await findServers(domain, route);
  const hosts = servers.kind === 'found' ? servers.value : [];
  const calls = hosts.flatMap(({ name, addresses }) => (addresses.kind === 'found' ? addresses.value.map((address) => ({ name, address })) : [])).slice(0, callsMax);
  let last: DeliveryOutcome | null = null;
  for (const { name, address } of calls) {
    const target = { host: address, port: route.portOf(name), servername: name, verify: () => ({ kind: 'proven', by: 'nothing: a report' }) as const };
    const carrier = fixedCarrier(target, mail.from.slice(mail.from.lastIndexOf('@') + 1), { ...smtpLimits, ...limits });
    last = await carrier.send(mail);
    await carrier.close();
    if (last.kind === 'delivered' || last.kind === 'rejected') return last;
  }
  return last;
}
