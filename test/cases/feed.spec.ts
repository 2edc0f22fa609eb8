import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { addReader, plainEntry, type ReaderPorts, type Relist } from '@ketensluis/flow';
import type { HttpServer } from '@ketensluis/platform';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPartyHttp } from '../../apps/gateway/http/party-server.js';
import { readFeedDocument, type ReadFeedDocument } from '../harness/feed.js';
import type { TestHub } from '../harness/hub.js';
import { callParty, clientKeys, type ClientKeys, type PartyAnswer, type PartyCall } from '../harness/party-call.js';
import { personal } from './persons.js';
import { openRegion, openSituation, type Situation } from './situation.js';
import { oin } from './steps.js';

describe('the feed', () => {
  let hub: TestHub;
  let http: HttpServer;
  let root: string;
  const keys: Record<string, ClientKeys> = {};
  beforeAll(async () => {
    hub = await openRegion();
    http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
    root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
    for (const party of ['rechtbank-noorderwaard', 'politie-noorderwaard', 'veilig-thuis-noorderwaard', 'gemeente-waterveen']) keys[party] = await clientKeys(hub.practiceFolder, party);
    for (const party of subscribed) await subscribe(party);
  });
  afterAll(async () => {
    await http.close();
    await hub.close();
  });
  afterEach(() => hub.checkLog());

  const subscribed = ['rechtbank-noorderwaard', 'politie-noorderwaard'];
  const subscribe = async (party: string): Promise<void> => hub.apply({ ...(await hub.document('party', party)), channel: { kind: 'feed' } });
  const call = (path: string, change: PartyCall = {}): Promise<PartyAnswer> => callParty({ port: http.port, root }, path, change);
  const feedOf = async (party: string, path = '/feeds/uitspraken'): Promise<ReadFeedDocument & { readonly answer: PartyAnswer }> => {
    const answer = await call(path, { as: keys[party] ?? null });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/atom+xml; charset=utf-8']);
    return { ...readFeedDocument(answer.text), answer };
  };
  const listed = async (messageId: string, party: string): Promise<string> =>
    `urn:uuid:${(await hub.hub.pool.query<{ mid: string }>('select mid from delivery where message_id = $1 and recipient = $2', [messageId, party])).rows[0]?.mid}`;
  const rulingIn = async (situation: Situation, change: Readonly<Record<string, unknown>> = {}) => {
    await situation.send('huisverbod.opgelegd', 'waterveen', change);
    await situation.send('voorziening.verzocht', 'court');
    return situation.send('uitspraak.voorziening', 'court');
  };
  const reads = async () => (await hub.entries()).filter(({ code }) => code === 'feed-read');

  test('lists a ruling with codes, court case number and link, and holds nothing of a person', async () => {
    const ruled = await rulingIn(openSituation(hub));
    expect(ruled.permits).toMatchObject({ [oin.police]: 'WTH-17', [oin.veiligThuis]: 'WTH-18', [oin.waterveen]: 'WTH-20' });
    const feed = await feedOf('politie-noorderwaard');
    const id = await listed(ruled.id, oin.police);
    const [entry] = feed.entries;
    expect(entry).toMatchObject({
      id, title: 'uitspraak.voorziening: afgewezen',
      terms: { soort: 'uitspraak.voorziening', wet: 'WTH', gemeente: '9901', dictum: 'afgewezen', gevolg: 'blijft', instantie: 'RBNWD', zaaknummer: 'NWD 26/1001' },
    });
    expect(entry?.links['alternate']).toBe(`${hub.hub.publicUrl}/api/v1/verstrekkingen/${id.slice(9)}`);
    expect(personal.filter((value) => feed.answer.text.includes(value))).toEqual([]);
    expect(feed.answer.headers).toMatchObject({ 'cache-control': 'private, no-cache', etag: expect.stringMatching(/^"[\w-]{43}"$/), 'last-modified': expect.stringMatching(/GMT$/) });
    // The court sent the ruling and gets the file of the case to judge by.
    expect((await feedOf('rechtbank-noorderwaard')).entries.map(({ terms }) => terms['soort'])).toContain('huisverbod.opgelegd');
  });

  test('is only announced until its party fetches it: the fetch is the delivery, and closes the duty', async () => {
    const situation = openSituation(hub);
    const ruled = await rulingIn(situation);
    expect(await situation.duty('E16:POL')).toMatchObject({ closedBy: null });
    const [entry] = (await feedOf('politie-noorderwaard')).entries;
    expect(entry?.id).toBe(await listed(ruled.id, oin.police));
    const fetched = await call(new URL(entry?.links['alternate'] ?? '').pathname, { as: keys['politie-noorderwaard'] ?? null });
    expect(fetched.status).toBe(200);
    expect((await situation.duty('E16:POL'))?.closedBy).toMatch(/^delivery:/);
    expect((await call(new URL(entry?.links['alternate'] ?? '').pathname, { as: keys['rechtbank-noorderwaard'] ?? null })).status).toBe(404);
  });

  test('without minors: police and burgemeester, and not Veilig Thuis as such; household and burgemeester are owed what is told by mouth, each with its moment', async () => {
    const situation = openSituation(hub);
    const ruled = await rulingIn(situation, { minderjarigen: undefined });
    expect(ruled.permits).toMatchObject({ [oin.police]: 'WTH-17', [oin.waterveen]: 'WTH-20' });
    expect(ruled.permits[oin.veiligThuis]).not.toBe('WTH-18');
    const owed = await Promise.all(['E16:PART', 'E16:POL', 'E16:VT', 'E18:UHG', 'E18:BM', 'E19:PART', 'E19:POL'].map(async (key) => [key, await situation.duty(key)] as const));
    expect(owed.filter(([, duty]) => duty === null).map(([key]) => key)).toEqual(['E16:VT']);
    expect(owed.filter(([, duty]) => duty !== null && duty.dueAt === null)).toEqual([]);
  });

  test('with minors: the copy for Veilig Thuis is a duty with its article and moment', async () => {
    const situation = openSituation(hub);
    await rulingIn(situation);
    expect((await situation.duty('E16:VT'))?.dueAt).toBeInstanceOf(Date);
    const articles = await hub.hub.pool.query("select key, article from duty join case_file on case_file.id = duty.case_id where number = $1 and key like 'E1%' order by key", [situation.number]);
    expect(articles.rows).toEqual(expect.arrayContaining([
      { key: 'E16:PART', article: 'Wth art. 8(1)(a)' }, { key: 'E16:POL', article: 'Wth art. 8(1)(b)' }, { key: 'E16:VT', article: 'Wth art. 8(1)(c)' },
      { key: 'E18:UHG', article: 'Wth art. 8(2)' }, { key: 'E19:PART', article: 'Wth art. 8(2)' },
    ]));
  });

  test('what is shown for the first time is an entry, sealed before the bytes leave; a look that shows nothing new is a row', async () => {
    await feedOf('politie-noorderwaard');
    const before = await reads();
    const ruled = await rulingIn(openSituation(hub));
    const shown = await feedOf('politie-noorderwaard');
    const [id, fresh] = [await listed(ruled.id, oin.police), (await reads()).slice(before.length)];
    expect(fresh.find(({ msg }) => msg === id.slice(9))).toMatchObject({ kind: 'outcome', to: oin.police, code: 'feed-read', ref: expect.any(String) });
    expect(shown.entries[0]?.id).toBe(id);
    const rows = async () => (await hub.hub.pool.query<{ outcome: string; fresh: number }>("select outcome, entries as fresh from program_read where way = 'feed' and oin = $1 order by seq", [oin.police])).rows;
    expect((await rows()).at(-1)).toEqual({ outcome: 'given', fresh: fresh.length });
    await feedOf('politie-noorderwaard');
    expect((await rows()).at(-1)).toEqual({ outcome: 'given', fresh: 0 });
    const etag = String(shown.answer.headers['etag']);
    const same = await call('/feeds/uitspraken', { as: keys['politie-noorderwaard'] ?? null, headers: { 'if-none-match': `"other", W/${etag}` } });
    expect([same.status, same.text, same.headers['etag']]).toEqual([304, '', etag]);
    expect((await rows()).at(-1)).toEqual({ outcome: 'same', fresh: 0 });
    expect((await reads()).length).toBe(before.length + fresh.length);
  });

  test('a name another party was given, and what is no name, are answered with the document', async () => {
    const court = await feedOf('rechtbank-noorderwaard');
    for (const tag of [String(court.answer.headers['etag']), 'garbage', '"', 'W/', '","', `"${'a'.repeat(5_000)}"`, '\u00e9']) {
      const answer = await call('/feeds/uitspraken', { as: keys['politie-noorderwaard'] ?? null, headers: { 'if-none-match': tag } });
      expect([tag.slice(0, 9), answer.status]).toEqual([tag.slice(0, 9), 200]);
    }
  });

  test('a token of another court reads its own feed and never this one; in the address it is nothing', async () => {
    const ports: ReaderPorts = { clock: hub.hub.clock, ids: hub.hub.ids, registers: hub.hub.registers, readers: hub.hub.store.readers };
    const added = await addReader({ name: 'Raad van State', role: 'party', oin: '00000001900000000309', validFrom: hub.now(), validUntil: new Date(hub.now().getTime() + 86_400_000) }, 'test', ports);
    const token = added.kind === 'added' ? added.token : '';
    const own = readFeedDocument((await call('/feeds/uitspraken', { token })).text);
    expect(own.entries).toEqual([]);
    expect(own.id).not.toBe((await feedOf('rechtbank-noorderwaard')).id);
    expect((await call(`/feeds/uitspraken?access_token=${token}`)).status).toBe(401);
    expect((await call(`/feeds/uitspraken?oin=${oin.police}`, { token })).status).toBe(404);
    expect((await call('/feeds/uitspraken/1', { token })).status).toBe(404);
    expect((await call('/feeds/uitspraken', { token: `${token}x` })).status).toBe(401);
    expect((await call('/feeds/uitspraken')).headers['www-authenticate']).toMatch(/^Bearer/);
  });

  test('a page of the archive that is not there, or is no number, is not found', async () => {
    for (const page of ['0', '1', '-1', '01', '999999999', '9999999999', 'x', '1/2', '1.5', '%31', '..%2f']) {
      expect([page, (await call(`/feeds/uitspraken/${page}`, { as: keys['politie-noorderwaard'] ?? null })).status]).toEqual([page, 404]);
    }
  });

  test('a ruling that is corrected is gone from the feed, and stands there anew under another id', async () => {
    const situation = openSituation(hub);
    const ruled = await rulingIn(situation);
    const first = await listed(ruled.id, oin.police);
    await feedOf('politie-noorderwaard');
    const step = situation.step('uitspraak.voorziening', 'court', { zaaknummer_rechtbank: 'NWD 26/1002' });
    const sent = await hub.hub.pool.query<{ sender_id: string }>('select sender_id from message where id = $1', [ruled.id]);
    const reply = await hub.send({ ...step, vervangt: sent.rows[0]?.sender_id }, situation.start);
    await hub.settle();
    expect(await hub.stateOf(reply.id)).toMatchObject({ state: 'applied' });
    const feed = await feedOf('politie-noorderwaard');
    expect(feed.deleted).toContain(first);
    expect(feed.entries[0]).toMatchObject({ id: await listed(reply.id, oin.police), terms: { zaaknummer: 'NWD 26/1002' } });
    expect((await call(`/api/v1/verstrekkingen/${first.slice(9)}`, { as: keys['politie-noorderwaard'] ?? null })).status).toBe(410);
  });

  test('a ruling that is withdrawn before the party looked is never shown', async () => {
    const situation = openSituation(hub);
    const ruled = await rulingIn(situation);
    const id = await listed(ruled.id, oin.police);
    const sent = await hub.hub.pool.query<{ sender_id: string }>('select sender_id from message where id = $1', [ruled.id]);
    expect((await situation.send('bericht.ingetrokken', 'court', { betreft: sent.rows[0]?.sender_id })).state).toBe('applied');
    const feed = await feedOf('politie-noorderwaard');
    expect(feed.deleted).toContain(id);
    expect(feed.entries.map((entry) => entry.id)).not.toContain(id);
  });

  test('a ruling that was withdrawn is not listed anew when its ECLI goes', async () => {
    const situation = openSituation(hub);
    const ruled = await rulingIn(situation);
    await feedOf('politie-noorderwaard');
    const { rows: [of] } = await hub.hub.pool.query<{ sender_id: string; case_id: string }>('select sender_id, case_id from message where id = $1', [ruled.id]);
    const relist: Relist = ({ listing, party, mid, entryId }) =>
      ({ listing, entry: plainEntry({ id: hub.hub.ids.next(hub.now()), kind: 'outcome', at: hub.now().toISOString(), to: party, ref: entryId, msg: mid, code: 'ecli-unlinked' }) });
    const { caseLaw } = hub.hub.store;
    expect(await caseLaw.link('ECLI:NL:RBNWD:2026:1', { messageId: ruled.id, caseId: of?.case_id ?? '' }, relist, hub.now())).toBe('linked');
    await situation.send('bericht.ingetrokken', 'court', { betreft: of?.sender_id });
    const kinds = async () => (await hub.hub.pool.query<{ kind: string }>(
      'select kind from feed_item where mid in (select mid from delivery where message_id = $1) and party = $2 order by seq', [ruled.id, oin.police])).rows.map(({ kind }) => kind);
    expect(await kinds()).toEqual(['entry', 'ecli', 'withdrawn']);
    expect(await caseLaw.unlink('ECLI:NL:RBNWD:2026:1', relist, hub.now())).toBe(true);
    expect(await kinds()).toEqual(['entry', 'ecli', 'withdrawn']);
    await hub.settle();
  });
});
