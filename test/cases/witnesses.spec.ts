import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { retryDelivery } from '@ketensluis/platform';
import { openCosigned, parseProof } from '@ketensluis/tlog';
import type { Received, TestHub } from '../harness/hub.js';
import { startWitnesses, type TestWitnesses } from '../harness/witnesses.js';
import { personal } from './persons.js';
import { openRegion, openSituation, type Situation } from './situation.js';

// log.md 6: what leaves while too few witnesses cosign the log, and what happens when they are back.
const minuteMs = 60_000;
const patienceMs = 30_000;
const veiligThuis = 'veilig-thuis-noorderwaard';
const waterveen = 'gemeente-waterveen';

let hub: TestHub;
let witnesses: TestWitnesses;
let before: Situation;
beforeAll(async () => {
  hub = await openRegion({
    witnesses: async ({ vkey, now }) => {
      witnesses = await startWitnesses({ vkey, count: 2, enough: 2, now });
      return witnesses.policy;
    },
  });
  before = openSituation(hub);
  await before.send('huisverbod.opgelegd', 'waterveen');
}, 60_000);
afterAll(async () => {
  await hub.close();
  await witnesses.close();
});

const until = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await pause(50)) if (await holds()) return;
  throw new Error(`${what}: not within ${patienceMs} ms`);
};
const rows = async <T extends object>(sql: string, values: readonly unknown[] = []): Promise<readonly T[]> => (await hub.database.pool.query<T>(sql, [...values])).rows;
const hasNoQuorum = async (): Promise<boolean> => (await rows('select from tlog_head where quorum_lost_at is not null')).length === 1;
const got = async (situation: Situation, party: string): Promise<readonly string[]> => (await situation.received(party)).map(({ disclosure }) => disclosure.type);
const triesOf = (situation: Situation) =>
  rows<{ uncosigned: boolean }>('select uncosigned from attempt join delivery using (mid) join case_file on case_file.id = delivery.case_id where case_file.number = $1', [situation.number]);
const proofOf = ({ mail }: Received) => parseProof(mail.parts.find(({ name }) => name?.endsWith('.tlog-proof') === true)?.content ?? Buffer.alloc(0));
/** What the parties keep of proofs that came afterwards. */
const laterProofs = async () => {
  const found: { readonly mid: string; readonly proof: Buffer; readonly names: string[]; readonly raw: string }[] = [];
  for (const [party] of hub.chain.mailboxes) {
    const folder = join(hub.practiceFolder, party);
    for (const file of await readdir(join(folder, 'later-proofs')).catch(() => [])) {
      const mail = await hub.chain.open(party, await readFile(join(folder, 'later-proofs', file)), hub.now());
      found.push({
        mid: /<?([0-9a-f-]{36})\.bewijs@/.exec(mail.messageId ?? '')?.[1] ?? '',
        proof: await readFile(join(folder, 'proofs', `${file.slice(0, -'.eml'.length)}.tlog-proof`)),
        names: mail.parts.flatMap(({ name }) => (name === null ? [] : [name])),
        raw: mail.parts.map(({ content }) => Buffer.from(content).toString('utf8')).join('\n'),
      });
    }
  }
  return found;
};
const judged = (received: Received | undefined) => {
  const proof = received === undefined ? null : proofOf(received);
  return proof === null ? null : openCosigned(proof.checkpoint, witnesses.policy);
};

describe('while both witnesses sign', () => {
  test('what a party receives is proven under a checkpoint that both cosigned', async () => {
    const [received] = await before.received(veiligThuis);
    expect(judged(received)).toMatchObject({ kind: 'opened', hasQuorum: true });
    expect(await triesOf(before)).toEqual(expect.arrayContaining([{ uncosigned: false }]));
  });
});

