import type { AuditReader, Figure, FigureKey, LogFilter, LogPage, LogRow, PageRequest } from '@ketensluis/flow';
import { parseLeaf } from '@ketensluis/tlog';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { absent, newParameters, outcomeCode, rowsOf } from './where.js';

/** What a row of a page is read from. */
export interface FoundRow {
  readonly seq: string;
  readonly leaf: Buffer;
  readonly outcome: Buffer | null;
  readonly outcome_at: Date | null;
}

/** The last outcome of the entries in `page`; an outcome may come months after its entry. */
export const lastOutcome = `left join lateral (
    select x.leaf, r.at from entry_outcome r cross join lateral (select leaf from entry where id = r.id and at = r.at offset 0) x
    where r.ref = page.id order by r.at desc, r.id desc limit 1) o on true`;

/**
 * One page of released entries. Rows come in the order of time, which is that of their ids; the cursor is the index of the last row, and nothing that came
 * into the tree after the first page was asked for is on a later one.
 */
export const searchPage = async (client: Queryable, request: PageRequest, pseudonyms: readonly Uint8Array[] | null): Promise<LogPage> => {
  const { filter, order, limit } = request;
  const size = Math.min(request.size ?? Number.MAX_SAFE_INTEGER, await releasedSize(client));
  const after = request.after === null ? null : await placeOf(client, request.after);
  const p = newParameters();
  const [bound, way] = order === 'newest' ? ['<', 'desc'] : ['>', 'asc'];
  const { from, conditions, timeOrder } = rowsOf(filter, pseudonyms, p, false);
  const beyond = after === null ? [] : [`e.id ${bound} ${p.add(after.id, 'uuid')}`, `e.at ${bound}= ${p.add(after.at, 'timestamptz')}`];
  // The limit is in the text: with a parameter in its place the planner fetches and sorts everything.
  const text = `select page.seq, page.leaf, o.leaf as outcome, o.at as outcome_at
    from (select l.seq, e.id, e.leaf from ${from} cross join lateral (select seq from tlog_leaf where id = e.id offset 0) l
      where ${[`l.seq < ${p.add(size, 'bigint')}`, ...conditions, ...beyond].join(' and ')}
      order by ${timeOrder.map((column) => `${column} ${way}`).join(', ')} limit ${Math.trunc(limit) + 1}) page
    ${lastOutcome} order by page.id ${way}`;
  const { rows } = await client.query<FoundRow>(prepared(text, p.values));
  return { rows: rows.slice(0, limit).map(rowOf), size, isLast: rows.length <= limit };
};

/** How many rows there are to page through, counted up to `most`: a page says how many, or that there are more than it counts. */
export const countRows = async (client: Queryable, { filter, size, most }: Parameters<AuditReader['count']>[0], pseudonyms: readonly Uint8Array[] | null): Promise<number> => {
  const p = newParameters();
  const { from, conditions } = rowsOf(filter, pseudonyms, p, false);
  const text = `select count(*)::int as count from (select from ${from} cross join lateral (select seq from tlog_leaf where id = e.id offset 0) l
    where ${[`l.seq < ${p.add(size, 'bigint')}`, ...conditions].join(' and ')} limit ${Math.trunc(most)}) counted`;
  const { rows } = await client.query<{ count: number }>(prepared(text, p.values));
  return rows[0]?.count ?? 0;
};

/** How many entries are released: under the last signature, cosigned when the log has witnesses. */
export const releasedSize = async (client: Queryable): Promise<number> => {
  const { rows } = await client.query<{ size: string }>('select released_size as size from tlog_head');
  return Number(rows[0]?.size ?? 0);
};

const placeOf = async (client: Queryable, index: number): Promise<{ readonly id: string; readonly at: Date } | null> => {
  const { rows } = await client.query<{ id: string; at: Date }>('select id, at from tlog_leaf where seq = $1', [index]);
  return rows[0] ?? null;
};

