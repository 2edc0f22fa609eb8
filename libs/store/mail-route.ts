import type { StsPolicies, TlsResult, TlsSessionCount, TlsSessions } from '@ketensluis/flow';
import type pg from 'pg';

/** Policies of mail domains in the table `sts_policy`. */
export const createStsPolicies = (pool: pg.Pool): StsPolicies => ({
  find: async (domain) => {
    const { rows } = await pool.query<{ id: string; text: string; fetched_at: Date; expires_at: Date }>('select id, text, fetched_at, expires_at from sts_policy where domain = $1', [domain]);
    const [row] = rows;
    return row === undefined ? null : { domain, id: row.id, text: row.text, fetchedAt: row.fetched_at, expiresAt: row.expires_at };
  },
  save: async ({ domain, id, text, fetchedAt, expiresAt }) => {
    // Of two that were fetched at once the later one stays.
    await pool.query(
      `insert into sts_policy (domain, id, text, fetched_at, expires_at) values ($1, $2, $3, $4, $5)
       on conflict (domain) do update set id = excluded.id, text = excluded.text, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at
       where sts_policy.fetched_at <= excluded.fetched_at`,
      [domain, id, text, fetchedAt, expiresAt],
    );
  },
});

/** A day of counts longer ago than this is of no use to anybody (RFC 8460 §4.1: reports are daily). */
const daysKept = 60;

interface CountRow {
  readonly domain: string;
  readonly policy_type: TlsSessionCount['policyType'];
  readonly policy_text: string;
  readonly result: string;
  readonly server: string;
  readonly address: string;
  readonly count: string;
}

/** Counts per UTC day in the table `tls_session`; old days go by themselves. */
export const createTlsSessions = (pool: pg.Pool): TlsSessions => ({
  count: async ({ at, domain, policyType, policyText, result, server, address }) => {
    const day = at.toISOString().slice(0, 10);
    const { rows } = await pool.query<{ count: string }>(
      `insert into tls_session (day, domain, policy_type, policy_text, result, server, address, count) values ($1, $2, $3, $4, $5, $6, $7, 1)
       on conflict (day, domain, policy_type, policy_md5, result, server, address) do update set count = tls_session.count + 1 returning count`,
      [day, domain, policyType, policyText.join('\n'), result ?? '', server ?? '', address ?? ''],
    );
    if (rows[0]?.count === '1') await pool.query('delete from tls_session where day < $1::date - $2::integer', [day, daysKept]);
  },
  ofDay: async (day) => {
    const { rows } = await pool.query<CountRow>(
      'select domain, policy_type, policy_text, result, server, address, count from tls_session where day = $1 order by domain, policy_type, policy_md5, result, server, address', [day],
    );
    return rows.map((row) => ({
      domain: row.domain, policyType: row.policy_type, policyText: row.policy_text === '' ? [] : row.policy_text.split('\n'), result: row.result === '' ? null : (row.result as TlsResult),
      server: row.server === '' ? null : row.server, address: row.address === '' ? null : row.address, count: Number(row.count),
    }));
  },
});
