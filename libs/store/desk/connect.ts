import type pg from 'pg';

/** The last test along the channel of a party. */
export interface ConnectionTest {
  readonly id: string;
  /** The channel it went along, as text. */
  readonly channel: string;
  readonly sentAt: Date;
  readonly outcome: string;
  readonly code: string | null;
  /** Of a webhook: seconds in its header, and SHA-256 (hexadecimal) of its body. */
  readonly signedAt: number | null;
  readonly bodySha256: string | null;
  readonly confirmedAt: Date | null;
}

/** What a party asks about its own connection: another channel, or to come into use. */
export interface ConnectionRequest {
  readonly party: string;
  readonly kind: 'channel' | 'live';
  /** Read again by the schema of channels before it is used. */
  readonly channel: unknown;
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly state: 'open' | 'approved' | 'refused';
  readonly decidedAt: Date | null;
  readonly answer: string | null;
}

const testColumns = 'id, channel, sent_at as "sentAt", outcome, code, signed_at::float8 as "signedAt", encode(body_sha256, \'hex\') as "bodySha256", confirmed_at as "confirmedAt"';
const requestColumns = 'party, kind, channel, reason, asked_by as "askedBy", asked_at as "askedAt", state, decided_at as "decidedAt", answer';

/** How far parties are with connecting. */
export const createConnections = (pool: pg.Pool) => ({
  lastTest: async (party: string): Promise<ConnectionTest | null> =>
    (await pool.query<ConnectionTest>(`select ${testColumns} from connection_test where party = $1`, [party])).rows[0] ?? null,

  /** Somebody of the party says that this test came and was genuine; false when it is not the last one, or did not arrive. */
  confirmTest: async (party: string, id: string, at: Date): Promise<boolean> =>
    (await pool.query("update connection_test set confirmed_at = $3 where party = $1 and id = $2 and outcome in ('delivered', 'announced')", [party, id, at])).rowCount === 1,

  requests: async (party: string): Promise<readonly ConnectionRequest[]> =>
    (await pool.query<ConnectionRequest>(`select ${requestColumns} from connection_request where party = $1`, [party])).rows,

  openRequests: async (): Promise<readonly ConnectionRequest[]> =>
    (await pool.query<ConnectionRequest>(`select ${requestColumns} from connection_request where state = 'open' order by asked_at limit 200`)).rows,

  countOpen: async (): Promise<number> =>
    (await pool.query<{ count: number }>("select count(*)::int as count from connection_request where state = 'open'")).rows[0]?.count ?? 0,

  /** Takes the place of what was asked before, decided or not. */
  ask: async ({ party, kind, channel, reason, askedBy, askedAt }: Omit<ConnectionRequest, 'state' | 'decidedAt' | 'answer'>): Promise<void> => {
    await pool.query(
      `insert into connection_request (party, kind, channel, reason, asked_by, asked_at) values ($1, $2, $3, $4, $5, $6)
       on conflict (party, kind) do update set channel = excluded.channel, reason = excluded.reason, asked_by = excluded.asked_by, asked_at = excluded.asked_at,
         state = 'open', decided_by = null, decided_at = null, answer = null`,
      [party, kind, channel === null ? null : JSON.stringify(channel), reason, askedBy, askedAt],
    );
  },

  /** False when it was decided meanwhile, or is another request by now. */
  decide: async ({ party, kind, askedAt }: Pick<ConnectionRequest, 'party' | 'kind' | 'askedAt'>, decided: { readonly state: 'approved' | 'refused'; readonly by: string; readonly at: Date; readonly answer: string }): Promise<boolean> =>
    (await pool.query(
      "update connection_request set state = $4, decided_by = $5, decided_at = $6, answer = $7 where party = $1 and kind = $2 and asked_at = $3 and state = 'open'",
      [party, kind, askedAt, decided.state, decided.by, decided.at, decided.answer],
    )).rowCount === 1,
});

/** Made by `createConnections`. */
export type Connections = ReturnType<typeof createConnections>;
