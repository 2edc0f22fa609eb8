import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseLeaf } from '@ketensluis/tlog';
import { buildOnce, type HubChild } from './hub-child.js';
import { isDone, startNight, until, type Night } from './night.js';
import { checkLog } from './outcome.js';

// Two processes, each with gateway and worker, on one database and one signer's memory: work is shared and nothing is done twice.
const casesCount = 4;
const types = ['rihg.afgerond', 'huisverbod.aangezegd', 'huisverbod.opgelegd', 'raadsman.gewenst'] as const;
const doneMaxMs = 90_000;
let night: Night;
let hubs: readonly HubChild[];

beforeAll(async () => {
  await buildOnce();
  night = await startNight();
  hubs = await Promise.all([night.startHub(), night.startHub()]);
  await until(() => isDone(night.pool), doneMaxMs);
}, 180_000);
afterAll(() => night.close());

const hubAt = (place: number): HubChild => {
  const hub = hubs[place % hubs.length];
  if (hub === undefined) throw new Error('bug: no hub');
  return hub;
};

/** The mails of one case go in after each other, now through the one hub, now through the other. */
const playCase = async (place: number): Promise<readonly number[]> => {
  const codes: number[] = [];
  for (const [turn, type] of types.entries()) codes.push(await night.submit(night.newMail(`TH-2026-${place}`, type), hubAt(place + turn)));
  return codes;
};

/** Index in the log and message of every decision entry, for each case. */
const decisionsByCase = async (): Promise<ReadonlyMap<string, readonly { readonly seq: number; readonly type: string }[]>> => {
  const { rows } = await night.pool.query<{ number: string; seq: string; leaf: Buffer }>(
    `select case_file.number, tlog_leaf.seq, entry.leaf from entry join entry_detail using (id, at) join case_file on case_file.id = entry_detail.case_id
     join tlog_leaf on tlog_leaf.id = entry.id order by tlog_leaf.seq`,
  );
  const cases = new Map<string, { seq: number; type: string }[]>();
  for (const { number, seq, leaf } of rows) {
    const parsed = parseLeaf(leaf);
    if (parsed.kind === 'refused') throw new Error(parsed.problem);
    const { schema } = parsed.leaf;
    if (schema !== undefined) cases.set(number, [...(cases.get(number) ?? []), { seq: Number(seq), type: schema.split('@')[0] ?? '' }]);
  }
  return cases;
};

describe('two hubs on one database', () => {
  test('take every mail, deliver each disclosure once, and lose none', async () => {
    const codes = await Promise.all(Array.from({ length: casesCount }, (_, place) => playCase(place)));
    expect(codes.flat()).toEqual(Array.from({ length: casesCount * types.length }, () => 250));
    expect(await until(() => isDone(night.pool), doneMaxMs)).toBe(true);
    const { rows } = await night.pool.query<{ mid: string; state: string }>('select mid, state from delivery');
    expect(rows.length).toBeGreaterThan(casesCount * types.length);
    expect(rows.filter(({ state }) => state !== 'delivered')).toEqual([]);
    expect(night.arrivals.map(({ mid }) => mid).sort()).toEqual(rows.map(({ mid }) => mid).sort());
    const attempts = await night.pool.query("select from attempt where number > 1 or outcome is distinct from 'delivered'");
    expect(attempts.rowCount).toBe(0);
    const outcomes = await night.pool.query("select ref from entry where kind = 'outcome'");
    expect(outcomes.rowCount).toBe(rows.length);
  }, 180_000);

  test('decide the messages of one case in the order in which they came', async () => {
    const cases = await decisionsByCase();
    expect(cases.size).toBe(casesCount);
    for (const decisions of cases.values()) {
      expect([...new Set(decisions.map(({ type }) => type))]).toEqual([...types]);
      const places = decisions.map(({ type }) => types.findIndex((one) => one === type));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
    }
    expect((await night.pool.query("select from message where state <> 'applied'")).rowCount).toBe(0);
  });

  test('keep one log, which verifies', async () => {
    expect(await checkLog(night)).toMatchObject({ exit: 0 });
  });
});
