import type { DeliveredLine } from '@ketensluis/domain';
import type { ReconcileStore } from '@ketensluis/flow';
import { saltBytes } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { nameRequest } from './name-request.js';
import { periodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { outboxPlace, recordDrafts } from './record.js';
import { openTask } from './save-plan.js';
import { decrypt, KeyDestroyed, type Vault } from './vault.js';

interface DeliveredRow {
  readonly mid: string;
  readonly state: DeliveredLine['state'];
  readonly finished_at: Date | null;
  readonly reconciled_at: Date | null;
  readonly wrapped_key: Buffer;
  readonly sealed: Buffer | null;
}

const delivered = `select delivery.mid, delivery.state, delivery.finished_at, delivery.reconciled_at, case_file.wrapped_key, case when delivery.mid = any($2::uuid[]) then outbox.sealed end as sealed
  from delivery join case_file on case_file.id = delivery.case_id join outbox using (mid)
  where delivery.recipient = $1 and (delivery.mid = any($2::uuid[]) or (delivery.state = 'delivered' and delivery.finished_at >= $3 and delivery.finished_at < $4))
  order by delivery.finished_at, delivery.mid`;

/** `ReconcileStore` over one pool. */
export const reconcileStore = (pool: pg.Pool, vault: Vault): ReconcileStore => ({
  delivered: async (party, ids, { from, to }) => {
    const register = await pool.query<{ entry_id: string }>("select entry_id from register_version where kind = 'party' and body->>'oin' = $1 order by seq desc limit 1", [party]);
    const [known] = register.rows;
    if (known === undefined) return null;
    const { rows } = await pool.query<DeliveredRow>(delivered, [party, ids, from, to]);
    return { lines: rows.map((row) => lineOf(vault, row)), entryId: known.entry_id };
  },
  save: ({ matched, tasks, entry, at, named }) =>
    inTransaction(pool, async (client) => {
      const name = named === null ? 'new' : await nameRequest(client, named);
      if (name !== 'new') return name;
      await client.query('update delivery set reconciled_at = $2 where mid = any($1::uuid[]) and reconciled_at is null', [matched, at]);
      for (const task of tasks) await openTask(client, task, at);
      await recordDrafts(client, periodKeys(vault), [{ draft: entry, caseId: null, outgoing: null }]);
      return 'saved';
    }),
});

const lineOf = (vault: Vault, row: DeliveredRow): DeliveredLine => ({
  id: row.mid, state: row.state, deliveredAt: row.finished_at, isReconciled: row.reconciled_at !== null, sha256: row.sealed === null ? null : documentHash(vault, row.wrapped_key, { mid: row.mid, sealed: row.sealed }),
});

/** Null when the term of the body is over: nobody can open it any more. */
const documentHash = (vault: Vault, wrappedKey: Buffer, { mid, sealed }: { readonly mid: string; readonly sealed: Buffer }): string | null => {
  try {
    return createHash('sha256').update(decrypt(vault.unwrap(wrappedKey), sealed, outboxPlace(mid)).subarray(saltBytes)).digest('hex');
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return null;
    throw fault;
  }
};
