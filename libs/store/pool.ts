import pg from 'pg';

/** Connections kept open, so that the first query of the night does not plan every partition anew. */
const connectionsMin = 2;

/** More of them are kept this long after they were last needed: a new one plans whatever it is asked anew, which costs more than hundreds of answers. */
const idleTimeoutMs = 60_000;

/** What a function of the store needs: a pool, or one client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>;

/**
 * What every session is set to, whatever the server says. JIT costs seconds on partitions. Each statement is planned once, often when the tables
 * are still empty: then a walk through a whole table looks as good as its index, and stays the plan when there are a million rows.
 */
const sessionSettings = '-c timezone=UTC -c jit=off -c plan_cache_mode=force_generic_plan -c enable_seqscan=off';

/** Opens a pool over a `postgres://` address; settings in its `options` are kept, ours win. */
export const openPool = (connectionString: string, connectionsMax = 10): pg.Pool => {
  const pool = new pg.Pool({
    connectionString: withSettings(connectionString),
    max: connectionsMax,
    min: connectionsMin,
    idleTimeoutMillis: idleTimeoutMs,
    application_name: 'ketensluis',
    connectionTimeoutMillis: 5_000,
  });
  // An idle connection that breaks is not a fault of any request: the pool opens another one.
  pool.on('error', () => undefined);
  return pool;
};

/** In the address itself: node-postgres takes `options` from there rather than from what stands beside it. */
const withSettings = (connectionString: string): string => {
  const address = new URL(connectionString);
  address.searchParams.set('options', `${address.searchParams.get('options') ?? ''} ${sessionSettings}`.trim());
  return address.href;
};

/** Runs `work` in one transaction: all of it is durable once this resolves, none of it when it throws. `begin` may take locks in the same turn to the database. */
export const inTransaction = async <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>, begin = 'begin'): Promise<T> => {
  const client = await pool.connect();
  // A connection that breaks while it is ours fails the query under way; without a listener it would end the process as well.
  client.on('error', ignore);
  try {
    await client.query(begin);
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
