import type { CaseDesk, Colleague, NoticeLine, NoticeRows, NoticeStore } from '@ketensluis/flow';
import { parseLeaf } from '@ketensluis/tlog';
import type pg from 'pg';
import { isUuid, uuidV7 } from '../ids.js';
import { createTileCache } from '../log/tree-hashes.js';
import { periodKeys, type PeriodKeys } from '../period-keys.js';
import { inTransaction } from '../pool.js';
import { recordDrafts, twinPlace } from '../record.js';
import { prepared } from '../statement.js';
import { decrypt, type Vault } from '../vault.js';
import { openCase } from './notice-case.js';
import { deskColumns, dueSql, withinReach } from './notice-reach.js';

/** Most disclosures of one list; a busy region has a tenth of it in ninety days. */
const linesMax = 4_000;

/** PostgreSQL behind what parties see at the console; `vault` opens their disclosures. */
export const createNotices = (pool: pg.Pool, vault: Vault): NoticeStore => {
  const [keys, tiles] = [periodKeys(vault), createTileCache()];
  return {
    rows: (party, since, at) => rowsOf(pool, party, { since, at }),
    twins: (party, mids) => twinsOf(pool, vault, { party, mids }),
    open: async (party, caseId, at) => (isUuid(caseId) ? openCase({ pool, vault, tiles }, { party, caseId, at }) : null),
    colleagues: (party, at) => colleaguesOf(pool, party, at),
    assign: (party, caseId, to, mark) => assign(pool, { party, caseId, to, ...mark }),
    findSent: (party, mid) => findSent(pool, party, mid),
    tell: (word, entry, at) => tell(pool, keys, { word, entry, at }),
  };
};

// Ids are in the order of time, so the index on recipient and id is also one on recent ones.
const linesSql = `
  select delivery.mid, delivery.case_id as "caseId", case_file.number, case_file.municipality, message.type,
    case delivery.state when 'delivered' then 'had' else 'fetchable' end as state, delivery.created_at as at,
    delivery.confirmed_at is not null as "isConfirmed", message.replaced_by is not null as "isReplaced", ${dueSql} as "dueAt"
  from (select * from delivery where recipient = $1 and mid >= $2 order by mid desc limit $4) delivery
  join message on message.id = delivery.message_id join case_file on case_file.id = delivery.case_id
  where ${withinReach('$3')} order by delivery.case_id, delivery.number`;

const rowsOf = async (pool: pg.Pool, party: string, { since, at }: { readonly since: Date; readonly at: Date }): Promise<NoticeRows> => {
  const { rows: lines } = await pool.query<NoticeLine>(prepared(linesSql, [party, uuidV7(since), at, linesMax]));
  const cases = [...new Set(lines.map(({ caseId }) => caseId))];
  if (cases.length === 0) return { lines, desks: [], said: [] };
  const [desks, said] = await Promise.all([
    pool.query<CaseDesk>(prepared(`select ${deskColumns} from case_desk where party = $1 and case_id = any($2::uuid[])`, [party, cases])),
    pool.query<NoticeRows['said'][number]>(prepared(
      `select distinct case_id as "caseId", type from message where case_id = any($2::uuid[]) and sender = $1 and state <> 'refused' and replaced_by is null`, [party, cases])),
  ]);
  return { lines, desks: desks.rows, said: said.rows };
};

const twinsOf = async (pool: pg.Pool, vault: Vault, { party, mids }: { readonly party: string; readonly mids: readonly string[] }): Promise<ReadonlyMap<string, Uint8Array>> => {
  const { rows } = await pool.query<{ mid: string; wrapped_key: Buffer; twin: Buffer }>(prepared(
    `select delivery.mid, case_file.wrapped_key, outbox.twin from delivery join outbox using (mid) join case_file on case_file.id = delivery.case_id
     where delivery.mid = any($2::uuid[]) and delivery.recipient = $1 and delivery.state = 'delivered' and outbox.twin is not null`, [party, mids]));
  return new Map(rows.flatMap((row) => {
    const twin = twinOf(vault, row);
    return twin === null ? [] : [[row.mid, twin] as const];
  }));
};

