import type { MessageBody } from '@ketensluis/domain';
import type { CourtMessage, CourtPage, StoredRuling } from '@ketensluis/flow';
import { parseLeaf } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';

interface DecisionRow {
  readonly recipient: string;
  readonly entryId: string;
  readonly at: Date;
  readonly kind: 'permit' | 'hold' | 'refuse';
  readonly reason: StoredRuling['decisions'][number]['reason'];
  readonly leaf: Buffer;
  readonly seq: string | null;
}

/** What was decided about a message of a court and where the log has it, beside what became of it. */
export const findRuling = async (client: Queryable, { message, body, deliveries, duties }: { readonly message: CourtMessage; readonly body: MessageBody | null } & Pick<CourtPage, 'deliveries' | 'duties'>): Promise<StoredRuling> => {
  const { rows } = await client.query<DecisionRow>(prepared(
    `select decision.recipient, decision.entry_id as "entryId", decision.decided_at as at, decision.kind, decision.reason, entry.leaf, tlog_leaf.seq
     from decision cross join lateral (select leaf from entry where id = decision.entry_id limit 1) entry left join tlog_leaf on tlog_leaf.id = decision.entry_id
     where decision.message_id = $1 and decision.event = '' order by decision.recipient`, [message.id]));
  const { rows: [task] } = await client.query<{ cause: string }>(
    "select cause from task where kind in ('refused-message', 'parked-case') and ref = $1", [message.id]);
  return {
    message, messages: [message], deliveries, duties, attachments: body?.attachments ?? [], cause: task?.cause ?? null,
    decisions: rows.map(({ leaf, seq, ...row }) => ({ ...row, rule: ruleOf(leaf), logNumber: seq === null ? null : Number(seq) })),
  };
};

const ruleOf = (bytes: Uint8Array): string | null => {
  const parsed = parseLeaf(bytes);
  if (parsed.kind === 'refused') throw new Error('bug: a stored leaf does not pass');
  return parsed.leaf.rule ?? null;
};
