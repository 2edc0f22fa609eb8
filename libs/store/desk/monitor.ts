import { monitorTypes, type CountedMessage, type MessageType } from '@ketensluis/domain';
import type pg from 'pg';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageFrom, messagePlace } from '../intake.js';
import { prepared } from '../statement.js';
import { decrypt, KeyDestroyed, type DataKey, type Vault } from '../vault.js';

/** Most messages counted: half a year of the largest cities has a tenth of it. */
const countedMax = 50_000;
const pageSize = 200;

interface MessageRow {
  readonly id: string;
  readonly case_id: string;
  readonly type: MessageType;
  readonly received_at: Date;
  readonly body: Buffer;
  readonly wrapped_key: Buffer;
}

/**
 * Messages of a municipality from which the monitor is counted, received since `from`: what happened within a period may be told after it. What was
 * destroyed is not counted; nor what was refused, withdrawn or replaced.
 */
export const countedMessages = (pool: pg.Pool, vault: Vault) => async (municipality: string, from: Date): Promise<readonly CountedMessage[]> => {
  const { rows: found } = await pool.query<{ id: string }>(prepared(
    `select message.id from case_file join message on message.case_id = case_file.id
     where case_file.municipality = $1 and message.received_at >= $2 and message.state = 'applied' and message.replaced_by is null and message.type = any($3) order by message.id limit $4`,
    [municipality, from, monitorTypes, countedMax],
  ));
  const [keys, counted] = [new Map<string, DataKey | null>(), [] as CountedMessage[]];
  for (let start = 0; start < found.length; start += pageSize) {
    const { rows } = await pool.query<MessageRow>(prepared(
      'select message.id, case_id, type, received_at, message.body, wrapped_key from message join case_file on case_file.id = message.case_id where message.id = any($1::uuid[])',
      [found.slice(start, start + pageSize).map(({ id }) => id)],
    ));
    for (const row of rows) {
      const key = keys.has(row.case_id) ? keys.get(row.case_id) ?? null : keyOf(vault, row.wrapped_key);
      keys.set(row.case_id, key);
      if (key !== null) counted.push({ caseId: row.case_id, type: row.type, receivedAt: row.received_at, fields: messageFrom(decrypt(key, row.body, messagePlace(row.id))).fields });
    }
    // Whoever waits for another page waits for two hundred messages, and not for all.
    await nextTurn();
  }
  return counted;
};

const keyOf = (vault: Vault, wrapped: Buffer): DataKey | null => {
  try {
    return vault.unwrap(wrapped);
  } catch (fault) {
    if (fault instanceof KeyDestroyed) return null;
    throw fault;
  }
};