// What was destroyed counts for nothing, and what does not open is told of where somebody opens it.
const twinOf = (vault: Vault, { mid, wrapped_key: wrapped, twin }: { readonly mid: string; readonly wrapped_key: Buffer; readonly twin: Buffer }): Uint8Array | null => {
  try {
    return decrypt(vault.unwrap(wrapped), twin, twinPlace(mid));
  } catch {
    return null;
  }
};

// Who is signed in, and who had a case before: the provider is asked by nobody but the person himself.
const colleaguesOf = async (pool: pg.Pool, party: string, at: Date): Promise<readonly Colleague[]> => {
  const { rows } = await pool.query<Colleague>(
    `select distinct on (account) account, name from (
       select account, person ->> 'name' as name, 1 as rank from person_session where person ->> 'party' = $1 and person -> 'roles' ? 'case-worker' and began_at <= $2
       union all select assigned_to, assigned_name, 2 from case_desk where party = $1 and assigned_to is not null and assigned_at > $2::timestamptz - interval '90 days'
     ) known order by account, rank limit 200`,
    [party, at],
  );
  return rows;
};

interface Assigning {
  readonly party: string;
  readonly caseId: string;
  readonly to: Colleague | null;
  readonly by: string;
  readonly at: Date;
}

const assign = async (pool: pg.Pool, { party, caseId, to, by, at }: Assigning): Promise<boolean> => {
  if (!isUuid(caseId)) return false;
  const { rowCount } = await pool.query(
    `insert into case_desk (party, case_id, assigned_to, assigned_name, assigned_at, assigned_by)
     select $1, $2, $3, $4, $5, $6 where exists (select from delivery where case_id = $2 and recipient = $1)
     on conflict (party, case_id) do update set assigned_to = excluded.assigned_to, assigned_name = excluded.assigned_name, assigned_at = excluded.assigned_at,
       assigned_by = excluded.assigned_by, returned_at = null, returned_by = null`,
    [party, caseId, to?.account ?? null, to?.name ?? null, at, by],
  );
  return rowCount === 1;
};

interface SentRow {
  readonly id: string;
  readonly entryId: string;
  readonly caseId: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly from: string;
  readonly leaf: Buffer;
}

const findSent = async (pool: pg.Pool, party: string, mid: string): ReturnType<NoticeStore['findSent']> => {
  if (!isUuid(mid)) return null;
  const { rows: [row] } = await pool.query<SentRow>(
    `select delivery.mid as id, delivery.entry_id as "entryId", delivery.case_id as "caseId", delivery.message_id as "messageId", delivery.recipient, message.sender as from, outbox.leaf
     from delivery join message on message.id = delivery.message_id join outbox using (mid) where delivery.mid = $1 and delivery.recipient = $2`,
    [mid, party],
  );
  if (row === undefined) return null;
  const { leaf, ...found } = row;
  const parsed = parseLeaf(leaf);
  return { ...found, trace: parsed.kind === 'leaf' ? parsed.leaf.trace : undefined };
};

type Telling = { readonly word: Parameters<NoticeStore['tell']>[0]; readonly entry: Parameters<NoticeStore['tell']>[1]; readonly at: Date };

const tell = (pool: pg.Pool, keys: PeriodKeys, { word, entry, at }: Telling): Promise<boolean> => inTransaction(pool, async (client) => {
  const { kind, about, reason, by } = word;
  const { rowCount } = await client.query(
    `insert into task (id, kind, ref, party, cause, opened_at) values ($1, $2, $3, $4, $5, $6)
     on conflict (kind, ref) do update set cause = excluded.cause, opened_at = excluded.opened_at, closed_at = null where task.closed_at is not null`,
    [uuidV7(at), kind, about.id, about.from, reason, at],
  );
  if (rowCount === 0) return false;
  if (kind === 'returned') {
    await client.query(
      `insert into case_desk (party, case_id, returned_at, returned_by) values ($1, $2, $3, $4)
       on conflict (party, case_id) do update set returned_at = excluded.returned_at, returned_by = excluded.returned_by`,
      [about.recipient, about.caseId, at, by],
    );
  }
  await recordDrafts(client, keys, [{ draft: entry, caseId: about.caseId, outgoing: null }]);
  return true;
});
