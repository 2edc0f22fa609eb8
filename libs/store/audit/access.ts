import type { AccessFilter, AccessLine, AccessMark, AccessRow, AuditReader, HttpRead } from '@ketensluis/flow';
import type { Queryable } from '../pool.js';
import { newParameters, outsideCondition, type Parameters as Values } from './where.js';

const columns = 'seq, at, actor as account, function, action, purpose, controller, trace, question, entry_id as "entryId"';

// Ids in one text: node-postgres reads an array letter by letter, and a page of looks has thousands of ids.
type StoredRow = Omit<AccessRow, 'seq' | 'objects'> & { readonly seq: string; readonly objects: string };
interface StoredRead extends Omit<HttpRead, 'seq' | 'archive' | 'first' | 'last' | 'reader'> {
  readonly seq: string;
  readonly archive: string | null;
  readonly first: string | null;
  readonly last: string | null;
  readonly name: string;
  readonly role: HttpRead['reader']['role'];
  readonly oin: string | null;
}
const rowOf = (row: StoredRow): AccessRow => ({ ...row, seq: Number(row.seq), objects: row.objects === '' ? [] : row.objects.split(',') });
const numberOf = (text: string | null): number | null => (text === null ? null : Number(text));
const readOf = ({ seq, archive, first, last, name, role, oin, ...row }: StoredRead): HttpRead =>
  ({ ...row, seq: Number(seq), archive: numberOf(archive), first: numberOf(first), last: numberOf(last), reader: { name, role, oin } });

type AccessRequest = Parameters<AuditReader['access']>[0];

/**
 * Who looked, newest first. A controller sees the looks for it, and of those over all controllers the ones that showed entries of its own, with these entries
 * alone, and those that took the whole log (I10): an operator does not look unseen. Of programs it sees its own, and every other one that was given a
 * bundle of all entries, or an entry of its own.
 */
export const accessOf = async (client: Queryable, { controller, before, limit, filter }: AccessRequest): Promise<readonly AccessLine[]> => {
  const at = before === null ? null : await momentOf(client, before);
  if (before !== null && at === null) return [];
  // One order over both: by time, and within a millisecond persons before programs.
  const [person, read] = before?.kind === 'http' ? [0, before.seq] : [before?.seq ?? null, Number.MAX_SAFE_INTEGER];
  const persons = filter.kind === 'http' ? [] : await personsBefore(client, { controller, at, seq: person, limit, filter });
  const reads = filter.kind === 'person' || filter.actions !== null ? [] : await readsBefore(client, { controller, at, seq: read, limit, filter });
  const lines: readonly AccessLine[] = [
    ...persons.map((row) => ({ kind: 'person' as const, ...rowOf(row) })),
    ...reads.map((row) => ({ kind: 'http' as const, ...readOf(row) })),
  ];
  return [...lines].sort((a, b) => b.at.getTime() - a.at.getTime() || (a.kind === b.kind ? b.seq - a.seq : a.kind === 'person' ? -1 : 1)).slice(0, limit);
};
/** When the line was written; null when there is none. */
const momentOf = async (client: Queryable, { kind, seq }: AccessMark): Promise<Date | null> => {
  const { rows } = await client.query<{ at: Date }>(kind === 'person' ? 'select at from access where seq = $1' : 'select at from program_read where seq = $1', [seq]);
  return rows[0]?.at ?? null;
};

interface Before {
  readonly controller: string | null;
  readonly at: Date | null;
  readonly seq: number | null;
  readonly limit: number;
  readonly filter: AccessFilter;
}

const personsBefore = async (client: Queryable, { controller, at, seq, limit, filter }: Before): Promise<readonly StoredRow[]> => {
  const p = newParameters();
  for (const [value, type] of [[controller, 'text'], [at, 'timestamptz'], [seq, 'bigint'], [limit, 'int']] as const) p.add(value, type);
  const conditions = [
    ...(filter.actions === null ? [] : [`action = any(${p.add(filter.actions, 'text[]')})`]),
    ...(filter.countMin === null ? [] : [`case when own.is_part then cardinality(own.objects) else object_count end >= ${p.add(filter.countMin, 'int')}`]),
    ...outside('at', filter, p),
  ];
  return (await client.query<StoredRow>(personsSql(conditions), p.values)).rows;
};

const readsBefore = async (client: Queryable, { controller, at, seq, limit, filter }: Before): Promise<readonly StoredRead[]> => {
  const p = newParameters();
  for (const [value, type] of [[controller, 'text'], [at, 'timestamptz'], [seq, 'bigint'], [limit, 'int']] as const) p.add(value, type);
  const conditions = [...(filter.countMin === null ? [] : [`look.entries >= ${p.add(filter.countMin, 'int')}`]), ...outside('look.at', filter, p)];
  return (await client.query<StoredRead>(readsSql(conditions), p.values)).rows;
};

const outside = (column: string, { outsideHours }: AccessFilter, p: Values): readonly string[] => (outsideHours === null ? [] : [outsideCondition(column, outsideHours, p)]);

const personsSql = (conditions: readonly string[]): string => `select ${columns}, array_to_string(own.objects, ',') as objects, case when own.is_part then cardinality(own.objects) else object_count end as "objectCount"
  from access cross join lateral (
    select access.controller is null and $1::text is not null as is_part,
      case when access.controller is null and $1::text is not null
        then array(select l.id from unnest(access.objects) as shown (id) join tlog_leaf l on l.id = shown.id
          cross join lateral (select controller from entry where id = l.id and at = l.at offset 0) e where e.controller = $1 order by l.seq)
        else access.objects end as objects) own
  where ($1::text is null or controller = $1 or (own.is_part and (cardinality(own.objects) > 0 or action = 'export')))
    and ($2::timestamptz is null or at < $2 or (at = $2 and seq < $3::bigint)) ${conditions.map((one) => `and ${one}`).join(' ')}
  order by at desc, seq desc limit $4::int`;

// A party by the name it has now; the number is what the look was recorded under.
const readsSql = (conditions: readonly string[]): string => `select look.seq, look.at, look.way, look.question, look.archive, look.first, look.last, look.entry_id as "entryId", look.outcome, look.entries as count, look.trace,
    coalesce(reader.name, party.name, '') as name, coalesce(reader.role, 'party') as role, coalesce(reader.oin, look.oin) as oin
  from program_read look left join reader on reader.id = look.reader_id
  left join lateral (
    select body ->> 'name' as name from register_version where kind = 'party' and body ->> 'oin' = look.oin order by seq desc limit 1) party on look.oin is not null
  where ($1::text is null or (reader.role = 'controller' and reader.oin = $1) or look.oin = $1
      or (look.outcome = 'given' and (look.question = 'bundle' or exists (
        select from tlog_leaf l cross join lateral (select controller from entry where id = l.id and at = l.at offset 0) e where l.id = look.entry_id and e.controller = $1))))
    and ($2::timestamptz is null or look.at < $2 or (look.at = $2 and look.seq < $3::bigint)) ${conditions.map((one) => `and ${one}`).join(' ')}
  order by look.at desc, look.seq desc limit $4::int`;

/** The checks of the log in a period, oldest first. They are about the whole log, so they are everybody's. */
export const checksIn = async (client: Queryable, { from, to }: { readonly from: Date; readonly to: Date }): Promise<readonly AccessRow[]> => {
  const { rows } = await client.query<StoredRow>(
    `select ${columns}, array_to_string(objects, ',') as objects, object_count as "objectCount" from access where action = 'verify' and at >= $1 and at < $2 order by seq`,
    [from, to],
  );
  return rows.map(rowOf);
};
