import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { currentRegister } from '../../libs/store/register.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation } from './situation.js';
import { oin } from './steps.js';

const untriggered = (table: string, statement: string): readonly string[] => [`alter table ${table} disable trigger user`, statement, `alter table ${table} enable trigger user`];
const last = "kind = 'agreement' and key = 'wth-waterveen'";
const wider = `jsonb_set(body, '{recipientsAllowed}', '[{"role": "RB", "rules": null}]')`;

// What somebody with the database in his hands could try, so that the hub gives more than the agreement says.
const tampering: readonly (readonly [what: string, statements: readonly string[], problem: RegExp])[] = [
  ['the text of an agreement', untriggered('register_version', `update register_version set body = ${wider} where ${last}`), /wth-waterveen@2: its text does not have the hash/],
  ['the text and the hash beside it', untriggered('register_version', `update register_version set body = '{"text": ""}', sha256 = sha256('{"text":""}') where kind = 'law'`), /^law\/wth@1: its entry is of another text/],
  ['the entry to which it belongs', untriggered('register_version', `update register_version set entry_id = (select entry_id from register_version where kind = 'law') where ${last} and version = 2`), /wth-waterveen@2: its entry is of another text/],
  ['the leaf of its entry', untriggered('entry', "update entry set leaf = '{}' where kind = 'policy'"), /its entry is not the one in the tree/],
  ['the last version, by taking it away', untriggered('register_version', `delete from register_version where ${last} and version = 2`), /wth-waterveen@2: is in the log and not in the register/],
  ['the whole document, by taking it away', untriggered('register_version', `delete from register_version where ${last}`), /wth-waterveen@[12]: is in the log and not in the register/],
  ['a version of his own', [`insert into register_version (kind, key, version, body, sha256, applied_at, applied_by, entry_id)
    select kind, key, 3, ${wider}, sha256, applied_at, applied_by, gen_random_uuid() from register_version where ${last} and version = 2`], /wth-waterveen@3: has no entry in the log/],
];

describe('the registers', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await openRegion();
    await hub.apply({ ...(await hub.document('agreement', 'wth-waterveen')), mandate: 'Mandaatbesluit 2026-2' });
    await hub.settle();
  });
  afterAll(() => hub.close());
  afterEach(() => hub.checkLog());

  test('are read when they are what the log says', async () => {
    expect((await currentRegister(hub.hub.pool)).find(({ key }) => key === 'wth-waterveen')?.version).toBe(2);
  });

  test.each(tampering)('are not read when somebody changes %s', async (_what, statements, problem) => {
    const client = await hub.hub.pool.connect();
    try {
      await client.query('begin');
      for (const statement of statements) await client.query(statement);
      await expect(currentRegister(client)).rejects.toThrow(problem);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  test('changed by hand: nothing is decided or given, a person is asked, and it goes on once the document is registered anew', async () => {
    const honest = await hub.document('agreement', 'wth-waterveen');
    const police = await hub.document('party', 'politie-noorderwaard');
    const situation = openSituation(hub);
    const mail = await hub.seal(situation.step('huisverbod.opgelegd', 'waterveen'), situation.start);
    for (const statement of untriggered('register_version', `update register_version set body = ${wider} where ${last} and version = 2`)) await hub.hub.pool.query(statement);
    // Whatever makes a process read them again: it started, or a register changed.
    await hub.apply({ ...police, name: 'Politie Noorderwaard (oefening), nieuw' });
    const tasks = async (): Promise<readonly unknown[]> => (await hub.tasks()).filter(({ kind }) => kind === 'log');
    while ((await tasks()).length === 0) await pause(50);
    expect(await tasks()).toEqual([{ kind: 'log', ref: 'agreement/wth-waterveen@2', party: null, cause: 'agreement/wth-waterveen@2: its text does not have the hash beside it' }]);
    // The sender keeps his mail: nothing can be said about it now.
    expect((await hub.submit(mail, 'huisverbod@waterveen.example')).code).toBe(451);
    await hub.apply(honest);
    expect((await situation.send('huisverbod.opgelegd', 'waterveen')).permits).toMatchObject({ [oin.police]: 'WTH-11' });
  });
});
