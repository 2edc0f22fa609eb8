import { describeProblems, findRunningPostgres, migrate, openPool, readConfiguration, startEmbeddedPostgres, type Configuration } from '@ketensluis/platform';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { PlainFault } from './terminal.js';

/** The name of the log in the practice chain; production names its own origin. */
export const practiceOrigin = 'ketensluis.example/log';

/** Law packs, retention rules and practice registers; they stay where they are when the program is compiled into dist/. */
export const configFolder = fileURLToPath(new URL('../../config', import.meta.url.replace('/dist/apps/cli/', '/apps/cli/')));

/** The settings of this process; ends it with every problem at once when they cannot be used. */
export const settings = (): Configuration => {
  const read = readConfiguration(process.env);
  if (read.kind === 'refused') throw new PlainFault(describeProblems(read.problems), 2);
  return read.configuration;
};

/** Folders below the data folder. */
export const foldersOf = ({ dataFolder }: Pick<Configuration, 'dataFolder'>) => ({
  postgres: join(dataFolder, 'postgres'),
  keys: join(dataFolder, 'keys'),
  signer: join(dataFolder, 'signer'),
  practice: join(dataFolder, 'practice'),
  destruction: join(dataFolder, 'destruction'),
});

/** A database that is open for one command or for the hub. */
export interface OpenDatabase {
  readonly connectionString: string;
  readonly stop: () => Promise<void>;
}

/** Opens the database: one's own server, else the built-in one, brought up to date. */
export const openDatabase = async (configuration: Configuration, tell: (sentence: string) => void): Promise<OpenDatabase> => {
  const own = configuration.databaseUrl;
  const embedded = own === null ? await startEmbeddedPostgres({ directory: foldersOf(configuration).postgres, log: tell }) : null;
  const connectionString = embedded?.connectionString ?? own ?? '';
  await migrate(connectionString);
  return { connectionString, stop: async () => embedded?.stop() };
};

/** The same without a change to it: not made when it is not there (null), and the steps of the schema not taken. */
export const openUntouched = async (configuration: Configuration): Promise<OpenDatabase | null> => {
  const { postgres } = foldersOf(configuration);
  const running = configuration.databaseUrl ?? (await findRunningPostgres(postgres));
  if (running !== null) return { connectionString: running, stop: async () => undefined };
  if (!(await access(postgres).then(() => true, () => false))) return null;
  return startEmbeddedPostgres({ directory: postgres, log: () => undefined });
};

/** Runs one command beside a hub that may or may not be running on this data folder. */
export const withDatabase = async <T>(work: (pool: pg.Pool, configuration: Configuration) => Promise<T>): Promise<T> => {
  const configuration = settings();
  const running = configuration.databaseUrl ?? (await findRunningPostgres(foldersOf(configuration).postgres));
  const database = running === null ? await openDatabase(configuration, () => undefined) : { connectionString: running, stop: async () => undefined };
  const pool = openPool(database.connectionString, 2);
  try {
    return await work(pool, configuration);
  } finally {
    await pool.end();
    await database.stop();
  }
};

