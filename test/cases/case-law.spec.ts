import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { caseLawSource, networksOf } from '@ketensluis/adapters';
import { wallClock } from '@ketensluis/domain';
import { linkEcli, type CaseLawReading, type CaseLawSource } from '@ketensluis/flow';
import { feedState } from '@ketensluis/platform';
import { openCaseLawPeer, type CaseLawPeer, type Published } from '../fixtures/case-law-peer.js';
import type { TestHub } from '../harness/hub.js';
import { openRegion, openSituation } from './situation.js';
import { oin } from './steps.js';

const hourMs = 60 * 60_000;

describe('the public case-law feed', () => {
  let hub: TestHub;
  let peer: CaseLawPeer;
  let source: CaseLawSource;
  beforeAll(async () => {
    hub = await openRegion();
    peer = await openCaseLawPeer();
    source = sourceWith();
    await hub.apply({ ...(await hub.document('party', 'politie-noorderwaard')), channel: { kind: 'feed' } });
    // The first reading looks a week back, a day at a time.
    let days = 0;
    while ((await read(source, 0)).kind === 'read' && days < 8) days += 1;
    expect(days).toBeGreaterThanOrEqual(7);
  });
  afterAll(async () => {
    await peer.close();
    await hub.close();
  });
  afterEach(async () => {
    peer.instead(null);
    await hub.checkLog();
  });

  const limits = { timeoutMs: 15_000, sizeMaxBytes: 1024 * 1024, spacingMs: 0, pageEntries: 100 };
  const sourceWith = (change: Partial<Parameters<typeof caseLawSource>[0]> = {}): CaseLawSource =>
    caseLawSource({ address: peer.address, ca: peer.ca, allowed: networksOf(['127.0.0.0/8', '::1/128']), limits, ...change });
  const read = async (from: CaseLawSource = source, forwardMs = hourMs): Promise<CaseLawReading> => {
    await hub.advance(forwardMs);
    await hub.settle();
    return linkEcli({ clock: hub.hub.clock, ids: hub.hub.ids, source: from, cases: hub.hub.store.caseLaw });
  };
  let numbers = 0;
  const ruledIn = async (change: Readonly<Record<string, unknown>> = {}) => {
    numbers += 1;
    const situation = openSituation(hub);
    const number = `NWD 26/${2_000 + numbers}`;
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    return { number, ruling: await situation.send('uitspraak.voorziening', 'court', { zaaknummer_rechtbank: number, ...change }) };
  };
  const published = (number: string, ecli = `ECLI:NL:RBNWD:2026:${1_000 + numbers}`, change: Partial<Published> = {}): Published =>
    ({ ecli, title: `${ecli}, Rechtbank Noorderwaard, 20-11-2026, ${number}`, modified: wallClock(new Date(hub.now().getTime() - 60_000)), ...change });
  const links = async () => (await hub.hub.pool.query<{ ecli: string; message_id: string }>('select ecli, message_id from ruling_ecli order by linked_at')).rows;
  const feed = async () => hub.hub.store.feeds.items(oin.police, { first: 1, last: 1_000_000 });
  const codes = async (code: string) => (await hub.entries()).filter((entry) => entry.code === code).length;

  test('links an ECLI by case number and court, lists the ruling anew with it, and says so in the log', async () => {
    const { number, ruling } = await ruledIn();
    const listed = (await feed()).at(-1);
    peer.publish(published(number.toLowerCase().replace('/', ' - ')));
    expect(await read()).toMatchObject({ kind: 'read', linked: 1 });
    expect(await links()).toEqual([{ ecli: `ECLI:NL:RBNWD:2026:${1_000 + numbers}`, message_id: ruling.id }]);
    const again = (await feed()).at(-1);
    expect([again?.kind, again?.mid]).toEqual(['ecli', listed?.mid]);
    expect(JSON.parse(Buffer.from(again?.listing ?? []).toString())).toMatchObject({ ecli: `ECLI:NL:RBNWD:2026:${1_000 + numbers}`, courtCase: number });
    expect((again?.at.getTime() ?? 0)).toBeGreaterThan(listed?.at.getTime() ?? 0);
    expect(await codes('ecli-linked')).toBe(1);
  });

  test('reads the same again without doubling anything: after a crash, in the overlap, from a page that has it twice', async () => {
    const { number } = await ruledIn();
    peer.publish(published(number));
    // The process dies after the link and before the watermark.
    const { advance, ...cases } = hub.hub.store.caseLaw;
    const dying = { ...cases, advance: () => Promise.reject(new Error('killed')) };
    await hub.advance(hourMs);
    await expect(linkEcli({ clock: hub.hub.clock, ids: hub.hub.ids, source, cases: dying })).rejects.toThrow('killed');
    const [linked, items] = [await links(), (await feed()).length];
    expect(await read(source, 0)).toMatchObject({ kind: 'read', linked: 0 });
    expect(await read()).toMatchObject({ kind: 'read', linked: 0 });
    expect([await links(), (await feed()).length]).toEqual([linked, items]);
    expect(advance).toBeDefined();
  });

  test('keeps nothing of what is not ours: another court, another number, no number, or only words that fit', async () => {
    const { number } = await ruledIn();
    const before = await links();
    peer.publish(
      published(number, 'ECLI:NL:RBTST:2026:1'), published('NWD 26/99999', 'ECLI:NL:RBNWD:2026:9001'),
      published('', 'ECLI:NL:RBNWD:2026:9002'), published('', 'ECLI:NL:RBNWD:2026:9003', { title: `Een zaak over ${number} van Voorbeeld` }),
    );
    expect(await read()).toMatchObject({ kind: 'read', linked: 0 });
    expect(await links()).toEqual(before);
    const { rows } = await hub.hub.pool.query("select count(*)::int as kept from task where kind = 'ecli'");
    expect(rows).toEqual([{ kept: 0 }]);
  });

  test('links what was published before the message of the court came, looking back to the ruling and no further than its bound', async () => {
    const dayMs = 24 * hourMs;
    const readOn = async (): Promise<number> => {
      let linked = 0;
      for (let windows = 0; windows < 40; windows += 1) {
        const reading = await read(source, 0);
        if (reading.kind !== 'read') break;
        linked += reading.linked;
        // The clock goes on meanwhile: what is left is less than a reading is worth.
        if (hub.now().getTime() - reading.seenTo.getTime() < 10 * 60_000) break;
      }
      return linked;
    };
    numbers += 1;
    const [number, ecli] = [`NWD 26/${2_000 + numbers}`, `ECLI:NL:RBNWD:2026:${1_000 + numbers}`];
    const situation = openSituation(hub);
    await situation.send('huisverbod.opgelegd', 'waterveen');
    await situation.send('voorziening.verzocht', 'court');
    // Published, read, and passed over: nobody knew it here.
    peer.publish(published(number, ecli));
    expect(await readOn()).toBe(0);
    await hub.advance(3 * dayMs);
    expect(await readOn()).toBe(0);
    const before = peer.asked.length;
    const ruling = await situation.send('uitspraak.voorziening', 'court', { zaaknummer_rechtbank: number });
    expect(await readOn()).toBe(1);
    expect((await links()).find((link) => link.ecli === ecli)).toMatchObject({ message_id: ruling.id });
    expect(peer.asked.length - before).toBeLessThanOrEqual(6);
    // The bound: a ruling of long ago is not looked for in all that was published since.
    await hub.hub.pool.query('delete from ruling where message_id = $1', [ruling.id]);
    const earliest = new Date(((await hub.hub.store.caseLaw.seenTo())?.getTime() ?? 0) - hourMs);
    await hub.hub.store.caseLaw.index(earliest);
    expect(await hub.hub.store.caseLaw.seenTo()).toEqual(earliest);
    expect(await readOn()).toBe(0);
  });

  test('two rulings under one number are for a person, once; so is a second ECLI for one ruling', async () => {
    const { number } = await ruledIn();
    await ruledIn({ zaaknummer_rechtbank: number });
    const before = await links();
    peer.publish(published(number, 'ECLI:NL:RBNWD:2026:9100'));
    await read();
    const asked = async () => (await hub.tasks()).filter(({ kind }) => kind === 'ecli').map(({ ref }) => ref);
    expect([await links(), await asked()]).toEqual([before, ['ECLI:NL:RBNWD:2026:9100']]);
    await hub.hub.pool.query("update task set closed_at = now() where kind = 'ecli'");
    await read(source, 60_000 * 30);
    expect(await asked()).toEqual([]);
    const single = await ruledIn();
    peer.publish(published(single.number, 'ECLI:NL:RBNWD:2026:9200'), published(single.number, 'ECLI:NL:RBNWD:2026:9201'));
    await read();
    expect(await asked()).toEqual(['ECLI:NL:RBNWD:2026:9201']);
  });

  test('an ECLI that is withdrawn is taken out of the listing; a text that is withdrawn changes nothing', async () => {
    const { number } = await ruledIn();
    const ecli = 'ECLI:NL:RBNWD:2026:9300';
    peer.publish(published(number, ecli));
    await read();
    peer.publish(published(number, ecli, { deleted: 'doc' }));
    await read();
    expect((await links()).map((link) => link.ecli)).toContain(ecli);
    peer.publish(published(number, ecli, { deleted: 'ecli' }));
    await read();
    expect((await links()).map((link) => link.ecli)).not.toContain(ecli);
    expect(JSON.parse(Buffer.from((await feed()).at(-1)?.listing ?? []).toString())).toMatchObject({ ecli: null, courtCase: number });
  });

  test('gives the ECLI to who may have the text of the ruling, and to nobody else (I2)', async () => {
    await hub.apply({ ...(await hub.document('party', 'gemeente-waterveen')), channel: { kind: 'feed' } });
    const { number } = await ruledIn();
    peer.publish(published(number, 'ECLI:NL:RBNWD:2026:9500'));
    const before = await hub.hub.store.feeds.size(oin.waterveen, hub.now());
    expect(before).toBeGreaterThan(0);
    expect(await read()).toMatchObject({ linked: 1 });
    expect(await hub.hub.store.feeds.size(oin.waterveen, hub.now())).toBe(before);
  });

  test('goes through many entries of one moment page by page, and by the wall clock of the Netherlands', async () => {
    const { number } = await ruledIn();
    const modified = wallClock(hub.now());
    peer.publish(...Array.from({ length: 240 }, (_, index) => published(`XYZ 25/${index}`, `ECLI:NL:RBXYZ:2025:${index}`, { modified })), published(number, undefined, { modified }));
    const before = peer.asked.length;
    expect(await read()).toMatchObject({ kind: 'read', linked: 1, seen: expect.any(Number) });
    const asked = peer.asked.slice(before);
    expect(asked.map((query) => query.get('from'))).toEqual([null, '100', '200']);
    expect(asked[0]?.getAll('modified')[1]).toBe(wallClock((await hub.hub.store.caseLaw.seenTo()) ?? new Date(0)));
  });

  test('begins the window again when it moves while it is read: nothing is skipped', async () => {
    const { number } = await ruledIn();
    const modified = wallClock(hub.now());
    const many = Array.from({ length: 150 }, (_, index) => published(`ABC 25/${index}`, `ECLI:NL:RBABC:2025:${index}`, { modified }));
    peer.publish(...many, published(number, 'ECLI:NL:RBNWD:2026:9400', { modified }));
    let isMoved = false;
    peer.instead((request) => {
      // After the first page something of it is changed, leaves the window, and all that follows moves up by one.
      if (!isMoved && (request.url ?? '').includes('from=')) {
        isMoved = true;
        peer.publish({ ...published('ABC 25/0', 'ECLI:NL:RBABC:2025:0'), modified: '2099-01-01T00:00:00' });
      }
      return false;
    });
    expect(await read()).toMatchObject({ kind: 'read', linked: 1 });
    expect(isMoved).toBe(true);
  });

  test('looks at nothing when the clock stands where it was read to, or before it', async () => {
    await read();
    const before = peer.asked.length;
    const seenTo = (await hub.hub.store.caseLaw.seenTo()) ?? new Date(0);
    for (const at of [new Date(seenTo.getTime() + 60_000), new Date(seenTo.getTime() - 24 * hourMs)]) {
      expect(await linkEcli({ clock: { now: () => at }, ids: hub.hub.ids, source, cases: hub.hub.store.caseLaw })).toEqual({ kind: 'idle' });
    }
    expect(peer.asked.length).toBe(before);
  });

  const answers: readonly (readonly [string, string, Parameters<CaseLawPeer['instead']>[0]])[] = [
    ['an entity bomb', 'not-readable', (_request, response) => (response.end('<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><feed xmlns="http://www.w3.org/2005/Atom">&b;</feed>'), true)],
    ['a page without an end', 'too-large', (_request, response) => {
      const more = (): void => { if (!response.destroyed) response.write('<!-- '.padEnd(64 * 1024, 'x'), more); };
      more();
      return true;
    }],
    ['a page of 100 MB', 'too-large', (_request, response) => (response.end(Buffer.alloc(100 * 1024 * 1024, 0x20)), true)],
    ['an answer that never comes', 'timeout', () => true],
    ['a page that drips', 'timeout', (_request, response) => {
      const timer = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(timer));
      return true;
    }],
    ['half a page', 'not-reached', (_request, response) => (response.writeHead(200, { 'content-length': '1000' }), response.write('<feed'), setTimeout(() => response.destroy(), 50), true)],
    ['a redirect', 'refused', (_request, response) => (response.writeHead(302, { location: 'https://169.254.169.254/' }).end(), true)],
    ['an error', 'refused', (_request, response) => (response.writeHead(500).end(), true)],
    ['something compressed', 'not-readable', (_request, response) => (response.writeHead(200, { 'content-encoding': 'gzip' }).end(Buffer.from([0x1f, 0x8b, 8, 0])), true)],
  ];
  test.each(answers)('%s is %s, moves nothing, and is told', async (_what, code, answer) => {
    const seenTo = await hub.hub.store.caseLaw.seenTo();
    peer.instead(answer);
    const impatient = sourceWith({ limits: { ...limits, timeoutMs: 1_000 } });
    expect(await read(code === 'timeout' ? impatient : source)).toEqual({ kind: 'failed', code });
    expect(await hub.hub.store.caseLaw.seenTo()).toEqual(seenTo);
    expect((await feedState(hub.hub.pool)).published).toMatchObject({ problem: code });
    peer.instead(null);
    expect((await read(source, 0)).kind).toBe('read');
    expect((await feedState(hub.hub.pool)).published).toMatchObject({ problem: null });
  });

  test('pages without end are not believed', async () => {
    const page = Array.from({ length: 1_000 }, (_, index) => ({ ecli: `ECLI:NL:RBABC:2025:${index}`, court: 'RBABC', numbers: [], deleted: null }));
    expect(await read({ pageEntries: 1_000, page: async () => ({ kind: 'read', total: null, entries: 1_000, rulings: page }) })).toEqual({ kind: 'failed', code: 'endless' });
  });

  test('calls nothing that is not on the public internet, and believes no certificate of nobody', async () => {
    const { allowed: _, ...outside } = { address: peer.address, ca: peer.ca, allowed: null, limits };
    expect(await read(caseLawSource(outside))).toEqual({ kind: 'failed', code: 'not-allowed' });
    expect(await read(caseLawSource({ ...outside, address: peer.address.replace('localhost', '127.0.0.1') }))).toEqual({ kind: 'failed', code: 'not-allowed' });
    const { ca: __, ...unknown } = { address: peer.address, ca: peer.ca, limits, allowed: networksOf(['127.0.0.0/8', '::1/128']) };
    expect(await read(caseLawSource(unknown))).toEqual({ kind: 'failed', code: 'not-trusted' });
  });
});

test('the worker reads the public feed by itself where an address is set', async () => {
  const peer = await openCaseLawPeer();
  const hub = await openRegion({ outside: { callNetworks: ['127.0.0.0/8', '::1/128'], caseLaw: { address: peer.address, ca: peer.ca } } });
  try {
    const until = performance.now() + 20_000;
    while ((await feedState(hub.hub.pool)).published === null && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await feedState(hub.hub.pool)).published).toMatchObject({ problem: null, linked: 0 });
    expect(peer.asked[0]?.getAll('modified')).toHaveLength(2);
  } finally {
    await hub.close();
    await peer.close();
  }
}, 60_000);
