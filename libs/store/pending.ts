import pg from 'pg';
import { appliedBefore, checkHistory, loadMigrations, type AppliedMigration, type Migration } from './migrate.js';

/** A table that a step touches, and how large it is now. */
export interface TouchedTable {
  readonly name: string;
  /** Rows by the statistics of PostgreSQL, which cost nothing; null for a table that is not there yet. */
  readonly rows: number | null;
  readonly bytes: number | null;
}

/** A step that would be taken. */
export interface PendingMigration extends Pick<Migration, 'name' | 'sql'> {
  readonly tables: readonly TouchedTable[];
}

/**
 * What `migrate` would do to this database, in order, and nothing done: it reads in a transaction that may not write. Throws as `migrate` would for a
 * database that is newer than the program, or a file that was changed.
 */
export const pendingMigrations = async (connectionString: string, migrations?: readonly Migration[]): Promise<readonly PendingMigration[]> => {
  const steps = migrations ?? (await loadMigrations());
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query('begin transaction read only');
    const applied = await appliedNames(client);
    checkHistory(applied, steps);
    const pending: PendingMigration[] = [];
    for (const { name, sql } of steps.filter((step) => !applied.has(step.name))) pending.push({ name, sql, tables: await sizesOf(client, tablesIn(sql)) });
    return pending;
  } finally {
    await client.end();
  }
};

const appliedNames = async (client: pg.Client): Promise<ReadonlyMap<string, AppliedMigration>> => {
  const { rows: [there] } = await client.query<{ name: string | null }>("select to_regclass('_prisma_migrations')::text as name");
  return (there?.name ?? null) === null ? new Map() : appliedBefore(client);
};

const mention = /\b(?:alter\s+table|create\s+(?:unique\s+)?index\s[^;]*?\son|create\s+table|create\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s[^;]*?\son|update|insert\s+into|delete\s+from|truncate(?:\s+table)?|drop\s+table)\s+(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?([a-z_][a-z0-9_]*(?:\s*,\s*[a-z_][a-z0-9_]*)*)/gi;

// What may follow `update` and is no table: `do update set`, `grant update on`.
const words = new Set(['set', 'on', 'or', 'of']);

/** Names of the tables that statements of a migration change; what stands in comments and in bodies of functions runs later, and is left out. */
export const tablesIn = (sql: string): readonly string[] => {
  const statements = sql.replace(/--.*$/gm, '').replace(/\/\*[^]*?\*\//g, '').replace(/(\$[a-z_]*\$)[^]*?\1/gi, "''").replace(/\b(?:for|on) (?:update|delete)\b/gi, '');
  return [...new Set([...statements.matchAll(mention)].flatMap(([, names]) => (names ?? '').toLowerCase().split(/\s*,\s*/)))].filter((name) => !words.has(name)).toSorted();
};

const sizesOf = async (client: pg.Client, names: readonly string[]): Promise<readonly TouchedTable[]> => {
  // Partitions carry the rows of the table they belong to.
  const { rows } = await client.query<{ name: string; rows: string; bytes: string }>(
    `select given.name, sum(greatest(part.reltuples, 0))::bigint as rows, sum(pg_total_relation_size(part.oid))::bigint as bytes
     from unnest($1::text[]) as given (name) join pg_class whole on whole.oid = to_regclass(quote_ident(given.name))
     cross join lateral (select whole.oid union select relid from pg_partition_tree(whole.oid) where isleaf) as tree (oid) join pg_class part on part.oid = tree.oid
     group by given.name`,
    [names],
  );
  return names.map((name) => {
    const found = rows.find((row) => row.name === name);
    return { name, rows: found === undefined ? null : Number(found.rows), bytes: found === undefined ? null : Number(found.bytes) };
  });
};
