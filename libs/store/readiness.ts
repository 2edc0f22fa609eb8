import type { Queryable } from './pool.js';

/** An entry that waits longer than this to be released means that the log is not signed, or that too few witnesses cosign it. */
const sealWaitMaxMs = 30_000;

/** True when the database answers and the log is sealed, by its signature and by its witnesses if it has any; throws when the database does not answer. */
export const isSealing = async (client: Queryable, at: Date): Promise<boolean> => {
  const { rows } = await client.query<{ sealing: boolean }>(
    `select not exists (select from pending where at < $1)
       and not exists (select from tlog_head head join tlog_leaf leaf on leaf.seq = head.released_size where head.released_size < head.size and leaf.at < $1) as sealing`,
    [new Date(at.getTime() - sealWaitMaxMs)],
  );
  return rows[0]?.sealing === true;
};
