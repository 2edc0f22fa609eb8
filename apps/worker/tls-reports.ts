import { reportTls } from '@ketensluis/flow';
import type { Hub } from '@ketensluis/platform';

/** How often is looked whether a report on TLS is due: they are daily, and spread over hours. */
export const tlsReportsMs = 5 * 60_000;

/** One report on TLS that is due (RFC 8460); true while there may be more. The event names the domain, never an address. */
export const tlsReportRound = (hub: Pick<Hub, 'events'>, ports: NonNullable<Hub['tlsReports']>): (() => Promise<boolean>) => async () => {
  const done = await reportTls(ports);
  if (done === null) return false;
  const { due, tried, next } = done;
  hub.events.tell('tls-report.tried', { host: due.domain, attempt: due.attempt, outcome: tried.kind, next, ...(tried.kind === 'later' ? { reason: tried.reason } : {}) });
  return true;
};
