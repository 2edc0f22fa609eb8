import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { openTestDatabase, openTestRoles, type TestDatabase, type TestRoles } from '../../test/harness/database.js';
import { disclosureEntry, plainEntry, testStart } from '../../test/harness/log-entries.js';
import { recordEntries } from './log/index.js';
import { applyRoles, roleName, rolesSql } from './roles-sql.js';
import { databaseRoles } from './roles.js';

// What somebody can do in the database who took over one process of the hub; the trust table of the README says it in words.
let database: TestDatabase;
let roles: TestRoles;
beforeAll(async () => {
  database = await openTestDatabase();
  roles = await openTestRoles(database);
});
afterAll(async () => {
  await database.close();
  await roles.close();
});

const as = async <T>(role: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: roles.urlOf(role) });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};
const refused = (role: string, statement: string): Promise<unknown> => as(role, (client) => client.query(statement).then(() => null, (fault: pg.DatabaseError) => fault.code));
const denied = '42501';
const every = databaseRoles.map(({ role }) => role);

/** Roles that hold this right on the table, as PostgreSQL itself says; a right on one column counts. */
const holders = async (right: string, table: string): Promise<readonly string[]> => {
  const { rows } = await database.pool.query<{ role: string }>(
    `select role from unnest($1::text[], $2::text[]) as known (role, name)
      where has_table_privilege(name, $3, $4) or ($4 in ('select', 'insert', 'update') and has_any_column_privilege(name, $3, $4))`,
    [every, every.map((role) => roleName(role, roles.prefix)), table, right],
  );
  return rows.map(({ role }) => role);
};

describe('the log', () => {
  const tree = ['tlog_leaf', 'tlog_tile', 'tlog_checkpoint', 'tlog_cosigned', 'tlog_head'];

  test('is written by whoever seals, and its rows are removed or emptied by nobody', async () => {
    for (const table of [...tree, 'entry', 'entry_default']) {
      expect([table, await holders('delete', table), await holders('truncate', table)]).toEqual([table, [], []]);
    }
    for (const table of tree) for (const right of ['insert', 'update']) for (const role of await holders(right, table)) expect([table, role]).toEqual([table, 'seal']);
    expect(await holders('update', 'tlog_leaf')).toEqual([]);
    expect(await holders('update', 'tlog_checkpoint')).toEqual([]);
    expect(await holders('update', 'entry')).toEqual([]);
    expect(await holders('delete', 'pending')).toEqual(['seal']);
    expect(await holders('insert', 'pending')).toEqual([]);
  });

  test('takes a disclosure from whoever decides, and from nobody else', async () => {
    const verdicts = await Promise.all(every.map(async (role) => {
      const code = await as(role, async (client) => {
        await client.query('begin');
        return recordEntries(client, [disclosureEntry(testStart)]).then(() => 'recorded', (fault: { code?: string; cause?: { code?: string } }) => fault.code ?? fault.cause?.code);
      });
      return [role, code];
    }));
    expect(verdicts).toEqual(every.map((role) => [role, role === 'decide' ? 'recorded' : denied]));
    expect(await holders('insert', 'outbox')).toEqual(['decide']);
  });

  test('takes no entry whose leaf says another kind than its column', async () => {
    const { leaf } = plainEntry(testStart);
    const words = JSON.parse(Buffer.from(leaf).toString()) as { id: string; kind: string };
    const insert = (kind: string) => `insert into entry (id, at, kind, leaf) values ('${words.id}', '${testStart.toISOString()}', '${kind}', convert_to('${Buffer.from(leaf).toString()}', 'UTF8'))`;
    const other = words.kind === 'policy' ? 'consultation' : 'policy';
    expect(await refused('console', insert(other))).toBe(denied);
    expect(await refused('gateway', insert(other))).toBe(denied);
  });
});

