import type { HoldCause } from '@ketensluis/domain';
import type { HoldStore, HoldTarget } from '@ketensluis/flow';
import type pg from 'pg';
import { periodKeys, type PeriodKeys } from '../period-keys.js';
import { inTransaction, type Queryable } from '../pool.js';
import { recordDrafts } from '../record.js';
import type { Vault } from '../vault.js';
import { entriesAbout } from './erase-subject.js';

/** Legal holds in PostgreSQL. */
export const holdStore = (pool: pg.Pool, vault: Vault): HoldStore => {
  const keys = periodKeys(vault);
  return {
    add: (hold, target, entry) =>
      inTransaction(pool, async (client) => {
        const objects = await objectsOf(client, keys, target, hold.controller);
        if (objects.length === 0) return null;
        await client.query(
          'insert into legal_hold (id, controller, reason, by_function, from_at, until_at, entry_id) values ($1, $2, $3, $4, $5, $6, $7)',
          [hold.id, hold.controller, hold.reason, hold.byFunction, hold.fromAt, hold.untilAt, entry.facts.id],
        );
        await client.query('insert into legal_hold_object (hold_id, kind, ref) select $1, * from unnest($2::text[], $3::uuid[])', [
          hold.id, objects.map(({ kind }) => kind), objects.map(({ ref }) => ref),
        ]);
        await recordDrafts(client, keys, [{ draft: entry, caseId: null, outgoing: null }]);
        const cases = objects.filter(({ kind }) => kind === 'case').length;
        return { cases, entries: objects.length - cases };
      }),
    all: async () => {
      const { rows } = await pool.query<HoldRow>(
        `select h.id, h.controller, h.reason, h.by_function, h.from_at, h.until_at, h.lifted_at,
           coalesce(array_agg(coalesce(c.municipality || '/' || c.number, o.ref::text)) filter (where o.kind = 'case'), '{}') as cases,
           (count(*) filter (where o.kind = 'entry'))::integer as entries
         from legal_hold h join legal_hold_object o on o.hold_id = h.id left join case_file c on o.kind = 'case' and c.id = o.ref
         group by h.id order by h.from_at, h.id`,
      );
      return rows.map((row) => ({
        id: row.id, controller: row.controller, reason: row.reason, byFunction: row.by_function, fromAt: row.from_at, untilAt: row.until_at,
        liftedAt: row.lifted_at, cases: row.cases, entries: row.entries,
      }));
    },
    lift: (id, by, entry) =>
      inTransaction(pool, async (client) => {
        const at = new Date(entry.facts.at);
        const { rowCount } = await client.query(
          'update legal_hold set lifted_at = $2, lifted_by = $3 where id = $1 and lifted_at is null and until_at > $2',
          [id, at, by],
        );
        if (rowCount === 0) return false;
        await recordDrafts(client, keys, [{ draft: entry, caseId: null, outgoing: null }]);
        return true;
      }),
  };
};

interface HoldRow {
  readonly id: string;
  readonly controller: string | null;
  readonly reason: HoldCause;
  readonly by_function: string;
  readonly from_at: Date;
  readonly until_at: Date;
  readonly lifted_at: Date | null;
  readonly cases: readonly string[];
  readonly entries: number;
}

interface HoldObject {
  readonly kind: 'case' | 'entry';
  readonly ref: string;
}

/** A case is held with its entries; of a person the entries in the period, and the cases they are about. */
const objectsOf = async (client: Queryable, keys: PeriodKeys, target: HoldTarget, controller: string | null): Promise<readonly HoldObject[]> => {
  if (target.kind === 'case') {
    const { rows } = await client.query<{ id: string }>('select id from case_file where law = $1 and municipality = $2 and number = $3', [
      target.law, target.municipality, target.number,
    ]);
    return rows.map(({ id }) => ({ kind: 'case', ref: id }));
  }
  if (controller === null) return [];
  const entries = await entriesAbout(client, keys, { names: target.names, controller, from: target.from, to: target.to });
  const { rows } = await client.query<{ case_id: string }>(
    'select distinct d.case_id from entry_detail d join case_file c on c.id = d.case_id where d.id = any($1)',
    [entries.map(({ id }) => id)],
  );
  return [...entries.map(({ id }) => ({ kind: 'entry', ref: id }) as const), ...rows.map(({ case_id: ref }) => ({ kind: 'case', ref }) as const)];
};
