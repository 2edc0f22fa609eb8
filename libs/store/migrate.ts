import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** One numbered step of the schema, as it lies in `libs/store/migrations/<name>/migration.sql`. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
  /** sha256 of the file, hexadecimal, as Prisma computes it. */
  readonly checksum: string;
}

// The number Prisma locks on, so that its own tooling and this runner never migrate at the same time.
const migrationLock = 72_707_369;
const lockTimeout = '120s';

// The layout Prisma expects; its tooling reads this table in development.
const historyTable = `
  create table if not exists _prisma_migrations (
    id varchar(36) primary key not null,
    checksum varchar(64) not null,
    finished_at timestamptz,
    migration_name varchar(255) not null,
    logs text,
    rolled_back_at timestamptz,
    started_at timestamptz not null default now(),
    applied_steps_count integer not null default 0
  )`;

// The .sql files are read from the source tree, also by the compiled program: dist/ holds code only.
const migrationsFolder = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the project folder (with package.json) was not found above the program');
    folder = parent;
  }
  return join(folder, 'libs', 'store', 'migrations');
};

/** All migrations of a folder in the order of their names; a folder without `migration.sql` is a fault, not an empty step. */
export const loadMigrations = async (folder = migrationsFolder()): Promise<readonly Migration[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort();
  return Promise.all(
    names.map(async (name) => {
      const bytes = await readFile(join(folder, name, 'migration.sql'));
      return { name, sql: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') };
    }),
  );
};

const appliedBefore = async (client: pg.ClientBase): Promise<ReadonlyMap<string, string>> => {
  const { rows } = await client.query<{ name: string; checksum: string }>(
    'select migration_name as name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(rows.map(({ name, checksum }) => [name, checksum]));
};

const checkHistory = (applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void => {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const [name, checksum] of applied) {
    const migration = known.get(name);
    if (migration === undefined) {
      throw new Error(
        `The database was made by a newer Ketensluis: it holds the step ${name}, which this version does not know. ` +
          'Nothing was changed. Start the newer version, or restore the export made before the upgrade.',
      );
    }
    if (migration.checksum !== checksum) {
      throw new Error(
        `The file of migration ${name} was changed after it was applied to this database. Nothing was changed. ` +
          'Restore the file as it was released, and put the change in a new migration.',
      );
    }
  }
  // A step that sorts before one already applied would give this database another order than every other.
  const last = [...applied.keys()].sort().at(-1) ?? '';
  const late = migrations.find(({ name }) => name < last && !applied.has(name));
  if (late !== undefined) throw new Error(`Migration ${late.name} comes before ${last}, which is already applied. Nothing was changed. Give it a higher number.`);
};

const placeOf = (fault: unknown, sql: string): string => {
  const position = fault instanceof pg.DatabaseError ? Number(fault.position ?? 0) : 0;
  if (position === 0) return '';
  const line = sql.slice(0, position).split('\n').length;
  return ` (line ${line}: ${sql.split('\n')[line - 1]?.trim() ?? ''})`;
};

const apply = async (client: pg.ClientBase, migration: Migration): Promise<void> => {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
       values ($1, $2, $3, now(), clock_timestamp(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query('commit');
  } catch (fault) {
    await client.query('rollback');
    throw new Error(`Migration ${migration.name} failed and was undone; earlier ones stay. ${String(fault)}${placeOf(fault, migration.sql)}`, { cause: fault });
  }
};

const migrateWith = async (client: pg.ClientBase, migrations: readonly Migration[]): Promise<readonly string[]> => {
  await client.query(`set lock_timeout = '${lockTimeout}'`);
  await client.query('select pg_advisory_lock($1)', [migrationLock]);
  try {
    await client.query('set client_min_messages = warning');
    await client.query(historyTable);
    const applied = await appliedBefore(client);
    checkHistory(applied, migrations);
    const wanted = migrations.filter(({ name }) => !applied.has(name));
    for (const migration of wanted) await apply(client, migration);
    return wanted.map(({ name }) => name);
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]);
    await client.query('reset lock_timeout');
    await client.query('reset client_min_messages');
  }
};

/**
 * Brings the database to the newest schema and returns the names of the steps taken. Each step is one transaction; a second hub that
 * migrates at the same moment waits. Throws, with what to do, when an applied file was changed or the database is newer than the program.
 */
export const migrate = async (target: string | pg.ClientBase, migrations?: readonly Migration[]): Promise<readonly string[]> => {
  const steps = migrations ?? (await loadMigrations());
  if (typeof target !== 'string') return migrateWith(target, steps);
  const client = new pg.Client({ connectionString: target });
  await client.connect();
  try {
    return await migrateWith(client, steps);
  } finally {
    await client.end();
  }
};
