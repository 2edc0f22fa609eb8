import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
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
const lockMaxMs = 120_000;
const lockPauseMs = 100;
/** For tables: a step that waits for one holds up whoever comes after it. */
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

/** A step that a database has. */
export interface AppliedMigration {
  readonly checksum: string;
  /** It took nothing away: a program that does not know it works all the same (libs/store/migrations/README.md). */
  readonly isExpansion: boolean;
}

// Written down with the step: a program of the release before, which comes back when an upgrade is undone, does not have its file.
const expansion = 'expand';
const isExpansion = (sql: string): boolean => !/^-- (contract|breaking)\b/.test(sql);

/** The steps this database has, each with the checksum of its file; throws where there is no history yet. */
export const appliedBefore = async (client: pg.ClientBase): Promise<ReadonlyMap<string, AppliedMigration>> => {
  const { rows } = await client.query<{ name: string; checksum: string; logs: string | null }>(
    'select migration_name as name, checksum, logs from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return new Map(rows.map(({ name, checksum, logs }) => [name, { checksum, isExpansion: logs === expansion }]));
};

/** Throws, with what to do, when these steps do not continue what was applied. */
export const checkHistory = (applied: ReadonlyMap<string, AppliedMigration>, migrations: readonly Migration[]): void => {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  const newest = migrations.map(({ name }) => name).toSorted().at(-1) ?? '';
  for (const [name, { checksum, isExpansion: isHarmless }] of applied) {
    const migration = known.get(name);
    if (migration === undefined) {
      if (isHarmless && name > newest) continue;
      throw new Error(
        `The database was made by a newer Ketensluis: it holds the step ${name}, which this version does not know and which took something away. ` +
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
  const last = [...applied.keys()].filter((name) => known.has(name)).sort().at(-1) ?? '';
  const late = migrations.find(({ name }) => name < last && !applied.has(name));
  if (late !== undefined) throw new Error(`Migration ${late.name} comes before ${last}, which is already applied. Nothing was changed. Give it a higher number.`);
};

const placeOf = (fault: unknown, sql: string): string => {
  const position = fault instanceof pg.DatabaseError ? Number(fault.position ?? 0) : 0;
  if (position === 0) return '';
  const line = sql.slice(0, position).split('\n').length;
  return ` (line ${line}: ${sql.split('\n')[line - 1]?.trim() ?? ''})`;
};

const record = (client: pg.ClientBase, { checksum, name, sql }: Migration): Promise<unknown> =>
  client.query(
    `insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count, logs)
     values ($1, $2, $3, now(), clock_timestamp(), 1, $4)`,
    [randomUUID(), checksum, name, isExpansion(sql) ? expansion : null],
  );

/** Begins a file whose statements each stand alone, as `create index concurrently` must: nothing waits for them, and after a crash all are done once more. */
const oneByOne = '-- one by one';

/** The statements of such a file; a semicolon ends one where a line ends. */
const statementsOf = (sql: string): readonly string[] => sql.split(/;\s*\n/).map((one) => one.replace(/^\s*--.*$/gm, '').trim()).filter((one) => one !== '');

const applyOneByOne = async (client: pg.ClientBase, migration: Migration): Promise<void> => {
  for (const statement of statementsOf(migration.sql)) {
    await client.query(statement).catch((fault: unknown) => {
      throw new Error(`Migration ${migration.name} stopped half-way; start again when this is mended, and it does all of it once more. ${String(fault)} (${statement.slice(0, 200)})`, { cause: fault });
    });
  }
  await record(client, migration);
};

const apply = async (client: pg.ClientBase, migration: Migration): Promise<void> => {
  if (migration.sql.startsWith(oneByOne)) return applyOneByOne(client, migration);
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await record(client, migration);
    await client.query('commit');
  } catch (fault) {
    await client.query('rollback');
    throw new Error(`Migration ${migration.name} failed and was undone; earlier ones stay. ${String(fault)}${placeOf(fault, migration.sql)}`, { cause: fault });
  }
};

// Asked for again and again: a session that waits inside a statement holds a snapshot, and an index that is made beside the work waits for that one in turn.
const takeLock = async (client: pg.ClientBase): Promise<void> => {
  for (let waitedMs = 0; waitedMs < lockMaxMs; waitedMs += lockPauseMs) {
    const { rows: [lock] } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1) as taken', [migrationLock]);
    if (lock?.taken === true) return;
    await pause(lockPauseMs);
  }
  throw new Error('Another program has been changing this database for two minutes. Nothing was changed here; try again when it is done.');
};

const migrateWith = async (client: pg.ClientBase, migrations: readonly Migration[]): Promise<readonly string[]> => {
  await client.query(`set lock_timeout = '${lockTimeout}'`);
  await takeLock(client);
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
 * Brings the database to the newest schema and returns the names of the steps taken. Each step is one transaction, but for
 * those that begin with `-- one by one`; a second hub that migrates at the same moment waits. Throws, with what to do, when an applied file was changed or the database is newer than the program.
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
