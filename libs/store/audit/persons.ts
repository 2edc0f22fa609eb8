import type { AuditReader } from '@ketensluis/flow';
import { yearOf, type PeriodKeys } from '../period-keys.js';
import type { Queryable } from '../pool.js';
import { pseudonymOf } from '../record.js';
import { prepared } from '../statement.js';
import { decrypt, type DataKey } from '../vault.js';
import { personalSchema } from './openings.js';

interface DetailRow {
  readonly id: string;
  readonly at: Date;
  readonly key_id: string;
  readonly sealed: Buffer;
}

type Persons = Awaited<ReturnType<AuditReader['persons']>>;

/**
 * The persons each of these entries concerns, by pseudonym: the first 16 bytes of an HMAC under the key of the year. Entries of which the personal part
 * or the key of the year is destroyed are not in the answer.
 */
export const personsOf = async (client: Queryable, keys: PeriodKeys, ids: readonly string[]): Promise<Persons> => {
  const { rows } = await client.query<DetailRow>(prepared(
    `select d.id, d.at, d.key_id, d.sealed from tlog_leaf l
     cross join lateral (select id, at, key_id, sealed from entry_detail where id = l.id and at = l.at offset 0) d where l.id = any($1)`,
    [ids],
  ));
  const found = new Map<string, Persons extends ReadonlyMap<string, infer P> ? P : never>();
  // Each is opened once for this page, not for each of its entries: opening reads a share from disk.
  const opened = new Map<string, DataKey | null>();
  for (const period of new Set(rows.flatMap(({ key_id, at }) => [key_id, yearOf(at)]))) opened.set(period, await keys.find(period, client));
  for (const { id, at, key_id, sealed } of rows) {
    const [month, year] = [opened.get(key_id) ?? null, opened.get(yearOf(at)) ?? null];
    if (month === null || year === null) continue;
    const { subjects } = personalSchema.parse(JSON.parse(decrypt(month, sealed, `detail:${id}`).toString('utf8')));
    found.set(id, subjects.map(({ value }) => ({ pseudonym: pseudonymOf(year, value).toString('hex'), kind: value.startsWith('bsn:') ? 'bsn' : 'name' })));
  }
  return found;
};

/** When the first checkpoint above each of these indexes was signed. */
export const signedAtOf = async (client: Queryable, indexes: readonly number[]): Promise<ReadonlyMap<number, Date>> => {
  const { rows } = await client.query<{ seq: string; signed_at: Date }>(prepared(
    `select seq, signed_at from unnest($1::bigint[]) wanted (seq)
     cross join lateral (select signed_at from tlog_checkpoint where size > seq order by size limit 1) signed`,
    [indexes],
  ));
  return new Map(rows.map(({ seq, signed_at }) => [Number(seq), signed_at]));
};
