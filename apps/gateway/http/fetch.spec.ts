import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readDisclosure } from '@ketensluis/contract';
import { fetchDisclosure, fetchLimits } from '@ketensluis/flow';
import type { HttpServer } from '@ketensluis/platform';
import { parseKeyFile, verifyDisclosureProof } from '@ketensluis/tlog';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'node:tls';
import { openRegion, openSituation, type Situation } from '../../../test/cases/situation.js';
import { oin } from '../../../test/cases/steps.js';
import type { TestHub } from '../../../test/harness/hub.js';
import { callParty, clientKeys, type ClientKeys, type PartyAnswer } from '../../../test/harness/party-call.js';
import { startPartyHttp } from './party-server.js';

const party = 'veilig-thuis-noorderwaard';
let hub: TestHub;
let http: HttpServer;
let root: string;
let [own, other]: ClientKeys[] = [];

beforeAll(async () => {
  hub = await openRegion();
  http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
  root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
  [own, other] = [await clientKeys(hub.practiceFolder, party), await clientKeys(hub.practiceFolder, 'ggd-noorderwaard')];
  // Nobody listens there: the party fetches by itself.
  await hub.apply({ ...(await hub.document('party', party)), channel: { kind: 'webhook', url: 'https://localhost:9/', form: 'thin' } });
}, 180_000);
afterAll(async () => {
  await http.close();
  await hub.close();
}, 60_000);

const fetching = (id: string, as = own): Promise<PartyAnswer> => callParty({ port: http.port, root }, `/api/v1/verstrekkingen/${id}`, as === undefined ? {} : { as });
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await pause(50);
};
const ask = async <T extends object>(sql: string, values: readonly unknown[]): Promise<readonly T[]> => (await hub.hub.pool.query<T>(sql, [...values])).rows;
const toVt = async (situation: Situation): Promise<string> => {
  const [row] = await ask<{ mid: string }>(
    'select mid from delivery join case_file on case_file.id = delivery.case_id where case_file.number = $1 and recipient = $2 order by delivery.number desc limit 1', [situation.number, oin.veiligThuis]);
  if (row === undefined) throw new Error('nothing goes to Veilig Thuis');
  return row.mid;
};
const imposed = async (): Promise<{ readonly situation: Situation; readonly mid: string }> => {
  const situation = openSituation(hub);
  await situation.send('huisverbod.opgelegd', 'waterveen');
  return { situation, mid: await toVt(situation) };
};
const withdraw = async (situation: Situation, mid: string): Promise<void> => {
  const [row] = await ask<{ sender_id: string }>('select sender_id from message join delivery on delivery.message_id = message.id where mid = $1', [mid]);
  expect((await situation.send('bericht.ingetrokken', 'waterveen', { betreft: row?.sender_id })).state).toBe('applied');
};
const outcomes = async (mid: string): Promise<readonly string[]> =>
  (await hub.entries()).filter(({ kind, msg }) => kind === 'outcome' && msg === mid).map(({ code }) => code ?? '');
const stateOf = async (mid: string) => (await ask<{ state: string; attempts: number }>("select state, (select count(*)::int from attempt where attempt.mid = delivery.mid and outcome = 'delivered') as attempts from delivery where mid = $1", [mid]))[0];
const lastRefusal = async () => (await hub.entries()).filter(({ kind }) => kind === 'refusal').at(-1);

