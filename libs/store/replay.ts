import type { BroughtDisclosure, ReplayStore } from '@ketensluis/flow';
import { parseLeaf } from '@ketensluis/tlog';
import type pg from 'pg';
import { ring } from './bell.js';
import { casePlace, fileFrom } from './cases.js';
import { asOnward } from './event-word.js';
import { isUuid } from './ids.js';
import { messageFrom, messagePlace } from './intake.js';
import { loadNecessity } from './necessity.js';
import { periodKeys } from './period-keys.js';
import { inTransaction } from './pool.js';
import { recordDrafts } from './record.js';
import { decrypt, type Vault } from './vault.js';

/** Disclosures that were brought before, over one pool. */
export const createReplayStore = (pool: pg.Pool, vault: Vault): ReplayStore => ({
  find: (id) => findBrought(pool, vault, id),
  record: (disclosure, entry, again, at) =>
    inTransaction(pool, async (client) => {
      const { rowCount } = again
        ? await client.query(
            `with of as (select replaced_by from message where id = (select message_id from delivery where mid = $1) for share)
             update delivery set state = 'waiting', cause = null, finished_at = null, since = $2
             where mid = $1 and state in ('delivered', 'announced') and exists (select from of where replaced_by is null)`,
            [disclosure.id, at],
          )
        : { rowCount: 1 };
      if (rowCount === 0) return false;
      await recordDrafts(client, periodKeys(vault), [{ draft: entry, caseId: disclosure.caseId, outgoing: null }]);
      if (!again) return true;
      await client.query("insert into queue (kind, ref, lane, due_at) values ('deliver', $1, $2, $3) on conflict do nothing", [disclosure.id, disclosure.recipient, at]);
      await ring(client, 'deliver');
      return true;
    }),
});

interface BroughtRow {
  readonly entry_id: string;
  readonly case_id: string;
  readonly message_id: string;
  readonly recipient: string;
  readonly wrapped_key: Buffer;
  readonly file: Buffer;
  readonly body: Buffer;
  readonly received_at: Date;
  readonly event: string;
  readonly leaf: Buffer;
}

const findBrought = async (pool: pg.Pool, vault: Vault, id: string): Promise<BroughtDisclosure | null> => {
  if (!isUuid(id)) return null;
  const { rows } = await pool.query<BroughtRow>(
    `select delivery.entry_id, delivery.case_id, delivery.message_id, delivery.recipient, case_file.wrapped_key, case_file.body as file, message.body,
       message.received_at, decision.event, outbox.leaf
     from delivery join outbox using (mid) join case_file on case_file.id = delivery.case_id join message on message.id = delivery.message_id
     join decision on decision.message_id = delivery.message_id and decision.recipient = delivery.recipient and decision.entry_id = delivery.entry_id
     where delivery.mid = $1 and delivery.state in ('delivered', 'announced') and case_file.wrapped_key is not null and case_file.body is not null
       and message.replaced_by is null`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const parsed = parseLeaf(row.leaf);
  if (parsed.kind === 'refused') throw new Error('bug: a stored leaf does not pass');
  const key = vault.unwrap(row.wrapped_key);
  const message = { ...messageFrom(decrypt(key, row.body, messagePlace(row.message_id))), receivedAt: row.received_at };
  return {
    id,
    entryId: row.entry_id,
    caseId: row.case_id,
    recipient: row.recipient,
    trace: parsed.leaf.trace,
    categories: (parsed.leaf.cat ?? []) as BroughtDisclosure['categories'],
    message,
    file: fileFrom(decrypt(key, row.file, casePlace(row.case_id))),
    event: asOnward(row.event),
    necessity: await loadNecessity(pool, key, { messageId: row.message_id, senderId: message.id }),
  };
};
