import { ask, everything, type AuditPorts, type Asker, type FilterAsked, type LogLine } from '@ketensluis/flow';
import { createAudit } from '@ketensluis/platform';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dirname } from 'node:path';
import type { TestHub } from '../harness/hub.js';
import { daughter, evicted, partner } from './persons.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin, underMandate } from './steps.js';

const fg: Asker = { account: 'j.doe', function: 'fg', purpose: 'toezicht.fg', controller: oin.waterveen };
const fgHoogland: Asker = { ...fg, controller: oin.hoogland };

describe('questions to the log', () => {
  let hub: TestHub;
  let ports: AuditPorts;
  let waterveen: Situation;
  const period = (): FilterAsked => everything(new Date(hub.now().getTime() - 86_400_000), new Date(hub.now().getTime() + 86_400_000));

  beforeAll(async () => {
    hub = await openRegion();
    ports = { ...(await createAudit(hub.hub.pool, { dataFolder: dirname(hub.practiceFolder) })), clock: hub.hub.clock };
    waterveen = openSituation(hub);
    await waterveen.send('huisverbod.aangezegd', 'hovj1', underMandate);
    await waterveen.send('raadsman.gewenst', 'waterveen');
    await openSituation(hub, '9902').send('huisverbod.aangezegd', 'hoogland');
    await hub.settle();
  });
  afterAll(() => hub.close());

  const lines = async (change: Partial<FilterAsked>, asker = fg): Promise<readonly LogLine[]> => {
    const answer = await ask({ filter: { ...period(), ...change }, cursor: null, limit: 200 }, asker, ports);
    if (answer.kind === 'refused') throw new Error(answer.detail);
    return answer.lines;
  };
  const decisions = (found: readonly LogLine[]): readonly string[] => found.filter(({ kind }) => kind !== 'consultation').map(({ decision, recipient, rule }) => `${decision} ${recipient?.oin ?? recipient?.role} ${rule}`).sort();

  test('finds the entries about a person by number, and by name and day of birth; nobody else', async () => {
    const byNumber = await lines({ persons: [{ kind: 'bsn', bsn: evicted.bsn }] });
    const byName = await lines({ persons: [{ kind: 'name', name: '  brammert test  UITHUIZER', birthDate: evicted.geboortedatum }] });
    expect(decisions(byNumber).length).toBeGreaterThan(4);
    expect(decisions(byName)).toEqual(decisions(byNumber));
    expect(await lines({ persons: [{ kind: 'name', name: 'Brammert Test Uithuizer', birthDate: '1985-06-15' }] })).toEqual([]);
    const household = [{ name: partner.naam, birthDate: partner.geboortedatum }, { name: daughter.naam, birthDate: daughter.geboortedatum }];
    for (const one of household) expect(decisions(await lines({ persons: [{ kind: 'name', ...one }] }))).toEqual(decisions(byNumber));
  });

  test('tells of each: who, to whom, under which article, what kind of data, and what became of it', async () => {
    const [line] = (await lines({ recipient: 'veilig-thuis-noorderwaard', decision: 'permit' })).filter(({ type }) => type === 'huisverbod.aangezegd@1');
    expect(line).toMatchObject({
      sender: { name: 'Politie Noorderwaard', role: 'HOVJ' }, recipient: { name: 'Veilig Thuis Noorderwaard', role: 'INST' }, rule: 'WTH-08', law: 'wth@1',
      article: 'Wth art. 2 lid 8, tweede volzin', outcome: { code: 'delivered' },
    });
    expect(line?.categoryWords.map(({ nl }) => nl)).toContain('feiten en omstandigheden');
  });

  test('shows a municipality its own entries and nobody else\'s, whatever is asked', async () => {
    const everywhere = await lines({}, { ...fg, controller: null });
    const [own, others] = [await lines({}), await lines({}, fgHoogland)];
    expect(new Set(own.map(({ controller }) => controller?.oin))).toEqual(new Set([oin.waterveen]));
    expect(new Set(others.map(({ controller }) => controller?.oin))).toEqual(new Set([oin.hoogland]));
    expect(everywhere.length).toBeGreaterThan(own.length + others.length - 3);
    const person = { persons: [{ kind: 'bsn', bsn: evicted.bsn } as const] };
    expect(decisions(await lines(person, { ...fg, controller: null }))).toEqual([...decisions(await lines(person)), ...decisions(await lines(person, fgHoogland))].sort());
    expect(decisions(await lines(person, fgHoogland)).some((one) => decisions(own).includes(one) && one.includes(oin.waterveen))).toBe(false);
  });

  test('narrows by every filter to what the rows say themselves', async () => {
    const all = (await lines({})).filter(({ kind }) => kind !== 'consultation');
    const same = async (change: Partial<FilterAsked>, holds: (line: LogLine) => boolean): Promise<void> => {
      const expected = all.filter(holds).map(({ index }) => index);
      expect((await lines(change)).filter(({ kind }) => kind !== 'consultation').map(({ index }) => index)).toEqual(expected);
      expect(expected.length).toBeGreaterThan(0);
    };
    await same({ kind: 'hold' }, ({ kind }) => kind === 'hold');
    await same({ decision: 'permit' }, ({ decision }) => decision === 'permit');
    await same({ recipient: oin.veiligThuis }, ({ recipient }) => recipient?.oin === oin.veiligThuis);
    await same({ recipient: '-' }, ({ recipient }) => recipient?.oin === null);
    await same({ sender: oin.police }, ({ sender }) => sender?.oin === oin.police);
    await same({ category: 'C-GROUND' }, ({ categories }) => categories.includes('C-GROUND'));
    await same({ rule: 'WTH-11', law: 'wth@1' }, ({ rule }) => rule === 'WTH-11');
    await same({ reason: 'outside-hub' }, ({ reasons }) => reasons[0] === 'outside-hub');
    await same({ type: 'raadsman.gewenst@1' }, ({ type }) => type === 'raadsman.gewenst@1');
    await same({ outcome: 'delivered' }, ({ outcome }) => outcome?.code === 'delivered');
    await same({ channel: 'smime-mail' }, ({ recipient }) => recipient?.oin !== null && recipient?.oin !== undefined);
    expect(await lines({ outcome: 'failed' })).toEqual([]);
    expect(await lines({ basis: 'wth:99' })).toEqual([]);
  });

  test('pages stay as they were when the first was asked for, also while entries come in', async () => {
    const first = await ask({ filter: period(), cursor: null, limit: 3 }, fg, ports);
    if (first.kind === 'refused') throw new Error(first.detail);
    const seen = first.lines.map(({ index }) => index);
    for (let { cursor } = first; cursor !== null;) {
      await hub.settle();
      const next = await ask({ filter: period(), cursor, limit: 3 }, fg, ports);
      if (next.kind === 'refused') throw new Error(next.detail);
      seen.push(...next.lines.map(({ index }) => index));
      cursor = next.cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(Math.max(...seen)).toBeLessThan(first.size);
    const { rows } = await hub.hub.pool.query<{ seq: string }>('select l.seq from tlog_leaf l join entry e on e.id = l.id where e.controller = $1 and l.seq < $2', [oin.waterveen, first.size]);
    expect([...seen].sort((a, b) => a - b)).toEqual(rows.map(({ seq }) => Number(seq)).sort((a, b) => a - b));
  });

  test('a law version or party that is not there is refused, and nothing is looked at', async () => {
    const before = (await hub.hub.pool.query('select count(*)::int as n from access')).rows[0].n;
    for (const change of [{ law: 'wth@99' }, { recipient: 'nobody' }, { to: new Date(0) }]) {
      expect(await ask({ filter: { ...period(), ...change }, cursor: null, limit: 5 }, fg, ports)).toMatchObject({ kind: 'refused' });
    }
    expect((await hub.hub.pool.query('select count(*)::int as n from access')).rows[0].n).toBe(before);
  });

  test('each question leaves a consultation in the log and a row beside it, with one trace, and never the person', async () => {
    const answer = await ask({ filter: { ...period(), persons: [{ kind: 'bsn', bsn: evicted.bsn }] }, cursor: null, limit: 5 }, { ...fg, purpose: 'avg.inzage' }, ports);
    if (answer.kind === 'refused') throw new Error(answer.detail);
    const { rows: [row] } = await hub.hub.pool.query('select * from access order by seq desc limit 1');
    expect(row).toMatchObject({ actor: 'j.doe', function: 'fg', action: 'search', purpose: 'avg.inzage', controller: oin.waterveen, trace: answer.trace, object_count: 5 });
    expect(row.objects).toEqual(answer.lines.map(({ id }) => id));
    expect(JSON.stringify(row)).not.toContain(evicted.bsn);
    const entry = (await hub.entries()).find(({ id }) => id === row.entry_id);
    expect(entry).toMatchObject({ kind: 'consultation', purpose: 'avg.inzage', role: 'fg', trace: answer.trace, controller: oin.waterveen });
    expect(entry?.c?.subject).toHaveLength(1);
    await hub.checkLog();
  });

  test('shows nothing when the look cannot be recorded', async () => {
    await hub.hub.pool.query('alter table access rename to access_away');
    await expect(ask({ filter: period(), cursor: null, limit: 5 }, fg, ports)).rejects.toThrow(/access/);
    await hub.hub.pool.query('alter table access_away rename to access');
    await expect(hub.hub.pool.query("update access set actor = 'x'")).rejects.toThrow(/I6/);
    await expect(hub.hub.pool.query('delete from access')).rejects.toThrow(/rows of access/);
    await expect(hub.hub.pool.query('truncate access')).rejects.toThrow(/I6/);
  });
});
