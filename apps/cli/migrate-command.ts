import { migrate, pendingMigrations, type PendingMigration } from '@ketensluis/platform';
import type { Command } from 'commander';
import { openUntouched, settings } from './place.js';
import { say } from './terminal.js';

/** `ketensluis migrate`: the steps of the schema by themselves; a hub that starts takes them as well. */
export const addMigrateCommand = (program: Command): void => {
  program
    .command('migrate')
    .description('bring the database to the schema of this version, while hubs of the version before it may work on')
    .option('--dry-run', 'say what would run, as SQL, and on how large tables; change nothing')
    .option('--json', 'as JSON')
    .action(run);
};

const run = async (options: { readonly dryRun?: boolean; readonly json?: boolean }): Promise<void> => {
  const configuration = settings();
  const database = await openUntouched(configuration);
  if (database === null) return say(`There is no database yet in ${configuration.dataFolder}: the first start makes it.`);
  try {
    if (options.dryRun === true) tellPending(await pendingMigrations(database.connectionString), options.json === true);
    else tellTaken(await migrate(database.connectionString), options.json === true);
  } finally {
    await database.stop();
  }
};

const tellTaken = (taken: readonly string[], isJson: boolean): void => {
  if (isJson) return say(JSON.stringify({ taken }, null, 2));
  for (const name of taken) say(`Taken: ${name}`);
  say(taken.length === 0 ? 'The database is up to date.' : 'The database is up to date now.');
};

const tellPending = (pending: readonly PendingMigration[], isJson: boolean): void => {
  if (isJson) return say(JSON.stringify({ pending }, null, 2));
  for (const { name, sql, tables } of pending) {
    say(`-- ======== ${name}: ${tables.length === 0 ? 'touches no table' : tables.map(sizeOf).join(', ')}`);
    if (sql.startsWith('-- contract')) say('-- ======== takes away what an older version needs: stop those first, and make a backup');
    say(`${sql.trimEnd()}\n`);
  }
  say(pending.length === 0 ? 'The database is up to date: nothing would run.' : `-- ${pending.length} ${pending.length === 1 ? 'step' : 'steps'} would run. Nothing was changed.`);
};

const sizeOf = ({ name, rows, bytes }: PendingMigration['tables'][number]): string =>
  rows === null || bytes === null ? `${name} (new)` : `${name} (about ${rows.toLocaleString('en')} rows, ${megabytes(bytes)})`;

const megabytes = (bytes: number): string => (bytes < 1_000_000 ? 'less than 1 MB' : `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`);
