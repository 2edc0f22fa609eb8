import { clientKeySchema, type ApiScope, type Client } from '@ketensluis/domain';
import type { ClientStore } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { recordDrafts } from './record.js';
import { prepared } from './statement.js';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const keysSchema = z.array(clientKeySchema).nullable();

/** Clients of the API in the table `api_client`, with the assertions they used. */
export const createClientStore = (pool: pg.Pool, keys: PeriodKeys): ClientStore => ({
  find: async (id) => {
    if (!uuid.test(id)) return null;
    const { rows } = await pool.query<ClientRow>(prepared(`select ${columns} from api_client where id = $1`, [id]));
    return rows[0] === undefined ? null : clientFrom(rows[0]);
  },
  list: async () => (await pool.query<ClientRow>(`select ${columns} from api_client order by id`)).rows.map(clientFrom),
  add: (client, by, entry) =>
    inTransaction(pool, async (connection) => {
      await connection.query(
        'insert into api_client (id, oin, name, scopes, keys, added_at, added_by, entry_id) values ($1, $2, $3, $4, $5, $6, $7, $8)',
        [client.id, client.oin, client.name, client.scopes, client.keys === null ? null : JSON.stringify(client.keys), client.addedAt, by, entry.facts.id],
      );
      await recordDrafts(connection, keys, [{ draft: entry, caseId: null, outgoing: null }]);
    }),
  revoke: (id, by, entry) =>
    inTransaction(pool, async (connection) => {
      const { rowCount } = await connection.query(
        'update api_client set revoked_at = $2, revoked_by = $3 where id = $1 and revoked_at is null', [id, new Date(entry.facts.at), by],
      );
      if (rowCount !== 1) return false;
      await recordDrafts(connection, keys, [{ draft: entry, caseId: null, outgoing: null }]);
      return true;
    }),
  takeAssertion: async ({ clientId, jti, expiresAt }, at) => {
    // What has expired is refused for that already; a few at a time, so that no request pays for many.
    await pool.query(prepared(
      'delete from api_assertion where ctid in (select ctid from api_assertion where expires_at < $1 order by expires_at limit 20)', [at],
    ));
    const { rowCount } = await pool.query(prepared(
      'insert into api_assertion (client_id, jti_sha256, expires_at) values ($1, $2, $3) on conflict do nothing',
      [clientId, createHash('sha256').update(jti, 'utf8').digest(), expiresAt],
    ));
    return rowCount === 1;
  },
});

interface ClientRow {
  readonly id: string;
  readonly oin: string;
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly keys: unknown;
  readonly added_at: Date;
  readonly revoked_at: Date | null;
}

const columns = 'id, oin, name, scopes, keys, added_at, revoked_at';

const clientFrom = (row: ClientRow): Client => ({
  id: row.id, oin: row.oin, name: row.name, scopes: [...row.scopes], keys: keysSchema.parse(row.keys), addedAt: row.added_at, revokedAt: row.revoked_at,
});