describe('when one of two says nothing', () => {
  let during: Situation;

  test('nothing leaves in the first minute, not even an attempt is made', async () => {
    witnesses.behave(1, 'silent');
    during = openSituation(hub);
    // The order matters: the violation is about a case in which something that is not acute waits for the same party.
    expect(await before.post('hulp.aanvaard', 'veiligThuis')).toMatchObject({ code: 250 });
    expect(await before.post('huisverbod.overtreden', 'police')).toMatchObject({ code: 250 });
    expect(await during.post('huisverbod.opgelegd', 'waterveen')).toMatchObject({ code: 250 });
    await until('the quorum is lost', hasNoQuorum);
    await hub.advance(minuteMs / 2);
    await pause(500);
    expect(await triesOf(during)).toEqual([]);
    expect(await got(during, veiligThuis)).toEqual([]);
  }, 60_000);

  test('after that only an acute threat to life leaves, marked, with a proof of the log alone and an alarm', async () => {
    await hub.advance(minuteMs);
    await until('the ban has arrived', async () => (await got(during, veiligThuis)).length === 1);
    await until('the violation has arrived', async () => (await got(before, waterveen)).includes('huisverbod.overtreden'));
    expect(await got(before, waterveen)).not.toContain('hulp.aanvaard');
    const tries = await triesOf(during);
    expect(tries.length).toBeGreaterThan(0);
    expect(tries.every(({ uncosigned }) => uncosigned)).toBe(true);
    const [received] = await during.received(veiligThuis);
    expect(judged(received)).toMatchObject({ kind: 'opened', hasQuorum: false });
    await until('the alarm', async () => (await hub.tasks()).some(({ kind }) => kind === 'witness'));
    expect(await rows('select from catch_up where cosigned_at is null')).not.toEqual([]);
  }, 60_000);

  test('after four hours nothing leaves any more', async () => {
    await hub.advance(4 * 60 * minuteMs);
    const late = openSituation(hub);
    expect(await late.post('huisverbod.opgelegd', 'waterveen')).toMatchObject({ code: 250 });
    await until('it is decided', async () => (await rows('select from delivery join case_file on case_file.id = delivery.case_id where case_file.number = $1', [late.number])).length > 0);
    await pause(2_500);
    expect(await triesOf(late)).toEqual([]);
  }, 60_000);

  test('when it is back all that waited leaves, and what left uncosigned has its proof', async () => {
    witnesses.behave(1, 'honest');
    await hub.settle();
    expect(await got(before, waterveen)).toContain('hulp.aanvaard');
    expect(await rows('select from catch_up where cosigned_at is null')).toEqual([]);
    expect((await rows('select from catch_up')).length).toBeGreaterThan(0);
    expect((await hub.tasks()).filter(({ kind }) => kind === 'witness')).toEqual([]);
    await hub.checkLog();
  }, 90_000);

  test('and each party gets the complete proof of what it had uncosigned, without content, once', async () => {
    await until('every proof is there', async () => (await rows('select from catch_up where sent_at is null')).length === 0);
    const owed = await rows<{ mid: string; entry_id: string; recipient: string }>('select mid, delivery.entry_id, recipient from catch_up join delivery using (mid)');
    const codes = await rows<{ leaf: Buffer }>("select leaf from entry where kind = 'outcome' and ref = any($1)", [owed.map(({ entry_id }) => entry_id)]);
    const proven = codes.map(({ leaf }) => JSON.parse(leaf.toString('utf8')) as { readonly code: string; readonly msg: string }).filter(({ code }) => code === 'proof-delivered');
    expect(proven.map(({ msg }) => msg).sort()).toEqual(owed.map(({ mid }) => mid).sort());
    // That it arrived stays what became of it.
    expect(await rows("select from entry_outcome join entry using (id, at) where convert_from(leaf, 'UTF8')::jsonb ->> 'code' like 'proof-%'")).toEqual([]);
    const kept = await laterProofs();
    expect(kept.map(({ mid }) => mid).sort()).toEqual(owed.map(({ mid }) => mid).sort());
    for (const { proof, names, raw } of kept) {
      expect(openCosigned(parseProof(proof)?.checkpoint ?? Buffer.alloc(0), witnesses.policy)).toMatchObject({ kind: 'opened', hasQuorum: true });
      expect(names.sort()).toEqual(['bewijs.leaf.json', 'bewijs.opening.json', 'bewijs.tlog-proof']);
      expect(personal.filter((value) => raw.includes(value))).toEqual([]);
    }
  }, 60_000);
});

describe('a party that cannot have its proof now', () => {
  const owe = (party: string) => rows<{ mid: string; state: string }>(
    `update catch_up set sent_at = null, due_at = null, tries = 0, first_tried_at = null where mid =
       (select mid from catch_up join delivery using (mid) where recipient = (select body ->> 'oin' from register_version where kind = 'party' and key = $1 limit 1) limit 1) returning mid`, [party]);
  const stateOf = async (mid: string) => (await rows<{ tries: number; sent_at: Date | null; given_up_at: Date | null; due_at: Date | null }>('select tries, sent_at, given_up_at, due_at from catch_up where mid = $1', [mid]))[0];

  test('gets none while it is paused, and gets it when it goes on', async () => {
    const party = await hub.document('party', veiligThuis);
    await hub.apply({ ...party, pausedAt: hub.now().toISOString() });
    const before = (await laterProofs()).length;
    const [{ mid } = { mid: '' }] = await owe(veiligThuis);
    await hub.advance(0);
    await until('it was looked at', async () => (await stateOf(mid))?.due_at !== null);
    expect(await stateOf(mid)).toMatchObject({ tries: 0, sent_at: null });
    expect((await laterProofs()).length).toBe(before);
    await hub.apply({ ...party, pausedAt: null });
    await hub.advance(10 * minuteMs);
    await until('it is there', async () => (await stateOf(mid))?.sent_at !== null);
    expect((await laterProofs()).length).toBe(before + 1);
  }, 60_000);

  test('that is not there is tried again on schedule, and given up after five days with a task; a person can free it', async () => {
    hub.behave(veiligThuis, '4xx');
    const [{ mid } = { mid: '' }] = await owe(veiligThuis);
    await hub.advance(0);
    await until('a first try', async () => (await stateOf(mid))?.due_at !== null);
    expect(await stateOf(mid)).toMatchObject({ tries: 1, sent_at: null, given_up_at: null });
    await hub.advance(5 * 24 * 60 * minuteMs + minuteMs);
    await until('it is given up', async () => (await stateOf(mid))?.given_up_at !== null);
    expect((await hub.tasks()).filter(({ ref }) => ref === mid)).toMatchObject([{ kind: 'dead-letter', cause: expect.stringContaining('proof not accepted within five days') }]);
    hub.behave(veiligThuis, 'normal');
    expect(await retryDelivery(hub.database.pool, mid, hub.now())).toBe(true);
    await hub.advance(0);
    await until('it is there', async () => (await stateOf(mid))?.sent_at !== null);
    expect((await hub.tasks()).filter(({ ref }) => ref === mid)).toEqual([]);
  }, 60_000);
});
