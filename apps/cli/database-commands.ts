import { applyRoles, databaseRoles, openPool, roleName, rolesSql } from '@ketensluis/platform';
import type { Command } from 'commander';
import { settings } from './place.js';
import { PlainFault, say } from './terminal.js';

interface RolesOptions {
  readonly apply?: boolean;
  readonly prefix: string;
}

/** `ketensluis database ...`: what the owner of the database arranges for the processes of a hub. */
export const addDatabaseCommands = (program: Command): void => {
  program
    .command('database')
    .description('the database of a hub whose processes run apart')
    .command('roles')
    .description('the statements that give each process its own rights and no others; once, and after every upgrade')
    .option('--apply', 'run them on KETENSLUIS_DATABASE_URL, as the owner of its tables')
    .option('--prefix <name>', 'what the names of the roles begin with, for a second hub on one server', 'ketensluis')
    .action(roles);
};

const roles = async ({ apply, prefix }: RolesOptions): Promise<void> => {
  if (apply !== true) return rolesSql(prefix).forEach((statement) => say(statement.startsWith('--') ? statement : `${statement}\n;`));
  const { databaseUrl } = settings();
  if (databaseUrl === null) throw new PlainFault('Set KETENSLUIS_DATABASE_URL, with the account that owns the database.', 2);
  const pool = openPool(databaseUrl, 1);
  try {
    await applyRoles(pool, prefix).catch((fault: unknown) => {
      if (!(fault instanceof Error && 'code' in fault && fault.code === '42501')) throw fault;
      const names = databaseRoles.map(({ role }) => roleName(role, prefix));
      throw new PlainFault(`This account may not make roles. Have whoever runs the server make them, and repeat this:\n${names.map((name) => `  create role ${name} login;`).join('\n')}`);
    });
  } finally {
    await pool.end();
  }
  say(`Each role has its own rights now: ${databaseRoles.map(({ role }) => roleName(role, prefix)).join(', ')}. Give each a password: alter role NAME password '...'`);
};
