import type { CandidateQuestion, RetentionCandidate } from '@ketensluis/flow';
import { endOfPeriod, type RetentionRules } from '@ketensluis/domain';
import type { Queryable } from '../pool.js';
import { shareOf } from '../vault.js';

/** Objects looked at in one go; a proposal holds fewer. */
const candidatesMax = 2_000;

/** One way to look: by the start of the clock, or one object by its id. */
export type Look = { readonly before: Date; readonly from?: Date; readonly most?: number } | { readonly ref: string };

type Search = (client: Queryable, question: Omit<CandidateQuestion, 'before'>, look: Look, decisions: readonly string[]) => Promise<readonly RetentionCandidate[]>;

/** Objects of this kind whose clock runs, oldest start first. Changes nothing. */
export const findCandidates = (client: Queryable, rules: RetentionRules, question: Omit<CandidateQuestion, 'before'>, look: Look): Promise<readonly RetentionCandidate[]> =>
  searches[question.object](client, question, look, rules.decisions[question.law ?? ''] ?? []);

const none: Search = async () => [];

const boundsOf = (look: Look): readonly [string | null, Date | null, Date | null, number] =>
  'ref' in look ? [look.ref, null, null, 1] : [null, look.before, look.from ?? null, look.most ?? candidatesMax];

const cases = (isBan: boolean): Search => async (client, { object, law, at }, look, decisions) => {
  const start = isBan ? 'last_decision' : 'last_message';
  const { rows } = await client.query<CaseRow>(
    `with clock as (
       select c.id, c.municipality, c.wrapped_key, max(m.received_at) filter (where m.type = any($1) and m.state = 'applied') as last_decision,
         max(m.received_at) as last_message, count(*)::integer as messages, array_agg(m.raw_key) filter (where m.raw_key is not null) as raw_keys
       from case_file c join message m on m.case_id = c.id where c.law = $2 and ($4::uuid is null or c.id = $4::uuid) group by c.id)
     select clock.*, ${start} as started_at, is_held('case', id, $3) as held,
       exists (select from queue where lane = clock.id::text)
         or exists (select from delivery join queue on queue.kind = 'deliver' and queue.ref = delivery.mid where delivery.case_id = clock.id) as waiting
     from clock where (last_decision is not null) = $8 and ($5::timestamptz is null or ${start} < $5) and ($6::timestamptz is null or ${start} >= $6)
     order by ${start}, id limit $7`,
    [decisions, law, at, ...boundsOf(look), isBan],
  );
  return rows.map((row) => ({
    kind: 'case', ref: row.id, object, law, municipality: row.municipality, caseId: row.id, startedAt: row.started_at, count: row.messages,
    shares: [row.wrapped_key, ...(row.raw_keys ?? [])].map(shareOf), excepted: [], range: null, blocked: blockedBy(row),
  }));
};

interface CaseRow {
  readonly id: string;
  readonly municipality: string;
  readonly wrapped_key: Buffer;
  readonly raw_keys: readonly Buffer[] | null;
  readonly messages: number;
  readonly started_at: Date;
  readonly held: boolean;
  readonly waiting: boolean;
}

const blockedBy = ({ held, waiting }: { readonly held: boolean; readonly waiting: boolean }): RetentionCandidate['blocked'] =>
  held ? 'held' : waiting ? 'waiting' : null;

interface PartRow {
  readonly id: string;
  readonly case_id: string;
  readonly municipality: string;
  readonly key: Buffer | null;
  readonly started_at: Date;
  readonly held: boolean;
  readonly waiting: boolean;
}

const partOf = (kind: 'raw' | 'outgoing', { object, law }: Pick<CandidateQuestion, 'object' | 'law'>, row: PartRow): RetentionCandidate => ({
  kind, ref: row.id, object, law, municipality: row.municipality, caseId: row.case_id, startedAt: row.started_at, count: 1,
  shares: row.key === null ? [] : [shareOf(row.key)], excepted: [], range: null, blocked: blockedBy(row),
});

