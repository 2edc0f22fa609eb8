import { isBsn, isDay, searchKeptMs, type PersonAsked } from '@ketensluis/domain';
import type { FigureBook, SharedRow } from '@ketensluis/flow';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { monthOf, periodKeys, type PeriodKeys } from '../period-keys.js';
import { inTransaction, type Queryable } from '../pool.js';
import { prepared } from '../statement.js';
import { decrypt, encrypt, type Vault } from '../vault.js';

/** How the log stands: what a privacy officer sees before anything else. */
export interface LogState {
  readonly size: number;
  readonly signedAt: Date | null;
  /** When witnesses cosigned it last; null in a log without. */
  readonly cosignedAt: Date | null;
  readonly witnesses: readonly { readonly name: string; readonly isWell: boolean }[];
  readonly lastCheck: { readonly at: Date; readonly isUnchanged: boolean; readonly size: number; readonly problems: readonly string[] } | null;
}

/** A search on a person that was kept. */
export interface StoredSearch {
  readonly purpose: string;
  readonly persons: readonly PersonAsked[];
}

/** Whose search: another account, also of the same party, gets nothing. */
export interface SearchOwner {
  readonly account: string;
  readonly party: string;
}

/** A sample with how many of its entries were judged how. */
export interface SampleCount {
  readonly id: string;
  readonly at: Date;
  readonly from: Date;
  readonly to: Date;
  readonly seed: string;
  readonly size: number;
  readonly population: number;
  readonly drawn: number;
  readonly judged: number;
  readonly questions: number;
  readonly incidents: number;
}

const personsSchema = z.array(z.union([
  z.strictObject({ kind: z.literal('bsn'), bsn: z.string().refine(isBsn) }),
  z.strictObject({ kind: z.literal('name'), name: z.string().min(1).max(200), birthDate: z.string().refine(isDay) }),
])).min(1).max(10);

/** Persons somebody asks for, sealed under the key of the month: they go with it. */
export const sealPersons = async (keys: PeriodKeys, client: Queryable, { persons, place, at }: { readonly persons: readonly PersonAsked[]; readonly place: string; readonly at: Date }) => {
  const keyId = monthOf(at);
  return { keyId, sealed: encrypt(await keys.of(keyId, client, at), Buffer.from(JSON.stringify(persons), 'utf8'), place) };
};

/** What `sealPersons` sealed; null when its key was destroyed. */
export const openPersons = async (keys: PeriodKeys, client: Queryable, { keyId, sealed, place }: { readonly keyId: string; readonly sealed: Uint8Array; readonly place: string }): Promise<readonly PersonAsked[] | null> => {
  const key = await keys.find(keyId, client);
  return key === null ? null : personsSchema.parse(JSON.parse(decrypt(key, sealed, place).toString('utf8')));
};

/** What the rooms of the privacy officer read beside the flows, and the searches they keep. */
export const createAuditDesk = (pool: pg.Pool, vault: Vault) => {
  const keys = periodKeys(vault);
  return {
    logState: () => logState(pool),
    figures: figureBook(pool),

    /** Keeps a search under a random id, which is returned. */
    keepSearch: async ({ account, party }: SearchOwner, { purpose, persons }: StoredSearch, at: Date): Promise<string> => {
      const id = randomUUID();
      const { keyId, sealed } = await sealPersons(keys, pool, { persons, place: `search:${id}`, at });
      await pool.query('insert into stored_search (id, account, party, purpose, at, key_id, sealed) values ($1, $2, $3, $4, $5, $6, $7)', [id, account, party, purpose, at, keyId, sealed]);
      return id;
    },

    /** The search with this id; null when it is over, or somebody else's. */
    findSearch: async (id: string, { account, party }: SearchOwner, at: Date): Promise<StoredSearch | null> => {
      const { rows: [row] } = await pool.query<{ purpose: string; key_id: string; sealed: Buffer }>(prepared(
        'select purpose, key_id, sealed from stored_search where id = $1 and account = $2 and party = $3 and at > $4', [id, account, party, new Date(at.getTime() - searchKeptMs)],
      ));
      const persons = row === undefined ? null : await openPersons(keys, pool, { keyId: row.key_id, sealed: row.sealed, place: `search:${id}` });
      return row === undefined || persons === null ? null : { purpose: row.purpose, persons };
    },

    /** Forgets searches that are over. */
    tidySearches: async (at: Date): Promise<void> => {
      await pool.query('delete from stored_search where at <= $1', [new Date(at.getTime() - searchKeptMs)]);
    },

    /** When the first and the last decision of a controller were recorded; null when there is none. */
    span: (controller: string): Promise<{ readonly first: Date; readonly last: Date } | null> => spanOf(pool, controller),

    /** Samples of a controller, newest first. */
    samples: (controller: string, limit: number): Promise<readonly SampleCount[]> => samplesOf(pool, controller, limit),
  };
};

/** What those rooms work with. */
export type AuditDesk = ReturnType<typeof createAuditDesk>;

interface StateRow {
  readonly size: string;
  readonly signed_at: Date | null;
  readonly cosigned_at: Date | null;
  readonly witnesses: readonly { readonly name: string; readonly isWell: boolean }[];
  readonly check: { readonly verdict: string; readonly size: number; readonly problems: readonly string[] } | null;
  readonly checked_at: Date | null;
}

