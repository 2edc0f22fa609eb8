import type { AccessDraft, AuditStore, LogFilter, Looked } from '@ketensluis/flow';
import type pg from 'pg';
import { createTileCache } from '../log/tree-hashes.js';
import { inTransaction, type Queryable } from '../pool.js';
import { monthOf, periodKeys, yearOf, type PeriodKeys } from '../period-keys.js';
import { draftParts, pseudonymOf } from '../record.js';
import { oneStatement } from '../statement.js';
import type { Vault } from '../vault.js';
import { auditReader } from './reader.js';
import { writeChange } from './changes.js';

/** Ids of entries kept with a row of the access log; a report over more says how many there were. */
const objectsMax = 10_000;

// One state of the database throughout: the figures of a report add up.
const beginLook = 'begin isolation level repeatable read';

/** PostgreSQL behind the questions to the log; `vault` opens the keys of the years and months. */
export const createAuditStore = (pool: pg.Pool, vault: Vault): AuditStore => {
  const keys = periodKeys(vault);
  const tiles = createTileCache();
  return {
    consult: async (access, look) => {
      // Made before the look begins: what another process makes meanwhile could not be seen in it.
      await keysOf(pool, keys, access.at);
      return inTransaction(pool, async (client) => {
        const looked = await look(auditReader(client, { keys, tiles, pseudonymsOf: (filter) => pseudonymsOf(client, keys, filter) }));
        await record(client, keys, access, looked);
        return looked.value;
      }, beginLook);
    },
  };
};

const keysOf = async (client: Queryable, keys: PeriodKeys, at: Date): Promise<void> => {
  await keys.of(monthOf(at), client, at);
  await keys.of(yearOf(at), client, at);
};

const accessSql = `insert into access (at, actor, function, action, purpose, controller, trace, question, objects, object_count, entry_id, entry_at)
  values ($1::timestamptz, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::uuid[], $10, $11::uuid, $1::timestamptz)`;

/** The consultation, the row of the access log and what the look leaves behind; the caller's transaction holds the answer back until all are kept. */
const record = async <T>(client: Queryable, keys: PeriodKeys, access: AccessDraft, { question, objects, changes = [] }: Looked<T>): Promise<void> => {
  const { asker, entry, trace, at } = access;
  const row = { sql: accessSql, values: [at, asker.account, asker.function, access.action, asker.purpose, asker.controller, trace, JSON.stringify(question), objects.slice(0, objectsMax), objects.length, entry.facts.id] };
  await client.query(oneStatement([...await draftParts(client, keys, [{ draft: entry, caseId: null, outgoing: null }]), row], ['seal']));
  for (const change of changes) await writeChange(client, { keys, trace, at }, change);
};

/** The names somebody asks for, under the key of every year that still has one: what was destroyed is not found any more. */
const pseudonymsOf = async (client: Queryable, keys: PeriodKeys, filter: LogFilter): Promise<readonly Uint8Array[] | null> => {
  const { subjects } = filter;
  if (subjects === null) return null;
  const { rows } = await client.query<{ id: string }>("select id from data_key where id ~ '^[0-9]{4}$' and id between $1 and $2 order by id", [
    yearOf(filter.from), yearOf(filter.to),
  ]);
  const pseudonyms: Uint8Array[] = [];
  for (const { id } of rows) {
    const year = await keys.find(id, client);
    if (year !== null) pseudonyms.push(...subjects.map((name) => pseudonymOf(year, name)));
  }
  return pseudonyms;
};

