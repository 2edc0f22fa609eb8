import type pg from 'pg';

type Row = Readonly<Record<string, string>>;

// Names only the schema of ours; the history table of the migrations is Prisma's layout, not ours.
const ours = "n.nspname = 'public' and c.relname <> '_prisma_migrations'";

const columns = `
  select c.relname as owner, '  ' || rpad(a.attname, 24) || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || case when a.attidentity <> '' then ' generated ' || case a.attidentity when 'a' then 'always' else 'by default' end || ' as identity' else '' end
    || coalesce(case when a.attgenerated <> '' then ' generated always as (' else ' default ' end || pg_get_expr(d.adbin, d.adrelid)
       || case when a.attgenerated <> '' then ')' else '' end, '') as line
  from pg_attribute a
  join pg_class c on c.oid = a.attrelid
  join pg_namespace n on n.oid = c.relnamespace
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where ${ours} and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0 and not a.attisdropped
  order by c.relname, a.attnum`;

// Not-null constraints are told by the column itself.
const constraints = `
  select c.relname as owner, '  ' || k.conname || ' ' || pg_get_constraintdef(k.oid) as line
  from pg_constraint k
  join pg_class c on c.oid = k.conrelid
  join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and k.contype <> 'n'
  order by c.relname, k.contype, k.conname`;

const indexes = `
  select c.relname as owner, '  ' || pg_get_indexdef(i.indexrelid) as line
  from pg_index i
  join pg_class c on c.oid = i.indrelid
  join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)
  order by c.relname, line`;

const triggers = `
  select c.relname as owner, '  ' || pg_get_triggerdef(t.oid) as line
  from pg_trigger t
  join pg_class c on c.oid = t.tgrelid
  join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and not t.tgisinternal
  order by c.relname, t.tgname`;

const relations = `
  select c.relname as owner, case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else 'table' end
    || ' ' || c.relname || coalesce(E'\\n' || pg_get_viewdef(case when c.relkind in ('v', 'm') then c.oid end), '')
    || case when c.relrowsecurity then E'\\n  row security' else '' end as line
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and (c.relkind in ('r', 'p', 'v', 'm')
     or (c.relkind = 'S' and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i'))))
  order by c.relname`;

const functions = `
  select p.proname as owner, pg_get_functiondef(p.oid) as line
  from pg_proc p
  join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'public' and p.prokind in ('f', 'p')
    and not exists (select 1 from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by p.proname, line`;

const types = `
  select t.typname as owner, 'type ' || t.typname || coalesce(' as enum (' || (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
    from pg_enum e where e.enumtypid = t.oid) || ')', ' as ' || format_type(t.typbasetype, t.typtypmod)) as line
  from pg_type t
  join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = 'public' and t.typtype in ('e', 'd')
    and not exists (select 1 from pg_depend d where d.objid = t.oid and d.deptype = 'e')
  order by t.typname`;

const linesOf = (rows: readonly Row[], owner: string): readonly string[] => rows.filter((row) => row['owner'] === owner).map((row) => row['line'] ?? '');

/**
 * The schema of a database as text: every table with its columns, constraints, indexes and triggers, then types and functions, in an order
 * that depends on names only. Two databases with the same text behave alike for us.
 */
export const schemaText = async (client: pg.ClientBase | pg.Pool): Promise<string> => {
  const parts: Row[][] = [];
  for (const sql of [relations, columns, constraints, indexes, triggers, types, functions]) parts.push((await client.query<Row>(sql)).rows);
  const [heads = [], ...rest] = parts;
  const [, , , , typeRows = [], functionRows = []] = rest;
  const owned = rest.slice(0, 4);
  const tables = heads.map(({ owner = '', line = '' }) => [line, ...owned.flatMap((rows) => linesOf(rows, owner))].join('\n'));
  const others = [...typeRows, ...functionRows].map((row) => (row['line'] ?? '').trimEnd());
  return `${['-- The schema that the migrations add up to. Generated: do not edit, run `npm run generate`.', ...tables, ...others].join('\n\n')}\n`;
};
