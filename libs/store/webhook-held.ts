import { ring } from './bell.js';
import type { Queryable } from './pool.js';

/** What was held toward a party for this one cause is tried again, and its tasks are closed: part of the transaction that took the cause away. */
export const tryHeld = async (client: Queryable, { party, cause }: { readonly party: string; readonly cause: 'endpoint-disabled' | 'no-key' }, at: Date): Promise<void> => {
  await client.query(
    `update task set closed_at = $3 where kind = 'certificate' and closed_at is null
       and ref in (select mid::text from delivery where recipient = $1 and state = 'held' and cause = $2)`,
    [party, cause, at],
  );
  const { rows } = await client.query<{ mid: string }>(
    "update delivery set state = 'waiting', since = $3 where recipient = $1 and state = 'held' and cause = $2 returning mid", [party, cause, at],
  );
  await client.query(
    "insert into queue (kind, ref, lane, due_at) select 'deliver', mid, $1, $3 from unnest($2::uuid[]) as again (mid) on conflict do nothing",
    [party, rows.map(({ mid }) => mid), at],
  );
  await ring(client, 'deliver');
};