const logState = async (client: Queryable): Promise<LogState> => {
  const { rows: [row] } = await client.query<StateRow>(prepared(
    `select h.released_size as size, (select signed_at from tlog_checkpoint order by size desc limit 1) as signed_at, h.cosigned_at,
       (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'isWell', problem is null) order by name), '[]') from witness_state) as witnesses,
       last.question as check, last.at as checked_at
     from tlog_head h left join lateral (select at, question from access where action = 'verify' order by at desc limit 1) last on true`, [],
  ));
  if (row === undefined) return { size: 0, signedAt: null, cosignedAt: null, witnesses: [], lastCheck: null };
  const { check, checked_at: at } = row;
  return {
    size: Number(row.size), signedAt: row.signed_at, cosignedAt: row.cosigned_at, witnesses: row.witnesses,
    lastCheck: check === null || at === null ? null : { at, isUnchanged: check.verdict === 'unchanged', size: check.size, problems: check.problems },
  };
};

const spanOf = async (client: Queryable, controller: string): Promise<{ readonly first: Date; readonly last: Date } | null> => {
  const end = (way: 'asc' | 'desc'): string => `(select at from entry where controller = $1 and kind in ('disclosure', 'hold', 'refusal') order by at ${way} limit 1)`;
  const { rows: [row] } = await client.query<{ first: Date | null; last: Date | null }>(prepared(`select ${end('asc')} as first, ${end('desc')} as last`, [controller]));
  return row === undefined || row.first === null || row.last === null ? null : { first: row.first, last: row.last };
};

const samplesOf = async (client: Queryable, controller: string, limit: number): Promise<readonly SampleCount[]> => {
  const { rows } = await client.query<SampleCount>(prepared(
    `select s.id, s.at, s.from_at as "from", s.to_at as "to", s.seed, s.tree_size::float8 as size, s.population::float8 as population, cardinality(s.indexes) as drawn,
       count(j.verdict)::int as judged, count(*) filter (where j.verdict = 'question')::int as questions, count(*) filter (where j.verdict = 'incident')::int as incidents
     from (select * from sample where controller = $1 order by at desc limit $2) s
     left join lateral (select distinct on (tree_index) verdict from sample_judgement where sample_id = s.id order by tree_index, seq desc) j on true
     group by s.id, s.at, s.from_at, s.to_at, s.seed, s.tree_size, s.population, s.indexes order by s.at desc`,
    [controller, limit],
  ));
  return rows;
};

/** The figures of decisions, counted on over what was released since. */
const figureBook = (pool: pg.Pool): FigureBook => ({
  countOn: async (most) => {
    // Mostly somebody else has just counted: then nobody waits for the lock.
    const seen = await markOf(pool, '');
    return seen.counted >= seen.size ? seen : inTransaction(pool, async (client) => {
      const { counted: from, size } = await markOf(client, 'for update of log_figure_mark');
      const until = Math.min(size, from + most);
      if (until > from) {
        await client.query(countSql, [from, until]);
        await client.query('update log_figure_mark set counted = $1', [until]);
      }
      return { counted: Math.max(from, until), size };
    });
  },
  read: async ({ controller, first, last, category }) => {
    const { rows } = await pool.query<SharedRow>(prepared(
      `select sender, recipient, kind, basis, sum(count)::float8 as count from log_figure
       where controller = $1 and category = $2 and month between $3 and $4 group by sender, recipient, kind, basis order by sender, recipient, kind, basis`,
      [controller, category ?? '', first, last],
    ));
    return rows;
  },
});

const markOf = async (client: Queryable, lock: '' | 'for update of log_figure_mark'): Promise<{ readonly counted: number; readonly size: number }> => {
  const { rows: [row] } = await client.query<{ counted: string; size: string }>(prepared(`select counted, released_size as size from log_figure_mark, tlog_head ${lock}`, []));
  return { counted: Number(row?.counted ?? 0), size: Number(row?.size ?? 0) };
};

const countSql = `insert into log_figure as known (controller, month, category, sender, recipient, kind, basis, count)
  select e.controller, to_char(e.at at time zone 'Europe/Amsterdam', 'YYYY-MM'), c.category, coalesce(e.sender, '-'), coalesce(e.recipient, '-'), e.kind, coalesce(j.leaf_json ->> 'basis', '-'), count(*)
  from tlog_leaf l cross join lateral (select at, kind, sender, recipient, controller, leaf from entry where id = l.id and at = l.at offset 0) e
  cross join lateral (select convert_from(e.leaf, 'UTF8')::jsonb as leaf_json offset 0) j
  cross join lateral (select '' as category union all select distinct jsonb_array_elements_text(case when j.leaf_json ? 'cat' then j.leaf_json -> 'cat' else '["-"]' end)) c
  where l.seq >= $1 and l.seq < $2 and e.controller is not null and e.kind in ('disclosure', 'hold', 'refusal')
  group by 1, 2, 3, 4, 5, 6, 7
  on conflict (controller, category, month, sender, recipient, kind, basis) do update set count = known.count + excluded.count`;