const rawMails: Search = async (client, question, look) => {
  const { rows } = await client.query<PartRow>(
    `select m.id, m.case_id, c.municipality, m.raw_key as key, m.received_at as started_at, is_held('case', c.id, $2) as held, m.state in ('accepted', 'parked') as waiting
     from message m join case_file c on c.id = m.case_id
     where m.raw_key is not null and c.law = $1 and ($3::uuid is null or m.id = $3::uuid)
       and ($4::timestamptz is null or m.received_at < $4) and ($5::timestamptz is null or m.received_at >= $5) order by m.received_at, m.id limit $6`,
    [question.law, question.at, ...boundsOf(look)],
  );
  return rows.map((row) => partOf('raw', question, row));
};

// An outgoing body is encrypted under the key of its case, which goes with the case; by itself only the row goes.
const outgoingBodies: Search = async (client, question, look) => {
  const { rows } = await client.query<PartRow>(
    `select o.mid as id, d.case_id, c.municipality, null::bytea as key, o.entry_at as started_at,
       is_held('case', c.id, $2) or is_held('entry', o.entry_id, $2) as held, d.state = 'waiting' as waiting
     from outbox o join delivery d on d.mid = o.mid join case_file c on c.id = d.case_id
     where o.sealed is not null and c.law = $1 and ($3::uuid is null or o.mid = $3::uuid)
       and ($4::timestamptz is null or o.entry_at < $4) and ($5::timestamptz is null or o.entry_at >= $5) order by o.entry_at, o.mid limit $6`,
    [question.law, question.at, ...boundsOf(look)],
  );
  return rows.map((row) => partOf('outgoing', question, row));
};

interface PeriodRow {
  readonly id: string;
  readonly wrapped: Buffer | null;
  readonly rows: number;
  readonly first: string | null;
  readonly last: string | null;
  readonly held: readonly string[];
}

const months: Search = async (client, { object, at }, look) => {
  const { rows: keys } = await client.query<{ id: string; wrapped: Buffer }>(
    "select id, wrapped from data_key where length(id) = 7 and wrapped is not null and ($1::text is null or id = $1) order by id",
    ['ref' in look ? look.ref : null],
  );
  const due = keys.map((key) => ({ ...key, startedAt: endOfPeriod(key.id) })).filter(({ startedAt }) => isWithin(startedAt, look)).slice(0, boundsOf(look)[3]);
  const found: RetentionCandidate[] = [];
  for (const { id, wrapped, startedAt } of due) found.push(monthOf({ id, wrapped, startedAt, object }, await rowsOfMonth(client, id, at)));
  return found;
};

const isWithin = (startedAt: Date, look: Look): boolean => 'ref' in look || (startedAt < look.before && (look.from === undefined || startedAt >= look.from));

