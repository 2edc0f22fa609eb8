import type { EntryDraft, WebhookEndpoints } from '@ketensluis/flow';
import type pg from 'pg';
import { markReader, type MarkReader } from './current-mark.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';
import { prepared } from './statement.js';
import { tryHeld } from './webhook-held.js';

/** Switched-off endpoints in the table `webhook_switch`; the last row of an address holds, and is read again only when something of webhooks changed. */
export const createWebhookEndpoints = (pool: pg.Pool, keys: PeriodKeys, marks: MarkReader = markReader(pool)): WebhookEndpoints => ({
  isOff: knownSwitches(pool, marks),
  switchOff: ({ party, url, at, entryId }) =>
    inTransaction(pool, async (client) => {
      await lock(client, party);
      if (await isOff(client, party, url)) return;
      await client.query('insert into webhook_switch (party, url, is_on, at, by, entry_id) values ($1, $2, false, $3, null, $4)', [party, url, at, entryId]);
      await recordDrafts(client, keys, [{ draft: entryOf({ id: entryId, party, at, code: 'webhook-endpoint.off' }, { url }), caseId: null, outgoing: null }]);
    }),
  switchOn: ({ party, url, at, by, entryId }) =>
    inTransaction(pool, async (client) => {
      await lock(client, party);
      if (!(await isOff(client, party, url))) return false;
      await client.query('insert into webhook_switch (party, url, is_on, at, by, entry_id) values ($1, $2, true, $3, $4, $5)', [party, url, at, by, entryId]);
      await recordDrafts(client, keys, [{ draft: entryOf({ id: entryId, party, at, code: 'webhook-endpoint.on' }, { url, by }), caseId: null, outgoing: null }]);
      await tryHeld(client, { party, cause: 'endpoint-disabled' }, at);
      return true;
    }),
});

/** Of each endpoint, as it was under the last mark; there are as many as the parties ever had. */
const knownSwitches = (pool: pg.Pool, marks: MarkReader): WebhookEndpoints['isOff'] => {
  let known: { readonly mark: string; readonly off: Map<string, boolean> } = { mark: '', off: new Map() };
  return async (party, url) => {
    const { webhooks: mark } = await marks.look();
    if (known.mark !== mark) known = { mark, off: new Map() };
    const { off } = known;
    const name = `${party} ${url}`;
    const found = off.get(name) ?? (await isOff(pool, party, url));
    off.set(name, found);
    return found;
  };
};

const isOff = async (client: Queryable, party: string, url: string): Promise<boolean> => {
  const { rows } = await client.query<{ is_on: boolean }>(prepared('select is_on from webhook_switch where party = $1 and url = $2 order by seq desc limit 1', [party, url]));
  return rows[0]?.is_on === false;
};

/** Two workers may hear 410 at the same moment. */
const lock = (client: Queryable, party: string): Promise<unknown> => client.query("select pg_advisory_xact_lock(hashtextextended('webhook-switch/' || $1, 0))", [party]);

const entryOf = (facts: { readonly id: string; readonly party: string; readonly at: Date; readonly code: string }, detail: EntryDraft['detail']): EntryDraft => ({
  facts: { id: facts.id, kind: 'policy', at: facts.at.toISOString(), code: facts.code, to: facts.party, schema: 'webhook-endpoint' },
  subjects: [], reason: null, payload: null, detail,
});
