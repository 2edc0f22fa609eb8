import type { MessageType, RetentionRules } from '@ketensluis/domain';
import type { CaseFilter, CaseStepLine, MunicipalCaseStore, ListedCase, StoredMunicipalCase } from '@ketensluis/flow';
import type pg from 'pg';
import { casePlace, fileFrom } from '../cases.js';
import { isUuid } from '../ids.js';
import type { Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { decrypt, KeyDestroyed, type Vault } from '../vault.js';

/** Most messages, duties and entries of one case on a page; a case has some tens. */
const shownMax = 400;

/** PostgreSQL behind the cases of a municipality; `decisions` are the messages from which five years run. */
export const createCases = (pool: pg.Pool, vault: Vault, { decisions }: Pick<RetentionRules, 'decisions'>): MunicipalCaseStore => {
  const types = [...new Set(Object.values(decisions).flat())];
  return {
    list: (municipality, filter, page) => list(pool, vault, { municipality, filter, types, ...page }),
    count: (municipality, filter, at) => count(pool, { municipality, filter, at }),
    open: async (municipality, caseId, at) => (isUuid(caseId) ? open(pool, vault, { municipality, caseId, at, types }) : null),
  };
};

interface CaseRow {
  readonly id: string;
  readonly law: string;
  readonly number: string;
  readonly created_at: Date;
  readonly wrapped_key: Buffer;
  readonly body: Buffer | null;
  readonly last_decision: Date | null;
  readonly last_message: Date | null;
  readonly open_duties: number;
  readonly next_duty: (Omit<NonNullable<ListedCase['nextDuty']>, 'dueAt'> & { readonly dueAt: string | null }) | null;
  readonly held_until: Date | null;
}

// Ids are in the order of time. Only the cases of the page are looked into. $1 municipality, $2 moment, $3 decisions.
const caseSql = (which: string): string => `
  select c.id, c.law, c.number, c.created_at, c.wrapped_key, c.body, m.last_decision, m.last_message, d.open_duties, d.next_duty, h.held_until
  from (select * from case_file c where c.municipality = $1 and ${which}) c
  cross join lateral (select max(received_at) filter (where type = any($3) and state = 'applied') as last_decision, max(received_at) as last_message from message where case_id = c.id) m
  cross join lateral (select count(*)::int as open_duties, (array_agg(jsonb_build_object('name', name, 'rule', rule, 'article', article, 'bearer', bearer, 'toward', toward, 'dueAt', due_at)
    order by due_at nulls last, name))[1] as next_duty from duty where case_id = c.id and closed_at is null) d
  cross join lateral (select max(until_at) as held_until from legal_hold_object o join legal_hold on legal_hold.id = o.hold_id
    where o.kind = 'case' and o.ref = c.id and lifted_at is null and from_at <= $2 and until_at > $2) h
  order by c.id desc`;

const standings: Readonly<Record<NonNullable<CaseFilter['standing']>, string>> = { running: 'c.ends_at > $2', ended: 'c.ends_at <= $2', 'no-ban': 'c.ends_at is null' };
const owed: Readonly<Record<NonNullable<CaseFilter['duty']>, string>> = { open: '', late: 'and due_at < $2' };

// Texts of ours only; values go as parameters.
const conditionOf = ({ standing, duty }: CaseFilter): string =>
  [standing === null ? 'true' : standings[standing], ...(duty === null ? [] : [`exists (select from duty where case_id = c.id and closed_at is null ${owed[duty]})`])].join(' and ');

interface ListAsked {
  readonly municipality: string;
  readonly filter: CaseFilter;
  readonly types: readonly MessageType[];
  readonly at: Date;
  readonly after: string | null;
  readonly limit: number;
}

const list = async (client: Queryable, vault: Vault, { municipality, filter, types, at, after, limit }: ListAsked): Promise<readonly ListedCase[]> => {
  const { rows } = await client.query<CaseRow>(prepared(
    caseSql(`${conditionOf(filter)} and $2::timestamptz is not null and ($5::uuid is null or c.id < $5) order by c.id desc limit $4`),
    [municipality, at, types, limit, after !== null && isUuid(after) ? after : null],
  ));
  return rows.map((row) => caseOf(vault, row));
};

const count = async (client: Queryable, { municipality, filter, at }: Pick<ListAsked, 'municipality' | 'filter' | 'at'>): Promise<number> => {
  const { rows: [row] } = await client.query<{ count: number }>(prepared(
    `select count(*)::int as count from case_file c where c.municipality = $1 and $2::timestamptz is not null and ${conditionOf(filter)}`, [municipality, at],
  ));
  return row?.count ?? 0;
};

const caseOf = (vault: Vault, row: CaseRow): ListedCase => ({
  caseId: row.id, law: row.law, number: row.number, createdAt: row.created_at, lastDecisionAt: row.last_decision, lastMessageAt: row.last_message,
  openDuties: row.open_duties, heldUntil: row.held_until, file: fileOf(vault, row),
  nextDuty: row.next_duty === null ? null : { ...row.next_duty, dueAt: row.next_duty.dueAt === null ? null : new Date(row.next_duty.dueAt) },
});

const fileOf = (vault: Vault, { id, wrapped_key, body }: CaseRow): ListedCase['file'] => {
  if (body === null) return null;
  try {
    return fileFrom(decrypt(vault.unwrap(wrapped_key), body, casePlace(id)));
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return null;
    throw fault;
  }
};

interface OpenAsked {
  readonly municipality: string;
  readonly caseId: string;
  readonly at: Date;
  readonly types: readonly MessageType[];
}

const open = async (pool: pg.Pool, vault: Vault, { municipality, caseId, at, types }: OpenAsked): Promise<StoredMunicipalCase | null> => {
  const { rows: [row] } = await pool.query<CaseRow>(prepared(caseSql('c.id = $4'), [municipality, at, types, caseId]));
  if (row === undefined) return null;
  const [steps, duties, entries] = await Promise.all([
    pool.query<CaseStepLine>(prepared(
      `select id, type, sender, received_at as "receivedAt", state, replaced_by is not null as "isReplaced" from message where case_id = $1 order by received_at, id limit ${shownMax}`, [caseId])),
    pool.query<StoredMunicipalCase['duties'][number]>(prepared(
      `select name, rule, article, bearer, toward, recipient, authority, opened_at as "openedAt", due_at as "dueAt", closed_at as "closedAt", closed_by as "closedBy"
       from duty where case_id = $1 order by closed_at is not null, due_at nulls last, name limit ${shownMax}`, [caseId])),
    pool.query<{ seq: string }>(prepared(
      `select l.seq from message m join decision d on d.message_id = m.id join tlog_leaf l on l.id = d.entry_id where m.case_id = $1 order by l.seq limit ${shownMax}`, [caseId])),
  ]);
  return { ...caseOf(vault, row), steps: steps.rows, duties: duties.rows, entries: entries.rows.map(({ seq }) => Number(seq)) };
};