const rowsOfMonth = async (client: Queryable, month: string, at: Date): Promise<PeriodRow> => {
  const { rows } = await client.query<PeriodRow>(
    `select count(*)::integer as rows, min(l.seq) as first, max(l.seq) as last,
       coalesce(array_agg(d.id) filter (where is_held('entry', d.id, $3) or (d.case_id is not null and is_held('case', d.case_id, $3))), '{}') as held
     from entry_detail d join tlog_leaf l on l.id = d.id
     where d.at >= ($1 || '-01')::timestamp at time zone 'UTC' and d.at < (($1 || '-01')::timestamp + interval '1 month') at time zone 'UTC' and $2`,
    [month, true, at],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('bug: an aggregate without a row');
  return row;
};

// Whatever is held keeps the key of its month, and the month goes but for that; once the hold ends the rest and the key go.
const monthOf = (month: { readonly id: string; readonly wrapped: Buffer; readonly startedAt: Date; readonly object: RetentionCandidate['object'] }, row: PeriodRow): RetentionCandidate => {
  const isPart = row.held.length > 0;
  return {
    kind: isPart ? 'month-part' : 'month', ref: month.id, object: month.object, law: null, municipality: null, caseId: null, startedAt: month.startedAt,
    count: row.rows - row.held.length, shares: isPart ? [] : [shareOf(month.wrapped)], excepted: row.held,
    range: row.first === null || row.last === null ? null : { first: Number(row.first), last: Number(row.last) },
    blocked: isPart && row.rows === row.held.length ? 'held' : null,
  };
};

const years: Search = async (client, { object }, look) => {
  const { rows } = await client.query<{ id: string; wrapped: Buffer; months: readonly string[]; count: number }>(
    `select y.id, y.wrapped,
       array(select m.id from data_key m where length(m.id) = 7 and m.id like y.id || '-%' and m.wrapped is not null order by m.id) as months,
       (select count(*)::integer from entry_subject s
        where s.at >= (y.id || '-01-01')::timestamp at time zone 'UTC' and s.at < ((y.id || '-01-01')::timestamp + interval '1 year') at time zone 'UTC') as count
     from data_key y where length(y.id) = 4 and y.wrapped is not null and ($1::text is null or y.id = $1) order by y.id`,
    ['ref' in look ? look.ref : null],
  );
  return rows
    .map((row) => ({ ...row, startedAt: endOfPeriod(row.id) }))
    .filter(({ startedAt }) => isWithin(startedAt, look))
    .slice(0, boundsOf(look)[3])
    .map(({ id, wrapped, months: waitFor, count, startedAt }) => ({
      kind: 'year', ref: id, object, law: null, municipality: null, caseId: null, startedAt, count, shares: [shareOf(wrapped)],
      // The months whose personal part is still there; the year goes after them.
      excepted: waitFor, range: null, blocked: waitFor.length > 0 ? 'waiting' : null,
    }));
};

/** The access log has no key: what it says of persons is who asked. What programs read goes with it. */
const accessMonths: Search = async (client, { object }, look) => {
  const { rows } = await client.query<{ id: string; count: number }>(
    'select month_of(at) as id, count(*)::integer as count from (select at from access union all select at from program_read) look where $1::text is null or month_of(at) = $1 group by 1 order by 1',
    ['ref' in look ? look.ref : null],
  );
  return rows
    .map(({ id, count }) => ({ id, count, startedAt: endOfPeriod(id) }))
    .filter(({ startedAt }) => isWithin(startedAt, look))
    .slice(0, boundsOf(look)[3])
    .map(({ id, count, startedAt }) => ({
      kind: 'access', ref: id, object, law: null, municipality: null, caseId: null, startedAt, count, shares: [], excepted: [], range: null, blocked: null,
    }));
};

// What it withheld is there as long as the personal part of its entry, or any of its case, or the case itself.
const deferrals: Search = async (client, { object }, look) => {
  const { rows } = await client.query<{ trace: string; until: Date; waiting: boolean }>(
    `select trace, until, case when entry_id is null
         then exists (select from case_file where id = case_id) or exists (select from entry_detail d where d.case_id = deferral.case_id)
         else exists (select from entry_detail d where d.id = deferral.entry_id) end as waiting
     from deferral where ($1::text is null or trace = $1) and ($2::timestamptz is null or until < $2) and ($3::timestamptz is null or until >= $3)
     order by until, trace limit $4`,
    [...boundsOf(look)],
  );
  return rows.map(({ trace, until, waiting }) => ({
    kind: 'deferral', ref: trace, object, law: null, municipality: null, caseId: null, startedAt: until, count: 1, shares: [], excepted: [], range: null,
    blocked: waiting ? 'waiting' : null,
  }));
};

const searches: Readonly<Record<CandidateQuestion['object'], Search>> = {
  'ban-file': cases(true),
  'no-ban-file': cases(false),
  'raw-mail': rawMails,
  outgoing: outgoingBodies,
  'log-detail': months,
  'log-pseudonym': years,
  'access-log': accessMonths,
  deferral: deferrals,
  register: none,
  entry: none,
};
