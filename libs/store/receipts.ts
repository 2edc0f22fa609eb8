import type { MailVerdict, ReceiptRow } from '@ketensluis/flow';
import type { Queryable } from './pool.js';
import type { Part } from './statement.js';

/** One receipt, as part of a statement; the first of its kind stays. */
export const receiptPart = (receipt: ReceiptRow & { readonly mid: string; readonly entry: string }): Part => ({
  sql: 'insert into receipt (mid, kind, at, facts, entry) values ($1, $2, $3, $4, $5) on conflict do nothing',
  values: [receipt.mid, receipt.kind, receipt.at, JSON.stringify(receipt.facts), receipt.entry],
});

/** Every receipt of the delivery this entry of the log permitted, in the order they came; none for any other entry. */
export const receiptsOfEntry = async (client: Queryable, entryId: string): Promise<readonly ReceiptRow[]> => {
  const { rows } = await client.query<ReceiptRow>('select kind, at, facts from receipt join delivery using (mid) where delivery.entry_id = $1 order by at, kind', [entryId]);
  return rows;
};

/** What DNS said of an accepted mail; a message that is gone meanwhile takes none. */
export const keepVerdict = async (client: Queryable, messageId: string, verdict: MailVerdict): Promise<void> => {
  await client.query('insert into message_verdict (message_id, verdict) select id, $2 from message where id = $1 on conflict do nothing', [messageId, JSON.stringify(verdict)]);
};
