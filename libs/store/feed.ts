import type { FeedItem, FeedMarks, FeedRange, FeedStore, NewFeedItem } from '@ketensluis/flow';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { releaseWaitMs } from './fetch.js';
import type { PeriodKeys } from './period-keys.js';
import { inTransaction, type Queryable } from './pool.js';
import { recordProgramRead } from './program-read.js';
import { recordDrafts } from './record.js';
import { prepared } from './statement.js';
import { decrypt, encrypt, KeyDestroyed, type DataKey, type Vault } from './vault.js';

const lookMs = 25;

/** What was destroyed keeps its place and is listed no more. */
const isListed = "(kind = 'withdrawn' or sealed is not null)";

/** Names the item an encrypted listing belongs to. */
export const listingPlace = (party: string, mid: string): string => `feed:${party}:${mid}`;

/** PostgreSQL behind the feeds of the parties. */
export const createFeedStore = (pool: pg.Pool, vault: Vault, keys: PeriodKeys): FeedStore => ({
  list: (item, at) => inTransaction(pool, (client) => list(client, vault, item, at)),
  size: (party, at) => sizeOf(pool, party, at),
  marks: (party, range) => marksOf(pool, party, range),
  items: (party, range) => itemsOf(pool, vault, party, range),
  show: (party, range, entryOf) => inTransaction(pool, async (client) => {
    // One at a time for each party: of two looks at once one shows an item.
    await client.query('select from feed where party = $1 for update', [party]);
    const { rows } = await client.query<{ seq: string; mid: string; entry_id: string }>(
      `select seq, mid, entry_id from feed_item where party = $1 and seq between $2 and $3 and read_in is null and ${isListed} order by seq`, [party, range.first, range.last]);
    const drafts = rows.map(({ seq, mid, entry_id: entryId }) => entryOf({ seq: Number(seq), mid, entryId }));
    await recordDrafts(client, keys, drafts.map((draft) => ({ draft, caseId: null, outgoing: null })));
    await client.query(
      `update feed_item set read_in = shown.entry from unnest($2::bigint[], $3::uuid[]) as shown (seq, entry) where feed_item.party = $1 and feed_item.seq = shown.seq`,
      [party, rows.map(({ seq }) => seq), drafts.map(({ facts }) => facts.id)]);
  }),
  awaitRelease: (party, range, at) => awaitRelease(pool, party, range, at),
  recordRead: ({ at, caller, archive, outcome, range, fresh }) => recordProgramRead(pool, {
    at, way: 'feed', oin: caller.oin, proofSha256: caller.sha256, question: 'feed', archive, first: range?.first ?? null, last: range?.last ?? null, outcome, count: fresh,
  }),
});

const list = async (client: Queryable, vault: Vault, { party, kind, mid, caseId, listing }: NewFeedItem, at: Date): Promise<void> => {
  // The message first, as whoever corrects or withdraws it does: then either that one sees this item, or this one sees that it was replaced.
  const { rows: [of] } = await client.query<{ replaced_by: string | null }>(
    'select replaced_by from message where id = (select message_id from delivery where mid = $1) for share', [mid]);
  if (of === undefined || of.replaced_by !== null) return;
  await beginFeed(client, party, at);
  // Then the counter: of two tries of one delivery, one of which was thought dead, the second sees the item of the first.
  await client.query('select from feed where party = $1 for update', [party]);
  const { rows: [found] } = await client.query<{ wrapped_key: Buffer; is_waiting: boolean }>(
    `select wrapped_key, exists (select from feed_item where mid = $2 and party = $3 and read_in is null and (kind = 'proof') = ($4 = 'proof')) as is_waiting
       from case_file where id = $1`,
    [caseId, mid, party, kind],
  );
  if (found === undefined) throw new Error('bug: a listing of no case');
  if (found.is_waiting) return;
  const sealed = encrypt(vault.unwrap(found.wrapped_key), listing ?? noListing, listingPlace(party, mid));
  await client.query('select add_feed_item($1, $2, $3, $4, $5)', [party, kind, mid, at, sealed]);
};

