import type pg from 'pg';
import { inTransaction } from './pool.js';
import { databaseRoles, type DatabaseRole } from './roles.js';

/** The name of a role in PostgreSQL; roles are of the whole server, so two hubs on one server need a prefix each. */
export const roleName = (role: string, prefix = 'ketensluis'): string => {
  if (!/^[a-z][a-z0-9_]{0,40}$/.test(prefix)) throw new Error('a prefix is lower-case letters, digits and underscores');
  return `${prefix}_${role}`;
};

/**
 * The statements that give the roles of the hub their rights on this database and take away every other one they had. Roles that are not there are made,
 * without a password: whoever runs the server gives each one. To be run by the owner of the tables; may be repeated, and is after every upgrade.
 */
export const rolesSql = (prefix?: string): readonly string[] => databaseRoles.flatMap((one) => [
  `-- ${one.role}`,
  `do $$ begin if not exists (select from pg_roles where rolname = '${roleName(one.role, prefix)}') then create role ${roleName(one.role, prefix)} login; end if; end $$`,
  ...rightsOf(one, roleName(one.role, prefix)),
]).concat(rowRules(prefix));

const rightsOf = ({ grants, functions }: DatabaseRole, name: string): readonly string[] => [
  `revoke all on all tables in schema public from ${name}`,
  `revoke all on all functions in schema public from ${name}`,
  `grant usage on schema public to ${name}`,
  ...grants.map(({ rights, tables, columns, why }) => `grant ${rights.join(', ')}${columns === undefined ? '' : ` (${columns.join(', ')})`} on ${tables.join(', ')} to ${name} -- ${why}`),
  ...functions.map((one) => `grant execute on function ${one} to ${name}`),
];

/** Rules on rows hold for everybody but the owner: what a role records is of its own kinds, and says so in the leaf as in the column. */
const rowRules = (prefix?: string): readonly string[] => {
  const names = databaseRoles.map(({ role }) => roleName(role, prefix));
  const entries = databaseRoles.filter((one) => one.entries.length > 0);
  return [
    '-- rows',
    'alter table entry enable row level security',
    ...replaced('read_all', 'entry', `for select to ${names.join(', ')} using (true)`),
    ...entries.flatMap((one) => replaced(`record_${one.role}`, 'entry',
      `for insert to ${roleName(one.role, prefix)} with check (kind in (${one.entries.map((kind) => `'${kind}'`).join(', ')}) and convert_from(leaf, 'UTF8')::jsonb ->> 'kind' = kind)`)),
    'alter table webhook_secret enable row level security',
    ...replaced('sign', 'webhook_secret', `for select to ${['deliver', 'console'].map((role) => roleName(role, prefix)).join(', ')} using (true)`),
    // With these it recognises who calls; those it could call with are not its own.
    ...replaced('recognise', 'webhook_secret', `for select to ${roleName('gateway', prefix)} using (exists (select from webhook_key where webhook_key.id = key_id and direction = 'from-party'))`),
    ...replaced('make', 'webhook_secret', `for insert to ${roleName('console', prefix)} with check (true)`),
  ];
};

const replaced = (name: string, table: string, rule: string): readonly string[] => [`drop policy if exists ${name} on ${table}`, `create policy ${name} on ${table} ${rule}`];

/** Runs them, all or none. Throws, with the name, when a role is missing and this account may not make it. */
export const applyRoles = (pool: pg.Pool, prefix?: string): Promise<void> => inTransaction(pool, async (client) => {
  await client.query("select pg_advisory_xact_lock(hashtext('ketensluis.roles'))");
  for (const statement of rolesSql(prefix)) await client.query(statement);
});
