import { caseNumberKey, type FieldValues, type HeldRuling } from '@ketensluis/domain';
import type { CaseLawStore, ListedRuling, Relist } from '@ketensluis/flow';
import type pg from 'pg';
import { listingPlace } from './feed.js';
import { uuidV7 } from './ids.js';
import { messageFrom, messagePlace } from './intake.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordDrafts } from './record.js';
import { decrypt, encrypt, KeyDestroyed, type DataKey, type Vault } from './vault.js';

/** Rulings opened at a time; there are few a day. */
const indexMost = 200;

/** PostgreSQL behind the reader of the public case-law feed. */
export const createCaseLawStore = (pool: pg.Pool, vault: Vault, keys: PeriodKeys): CaseLawStore => ({
  seenTo: async () => (await pool.query<{ seen_to: Date }>('select seen_to from case_law_watermark')).rows[0]?.seen_to ?? null,
  index: (earliest) => index(pool, vault, earliest),
  find: (court, numbers) => find(pool, court, numbers),
  link: (ecli, ruling, relist, at) => inTransaction(pool, async (client) => {
    // An ECLI of a ruling that was corrected goes over to what took its place.
    await client.query(
      'delete from ruling_ecli where ecli = $1 and message_id in (select id from message where replaced_by is not null)', [ecli]);
    const { rowCount } = await client.query('insert into ruling_ecli (ecli, message_id, linked_at) values ($1, $2, $3) on conflict do nothing', [ecli, ruling.messageId, at]);
    if (rowCount === 1) {
      await relistAll(client, { vault, keys, messageId: ruling.messageId }, relist, at);
      return 'linked';
    }
    const { rows } = await client.query('select from ruling_ecli where ecli = $1 and message_id = $2', [ecli, ruling.messageId]);
    return rows.length === 1 ? 'known' : 'taken';
  }),
  unlink: (ecli, relist, at) => inTransaction(pool, async (client) => {
    const { rows: [gone] } = await client.query<{ message_id: string }>('delete from ruling_ecli where ecli = $1 returning message_id', [ecli]);
    if (gone === undefined) return false;
    await relistAll(client, { vault, keys, messageId: gone.message_id }, relist, at);
    return true;
  }),
  ask: async (ecli, cause, at) => {
    // The same window is read again and again: what a person has looked at stays closed.
    await pool.query(
      "insert into task (id, kind, ref, party, cause, opened_at) values ($1, 'ecli', $2, null, $3, $4) on conflict (kind, ref) do nothing", [uuidV7(at), ecli, cause, at]);
  },
  advance: async (seenTo, at, { seen, linked }) => {
    await pool.query(
      `insert into case_law_watermark (seen_to, polled_at, seen, linked) values ($1, $2, $3, $4)
       on conflict (single) do update set seen_to = greatest(case_law_watermark.seen_to, excluded.seen_to), polled_at = excluded.polled_at, problem = null,
         seen = case_law_watermark.seen + excluded.seen, linked = case_law_watermark.linked + excluded.linked`,
      [seenTo, at, seen, linked]);
  },
  fail: async (code, at) => {
    await pool.query(
      `insert into case_law_watermark (seen_to, polled_at, problem) values ($3, $1, $2)
       on conflict (single) do update set polled_at = excluded.polled_at, problem = excluded.problem`, [at, code, new Date(at.getTime() - firstMs)]);
  },
});

/** As `caseLawLimits.firstMs`: a first reading that fails has still to look back as far. */
const firstMs = 7 * 24 * 60 * 60 * 1_000;

const index = async (pool: pg.Pool, vault: Vault, earliest: Date): Promise<void> => {
  for (;;) {
    const { rows } = await pool.query<{ id: string; case_id: string; body: Buffer; wrapped_key: Buffer }>(
      `select message.id, case_id, message.body, wrapped_key from message join case_file on case_file.id = message.case_id
       where message.type like 'uitspraak.%' and message.state = 'applied' and not exists (select from ruling where message_id = message.id) order by message.id limit $1`,
      [indexMost]);
    for (const row of rows) {
      const { court, key, givenAt } = namedIn(vault, row);
      // One statement: a ruling that is known is one that was looked back for.
      await pool.query(
        `with known as (insert into ruling (message_id, case_id, court, number_key) values ($1, $2, $3, $4) on conflict do nothing returning message_id)
         update case_law_watermark set seen_to = least(seen_to, greatest($5::timestamptz, $6)) from known where $4 <> ''`,
        [row.id, row.case_id, court, key, givenAt ?? earliest, earliest]);
    }
    if (rows.length < indexMost) return;
  }
};

interface NamedRuling {
  readonly court: string;
  readonly key: string;
  /** Null where the message does not say when. */
  readonly givenAt: Date | null;
}

const nameless: NamedRuling = { court: '', key: '', givenAt: null };

