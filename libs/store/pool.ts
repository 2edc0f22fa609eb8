import pg from 'pg';

/** Connections kept open, so that the first query of the night does not plan every partition anew. */
const connectionsMin = 2;

/** What a function of the store needs: a pool, or one client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/** Opens a pool whose sessions are in UTC whatever the server's setting is, with JIT off (it costs seconds on partitions). */
export const openPool = (connectionString: string, connectionsMax = 10): pg.Pool => {
  const pool = new pg.Pool({
    connectionString,
    max: connectionsMax,
    min: connectionsMin,
    options: '-c timezone=UTC -c jit=off',
    application_name: 'ketensluis',
    connectionTimeoutMillis: 5_000,
  });
  // An idle connection that breaks is not a fault of any request: the pool opens another one.
  pool.on('error', () => undefined);
  return pool;
};

/** Runs `work` in one transaction: all of it is durable once this resolves, none of it when it throws. */
export const inTransaction = async <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  // A connection that breaks while it is ours fails the query under way; without a listener it would end the process as well.
  client.on('error', ignore);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    release(client, false);
    return result;
  } catch (error) {
    // A failed rollback means the connection is gone: PostgreSQL has rolled back by itself.
    const broken = await client.query('rollback').then(() => false, () => true);
    release(client, broken);
    throw error;
  }
};

const ignore = (): void => undefined;

const release = (client: pg.PoolClient, broken: boolean): void => {
  client.off('error', ignore);
  client.release(broken);
};
