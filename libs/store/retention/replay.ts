import type { Queryable } from '../pool.js';
import { eraseObject } from './erase.js';
import type { ErasePlace } from './erase-place.js';
import type { ErasedLine } from './erased-list.js';

/** What a replay found and did: how many erased objects were there again, and how many lines the list lacked. */
export interface Replayed {
  readonly erasedAgain: number;
  readonly keysAgain: number;
  readonly addedToList: number;
}

/**
 * Holds database and keys against the list of what was erased, and erases again what is back: after a restore of the database or of the folder of keys,
 * and after a run that was cut off. Runs before anything else touches the data. Safe to repeat; does nothing when nothing is back.
 */
export const replayErased = async (place: ErasePlace, at: Date): Promise<Replayed> => {
  const lines = await place.list.all();
  const alive = new Set(lines.filter(({ shares }) => shares.some((share) => isAlive(place, share))).map(nameOf));
  const back = await linesBack(place.pool, lines);
  for (const line of back) await eraseObject(place, line, { kind: 'replay' });
  for (const line of lines.filter((one) => alive.has(nameOf(one)))) place.vault.destroy(line.shares.filter((share) => isAlive(place, share)));
  return { erasedAgain: back.length, keysAgain: alive.size, addedToList: await completeList(place, lines, at) };
};

const nameOf = ({ kind, ref }: Pick<ErasedLine, 'kind' | 'ref'>): string => `${kind}:${ref}`;

// An older folder of keys brings a share back, or lacks its file: then there is nothing to destroy.
const isAlive = ({ vault }: ErasePlace, share: string): boolean => {
  try {
    return vault.isAlive(share);
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'SharesDamaged') return false;
    throw fault;
  }
};

/** Lines whose object has rows, or that this database never heard of. */
const linesBack = async (client: Queryable, lines: readonly ErasedLine[]): Promise<readonly ErasedLine[]> => {
  const { rows } = await client.query<{ place: number }>(
    `select (listed.place - 1)::integer as place
     from unnest($1::text[], $2::text[]) with ordinality as listed (kind, ref, place)
     where not is_erased(listed.kind, listed.ref) or case listed.kind
       when 'case' then exists (select from case_file where id = listed.ref::uuid)
       when 'raw' then exists (select from message where id = listed.ref::uuid and raw_key is not null)
       when 'outgoing' then exists (select from outbox where mid = listed.ref::uuid and sealed is not null)
       when 'month' then exists (select from data_key where id = listed.ref and wrapped is not null) or exists (
         select from entry_detail where at >= (listed.ref || '-01')::timestamp at time zone 'UTC'
           and at < ((listed.ref || '-01')::timestamp + interval '1 month') at time zone 'UTC')
       when 'year' then exists (select from data_key where id = listed.ref and wrapped is not null)
       when 'access' then exists (
         select from access where at >= (listed.ref || '-01')::timestamp at time zone 'UTC' and at < ((listed.ref || '-01')::timestamp + interval '1 month') at time zone 'UTC') or exists (
         select from program_read where at >= (listed.ref || '-01')::timestamp at time zone 'UTC' and at < ((listed.ref || '-01')::timestamp + interval '1 month') at time zone 'UTC')
       when 'deferral' then exists (select from deferral where trace = listed.ref)
       when 'entry' then exists (select from entry_detail where id = listed.ref::uuid)
       else false end
     order by place`,
    [lines.map(({ kind }) => kind), lines.map(({ ref }) => ref)],
  );
  return rows.flatMap(({ place }) => lines[place] ?? []);
};

/** A list that is older than the database gets what it lacks: it may be needed for the next restore. */
const completeList = async ({ pool, list }: ErasePlace, lines: readonly ErasedLine[], at: Date): Promise<number> => {
  const { rows } = await pool.query<Pick<ErasedLine, 'kind' | 'ref' | 'shares' | 'excepted'>>(
    "select kind, ref, shares, excepted from erased where kind || ':' || ref <> all($1) order by erased_at, kind, ref",
    [lines.map(nameOf)],
  );
  for (const row of rows) await list.add({ at, ...row });
  return rows.length;
};
