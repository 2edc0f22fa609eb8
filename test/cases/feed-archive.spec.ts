import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpServer } from '@ketensluis/platform';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPartyHttp } from '../../apps/gateway/http/party-server.js';
import { readFeedDocument, type ReadFeedDocument } from '../harness/feed.js';
import type { TestHub } from '../harness/hub.js';
import { callParty, clientKeys, type ClientKeys, type PartyAnswer } from '../harness/party-call.js';
import { openRegion, openSituation } from './situation.js';
import { oin } from './steps.js';

describe('a feed with an archive', () => {
  let hub: TestHub;
  let http: HttpServer;
  let as: ClientKeys;
  let root: string;
  let mid: string;
  beforeAll(async () => {
    hub = await openRegion();
    http = await startPartyHttp(hub.part('gateway'), { host: '127.0.0.1', port: 0 });
    root = await readFile(join(hub.practiceFolder, 'ca', 'root.cert.pem'), 'utf8');
    as = await clientKeys(hub.practiceFolder, 'politie-noorderwaard');
    await hub.apply({ ...(await hub.document('party', 'politie-noorderwaard')), channel: { kind: 'feed' } });
    await openSituation(hub).send('huisverbod.opgelegd', 'waterveen');
    mid = (await pool().query<{ mid: string }>('select mid from feed_item where party = $1', [oin.police])).rows[0]?.mid ?? '';
  });
  afterAll(async () => {
    await http.close();
    await hub.close();
  });
  afterEach(() => hub.checkLog());

  const pool = () => hub.hub.pool;
  const call = (path = ''): Promise<PartyAnswer> => callParty({ port: http.port, root }, `/feeds/uitspraken${path}`, { as });
  const read = async (path = ''): Promise<ReadFeedDocument> => readFeedDocument((await call(path)).text);
  // One disclosure listed again and again: what stands in an item does not matter here, only its place.
  const add = async (count: number, inParallel = 1): Promise<void> => {
    const one = async (times: number): Promise<void> => {
      for (let time = 0; time < times; time += 1) {
        await pool().query("select add_feed_item(party, 'ecli', mid, now(), sealed) from feed_item where party = $1 and seq = 1", [oin.police]);
      }
    };
    await Promise.all(Array.from({ length: inParallel }, () => one(count / inParallel)));
  };
  const places = async () => (await pool().query<{ seq: string; at: Date }>('select seq, at from feed_item where party = $1 order by seq', [oin.police])).rows;
  // The whole feed as RFC 5005 §4.1 says a reader goes through it.
  const walk = async (): Promise<readonly ReadFeedDocument[]> => {
    const documents = [await read()];
    for (;;) {
      const before = documents.at(-1)?.links['prev-archive'];
      if (before === undefined) return documents;
      documents.push(await read(`/${before.split('/').at(-1)}`));
    }
  };
  const updatedIn = (documents: readonly ReadFeedDocument[]) => new Set(documents.flatMap(({ entries }) => entries.map(({ updated }) => updated)));

  test('has no archive before its first page is full', async () => {
    await add(98);
    expect(Object.keys((await read()).links)).toEqual(['self']);
    expect((await call('/1')).status).toBe(404);
  });

  test('keeps its places without a gap and its moments rising, however many write and read at once', async () => {
    const seen: number[] = [];
    let isDone = false;
    const reading = (async () => {
      while (!isDone) {
        const rows = await places();
        seen.push(rows.length);
        expect(Number(rows.at(-1)?.seq)).toBe(rows.length);
      }
    })();
    await add(152, 4);
    isDone = true;
    await reading;
    const rows = await places();
    expect(rows.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 251 }, (_, index) => index + 1));
    const moments = rows.map(({ at }) => at.getTime());
    expect(moments.every((moment, index) => index === 0 || moment > (moments[index - 1] ?? 0))).toBe(true);
    expect(seen.length).toBeGreaterThan(1);
  });

  test('is read through to its beginning without missing or doubling an item', async () => {
    const documents = await walk();
    expect(documents.map(({ isArchive }) => isArchive)).toEqual([false, true, true]);
    expect(documents[1]?.links).toMatchObject({ current: documents[0]?.links['self'] });
    expect(documents[1]?.links).not.toHaveProperty('next-archive');
    expect(documents[2]?.links['next-archive']).toBe(documents[1]?.links['self']);
    expect(updatedIn(documents)).toEqual(new Set((await places()).map(({ at }) => at.toISOString())));
  });

  test('a page of the archive stays as it is while the feed grows', async () => {
    const before = await call('/1');
    await add(60);
    const after = await call('/1');
    expect([after.text, after.headers['etag']]).toEqual([before.text, before.headers['etag']]);
    expect((await read()).entries).toHaveLength(100);
  });

  test('what is destroyed leaves its place empty, and the page is another document', async () => {
    const before = await call('/1');
    await pool().query('update feed_item set sealed = null where party = $1 and seq = 50', [oin.police]);
    const after = await call('/1');
    expect(after.headers['etag']).not.toBe(before.headers['etag']);
    expect([readFeedDocument(before.text), readFeedDocument(after.text)].map(({ entries }) => entries.length)).toEqual([100, 99]);
  });

  test('loses what it says of a case when the case goes', async () => {
    const client = await pool().connect();
    try {
      await client.query('begin');
      // What an approved destruction does, without its approvals.
      await client.query('alter table delivery disable trigger delivery_goes_approved');
      await client.query('delete from attempt where mid = $1', [mid]);
      await client.query('delete from delivery where mid = $1', [mid]);
      expect((await client.query('select count(*)::int as left from feed_item where mid = $1 and sealed is not null', [mid])).rows).toEqual([{ left: 0 }]);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });

  test('refuses by the database to say that something was given which is under no released entry, or to change what was listed', async () => {
    await add(1);
    const { rows: [{ last }] } = await pool().query('select last from feed where party = $1', [oin.police]);
    await expect(pool().query(
      "insert into program_read (at, way, question, oin, proof, outcome, first, last, entries) values (now(), 'feed', 'feed', $1, $2, 'given', 1, $3, 0)", [oin.police, Buffer.alloc(32), last])).rejects.toThrow(/not shown under a released entry/);
    await expect(pool().query("update feed_item set at = now() where party = $1 and seq = 1", [oin.police])).rejects.toThrow(/not changed/);
    await expect(pool().query('delete from feed_item where party = $1 and seq = 1', [oin.police])).rejects.toThrow(/never changed or removed/);
  });

  test('lists the proof that was owed once, as an entry of its own', async () => {
    const { rows: [{ case_id: caseId }] } = await pool().query('select case_id from delivery where mid = $1', [mid]);
    const size = Number((await places()).at(-1)?.seq);
    for (let time = 0; time < 2; time += 1) await hub.hub.store.feeds.list({ party: oin.police, kind: 'proof', mid, caseId, listing: null }, hub.now());
    expect(Number((await places()).at(-1)?.seq)).toBe(size + 1);
    const [entry] = (await read()).entries;
    expect(entry).toMatchObject({ terms: { soort: 'bewijs' }, links: { alternate: expect.stringContaining(mid) } });
    expect(entry?.id).not.toContain(mid);
  });

  test('shows an item under one entry, however many look at once', async () => {
    await add(1);
    const answers = await Promise.all(Array.from({ length: 4 }, () => call()));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const { rows } = await pool().query("select count(*)::int as entries from entry where convert_from(leaf, 'UTF8')::jsonb ->> 'code' = 'feed-read'");
    const { rows: shown } = await pool().query('select count(*)::int as entries from feed_item where read_in is not null');
    expect(rows).toEqual(shown);
  });

  test('gives nothing while the log cannot be sealed, and what was new then is shown later under the same entry', async () => {
    await call();
    await add(1);
    const shown = async () => (await pool().query<{ count: number }>("select count(*)::int as count from entry where convert_from(leaf, 'UTF8')::jsonb ->> 'code' = 'feed-read'")).rows[0]?.count ?? 0;
    const before = await shown();
    const blocker = await pool().connect();
    let late: PartyAnswer;
    try {
      await blocker.query('begin');
      // The tree cannot grow meanwhile: its head is taken.
      await blocker.query('select from tlog_head for update');
      late = await call();
    } finally {
      await blocker.query('rollback');
      blocker.release();
    }
    expect([late.status, late.headers['retry-after'], late.text.includes('<entry>')]).toEqual([503, '10', false]);
    expect((await call()).status).toBe(200);
    expect(await shown()).toBe(before + 1);
    const rows = await pool().query("select outcome from program_read where way = 'feed' and oin = $1 order by seq desc limit 2", [oin.police]);
    expect(rows.rows).toEqual([{ outcome: 'given' }, { outcome: 'late' }]);
  }, 60_000);
});
