import type { Erasure, ErasureStore } from '@ketensluis/flow';
import { timeOf } from '../ids.js';
import { monthOf, periodKeys, yearOf, type PeriodKeys } from '../period-keys.js';
import { inTransaction, type Queryable } from '../pool.js';
import { pseudonymOf, recordDrafts } from '../record.js';
import type { Vault } from '../vault.js';
import { openPersonal, sealPersonal } from './personal.js';
import type { ErasePlace } from './erase-place.js';
import type { ErasedLine } from './erased-list.js';

/**
 * Takes one person out of the personal part of one entry, for good: pseudonym, identifier and salt. `ref` is the entry and the pseudonym. Where
 * the key of the month or year is gone, nothing of it opens anyway.
 */
export const eraseSubject = async (client: Queryable, vault: Vault, ref: string): Promise<void> => {
  const [entryId = '', pseudonym = ''] = ref.split(':');
  const at = timeOf(entryId);
  const keys = periodKeys(vault);
  const [month, year] = [await keys.find(monthOf(at), client), await keys.find(yearOf(at), client)];
  const { rows } = await client.query<{ sealed: Buffer }>('select sealed from entry_detail where id = $1 and at = $2 for update', [entryId, at]);
  const [row] = rows;
  if (row !== undefined && month !== null && year !== null) {
    const personal = openPersonal(month, row.sealed, entryId);
    const others = personal.subjects.filter(({ value }) => pseudonymOf(year, value).toString('hex') !== pseudonym);
    if (others.length < personal.subjects.length) {
      await client.query('update entry_detail set sealed = $3 where id = $1 and at = $2', [entryId, at, sealPersonal(month, { ...personal, subjects: others }, entryId)]);
    }
  }
  await client.query('delete from entry_subject where pseudonym = $1 and id = $2 and at = $3', [Buffer.from(pseudonym, 'hex'), entryId, at]);
};

/** Erases persons from the personal part of the log, one entry at a time. */
export const erasureStore = (place: ErasePlace): ErasureStore => {
  const { pool, vault } = place;
  const keys = periodKeys(vault);
  return {
    find: async (erasure, at) => {
      const found = await entriesAbout(pool, keys, erasure);
      const { rows } = await pool.query<{ id: string }>(
        `select d.id from entry_detail d where d.id = any($1) and (is_held('entry', d.id, $2) or (d.case_id is not null and is_held('case', d.case_id, $2)))`,
        [found.map(({ id }) => id), at],
      );
      const held = new Set(rows.map(({ id }) => id));
      return { entries: found.filter(({ id }) => !held.has(id)), held: held.size };
    },
    erase: async (names, corrections, at) => {
      for (const { entryId, draft } of corrections) {
        const lines = await linesOf(pool, keys, { entryId, names, at });
        for (const line of lines) await place.list.add(line);
        await inTransaction(pool, async (client) => {
          await recordDrafts(client, keys, [{ draft, caseId: null, outgoing: null }]);
          for (const line of lines) await eraseLine(client, vault, line, draft.facts.id);
        });
      }
    },
  };
};

/** Entries of a controller in a period that concern whoever has one of these names; the years whose key is destroyed find nothing. */
export const entriesAbout = async (client: Queryable, keys: PeriodKeys, { names, controller, from, to }: Erasure): Promise<readonly { readonly id: string; readonly at: Date }[]> => {
  const years = Array.from({ length: to.getUTCFullYear() - from.getUTCFullYear() + 1 }, (_, place) => String(from.getUTCFullYear() + place));
  const pseudonyms: Buffer[] = [];
  for (const year of years) {
    const key = await keys.find(year, client);
    if (key !== null) pseudonyms.push(...names.map((name) => pseudonymOf(key, name)));
  }
  const { rows } = await client.query<{ id: string; at: Date }>(
    `select distinct s.id, s.at from unnest($1::bytea[]) as asked (pseudonym)
     cross join lateral (select id, at from entry_subject where pseudonym = asked.pseudonym and at >= $2 and at < $3 offset 0) s
     cross join lateral (select controller from entry where id = s.id and at = s.at offset 0) e
     where e.controller = $4 order by s.at, s.id`,
    [pseudonyms, from, to, controller],
  );
  return rows;
};

// Alone in an entry, the whole personal part goes; beside others, only what is his.
const linesOf = async (client: Queryable, keys: PeriodKeys, { entryId, names, at }: { readonly entryId: string; readonly names: readonly string[]; readonly at: Date }): Promise<readonly ErasedLine[]> => {
  const moment = timeOf(entryId);
  const line = { at, shares: [], excepted: [] };
  const [month, year] = [await keys.find(monthOf(moment), client), await keys.find(yearOf(moment), client)];
  const { rows } = await client.query<{ sealed: Buffer }>('select sealed from entry_detail where id = $1 and at = $2', [entryId, moment]);
  const [row] = rows;
  if (row === undefined || month === null || year === null) return [{ ...line, kind: 'entry', ref: entryId }];
  if (openPersonal(month, row.sealed, entryId).subjects.length <= 1) return [{ ...line, kind: 'entry', ref: entryId }];
  return names.map((name) => ({ ...line, kind: 'subject', ref: `${entryId}:${pseudonymOf(year, name).toString('hex')}` }));
};

const eraseLine = async (client: Queryable, vault: Vault, line: ErasedLine, correction: string): Promise<void> => {
  await client.query(
    "insert into erased (kind, ref, source, shares, erased_at, entry_id) values ($1, $2, 'erasure', '{}', $3, $4) on conflict do nothing",
    [line.kind, line.ref, line.at, correction],
  );
  if (line.kind === 'subject') return eraseSubject(client, vault, line.ref);
  await client.query('delete from entry_subject where id = $1 and at = $2', [line.ref, timeOf(line.ref)]);
  await client.query('delete from entry_detail where id = $1 and at = $2', [line.ref, timeOf(line.ref)]);
};