/** Reads a row; throws when its leaf is none, for then the log was tampered with. */
export const rowOf = (row: FoundRow): LogRow => ({
  index: Number(row.seq),
  leaf: leafAt(row.leaf, Number(row.seq)),
  outcome: row.outcome === null || row.outcome_at === null ? null : { code: leafAt(row.outcome, Number(row.seq)).code ?? 'none', at: row.outcome_at },
});

const leafAt = (bytes: Uint8Array, index: number) => {
  const parsed = parseLeaf(bytes);
  if (parsed.kind === 'refused') throw new Error(`entry ${index} or its outcome is no leaf: ${parsed.problem}`);
  return parsed.leaf;
};

const inLeaf = (key: string): string => `coalesce(j.leaf_json ->> '${key}', '${absent}')`;
const inColumn = (column: string): string => `coalesce(e.${column}, '${absent}')`;

/** What each key of a figure is read from; `leaf` when the leaf must be read for it. */
const figureColumns: Readonly<Record<FigureKey, { readonly sql: string; readonly leaf: boolean }>> = {
  month: { sql: "to_char(e.at at time zone 'Europe/Amsterdam', 'YYYY-MM')", leaf: false },
  kind: { sql: 'e.kind', leaf: false },
  sender: { sql: inColumn('sender'), leaf: false },
  recipient: { sql: inColumn('recipient'), leaf: false },
  purpose: { sql: inColumn('purpose'), leaf: false },
  outcome: { sql: `coalesce(${outcomeCode}, case when e.kind = 'disclosure' then 'none' else '${absent}' end)`, leaf: false },
  decision: { sql: inLeaf('decision'), leaf: true },
  type: { sql: inLeaf('schema'), leaf: true },
  rule: { sql: inLeaf('rule'), leaf: true },
  reason: { sql: inLeaf('code'), leaf: true },
  category: { sql: 'c.category', leaf: true },
};

// An entry counts once for each of its categories.
const eachCategory = `cross join lateral (select jsonb_array_elements_text(case when j.leaf_json ? 'cat' then j.leaf_json -> 'cat' else '["${absent}"]' end) as category) c`;

/** Counts released entries by the keys given; the rows that \`searchPage\` pages through with the same filter and one of these values are as many. */
export const countFigures = async (client: Queryable, { filter, pseudonyms, by }: { readonly filter: LogFilter; readonly pseudonyms: readonly Uint8Array[] | null; readonly by: readonly FigureKey[] }): Promise<readonly Figure[]> => {
  const p = newParameters();
  const excluded = (await unreleased(client)).map(({ id }) => id);
  const source = rowsOf(filter, pseudonyms, p, by.some((key) => figureColumns[key].leaf));
  const keys = by.map((key) => `${figureColumns[key].sql} as "${key}"`);
  const places = by.map((_key, place) => place + 1).join(', ');
  const conditions = [...source.conditions, ...(excluded.length === 0 ? [] : [`e.id <> all(${p.add(excluded, 'uuid[]')})`])];
  const text = `select ${[...keys, 'count(*)::int as count'].join(', ')} from ${source.from} ${by.includes('category') ? eachCategory : ''}
    where ${['true', ...conditions].join(' and ')} ${by.length === 0 ? '' : `group by ${places} order by ${places}`}`;
  // A plan for any period sorts on disk and walks alone; for this one the database knows how many rows there are and shares them out: a third of the time.
  await client.query('set local plan_cache_mode = force_custom_plan');
  const { rows } = await client.query<Record<string, string> & { count: number }>(text, p.values);
  await client.query('set local plan_cache_mode = force_generic_plan');
  return rows.map(({ count, ...of }) => ({ of, count }));
};

/** What is recorded and not yet released; a few, for that follows within a second. */
export const unreleased = async (client: Queryable): Promise<readonly { readonly id: string; readonly at: Date }[]> => {
  const { rows } = await client.query<{ id: string; at: Date }>(
    'select id, at from pending union all select id, at from tlog_leaf where seq >= (select released_size from tlog_head)',
  );
  return rows;
};