describe('whoever takes over', () => {
  test('the gateway does not get what disclosures go out with, and brings nothing', async () => {
    const key = (id: string, direction: string) => `insert into webhook_key (id, version, party, direction, scheme, active_from, sha256, changed_at, changed_by, entry_id)
      values ('${id}', 1, '00000001900000000201', '${direction}', 'v1', now(), sha256('x'), now(), 'test', gen_random_uuid())`;
    await database.pool.query(key('019ca945-0a00-7000-8000-000000000001', 'to-party'));
    await database.pool.query(key('019ca945-0a00-7000-8000-000000000002', 'from-party'));
    await database.pool.query("insert into webhook_secret (key_id, wrapped, sealed) select id, 'a', 'b' from webhook_key");
    const seen = (role: string) => as(role, async (client) => (await client.query('select from webhook_secret')).rowCount);
    expect([await seen('gateway'), await seen('deliver')]).toEqual([1, 2]);
    expect(await refused('gateway', 'update queue set due_at = now()')).toBe(denied);
    expect(await refused('gateway', 'insert into decision default values')).toBe(denied);
  });

  test('the console makes no decision and no outgoing body, and changes nothing that came in', async () => {
    for (const statement of [
      'insert into decision default values', 'insert into outbox default values', 'update outbox set sealed = null', 'update queue set due_at = now()', "update message set body = 'x'", 'update case_file set body = null',
      'insert into pending default values', 'update register_version set body = null', 'delete from access',
    ]) expect([statement, await refused('console', statement)]).toEqual([statement, denied]);
  });

  test('the sealer reads nothing that is about anybody', async () => {
    for (const table of ['message', 'outbox', 'case_file', 'attachment', 'entry_detail', 'entry_subject', 'data_key', 'delivery', 'webhook_secret', 'access', 'person_session']) {
      expect([table, await refused('seal', `select * from ${table}`)]).toEqual([table, denied]);
    }
  });

  test('any process destroys nothing, and neither makes nor changes a table, a role or a rule', async () => {
    for (const table of ['case_file', 'message', 'attachment', 'delivery', 'entry_detail', 'entry_subject', 'erased', 'destruction_approval', 'data_key', 'register_version', 'trust_version']) {
      expect([table, await holders('delete', table)]).toEqual([table, []]);
    }
    for (const role of every) {
      for (const statement of ['create table extra (x integer)', 'create role extra', 'alter table entry disable row level security', 'drop policy read_all on entry', 'alter table entry disable trigger all', 'update _prisma_migrations set checksum = 1']) {
        expect([role, statement, await refused(role, statement)]).toEqual([role, statement, denied]);
      }
    }
    expect(await holders('insert', 'erased')).toEqual([]);
  });

  test('another process than the watch makes no partitions', async () => {
    for (const role of every) expect([role, await refused(role, 'select ensure_partitions(current_date, 1)')]).toEqual([role, role === 'watch' ? null : denied]);
  });
});

describe('the rights', () => {
  test('are taken away again where the table no longer gives them', async () => {
    await database.pool.query(`grant delete on entry, outbox to ${roleName('console', roles.prefix)}`);
    expect(await holders('delete', 'outbox')).toContain('console');
    await applyRoles(database.pool, roles.prefix);
    expect(await holders('delete', 'outbox')).toEqual([]);
  });

  test('name tables that exist, each once per right and role', async () => {
    for (const { role, grants } of databaseRoles) {
      const named = grants.flatMap(({ rights, tables }) => tables.flatMap((table) => rights.map((right) => `${right} ${table}`)));
      expect([role, named.filter((one, place) => named.indexOf(one) !== place)]).toEqual([role, []]);
    }
    const { rows } = await database.pool.query<{ name: string }>("select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition");
    const named = new Set(databaseRoles.flatMap(({ grants }) => grants.flatMap(({ tables }) => tables)));
    // Those of the owner alone: steps of the schema, and destruction, which two people approve at his desk.
    expect(rows.map(({ name }) => name).filter((name) => !named.has(name)).sort()).toEqual(['_prisma_migrations', 'destruction_approval', 'destruction_proposal']);
  });

  test('are printed as SQL that holds no password', () => {
    const text = rolesSql('ketensluis').join('\n');
    expect(text).toContain('create role ketensluis_gateway login');
    expect(text).not.toMatch(/password/i);
  });
});
