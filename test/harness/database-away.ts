import pg from 'pg';
import type { TestDatabase } from './database.js';

/** Takes a database away, and gives it back. Its owner may close it, but only from another one. */
export const databaseAway = ({ connectionString }: TestDatabase): { readonly denyDatabase: () => Promise<void>; readonly allowDatabase: () => Promise<void> } => {
  const beside = new URL(connectionString);
  const name = beside.pathname.slice(1);
  beside.pathname = '/postgres';
  const run = async (...statements: readonly string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: beside.href });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  return {
    denyDatabase: () => run(`alter database ${name} with allow_connections false`, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`),
    allowDatabase: () => run(`alter database ${name} with allow_connections true`),
  };
};