/** A proof says nothing of its disclosure; its item goes with the case like every other. */
const noListing = Buffer.from('{}');

const beginFeed = (client: Queryable, party: string, at: Date): Promise<unknown> =>
  client.query(prepared('insert into feed (party, made_at, last_at) values ($1, $2, $2) on conflict (party) do nothing', [party, at]));

const sizeOf = async (client: Queryable, party: string, at: Date): Promise<number> => {
  const find = async (): Promise<number | null> => {
    const { rows: [row] } = await client.query<{ last: string }>(prepared('select last from feed where party = $1', [party]));
    return row === undefined ? null : Number(row.last);
  };
  const known = await find();
  if (known !== null) return known;
  await beginFeed(client, party, at);
  return (await find()) ?? 0;
};

const marksSql = `select feed.id, coalesce(part.at, feed.made_at) as at, part.listed, part.fresh from feed cross join lateral (
    select max(at) as at, count(*) filter (where ${isListed})::int as listed, count(*) filter (where read_in is null and ${isListed})::int as fresh
    from feed_item where feed_item.party = feed.party and seq between $2 and $3) part
  where feed.party = $1`;

const marksOf = async (client: Queryable, party: string, { first, last }: FeedRange): Promise<FeedMarks> => {
  const { rows: [row] } = await client.query<{ id: string; at: Date; listed: number; fresh: number }>(prepared(marksSql, [party, first, last]));
  if (row === undefined) throw new Error('bug: a look at a feed that did not begin');
  return { id: row.id, listed: row.listed, fresh: row.fresh, updatedAt: row.at };
};

interface ItemRow {
  readonly seq: string;
  readonly kind: FeedItem['kind'];
  readonly mid: string;
  readonly at: Date;
  readonly sealed: Buffer | null;
  readonly wrapped_key: Buffer | null;
}

const itemsSql = `select seq, kind, mid, at, sealed, wrapped_key from feed_item left join case_file on case_file.id = feed_item.case_id
  where party = $1 and seq between $2 and $3 order by seq`;

const itemsOf = async (client: Queryable, vault: Vault, party: string, { first, last }: FeedRange): Promise<readonly FeedItem[]> => {
  const { rows } = await client.query<ItemRow>(prepared(itemsSql, [party, first, last]));
  // Of one case there are often several, and unwrapping costs as much as opening.
  const opened = new Map<string, DataKey>();
  const keyOf = (wrapped: Buffer): DataKey => {
    const name = wrapped.toString('latin1');
    const key = opened.get(name) ?? vault.unwrap(wrapped);
    opened.set(name, key);
    return key;
  };
  return rows.flatMap((row) => itemFrom(row, party, keyOf) ?? []);
};

/** Null for what was destroyed, its key included. */
const itemFrom = ({ seq, kind, mid, at, sealed, wrapped_key: wrapped }: ItemRow, party: string, keyOf: (wrapped: Buffer) => DataKey): FeedItem | null => {
  const item = { seq: Number(seq), kind, mid, at };
  if (kind === 'withdrawn') return { ...item, listing: null };
  if (sealed === null || wrapped === null) return null;
  try {
    const listing = decrypt(keyOf(wrapped), sealed, listingPlace(party, mid));
    return { ...item, listing: kind === 'proof' ? null : listing };
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return null;
    throw fault;
  }
};

const awaitRelease = async (client: Queryable, party: string, { first, last }: FeedRange, at: Date): Promise<boolean> => {
  for (let waitedMs = 0; waitedMs < releaseWaitMs; waitedMs += lookMs) {
    const { rows: [row] } = await client.query<{ released: boolean }>(prepared('select is_shown_released($1, $2, $3, $4) as released', [party, first, last, at]));
    if (row?.released === true) return true;
    await pause(lookMs);
  }
  return false;
};
