import { openEventLog, openHub, openPool } from '@ketensluis/platform';
import type { Command } from 'commander';
import { mkdir } from 'node:fs/promises';
import pino from 'pino';
import { foldersOf, openDatabase, settings } from './place.js';
import { practiceAround, realAround } from './surroundings.js';
import { PlainFault, say } from './terminal.js';

/** `ketensluis prepare`: what the owner of the database does before parts of the hub start, and after every upgrade and restore. */
export const addPrepareCommand = (program: Command): void => {
  program
    .command('prepare')
    .description('bring a database to where parts of the hub (ketensluis run) can start on it: schema, keys, law; what was erased stays erased')
    .option('--practice', 'for the practice parties')
    .action((options: { readonly practice?: boolean }) => prepare(options.practice === true));
};

const prepare = async (isPractice: boolean): Promise<void> => {
  const configuration = settings();
  if (configuration.databaseUrl === null) throw new PlainFault('Set KETENSLUIS_DATABASE_URL, with the account that owns the database.', 2);
  await mkdir(configuration.dataFolder, { recursive: true, mode: 0o755 });
  const events = openEventLog(configuration.logLevel, pino.destination({ dest: 2, sync: true }));
  const around = (isPractice ? practiceAround : realAround)(configuration);
  const { connectionString, stop } = await openDatabase(configuration, () => undefined);
  const pool = openPool(connectionString, 2);
  try {
    const surroundings = await around(pool);
    const hub = await openHub({ ...surroundings.options, connectionString, folders: foldersOf(configuration), publicUrl: configuration.publicUrl, events });
    await surroundings.begin(hub);
    await hub.close();
    await surroundings.close();
  } finally {
    await pool.end();
    await stop();
  }
  say('Prepared. Next, as its owner too: ketensluis database roles --apply; then: ketensluis run ROLE...');
};
