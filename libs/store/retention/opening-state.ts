import type { Queryable } from '../pool.js';

/**
 * What became of the personal part of an entry: it can be `opened`; it was `closed` on purpose, and the entry of the log that says so stands at this
 * index (null until the run that destroys it has ended and is in the tree); or it is `missing`, and only that is an alarm (log.md 7.7).
 */
export type OpeningState =
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed'; readonly by: 'destruction' | 'correction'; readonly entryId: string | null; readonly index: number | null }
  | { readonly kind: 'missing' };

interface StateRow {
  readonly id: string;
  readonly has_detail: boolean;
  readonly has_key: boolean;
  readonly by: 'destruction' | 'correction' | null;
  readonly entry_id: string | null;
  readonly seq: string | null;
}

/** The state of each of these entries' personal part; an id that is no entry in the tree is not in the answer. */
export const openingStates = async (client: Queryable, ids: readonly string[]): Promise<ReadonlyMap<string, OpeningState>> => {
  const { rows } = await client.query<StateRow>(
    `select l.id, d.id is not null as has_detail, k.wrapped is not null as has_key, gone.by, gone.entry_id, told.seq
     from tlog_leaf l
     left join lateral (select id, key_id from entry_detail where id = l.id and at = l.at offset 0) d on true
     left join data_key k on k.id = d.key_id
     left join lateral (
       select case when e.kind = 'entry' then 'correction' else 'destruction' end as by, e.entry_id from erased e
       where (e.kind, e.ref) in (('entry', l.id::text), ('month', month_of(l.at)))
         or (e.kind = 'month-part' and e.ref = month_of(l.at) and l.id <> all(e.excepted))
       order by e.erased_at limit 1) gone on true
     left join tlog_leaf told on told.id = gone.entry_id
     where l.id = any($1)`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, stateOf(row)]));
};

const stateOf = ({ has_detail, has_key, by, entry_id, seq }: StateRow): OpeningState => {
  if (has_detail && has_key) return { kind: 'opened' };
  if (by === null) return { kind: 'missing' };
  return { kind: 'closed', by, entryId: entry_id, index: seq === null ? null : Number(seq) };
};

/** How many entries have lost their personal part without a destruction or correction that says so, and the first of them. */
export const missingOpenings = async (client: Queryable): Promise<{ readonly count: number; readonly first: number | null }> => {
  const { rows } = await client.query<{ count: number; first: string | null }>(
    `select count(*)::integer as count, min(l.seq) as first from tlog_leaf l
     where not exists (select from entry_detail d join data_key k on k.id = d.key_id where d.id = l.id and d.at = l.at and k.wrapped is not null)
       and not is_detail_erased(l.id, l.at)`,
  );
  const [row] = rows;
  return { count: row?.count ?? 0, first: row?.first === null || row === undefined ? null : Number(row.first) };
};
