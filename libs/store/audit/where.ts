import type { LogFilter } from '@ketensluis/flow';

/** Parameters of one statement, in the order they were asked for. */
export interface Parameters {
  readonly values: unknown[];
  /** Adds a value and gives the `$n` that stands for it. */
  readonly add: (value: unknown, type: string) => string;
}

/** No parameters yet. */
export const newParameters = (): Parameters => {
  const values: unknown[] = [];
  return { values, add: (value, type) => `$${values.push(value)}::${type}` };
};

/** What stands in a filter for "has none"; the same word as in the flows, of which this library knows only the types. */
export const absent = '-';

/** Office hours: Monday to Friday from eight to six, on the clock of Amsterdam, holidays apart. */
const officeHours = { from: 8, to: 18 } as const;

/** Stands in a filter for every decision; the same word as in the flows. */
const decided = 'decided';
const decidedKinds = ['disclosure', 'hold', 'refusal'];

/** The leaf as JSON; asked for once per row, and only where a filter or a figure reads what has no column. */
const leafJson = "cross join lateral (select convert_from(e.leaf, 'UTF8')::jsonb as leaf_json offset 0) as j";

/** The code of the last outcome of an entry; null while there is none. */
export const outcomeCode = `(select convert_from(o.leaf, 'UTF8')::jsonb ->> 'code'
  from entry_outcome r cross join lateral (select leaf from entry where id = r.id and at = r.at offset 0) o
  where r.ref = e.id order by r.at desc, r.id desc limit 1)`;

/** Rows of `entry` as table `e`, with `j.leaf_json` where it is read: what stands behind `from` and `where`, and the order of time. */
export interface RowSource {
  readonly from: string;
  readonly conditions: readonly string[];
  /** Columns whose order is that of time, in the order an index gives them. */
  readonly timeOrder: readonly string[];
}

/**
 * The rows a filter means. Persons are looked for by pseudonym, everything else by the columns that have an index; what stands in the leaf alone is
 * compared row by row.
 */
export const rowsOf = (filter: LogFilter, pseudonyms: readonly Uint8Array[] | null, p: Parameters, needsLeaf: boolean): RowSource => {
  const period = (table: string): readonly string[] => [`${table}.at >= ${p.add(filter.from, 'timestamptz')}`, `${table}.at < ${p.add(filter.to, 'timestamptz')}`];
  const inLeaf = leafConditions(filter, p);
  const conditions = [...columnConditions(filter, p), ...inLeaf];
  const json = needsLeaf || inLeaf.length > 0 ? leafJson : '';
  if (pseudonyms !== null) {
    const found = `(select distinct s.at, s.id from entry_subject s where s.pseudonym = any(${p.add(pseudonyms, 'bytea[]')}) and ${period('s').join(' and ')}) s`;
    return { from: `${found} cross join lateral (select * from entry where id = s.id and at = s.at offset 0) e ${json}`, conditions, timeOrder: ['e.at', 'e.id'] };
  }
  const isNarrow = filter.recipient !== null || filter.controller !== null;
  // A UUIDv7 begins with its time: where no column narrows the search, the primary key is the index on time.
  const ids = isNarrow ? [] : [`e.id >= ${p.add(firstIdAt(filter.from), 'uuid')}`, `e.id < ${p.add(firstIdAt(filter.to), 'uuid')}`];
  return { from: `entry e ${json}`, conditions: [...period('e'), ...ids, ...conditions], timeOrder: isNarrow ? ['e.at', 'e.id'] : ['e.id'] };
};

/** The smallest UUIDv7 of a moment. */
const firstIdAt = (at: Date): string => {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-0000-0000-000000000000`;
};

const is = (column: string, value: string, p: Parameters): string => (value === absent ? `${column} is null` : `${column} = ${p.add(value, 'text')}`);

const columnConditions = (filter: LogFilter, p: Parameters): readonly string[] => {
  const columns = [
    ['controller', filter.controller], ['recipient', filter.recipient], ['sender', filter.sender], ['kind', filter.kind === decided ? null : filter.kind], ['purpose', filter.purpose],
  ] as const;
  return [
    ...columns.flatMap(([column, value]) => (value === null ? [] : [is(`e.${column}`, value, p)])),
    ...(filter.kind === decided ? [`e.kind = any(${p.add(decidedKinds, 'text[]')})`] : []),
    ...(filter.channel === null ? [] : [channelCondition(filter.channel, p)]),
    ...(filter.outsideHours === null ? [] : [outsideCondition('e.at', filter.outsideHours, p)]),
    ...(filter.outcome === null ? [] : [outcomeCondition(filter.outcome, p)]),
  ];
};

const channelCondition = (channel: NonNullable<LogFilter['channel']>, p: Parameters): string =>
  `exists (select from unnest(${p.add(channel.map(({ oin }) => oin), 'text[]')}, ${p.add(channel.map(({ from }) => from), 'timestamptz[]')},
    ${p.add(channel.map(({ to }) => to), 'timestamptz[]')}) as reached (oin, since, until)
    where reached.oin = e.recipient and e.at >= reached.since and e.at < reached.until)`;

/** A moment in this column lies outside office hours in Amsterdam. */
export const outsideCondition = (column: string, { holidays }: NonNullable<LogFilter['outsideHours']>, p: Parameters): string => {
  const local = `(${column} at time zone 'Europe/Amsterdam')`;
  return `(extract(isodow from ${local}) > 5 or extract(hour from ${local}) < ${officeHours.from} or extract(hour from ${local}) >= ${officeHours.to}
    or ${local}::date = any(${p.add(holidays, 'date[]')}))`;
};

const outcomeCondition = (outcome: string, p: Parameters): string =>
  outcome === 'none'
    ? `e.kind = 'disclosure' and not exists (select from entry_outcome r where r.ref = e.id)`
    : `exists (select from entry_outcome r where r.ref = e.id) and ${outcomeCode} = ${p.add(outcome, 'text')}`;

const leafConditions = (filter: LogFilter, p: Parameters): readonly string[] => {
  const keys = [['decision', filter.decision], ['schema', filter.type], ['basis', filter.basis], ['rule', filter.rule], ['policy', filter.policy], ['code', filter.reason]] as const;
  return [
    ...keys.flatMap(([key, value]) => (value === null ? [] : [is(`(j.leaf_json ->> '${key}')`, value, p)])),
    ...(filter.category === null ? [] : [filter.category === absent ? `not j.leaf_json ? 'cat'` : `j.leaf_json -> 'cat' ? ${p.add(filter.category, 'text')}`]),
  ];
};
