import type { CourtFeed } from '@ketensluis/flow';
import { createHash } from 'node:crypto';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';

/** How a party reads its feed; null when it never had one. */
export const feedOf = async (client: Queryable, party: string): Promise<CourtFeed | null> => {
  const { rows: [feed] } = await client.query<{ items: string; unread: number; look_at: Date | null; proof: Buffer | null }>(prepared(
    `select feed.last as items, look.at as look_at, look.proof,
       (select count(*)::int from feed_item where feed_item.party = feed.party and read_in is null and (kind = 'withdrawn' or sealed is not null)) as unread
     from feed left join lateral (
       select at, proof from program_read where program_read.oin = feed.party and way = 'feed' and outcome in ('given', 'same') order by seq desc limit 1) look on true
     where feed.party = $1`, [party]));
  if (feed === undefined) return null;
  const lastLook = feed.look_at === null ? null : { at: feed.look_at, by: await readerName(client, party, feed.proof) };
  return { items: Number(feed.items), unread: feed.unread, lastLook };
};

/** Of a reader the row of access holds the hash of its id; a certificate has no name of its own here. */
const readerName = async (client: Queryable, party: string, proof: Buffer | null): Promise<string | null> => {
  const { rows } = await client.query<{ id: string; name: string }>('select id, name from reader where oin = $1', [party]);
  return rows.find(({ id }) => proof !== null && createHash('sha256').update(`reader ${id}`).digest().equals(proof))?.name ?? null;
};
