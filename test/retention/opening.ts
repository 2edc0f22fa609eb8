import { openPersonal } from '../../libs/store/retention/personal.js';
import { attachmentPlace, messagePlace, rawPlace } from '../../libs/store/intake.js';
import { casePlace } from '../../libs/store/cases.js';
import { outboxPlace } from '../../libs/store/record.js';
import { decrypt, type DataKey, type Vault } from '../../libs/store/vault.js';
import type pg from 'pg';

/** How many rows of a database can be opened with a folder of keys, by kind; `subjects` are persons named in the personal part of the log. */
export interface Opened {
  readonly cases: number;
  readonly messages: number;
  readonly attachments: number;
  readonly raws: number;
  readonly bodies: number;
  readonly details: number;
  readonly subjects: number;
  /** Pseudonyms whose year still has a key: by it a person could be found. */
  readonly pseudonyms: number;
}

/** Tries every key on everything that is stored about persons, as somebody who has a backup and the living folder of keys would. */
export const everythingThatOpens = async (pool: pg.Pool, vault: Vault): Promise<Opened> => {
  const keyOf = (wrapped: Buffer | null): DataKey | null => {
    try {
      return wrapped === null ? null : vault.unwrap(wrapped);
    } catch {
      return null;
    }
  };
  const opens = (key: DataKey | null, sealed: Buffer | null, place: string): boolean => {
    try {
      return key !== null && sealed !== null && decrypt(key, sealed, place).length >= 0;
    } catch {
      return false;
    }
  };
  const count = async <T extends pg.QueryResultRow>(sql: string, isOpen: (row: T) => boolean): Promise<number> => (await pool.query<T>(sql)).rows.filter(isOpen).length;
  const months = new Map((await pool.query<{ id: string; wrapped: Buffer | null }>('select id, wrapped from data_key')).rows.map(({ id, wrapped }) => [id, keyOf(wrapped)]));
  const details = (await pool.query<{ id: string; key_id: string; sealed: Buffer }>('select id, key_id, sealed from entry_detail')).rows.flatMap(({ id, key_id, sealed }) => {
    const key = months.get(key_id) ?? null;
    return key === null ? [] : [openPersonal(key, sealed, id)];
  });
  return {
    cases: await count<{ id: string; wrapped_key: Buffer; body: Buffer | null }>('select id, wrapped_key, body from case_file', (row) => opens(keyOf(row.wrapped_key), row.body, casePlace(row.id))),
    messages: await count<{ id: string; wrapped_key: Buffer; body: Buffer }>('select m.id, c.wrapped_key, m.body from message m join case_file c on c.id = m.case_id', (row) => opens(keyOf(row.wrapped_key), row.body, messagePlace(row.id))),
    attachments: await count<{ id: string; place: number; wrapped_key: Buffer; body: Buffer }>('select m.id, a.place, c.wrapped_key, a.body from attachment a join message m on m.id = a.message_id join case_file c on c.id = m.case_id', (row) => opens(keyOf(row.wrapped_key), row.body, attachmentPlace(row.id, row.place))),
    raws: await count<{ id: string; raw_key: Buffer | null; raw: Buffer | null }>('select id, raw_key, raw from message', (row) => opens(keyOf(row.raw_key), row.raw, rawPlace(row.id))),
    bodies: await count<{ mid: string; wrapped_key: Buffer; sealed: Buffer | null }>('select o.mid, c.wrapped_key, o.sealed from outbox o join delivery d on d.mid = o.mid join case_file c on c.id = d.case_id', (row) => opens(keyOf(row.wrapped_key), row.sealed, outboxPlace(row.mid))),
    details: details.length,
    subjects: details.reduce((sum, { subjects }) => sum + subjects.length, 0),
    pseudonyms: await count<{ year: string }>("select to_char(at at time zone 'UTC', 'YYYY') as year from entry_subject", ({ year }) => (months.get(year) ?? null) !== null),
  };
};