describe('a disclosure that is fetched', () => {
  test('comes with its files and its proof, ends the delivery and fulfils the duty', async () => {
    const { situation, mid } = await imposed();
    const answer = await fetching(mid);
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    const { verstrekking, bijlagen, bewijs } = JSON.parse(answer.text);
    const document = Buffer.from(verstrekking.inhoud, 'base64');
    const read = readDisclosure(document, verstrekking.type);
    expect(read).toMatchObject({ kind: 'read', disclosure: { id: mid, recipient: { oin: oin.veiligThuis } } });
    for (const file of bijlagen) expect(createHash('sha256').update(Buffer.from(file.inhoud, 'base64')).digest('hex')).toBe(file.sha256);
    if (read.kind === 'read') expect(bijlagen.map(({ sha256 }: { sha256: string }) => sha256)).toEqual(read.disclosure.attachments.map(({ sha256 }) => sha256));
    const trust = parseKeyFile(await readFile(join(hub.practiceFolder, '..', 'signer', 'log.vkey')));
    if ('kind' in trust) throw new Error('no key');
    const proof = { leaf: Buffer.from(bewijs.leaf), opening: Buffer.from(bewijs.opening), proof: Buffer.from(bewijs.proof) };
    expect(verifyDisclosureProof(proof, { recipient: oin.veiligThuis, message: mid, document }, trust).kind).toBe('proven');
    expect(await stateOf(mid)).toEqual({ state: 'delivered', attempts: 1 });
    const duties = (await hub.duties(situation.number)).filter(({ closedBy }) => closedBy === `delivery:${mid}`);
    expect(duties.length).toBeGreaterThan(0);
    expect(await ask('select from queue where ref = $1', [mid])).toEqual([]);
  });

  test('was sealed in the log before its bytes left', async () => {
    const { mid } = await imposed();
    await fetching(mid);
    const [fetched] = await ask<{ released: boolean; opened_first: boolean }>(
      'select seq < (select released_size from tlog_head) as released, opened_at <= left_at as opened_first from fetched join tlog_leaf on tlog_leaf.id = fetched.entry_id where mid = $1', [mid]);
    expect(fetched).toEqual({ released: true, opened_first: true });
    expect(await outcomes(mid)).toContain('fetched');
  });

  test('again is the same, is an entry of its own, and delivers nothing twice', async () => {
    const { mid } = await imposed();
    const content = ({ text }: PartyAnswer) => {
      const { verstrekking, bijlagen } = JSON.parse(text);
      return { verstrekking, bijlagen };
    };
    const both = await Promise.all([fetching(mid), fetching(mid)]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(content(both[0])).toEqual(content(both[1]));
    expect((await outcomes(mid)).filter((code) => code === 'fetched')).toHaveLength(2);
    expect(content(await fetching(mid))).toEqual(content(both[0]));
    expect((await outcomes(mid)).filter((code) => code === 'fetched')).toHaveLength(3);
    expect(await stateOf(mid)).toEqual({ state: 'delivered', attempts: 1 });
  });

  test('by another party, by nobody, or under a name there is not, is the same nothing', async () => {
    const { mid } = await imposed();
    const answers = [await fetching(mid, other), await fetching('0191e7a0-1111-7000-8000-000000000001'), await fetching('x'), await fetching(mid.toUpperCase())];
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect((await callParty({ port: http.port, root }, `/api/v1/verstrekkingen/${mid}`)).status).toBe(401);
    expect((await stateOf(mid))?.state).not.toBe('delivered');
    expect(await lastRefusal()).toMatchObject({ code: 'nothing-to-fetch', from: oin.veiligThuis });
  });

  test('before its entry is released is nothing', async () => {
    const { mid } = await imposed();
    await hub.hub.pool.query('alter table tlog_head disable trigger user');
    const [before] = await ask<{ released_size: string }>('select released_size from tlog_head', []);
    const [entry] = await ask<{ seq: string }>('select seq from tlog_leaf where id = (select entry_id from delivery where mid = $1)', [mid]);
    await hub.hub.pool.query('update tlog_head set released_size = $1', [entry?.seq]);
    // The sealing of the refusal would release it at once; so this one look is taken by itself.
    const found = await hub.hub.store.fetches.find(mid, oin.veiligThuis, hub.now());
    await hub.hub.pool.query('update tlog_head set released_size = greatest(released_size, $1)', [before?.released_size]);
    await hub.hub.pool.query('alter table tlog_head enable trigger user');
    expect(found.kind).toBe('absent');
    expect((await fetching(mid)).status).toBe(200);
  });

  test('cannot be written down as fetched without its release', async () => {
    const { mid } = await imposed();
    await hub.hub.pool.query("insert into fetched (entry_id, mid, proof, opened_at) values ('0191e7a0-2222-7000-8000-000000000001', $1, sha256('x'), now())", [mid]);
    await expect(hub.hub.pool.query("update fetched set state = 'left', left_at = now() where mid = $1", [mid])).rejects.toThrow('I1');
    await expect(hub.hub.pool.query("insert into fetched (entry_id, mid, proof, opened_at, state, left_at) values ('0191e7a0-2222-7000-8000-000000000002', $1, sha256('x'), now(), 'left', now())", [mid])).rejects.toThrow('I1');
    await hub.hub.pool.query('delete from fetched where mid = $1', [mid]);
  });

  test('by a party that was paused is refused, and held with a task until it is connected again', async () => {
    const { mid } = await imposed();
    const document = await hub.document('party', party);
    await hub.apply({ ...document, pausedAt: hub.now().toISOString() });
    expect((await fetching(mid)).status).toBe(403);
    const flow = await import('@ketensluis/flow');
    const verdict = await flow.fetchDisclosure(mid, { oin: oin.veiligThuis, way: 'certificate', sha256: '00'.repeat(32) }, {
      clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, fetches: hub.hub.store.fetches, intake: hub.hub.store.intake,
    });
    expect(verdict).toEqual({ kind: 'gone' });
    expect((await stateOf(mid))?.state).toBe('held');
    expect(await hub.tasks()).toContainEqual(expect.objectContaining({ kind: 'stopped', ref: mid, cause: 'party-inactive' }));
    await hub.apply(document);
    await hub.settle();
    expect((await fetching(mid)).status).toBe(200);
  });

  test('of a message that was withdrawn is gone, also for whoever fetched it before', async () => {
    const { situation, mid } = await imposed();
    expect((await fetching(mid)).status).toBe(200);
    await withdraw(situation, mid);
    expect((await fetching(mid)).status).toBe(410);
    expect(await lastRefusal()).toMatchObject({ code: 'stopped', msg: mid });
    expect((await stateOf(mid))?.state).toBe('delivered');
  });

  test('of a message that is withdrawn while the log seals the fetch does not leave', async () => {
    const { situation, mid } = await imposed();
    const { clock, ids, registers, store: { fetches, intake } } = hub.hub;
    const slow = { ...fetches, awaitRelease: async (...asked: Parameters<typeof fetches.awaitRelease>) => {
      await withdraw(situation, mid);
      return fetches.awaitRelease(...asked);
    } };
    const { kind } = await fetchDisclosure(mid, { oin: oin.veiligThuis, way: 'certificate', sha256: '00'.repeat(32) }, { clock, ids, registers, fetches: slow, intake });
    expect(kind).toBe('gone');
    expect(await ask('select state, cause from delivery where mid = $1', [mid])).toEqual([{ state: 'held', cause: 'replaced' }]);
    expect(await ask("select from fetched where mid = $1 and state = 'left'", [mid])).toEqual([]);
    expect(await lastRefusal()).toMatchObject({ code: 'stopped', msg: mid });
    // The log does not go on saying that the party has it: what was too early is corrected by name, once.
    const fetchedIn = (await hub.entries()).filter(({ msg, code }) => msg === mid && code === 'fetched');
    const corrected = async () => (await hub.entries()).filter(({ schema }) => schema?.startsWith('fetch/')).filter(({ msg }) => msg === mid);
    expect(await corrected()).toMatchObject([{ kind: 'outcome', code: 'held', schema: `fetch/${fetchedIn[0]?.id}`, ref: fetchedIn[0]?.ref }]);
    expect(await ask('select id from entry_outcome where ref = $1 order by at desc, id desc limit 1', [fetchedIn[0]?.ref])).toEqual([{ id: (await corrected())[0]?.id }]);
    expect((await fetching(mid)).status).toBe(410);
    expect(await corrected()).toHaveLength(1);
  });

  test('that was not sealed in time and is withdrawn before the party comes back is not left standing as fetched; one it had before stays delivered', async () => {
    const { situation, mid } = await imposed();
    expect((await fetching(mid)).status).toBe(200);
    const { clock, ids, registers, store: { fetches, intake } } = hub.hub;
    const unsealed = { ...fetches, awaitRelease: async (of: string, { entryId }: { readonly entryId: string }) => {
      await hub.hub.pool.query("update fetched set state = 'waiting' where mid = $1 and entry_id = $2", [of, entryId]);
      return false;
    } };
    expect(await fetchDisclosure(mid, { oin: oin.veiligThuis, way: 'certificate', sha256: '00'.repeat(32) }, { clock, ids, registers, fetches: unsealed, intake })).toEqual({ kind: 'later' });
    await withdraw(situation, mid);
    expect((await fetching(mid)).status).toBe(410);
    expect((await hub.entries()).filter(({ msg, schema }) => msg === mid && schema?.startsWith('fetch/') === true).map(({ code }) => code)).toEqual(['delivered']);
    expect(await ask('select state from fetched where mid = $1', [mid])).toEqual([{ state: 'left' }]);
  });

  test('by a caller that goes away before its entry is sealed does not leave; after an hour the log says so, and the disclosure goes on waiting', async () => {
    const document = await hub.document('party', party);
    // Announced, and held for nothing.
    await hub.apply({ ...document, channel: { kind: 'feed' } });
    const { mid } = await imposed();
    await hub.apply(document);
    await hub.hub.pool.query('create function hold_head() returns trigger language plpgsql as $$ begin raise exception $m$the disk is full$m$; end $$; create trigger hold_head before update on tlog_head for each row execute function hold_head()');
    const gone = connect({ host: '127.0.0.1', servername: 'localhost', port: http.port, ca: root, ...own });
    gone.write(`GET /api/v1/verstrekkingen/${mid} HTTP/1.1\r\nhost: localhost\r\n\r\n`);
    const rows = () => ask<{ state: string }>('select state from fetched where mid = $1', [mid]);
    await until(async () => (await rows()).length === 1);
    gone.destroy();
    await until(async () => (await rows())[0]?.state === 'waiting');
    await hub.hub.pool.query('drop trigger hold_head on tlog_head; drop function hold_head()');
    await hub.settle();
    // Sealed by now, and nobody to give it to.
    expect([await outcomes(mid), (await stateOf(mid))?.attempts]).toEqual([['fetched'], 0]);
    await hub.advance(30 * 60_000);
    expect(await rows()).toHaveLength(1);
    await hub.advance(31 * 60_000);
    await until(async () => (await rows()).length === 0);
    expect(await outcomes(mid)).toEqual(['fetched', 'fetch-lapsed']);
    const [begun, lapsed] = (await hub.entries()).filter(({ kind, msg }) => kind === 'outcome' && msg === mid);
    expect(lapsed).toMatchObject({ schema: `fetch/${begun?.id ?? ''}`, ref: begun?.ref, to: oin.veiligThuis, trace: begun?.trace });
    expect((await stateOf(mid))?.state).not.toBe('delivered');
    expect((await fetching(mid)).status).toBe(200);
    expect((await outcomes(mid)).at(-1)).toBe('fetched');
    expect(await stateOf(mid)).toEqual({ state: 'delivered', attempts: 1 });
  }, 60_000);

  test('again, by a process that ended in the middle, leaves the party with what it had', async () => {
    const { mid } = await imposed();
    expect((await fetching(mid)).status).toBe(200);
    const { clock, ids, registers, store: { fetches, intake } } = hub.hub;
    const ended = { ...fetches, awaitRelease: () => Promise.reject(new Error('the process ended')) };
    await expect(fetchDisclosure(mid, { oin: oin.veiligThuis, way: 'certificate', sha256: '00'.repeat(32) }, { clock, ids, registers, fetches: ended, intake })).rejects.toThrow('ended');
    await hub.advance(61 * 60_000);
    await until(async () => (await ask("select from fetched where mid = $1 and state <> 'left'", [mid])).length === 0);
    expect(await outcomes(mid)).toEqual(['held', 'fetched', 'fetched', 'delivered']);
    expect(await stateOf(mid)).toEqual({ state: 'delivered', attempts: 1 });
  }, 60_000);

  test('may be fetched so often and so long, and no more', async () => {
    const { mid } = await imposed();
    expect((await fetching(mid)).status).toBe(200);
    const age = (ms: number) => hub.hub.pool.query("alter table fetched disable trigger user; update fetched set left_at = left_at - interval '" + String(ms) + " milliseconds'; alter table fetched enable trigger user");
    await age(fetchLimits.forMs);
    expect((await fetching(mid)).status).toBe(410);
    expect((await lastRefusal())?.code).toBe('fetched-too-late');
    await age(-fetchLimits.forMs);
    for (let count = 1; count < fetchLimits.most; count += 1) expect((await fetching(mid)).status).toBe(200);
    expect((await fetching(mid)).status).toBe(410);
    expect((await lastRefusal())?.code).toBe('fetched-too-often');
  }, 60_000);

  test('leaves nothing while the log is not sealed, and is one entry when it is fetched after that', async () => {
    const { mid } = await imposed();
    await hub.hub.pool.query('create function hold_head() returns trigger language plpgsql as $$ begin raise exception $m$the disk is full$m$; end $$; create trigger hold_head before update on tlog_head for each row execute function hold_head()');
    const answers = await Promise.all([fetching(mid), fetching(mid)]);
    await hub.hub.pool.query('drop trigger hold_head on tlog_head; drop function hold_head()');
    expect(answers.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([[503, '10'], [503, '10']]);
    expect(JSON.stringify(answers)).not.toContain('inhoud');
    expect((await stateOf(mid))?.state).not.toBe('delivered');
    await hub.settle();
    expect((await fetching(mid)).status).toBe(200);
    expect((await fetching(mid)).status).toBe(200);
    expect((await outcomes(mid)).filter((code) => code === 'fetched')).toHaveLength(2);
    expect((await fetching(mid)).status).toBe(200);
    expect((await outcomes(mid)).filter((code) => code === 'fetched')).toHaveLength(3);
  }, 60_000);

  test('finds 503 while the database is away', async () => {
    const { mid } = await imposed();
    await hub.denyDatabase();
    const { status } = await fetching(mid);
    await hub.allowDatabase();
    expect(status).toBe(503);
    expect((await fetching(mid)).status).toBe(200);
  }, 60_000);
});

test('what was fetched stands in a log that verifies', () => hub.checkLog(), 60_000);
