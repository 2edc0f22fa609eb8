import { confirmationRule } from '@ketensluis/domain';
import type { ConfirmationStore, ReceivedDisclosure } from '@ketensluis/flow';
import { parseLeaf } from '@ketensluis/tlog';
import type pg from 'pg';
import { isUuid } from './ids.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { receiptPart } from './receipts.js';
import { recordDrafts } from './record.js';
import { closeAwaited } from './reports.js';

interface ReceivedRow extends Omit<ReceivedDisclosure, 'trace'> {
  readonly leaf: Buffer;
}

/** The word of recipients, over one pool. */
export const createConfirmationStore = (pool: pg.Pool, keys: PeriodKeys): ConfirmationStore => ({
  find: async (id, oin) => {
    if (!isUuid(id)) return null;
    const { rows } = await pool.query<ReceivedRow>(
      `select delivery.mid as id, delivery.entry_id as "entryId", delivery.case_id as "caseId", delivery.message_id as "messageId", delivery.recipient, outbox.leaf
       from delivery join outbox using (mid) where delivery.mid = $1 and ($2::text is null or delivery.recipient = $2) and delivery.state = 'delivered'`,
      [id, oin],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const { leaf, ...received } = row;
    const parsed = parseLeaf(leaf);
    return { ...received, trace: parsed.kind === 'leaf' ? parsed.leaf.trace : undefined };
  },
  record: (received, entry, at) =>
    inTransaction(pool, async (client) => {
      const { rowCount } = await client.query('update delivery set confirmed_at = $2 where mid = $1 and confirmed_at is null', [received.id, at]);
      if (rowCount === 0) return false;
      await client.query(
        "update duty set closed_at = $4, closed_by = 'confirmed:' || $5 where case_id = $1 and message_id = $2 and recipient = $3 and rule = $6 and closed_at is null",
        [received.caseId, received.messageId, received.recipient, at, received.id, confirmationRule],
      );
      await confirmFetched(client, received, { entryId: entry.facts.id, at });
      await recordDrafts(client, keys, [{ draft: entry, caseId: received.caseId, outgoing: null }]);
      return true;
    }),
});

// Of what was opened at the console this word is the receipt that the duty waited for.
const confirmFetched = async (client: Queryable, { id, caseId }: ReceivedDisclosure, { entryId, at }: { readonly entryId: string; readonly at: Date }): Promise<void> => {
  const { rowCount } = await client.query("select from delivery where mid = $1 and awaits = 'portal' for update", [id]);
  if (rowCount !== 1) return;
  const receipt = receiptPart({ mid: id, kind: 'portal', at, facts: {}, entry: entryId });
  await client.query(receipt.sql, [...receipt.values]);
  await closeAwaited(client, { id, caseId }, at);
};
