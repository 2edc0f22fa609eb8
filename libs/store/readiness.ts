import type { Queryable } from './pool.js';

/** An entry that waits longer than this for its seal means that the log is not being signed. */
const sealWaitMaxMs = 30_000;

/** True when the database answers and the log is being sealed; throws when the database does not answer. */
export const isSealing = async (client: Queryable, at: Date): Promise<boolean> => {
  const { rows } = await client.query<{ sealing: boolean }>(
    `select not exists (select from pending where at < $1)
       and not exists (select from tlog_head head join tlog_leaf leaf on leaf.seq = head.signed_size where head.signed_size < head.size and leaf.at < $1) as sealing`,
    [new Date(at.getTime() - sealWaitMaxMs)],
  );
  return rows[0]?.sealing === true;
};
