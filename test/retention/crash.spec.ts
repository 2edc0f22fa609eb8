import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { approveDestruction, erasePerson, proposeDestruction, runDestruction, type RetentionPorts } from '@ketensluis/flow';
import { openVault, readRetention } from '@ketensluis/platform';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { destructionStore, erasureStore, holdStore, missingOpenings, openErasedList, openingStates, replayErased, type Vault } from '../../libs/store/index.js';
import { partner } from '../cases/persons.js';
import { openRegion, openSituation } from '../cases/situation.js';
import { oin } from '../cases/steps.js';
import type { TestHub } from '../harness/hub.js';
import { everythingThatOpens } from './opening.js';

const rulesFolder = fileURLToPath(new URL('../../config/retention', import.meta.url));
const dayMs = 86_400_000;

/** Dies at a step: everything after it never happens, as when the process is killed there. */
class Killed extends Error {}

describe('a destruction that is killed', () => {
  let hub: TestHub;
  let vault: Vault;
  let file: string;
  /** Steps taken so far; the process dies before the step with this number. */
  let steps = 0;
  let dieAt = Infinity;
  const step = (): void => {
    steps += 1;
    if (steps >= dieAt) throw new Killed(`killed at step ${dieAt}`);
  };

  /** The real store with a place to die before each line of the list, each key and each statement to the database. */
  const portsThatDie = async (): Promise<RetentionPorts> => {
    const { pool } = hub.hub;
    const list = openErasedList(file);
    const rules = await readRetention(rulesFolder);
    const dyingPool = new Proxy(pool, {
      get: (target, name, receiver) => {
        if (name !== 'query' && name !== 'connect') return Reflect.get(target, name, receiver) as unknown;
        return async (...args: unknown[]) => {
          step();
          return (Reflect.get(target, name, receiver) as (...given: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    const place = {
      pool: dyingPool as pg.Pool, list: { ...list, add: async (line: Parameters<typeof list.add>[0]) => { step(); await list.add(line); step(); } },
      vault: { ...vault, destroy: (shares: readonly string[]) => { step(); vault.destroy(shares); step(); } },
    };
    return {
      clock: { now: hub.now }, ids: hub.hub.ids, registers: hub.hub.registers, rules,
      destruction: destructionStore({ ...place, rules, publish: async () => step() }), holds: holdStore(pool, vault), erasures: erasureStore(place),
    };
  };

  beforeAll(async () => {
    hub = await openRegion();
    vault = await openVault(join(hub.practiceFolder, '..', 'keys'));
    file = join(hub.practiceFolder, '..', 'destruction', 'erased.jsonl');
    // All mail comes first: later the revocation lists of the practice parties have ended.
    await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    for (const from of ['hovj1', 'hovj1', 'hovj2'] as const) await openSituation(hub).send('rihg.afgerond', from);
  });
  afterAll(() => hub.close());

  test('what went out can go before its case; the log, its columns and the case stand', async () => {
    const calm = await portsThatDie();
    const short = { ...calm.rules, clocks: calm.rules.clocks.map((clock) => (clock.object === 'outgoing' ? { ...clock, keep: { days: 30 } } : clock)) };
    await hub.advance(40 * dayMs);
    await hub.settle();
    const before = await everythingThatOpens(hub.hub.pool, vault);
    const { proposals: [made] } = await proposeDestruction('archivist', { ...calm, rules: short });
    expect(new Set(made?.body.items.map(({ object }) => object))).toEqual(new Set(['outgoing']));
    for (const [person, code] of [['a', 'archivist'], ['b', 'privacy-officer']] as const) await approveDestruction({ proposalId: made?.id ?? '', person, function: code, sha256: null }, calm);
    // Other rules than those of the proposal: it must be made anew.
    expect(await runDestruction(made?.id ?? '', { ...calm, rules: { ...short, sha256: 'ab'.repeat(32) } })).toMatchObject({ kind: 'refused', code: 'other-rules' });
    expect(await runDestruction(made?.id ?? '', { ...calm, rules: short })).toMatchObject({ kind: 'done' });
    // The reminders that the end of the ban brought about are younger.
    expect(await everythingThatOpens(hub.hub.pool, vault)).toMatchObject({ bodies: before.bodies - (made?.body.items.length ?? 0), cases: 4, messages: 4 });
    await hub.checkLog();
  });

  test('a mail that comes in at that very moment keeps its case', async () => {
    await hub.advance(200 * dayMs);
    await hub.settle();
    const ports = await portsThatDie();
    const { proposals } = await proposeDestruction('archivist', ports);
    const made = proposals.find(({ body }) => body.items.some(({ kind }) => kind === 'case'));
    for (const [person, code] of [['a', 'archivist'], ['b', 'privacy-officer']] as const) await approveDestruction({ proposalId: made?.id ?? '', person, function: code, sha256: null }, ports);
    const arriving = { ...ports, destruction: { ...ports.destruction, destroy: async (...given: Parameters<typeof ports.destruction.destroy>) => {
      if (given[0].kind === 'case') await hub.hub.pool.query("insert into queue (kind, ref, lane, due_at) select 'disclose', id, case_id::text, 'infinity' from message where case_id = $1 limit 1", [given[0].ref]);
      return ports.destruction.destroy(...given);
    } } };
    const run = await runDestruction(made?.id ?? '', arriving);
    expect(run.kind === 'done' && run.outcomes.filter(({ kind }) => kind === 'case').map(({ outcome }) => outcome)).toEqual(['not-due', 'not-due', 'not-due']);
    expect((await hub.hub.pool.query('select from case_file')).rowCount).toBe(4);
    await hub.hub.pool.query("delete from queue where due_at = 'infinity'");
  });

  test('at any point leaves nothing that is called destroyed and opens, and the next run finishes it', async () => {
    const calm = await portsThatDie();
    const { proposals: [made] } = await proposeDestruction('archivist', calm);
    const id = made?.id ?? '';
    for (const [person, code] of [['a', 'archivist'], ['b', 'privacy-officer']] as const) await approveDestruction({ proposalId: id, person, function: code, sha256: null }, calm);
    expect(made?.body.items).toHaveLength(3);
    let kills = 0;
    for (let at = 1; ; at += 1) {
      [steps, dieAt] = [0, at];
      const outcome = await runDestruction(id, await portsThatDie()).then((run) => run, (fault: unknown) => {
        if (fault instanceof Killed) return null;
        throw fault;
      });
      dieAt = Infinity;
      // Whatever the database calls erased opens nowhere.
      const { rows } = await hub.hub.pool.query<{ shares: readonly string[] }>('select shares from erased');
      expect(rows.flatMap(({ shares }) => shares).filter((share) => vault.isAlive(share))).toEqual([]);
      if (outcome !== null) {
        expect(outcome).toMatchObject({ kind: 'done' });
        break;
      }
      kills += 1;
      // Every third time the hub is started in between, and finishes what the list names.
      if (at % 3 === 0) await replayErased({ pool: hub.hub.pool, vault, list: openErasedList(file) }, hub.now());
    }
    expect(kills).toBeGreaterThan(10);
    const opened = await everythingThatOpens(hub.hub.pool, vault);
    expect(opened).toMatchObject({ cases: 1, messages: 1, raws: 1 });
    expect((await hub.hub.pool.query('select from case_file')).rowCount).toBe(1);
    await hub.settle();
    const told = (await hub.entries()).filter(({ kind, code }) => kind === 'destruction' && code === 'no-ban-file');
    expect(told).toHaveLength(1);
    expect(told[0]?.keys?.length).toBeGreaterThanOrEqual(6);
    expect((await hub.hub.pool.query('select from erased where entry_id is null')).rowCount).toBe(0);
    await hub.checkLog();
  });

  test('a list with half a line at its end goes on; one that was changed stops the start', async () => {
    const before = await readFile(file, 'utf8');
    await appendFile(file, '{"v":1,"at":"2026');
    expect(await openErasedList(file).all()).toHaveLength(before.split('\n').length - 1);
    expect(await readFile(file, 'utf8')).toBe(before);
    await writeFile(file, before.replace('"v":1', '"v":2'));
    await expect(openErasedList(file).all()).rejects.toThrow('erased.jsonl is damaged at line 1');
    await writeFile(file, before);
  });

  test('a list that was set back gets what the database knows, and keys that came back go again', async () => {
    const before = await readFile(file, 'utf8');
    await writeFile(file, '');
    const list = openErasedList(file);
    expect(await replayErased({ pool: hub.hub.pool, vault, list }, hub.now())).toMatchObject({ erasedAgain: 0, addedToList: before.trim().split('\n').length });
    expect((await openErasedList(file).all()).flatMap(({ shares }) => shares).sort()).toEqual(
      [...new Set(before.trim().split('\n').flatMap((line) => (JSON.parse(line) as { shares: string[] }).shares))].sort(),
    );
  });

  test('one person is erased early: he is found no more, the others in the same entry are, the log says so and stands', async () => {
    const ports = await portsThatDie();
    const before = await everythingThatOpens(hub.hub.pool, vault);
    const names = [`person:${partner.naam.toLowerCase()}|${partner.geboortedatum}`];
    const erasure = { names, controller: oin.waterveen, from: new Date(0), to: new Date(hub.now().getTime() + 1) };
    expect(await erasePerson({ ...erasure, controller: oin.hoogland }, { ground: 'avg-17', byFunction: 'privacy-officer' }, ports)).toMatchObject({ erased: 0 });
    const outcome = await erasePerson(erasure, { ground: 'avg-17', byFunction: 'privacy-officer' }, ports);
    expect(outcome).toMatchObject({ kind: 'erased', held: 0 });
    const erased = outcome.kind === 'erased' ? outcome.erased : 0;
    expect(erased).toBeGreaterThan(1);
    const after = await everythingThatOpens(hub.hub.pool, vault);
    expect([after.subjects, after.pseudonyms]).toEqual([before.subjects - erased, before.pseudonyms - erased]);
    expect(await erasePerson(erasure, { ground: 'avg-17', byFunction: 'privacy-officer' }, ports)).toMatchObject({ erased: 0 });
    await hub.checkLog();
    const corrections = (await hub.entries()).filter(({ kind }) => kind === 'correction');
    expect(corrections).toHaveLength(erased);
    expect(corrections[0]).toMatchObject({ code: 'erased.avg-17', role: 'privacy-officer', ref: expect.any(String) });
    expect((await missingOpenings(hub.hub.pool)).count).toBe(0);
    const states = await openingStates(hub.hub.pool, corrections.map(({ ref }) => ref ?? ''));
    expect([...states.values()].every(({ kind }) => kind === 'opened')).toBe(true);
  });

  test('a row that somebody took away by hand is told as missing, at its index', async () => {
    const { rows: [victim] } = await hub.hub.pool.query<{ id: string; seq: string }>('select d.id, l.seq from entry_detail d join tlog_leaf l on l.id = d.id order by l.seq desc limit 1');
    await hub.hub.pool.query('alter table entry_detail disable trigger user');
    await hub.hub.pool.query('delete from entry_detail where id = $1', [victim?.id]);
    await hub.hub.pool.query('alter table entry_detail enable trigger user');
    expect(await missingOpenings(hub.hub.pool)).toEqual({ count: 1, first: Number(victim?.seq) });
    expect((await openingStates(hub.hub.pool, [victim?.id ?? ''])).get(victim?.id ?? '')).toEqual({ kind: 'missing' });
  });
});
