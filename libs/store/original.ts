import { originalOf, type EarlierRecipient, type MessageBody, type OriginalMessage, type Role } from '@ketensluis/domain';
import { asOnward } from './event-word.js';
import { messageFrom, messagePlace } from './intake.js';
import type { Queryable } from './pool.js';
import { decrypt, type DataKey } from './vault.js';
import type { Part } from './statement.js';

interface OriginalRow {
  readonly id: string;
  readonly body: Buffer;
  readonly is_replaced: boolean;
}

/** The message of this case that `message` corrects or withdraws, with everybody who has it by what the log and the attempts say; null when there is none. */
export const findOriginal = async (client: Queryable, key: DataKey, caseId: string, message: MessageBody): Promise<OriginalMessage | null> => {
  const named = originalOf(message);
  if (named === null) return null;
  const { rows } = await client.query<OriginalRow>(
    "select id, body, replaced_by is not null as is_replaced from message where case_id = $1 and sender = $2 and sender_id = $3 and state = 'applied' for no key update",
    [caseId, message.sender.oin, named],
  );
  const [row] = rows;
  if (row === undefined) return null;
  // Until this message is decided nobody fetches the original and no try of it begins: who has it now is everybody who will have it.
  await client.query("select from queue where kind = 'deliver' and ref in (select mid from delivery where case_id = $2 and message_id = $1) order by id for update", [row.id, caseId]);
  const given = await givenTo(client, caseId, row.id);
  return {
    id: row.id,
    message: messageFrom(decrypt(key, row.body, messagePlace(row.id))),
    isReplaced: row.is_replaced,
    recipients: [...given.map(({ recipient: oin, role, mid }): EarlierRecipient => ({ oin, role, disclosureId: mid })), ...(await toldOutside(client, caseId, row.id))],
    events: [...new Set(given.flatMap(({ event }) => asOnward(event) ?? []))],
  };
};

interface GivenRow {
  readonly mid: string;
  readonly recipient: string;
  readonly role: Role;
  readonly event: string;
}

// Whoever may have it: it was taken over, or a try ended without an answer. Who was only told that there is something to fetch has nothing.
const givenTo = async (client: Queryable, caseId: string, messageId: string): Promise<readonly GivenRow[]> => {
  const { rows } = await client.query<GivenRow>(
    `select distinct on (delivery.recipient) delivery.mid, delivery.recipient, delivery.roles[1] as role, coalesce(decision.event, '') as event
     from delivery left join decision on decision.entry_id = delivery.entry_id
     where delivery.case_id = $2 and delivery.message_id = $1 and (delivery.state = 'delivered' or exists (
       select from attempt where attempt.mid = delivery.mid and (attempt.outcome is null or attempt.outcome in ('delivered', 'unknown'))))
     order by delivery.recipient, delivery.number desc`,
    [messageId, caseId],
  );
  return rows;
};

const toldOutside = async (client: Queryable, caseId: string, messageId: string): Promise<readonly EarlierRecipient[]> => {
  const { rows } = await client.query<{ toward: Role; recipient: string }>(
    "select distinct toward, recipient from duty where case_id = $2 and message_id = $1 and closed_by like 'outside:%'",
    [messageId, caseId],
  );
  return rows.map(({ toward, recipient }) => ({ oin: recipient === '' ? null : recipient, role: toward, disclosureId: null }));
};

/** By its case, which has an index; there are few deliveries in one. */
const ofMessage = 'case_id = (select case_id from message where id = $1) and message_id = $1';

/** What did not leave of a message that was replaced leaves no more, also where it stood still; a try under way ends by itself. */
export const replaceParts = (original: string, by: string, at: Date): readonly Part[] => [
  { sql: 'update message set replaced_by = $2 where id = $1', values: [original, by] },
  {
    sql: `delete from queue where kind = 'deliver' and ref in (select mid from delivery where ${ofMessage} and state = 'waiting')`,
    values: [original],
  },
  { sql: `update delivery set state = 'held', cause = 'replaced', finished_at = $2 where ${ofMessage} and state <> 'delivered'`, values: [original, at] },
  {
    // Nobody has to look at what will not be tried again; a difference with the log stays one.
    sql: `update task set closed_at = $2 where kind in ('dead-letter', 'certificate', 'stopped', 'not-fetched') and closed_at is null
       and ref in (select mid::text from delivery where ${ofMessage} and state <> 'delivered')`,
    values: [original, at],
  },
];

/**
 * What of a replaced message stands in a feed and was not read yet is never shown: its party does not hear for the first time what was already wrong. After
 * `replaceParts`, which holds those feeds.
 */
export const unlistUnread = async (client: Queryable, original: string): Promise<void> => {
  await client.query(
    `update feed_item set sealed = null where kind in ('entry', 'ecli') and read_in is null and sealed is not null
       and mid in (select mid from delivery where ${ofMessage})`,
    [original],
  );
};
