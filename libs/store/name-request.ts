import type { NamedRequest } from '@ketensluis/flow';
import type { Queryable } from './pool.js';
import { prepared } from './statement.js';

/**
 * Notes the name a caller of the API gave a request, in the table that messages over the API are known by as well: a name stands for one request of a party, whatever
 * it was for, and is forgotten with those. `ref` is what came of it. Of two at once the second waits for the first.
 */
export const nameRequest = async (client: Queryable, { oin, key, sha256, ref, at }: NamedRequest): Promise<'new' | 'repeated' | 'other'> => {
  const hash = Buffer.from(sha256, 'hex');
  const { rowCount } = await client.query(prepared(
    "insert into taken_request (party, way, key, body_sha256, message_id, taken_at) values ($1, 'api', $2, $3, $4, $5) on conflict do nothing", [oin, key, hash, ref, at]));
  if (rowCount === 1) return 'new';
  const { rows } = await client.query(prepared("select from taken_request where party = $1 and way = 'api' and key = $2 and body_sha256 = $3", [oin, key, hash]));
  return rows.length === 1 ? 'repeated' : 'other';
};
