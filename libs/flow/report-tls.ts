import type { TlsReportDue, TlsReportStore, TlsReportTry } from './mail-route-ports.js';
import type { Clock } from './ports.js';

export interface ReportTlsPorts {
  readonly clock: Clock;
  readonly reports: TlsReportStore;
  /** One bounded try to bring a report to where its domain wants it. */
  readonly send: (due: TlsReportDue, at: Date) => Promise<TlsReportTry>;
}

/** RFC 8460 §5.5: for up to 24 hours, at growing intervals. */
const attemptsMax = 6;
const firstWaitMs = 30 * 60_000;

/** Takes the next report on TLS that is due, over all hubs, and tries to bring it; null when none is. A crash in between is another try under the same id. */
export const reportTls = async ({ clock, reports, send }: ReportTlsPorts): Promise<{ readonly due: TlsReportDue; readonly tried: TlsReportTry; readonly next: string } | null> => {
  const due = await reports.claim(clock.now());
  if (due === null) return null;
  const tried = await send(due, clock.now());
  if (tried.kind !== 'later') {
    await reports.end(due, tried.kind);
    return { due, tried, next: 'done' };
  }
  if (due.attempt >= attemptsMax) {
    await reports.end(due, 'given-up');
    return { due, tried, next: 'given-up' };
  }
  await reports.postpone(due, new Date(clock.now().getTime() + firstWaitMs * 2 ** (due.attempt - 1)));
  return { due, tried, next: 'retry' };
};
