import type { AnswerStore } from '@ketensluis/flow';
import type pg from 'pg';

/** As for a delivery: longer than any try may take, only a crash gets that far. */
const leaseSeconds = 1_800;

interface OwedRow {
  readonly message_id: string;
  readonly kind: 'mdn' | 'signed';
  readonly party: string;
  readonly to_address: string;
  readonly mail: Buffer;
  readonly tries: number;
  readonly received_at: Date;
}

/** `AnswerStore` over one pool. */
export const answerStore = (pool: pg.Pool): AnswerStore => ({
  claim: async (at, most) => {
    const { rows } = await pool.query<OwedRow>(
      `with due as (
         select message_id, kind from receipt_due where sent_at is null and given_up_at is null and due_at <= $1 order by due_at limit $2 for update skip locked)
       update receipt_due set tries = tries + 1, due_at = $1::timestamptz + make_interval(secs => $3) from due, message
       where receipt_due.message_id = due.message_id and receipt_due.kind = due.kind and message.id = due.message_id
       returning receipt_due.message_id, receipt_due.kind, party, to_address, mail, tries, message.received_at`,
      [at, most, leaseSeconds],
    );
    return rows.map((row) => ({ messageId: row.message_id, kind: row.kind, party: row.party, to: row.to_address, mail: row.mail, attempt: row.tries, dueSince: row.received_at }));
  },
  finish: async ({ messageId, kind }, next, at) => {
    const [sentAt, givenUpAt, dueAt] = [next.kind === 'sent' ? at : null, next.kind === 'given-up' ? at : null, next.kind === 'retry' ? next.at : null];
    await pool.query('update receipt_due set sent_at = $3, given_up_at = $4, due_at = coalesce($5, due_at) where message_id = $1 and kind = $2 and sent_at is null', [
      messageId, kind, sentAt, givenUpAt, dueAt,
    ]);
  },
});
