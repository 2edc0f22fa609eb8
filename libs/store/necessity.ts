import type { Category, Necessity } from '@ketensluis/domain';
import type { NecessityHold, NecessityStore } from '@ketensluis/flow';
import { parseLeaf } from '@ketensluis/tlog';
import type pg from 'pg';
import { ring } from './bell.js';
import { periodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';
import { decrypt, encrypt, type DataKey, type Vault } from './vault.js';

/** Names the row an encrypted reason belongs to. */
export const reasonPlace = (messageId: string, recipient: string): string => `necessity:${messageId}:${recipient}`;

/** Why permitted disclosures are necessary, in the table `necessity`. */
export const createNecessityStore = (pool: pg.Pool, vault: Vault): NecessityStore => ({
  waiting: () => waiting(pool),
  save: ({ messageId, recipient, categories, reason, by, at }, hold, entry) =>
    inTransaction(pool, async (client) => {
      const { rows: [found] } = await client.query<{ wrapped_key: Buffer }>('select wrapped_key from case_file where id = $1 for share', [hold.caseId]);
      if (found === undefined) throw new Error('the case of this message is gone');
      const sealed = encrypt(vault.unwrap(found.wrapped_key), Buffer.from(reason, 'utf8'), reasonPlace(messageId, recipient));
      await client.query('insert into necessity (message_id, recipient, categories, reason, by, at, entry_id) values ($1, $2, $3, $4, $5, $6, $7)', [
        messageId, recipient, categories, sealed, by, at, entry.facts.id,
      ]);
      await recordDrafts(client, periodKeys(vault), [{ draft: entry, caseId: hold.caseId, outgoing: null }]);
      await client.query(
        `insert into queue (kind, ref, event, lane, due_at)
         select 'disclose', decision.message_id, decision.event, message.case_id::text, $3::timestamptz from decision join message on message.id = decision.message_id
         where decision.message_id = $1 and decision.recipient = $2 and decision.kind = 'hold' and decision.reason = 'necessity-missing' on conflict do nothing`,
        [messageId, recipient, at],
      );
      await ring(client, 'disclose');
    }),
});

const waiting = async (client: Queryable): Promise<readonly NecessityHold[]> => {
  const { rows } = await client.query<Omit<NecessityHold, 'leaf'> & { readonly leaf: Buffer }>(
    `select distinct on (decision.decided_at, decision.message_id, decision.recipient) decision.message_id as "messageId", decision.recipient,
       message.case_id as "caseId", case_file.municipality || '/' || case_file.number as "caseName", message.type, decision.entry_id as "entryId", entry.leaf
     from decision join message on message.id = decision.message_id join case_file on case_file.id = message.case_id
     cross join lateral (select leaf from entry where id = decision.entry_id limit 1) entry
     where decision.kind = 'hold' and decision.reason = 'necessity-missing' order by decision.decided_at, decision.message_id, decision.recipient`,
  );
  return rows.map(({ leaf, ...row }) => {
    const parsed = parseLeaf(leaf);
    if (parsed.kind === 'refused') throw new Error('bug: a stored leaf does not pass');
    return { ...row, leaf: parsed.leaf };
  });
};

/** The reasons given for one message, named as its sender does, which is how decisions know it; `key` is that of its case. */
export const loadNecessity = async (client: Queryable, key: DataKey, { messageId, senderId }: { readonly messageId: string; readonly senderId: string }): Promise<readonly Necessity[]> => {
  const { rows } = await client.query<{ recipient: string; categories: readonly Category[]; reason: Buffer; by: string; at: Date }>(
    'select recipient, categories, reason, by, at from necessity where message_id = $1 order by at', [messageId],
  );
  return rows.map(({ reason, ...row }) => ({ ...row, messageId: senderId, reason: decrypt(key, reason, reasonPlace(messageId, row.recipient)).toString('utf8') }));
};