/** Court and case number of a ruling; empty where there is none to find it by. */
const namedIn = (vault: Vault, { id, body, wrapped_key: wrapped }: { readonly id: string; readonly body: Buffer; readonly wrapped_key: Buffer }): NamedRuling => {
  try {
    const { fields } = messageFrom(decrypt(vault.unwrap(wrapped), body, messagePlace(id)));
    const key = caseNumberKey(textIn(fields, 'zaaknummer_rechtbank'));
    const givenAt = Date.parse(textIn(fields, 'uitspraak_op'));
    return key === null ? nameless : { court: textIn(fields, 'instantie').toUpperCase(), key, givenAt: Number.isNaN(givenAt) ? null : new Date(givenAt) };
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return nameless;
    throw fault;
  }
};

const textIn = (fields: FieldValues, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

const find = async (client: Queryable, court: string, numbers: readonly string[]): Promise<readonly HeldRuling[]> => {
  const { rows } = await client.query<{ message_id: string; case_id: string }>(
    `select message_id, ruling.case_id from ruling join message on message.id = ruling.message_id
     where court = $1 and number_key = any($2) and number_key <> '' and message.replaced_by is null order by message_id limit 10`,
    [court, numbers]);
  return rows.map(({ message_id: messageId, case_id: caseId }) => ({ messageId, caseId }));
};

interface Relisting {
  readonly vault: Vault;
  readonly keys: PeriodKeys;
  readonly messageId: string;
}

interface ListedRow {
  readonly party: string;
  readonly mid: string;
  readonly entry_id: string;
  readonly case_id: string;
  readonly sealed: Buffer;
  readonly wrapped_key: Buffer;
}

// The message before the counters of the feeds, as whoever corrects it does; what was replaced is not listed anew.
const relistAll = async (client: Queryable, { vault, keys, messageId }: Relisting, relist: Relist, at: Date): Promise<void> => {
  const { rows: [of] } = await client.query<{ replaced_by: string | null }>('select replaced_by from message where id = $1 for share', [messageId]);
  if (of === undefined || of.replaced_by !== null) return;
  const { rows } = await client.query<ListedRow>(
    `select distinct on (party, mid) party, mid, feed_item.entry_id, delivery.case_id, sealed, wrapped_key
     from delivery join feed_item using (mid) join case_file on case_file.id = delivery.case_id
     where delivery.message_id = $1 and kind in ('entry', 'ecli') and sealed is not null order by party, mid, seq desc`,
    [messageId]);
  for (const row of rows) {
    const key: DataKey = vault.unwrap(row.wrapped_key);
    const place = listingPlace(row.party, row.mid);
    const listed: ListedRuling = { party: row.party, mid: row.mid, entryId: row.entry_id, listing: decrypt(key, row.sealed, place) };
    const changed = relist(listed);
    if (changed === null) continue;
    await recordDrafts(client, keys, [{ draft: changed.entry, caseId: row.case_id, outgoing: null }]);
    await client.query("select add_feed_item($1, 'ecli', $2, $3, $4)", [row.party, row.mid, at, encrypt(key, changed.listing, place)]);
  }
};

/** How the feeds and the reader of the public one are, for a person. */
export interface FeedState {
  readonly feeds: readonly { readonly party: string; readonly items: number; readonly unread: number; readonly newestAt: Date | null; readonly lastRead: Date | null; readonly late: number }[];
  readonly published: {
    readonly seenTo: Date; readonly polledAt: Date; readonly problem: string | null; readonly seen: number; readonly linked: number; readonly questions: number;
  } | null;
}

/** Reads it; numbers and codes only. */
export const feedState = async (client: Queryable): Promise<FeedState> => {
  const { rows: feeds } = await client.query<{ party: string; items: string; unread: number; newest_at: Date | null; last_read: Date | null; late: number }>(
    `select party, last as items, (select count(*)::int from feed_item where feed_item.party = feed.party and read_in is null and (kind = 'withdrawn' or sealed is not null)) as unread,
       case when last > 0 then last_at end as newest_at, looks.last_read, looks.late
     from feed cross join lateral (select max(at) as last_read, count(*) filter (where outcome = 'late')::int as late from program_read where oin = feed.party and way = 'feed') looks
     order by party`);
  const { rows: [mark] } = await client.query<{ seen_to: Date; polled_at: Date; problem: string | null; seen: string; linked: string; questions: number }>(
    "select seen_to, polled_at, problem, seen, linked, (select count(*)::int from task where kind = 'ecli' and closed_at is null) as questions from case_law_watermark");
  return {
    feeds: feeds.map((row) => ({ party: row.party, items: Number(row.items), unread: row.unread, newestAt: row.newest_at, lastRead: row.last_read, late: row.late })),
    published: mark === undefined ? null : {
      seenTo: mark.seen_to, polledAt: mark.polled_at, problem: mark.problem, seen: Number(mark.seen), linked: Number(mark.linked), questions: mark.questions,
    },
  };
};
