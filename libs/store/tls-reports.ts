import type { TlsReportDue, TlsReportState, TlsReportStore } from '@ketensluis/flow';
import type pg from 'pg';

/** Longer than a try over slow servers takes; a hub that died in the middle has let go by then. */
const leaseMs = 30 * 60_000;
/** As long as the counts they are made of. */
const daysKept = 60;

/**
 * Reports on TLS in the table `tls_report`. A day is reported within four hours after its end, each domain at a moment of its own (RFC 8460 §4.1: not
 * everybody at midnight).
 */
export const createTlsReports = (pool: pg.Pool): TlsReportStore => ({
  claim: async (at) => {
    const today = at.toISOString().slice(0, 10);
    // Of two that come at once one writes the row; the other finds it taken.
    const { rows } = await pool.query<TlsReportDue>(
      `insert into tls_report (day, domain, attempt, due_at)
       select s.day, s.domain, 1, $3
       from (select distinct day, domain from tls_session where day between $1::date - 2 and $1::date - 1) s
       left join tls_report r on r.day = s.day and r.domain = s.domain
       where (r.day is null and (s.day + 1)::timestamp at time zone 'UTC' + make_interval(secs => ('x' || substr(md5(s.domain), 1, 4))::bit(16)::integer % 14400) <= $2)
          or (r.outcome is null and r.due_at <= $2)
       order by s.day, s.domain limit 1
       on conflict (day, domain) do update set attempt = tls_report.attempt + 1, due_at = excluded.due_at where tls_report.outcome is null and tls_report.due_at <= $2
       returning to_char(day, 'YYYY-MM-DD') as day, domain, attempt`,
      [today, at, new Date(at.getTime() + leaseMs)],
    );
    const [due] = rows;
    if (due?.attempt === 1) await pool.query('delete from tls_report where day < $1::date - $2::integer', [today, daysKept]);
    return due ?? null;
  },
  end: async ({ day, domain }, outcome) => void (await pool.query('update tls_report set outcome = $3 where day = $1 and domain = $2 and outcome is null', [day, domain, outcome])),
  postpone: async ({ day, domain }, until) => void (await pool.query('update tls_report set due_at = $3 where day = $1 and domain = $2 and outcome is null', [day, domain, until])),
  list: async (most) => {
    const { rows } = await pool.query<TlsReportState>("select to_char(day, 'YYYY-MM-DD') as day, domain, attempt, outcome from tls_report order by tls_report.day desc, domain limit $1", [most]);
    return rows;
  },
});
