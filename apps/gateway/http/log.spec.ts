import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addReader, type ReaderPorts, type RegisterReader } from '@ketensluis/flow';
import { readLawPack, type Hub, type HttpServer } from '@ketensluis/platform';
import { bundlePath, leafHash, openCheckpoint, parseLeaf, parseVerifierKey, tilePath, tilesOf, verifyLog, verifyProof, type Leaf } from '@ketensluis/tlog';
import { readFile } from 'node:fs/promises';
import { disclosureEntry, plainEntries, plainEntry, recordAll } from '../../../test/harness/log-entries.js';
import { openLogHub, type LogHub } from '../../../test/harness/log-hub.js';
import { startHttp } from './server.js';

const now = new Date('2026-03-01T13:00:00.000Z');
const [sender, recipient, stranger] = ['00000009901000000001', '00000009902000000002', '00000009903000000003'];
const year = { validFrom: new Date('2026-01-01T00:00:00Z'), validUntil: new Date('2027-01-01T00:00:00Z') };

let opened: LogHub;
let hub: Hub;
let database: LogHub['database'];
let lines: string[];
let http: HttpServer;
const tokens: Record<'sender' | 'recipient' | 'stranger' | 'controller' | 'auditor' | 'ended' | 'revoked', string> = { sender: '', recipient: '', stranger: '', controller: '', auditor: '', ended: '', revoked: '' };
const ids: Record<'disclosure' | 'outcome' | 'hold' | 'other' | 'unreleased', string> = { disclosure: '', outcome: '', hold: '', other: '', unreleased: '' };

const record = (entries: Parameters<typeof recordAll>[1]): Promise<readonly string[]> => recordAll(database.pool, entries);

const add = async (name: keyof typeof tokens, role: 'party' | 'controller' | 'auditor', oin: string | null, period = year): Promise<void> => {
  // The parties of these entries are in no register: `addReader` is tested below.
  const at = hub.clock.now();
  const id = hub.ids.next(at);
  tokens[name] = await hub.store.readers.add({ id, name, role, oin, ...period, revokedAt: null }, 'test', {
    facts: { id: hub.ids.next(at), kind: 'policy', at: at.toISOString(), code: 'reader.new', schema: `reader/${id}` }, subjects: [], reason: null, payload: null, detail: {},
  });
};

const emptyRegisters: RegisterReader = {
  current: async () => ({
    mark: '1',
    registers: { parties: [], agreements: [], settings: [], mandates: [], designations: [], consents: [] },
    pack: readLawPack(await readFile('config/law/wth.yaml', 'utf8')),
  }),
};

beforeAll(async () => {
  opened = await openLogHub(now);
  ({ hub, database, lines } = opened);
  http = await startHttp(hub, { host: '127.0.0.1', port: 0 });
  await record(plainEntries(700));
  const at = (ms: number): Date => new Date(now.getTime() - 10_000 + ms);
  const facts: Partial<Leaf> = { purpose: undefined, from: sender, to: recipient };
  [ids.disclosure = '', ids.hold = '', ids.other = ''] = await record([
    disclosureEntry(at(0)),
    plainEntry(at(1), { ...facts, kind: 'hold', code: 'no-agreement', decision: 'hold', controller: sender }),
    plainEntry(at(2), { ...facts, kind: 'refusal', code: 'no-rule', from: stranger, to: undefined }),
  ]);
  [ids.outcome = ''] = await record([plainEntry(at(3), { kind: 'outcome', purpose: undefined, from: undefined, to: recipient, ref: ids.disclosure, code: 'delivered' })]);
  await add('sender', 'party', sender);
  await add('recipient', 'party', recipient);
  await add('stranger', 'party', stranger);
  await add('controller', 'controller', sender);
  await add('auditor', 'auditor', null);
  await add('ended', 'auditor', null, { ...year, validUntil: now });
  await add('revoked', 'auditor', null);
  const revoked = (await hub.store.readers.list()).find(({ name }) => name === 'revoked');
  const id = hub.ids.next(now);
  expect(await hub.store.readers.revoke(revoked?.id ?? '', 'test', { facts: { id, kind: 'policy', at: now.toISOString(), code: 'reader.revoked' }, subjects: [], reason: null, payload: null, detail: {} })).toBe(true);
  await opened.seal();
  [ids.unreleased = ''] = await record([disclosureEntry(at(5))]);
});
afterAll(async () => {
  await http.close();
  await opened.close();
});

const get = (path: string, as: keyof typeof tokens | null, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${http.port}/log/${path}`, { headers: { ...(as === null ? {} : { authorization: `Bearer ${tokens[as]}` }), ...headers } });
const bytes = async (path: string, as: keyof typeof tokens): Promise<Buffer> => {
  const response = await get(path, as);
  if (response.status !== 200) throw new Error(`${path}: ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
};
interface Page { readonly entries: readonly { readonly id: string; readonly index: number; readonly leaf: string; readonly proof: string }[]; readonly next: number | null; readonly isLast: boolean }
const page = async (query: string, as: keyof typeof tokens): Promise<Page> => JSON.parse((await bytes(`own/entries?${query}`, as)).toString('utf8'));
const keys = async () => {
  const key = parseVerifierKey((await hub.logReads.key()).vkey);
  if ('kind' in key) throw new Error(key.detail);
  return [key];
};
const released = async (): Promise<number> => {
  const opened = openCheckpoint(await bytes('checkpoint', 'sender'), await keys());
  if (opened.kind === 'refused') throw new Error(opened.detail);
  return opened.size;
};

describe('the log over HTTP', () => {
  test('is mirrored tile by tile and verifies offline', async () => {
    const files = new Map<string, Uint8Array>([['checkpoint', await bytes('checkpoint', 'auditor')]]);
    for (const tile of tilesOf(await released())) {
      files.set(tilePath(tile), await bytes(tilePath(tile), 'auditor'));
      if (tile.level === 0) files.set(bundlePath(tile.index, tile.width), await bytes(bundlePath(tile.index, tile.width), 'auditor'));
    }
    const report = verifyLog({ read: (path) => files.get(path) ?? null, trust: await keys(), since: null, scope: 'entries', progress: () => undefined });
    expect(report).toMatchObject({ verdict: 'good', size: await released(), entries: await released(), findingsTotal: 0 });
  });

  test('has the types and caching of tlog-tiles', async () => {
    const checkpoint = await get('checkpoint', 'sender');
    expect(Object.fromEntries(checkpoint.headers)).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'private, no-cache', 'x-content-type-options': 'nosniff' });
    const etag = checkpoint.headers.get('etag') ?? '';
    expect((await get('checkpoint', 'sender', { 'if-none-match': etag })).status).toBe(304);
    expect((await get('checkpoint', 'sender', { 'if-none-match': '"other"' })).status).toBe(200);
    for (const path of ['tile/0/000', 'tile/0/002.p/100', 'tile/1/000.p/2']) {
      expect(Object.fromEntries((await get(path, 'sender')).headers)).toMatchObject({ 'content-type': 'application/octet-stream', 'cache-control': 'private, max-age=31536000, immutable' });
    }
    const [packed, plain] = [await get('tile/entries/000', 'auditor', { 'accept-encoding': 'gzip' }), await get('tile/entries/000', 'auditor', { 'accept-encoding': 'identity' })];
    expect([packed.headers.get('content-encoding'), plain.headers.get('content-encoding')]).toEqual(['gzip', null]);
    expect(await packed.arrayBuffer()).toEqual(await plain.arrayBuffer());
    expect(await (await get('key', 'sender')).json()).toEqual({ vkey: (await hub.logReads.key()).vkey, policy: null });
  });

  test('serves nothing that was not released, and every narrower tile', async () => {
    const size = await released();
    expect((await get(`tile/0/002.p/${size - 512}`, 'sender')).status).toBe(200);
    expect((await bytes('tile/0/000.p/3', 'sender')).equals((await bytes('tile/0/000', 'sender')).subarray(0, 96))).toBe(true);
    for (const path of [`tile/0/002.p/${size - 511}`, `tile/entries/002.p/${size - 511}`, 'tile/0/002', 'tile/entries/002', 'tile/2/000', 'tile/63/000', 'tile/0/x999/x999/x999/x999/999', `own/entries/${ids.unreleased}`]) {
      expect([path, (await get(path, path.startsWith('own') ? 'sender' : 'auditor')).status]).toEqual([path, 404]);
    }
  });

  test.each([null, 'ended', 'revoked'] as const)('tells %s nothing', async (as) => {
    for (const path of ['checkpoint', 'key', 'tile/0/000', 'tile/entries/000', 'own/entries', `own/entries/${ids.disclosure}`]) {
      const response = await get(path, as);
      expect([response.status, response.headers.get('www-authenticate'), response.headers.get('content-type')]).toEqual([401, 'Bearer', 'application/problem+json']);
    }
  });

  test('shows all entries to an auditor only, and says so alike for what exists and what does not', async () => {
    for (const as of ['sender', 'controller'] as const) {
      const [there, absent] = [await get('tile/entries/000', as), await get('tile/entries/999', as)];
      expect([there.status, await there.text()]).toEqual([403, await absent.text()]);
    }
    expect((await get('own/entries', 'auditor')).status).toBe(403);
  });

  test('gives a party its own entries with proofs, and no others', async () => {
    const own = await page('limit=100', 'recipient');
    expect(own).toMatchObject({ isLast: true, next: (await released()) - 1 });
    expect(own.entries.map(({ id }) => id)).toEqual([ids.disclosure, ids.outcome]);
    for (const entry of own.entries) {
      const leaf = Buffer.from(entry.leaf, 'utf8');
      expect(parseLeaf(leaf)).toMatchObject({ kind: 'leaf', leaf: { id: entry.id, to: recipient } });
      expect(verifyProof(Buffer.from(entry.proof, 'utf8'), leafHash(leaf), await keys())).toMatchObject({ kind: 'proven', index: entry.index });
      expect(JSON.parse((await bytes(`own/entries/${entry.id}`, 'recipient')).toString('utf8'))).toEqual(entry);
    }
    expect((await page('', 'controller')).entries.map(({ id }) => id)).toEqual([ids.disclosure, ids.hold]);
    expect((await page('', 'stranger')).entries.map(({ id }) => id)).toEqual([ids.other]);
  });

  test('pages by index without loss or repeat', async () => {
    const seen: number[] = [];
    let answer = await page('limit=100', 'sender');
    for (let after = answer.next; ; after = answer.next) {
      seen.push(...answer.entries.map(({ index }) => index));
      if (answer.isLast) break;
      answer = await page(`after=${after}&limit=100`, 'sender');
    }
    expect(seen).toEqual(Array.from({ length: 702 }, (_, index) => index));
    expect(await page(`after=${(await released()) + 5}`, 'sender')).toMatchObject({ entries: [], isLast: true });
  });

  test.each(['hold', 'other', 'unreleased'] as const)('answers for the entry of somebody else (%s) as for one that is not there, and records it', async (which) => {
    lines.length = 0;
    const [foreign, absent] = [await get(`own/entries/${ids[which]}`, 'recipient'), await get('own/entries/019ab000-0000-7000-8000-000000000001', 'recipient')];
    expect([foreign.status, await foreign.text(), Object.fromEntries(foreign.headers)['cache-control']]).toEqual([404, await absent.text(), 'no-store']);
    const told = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'log.read');
    expect(told).toMatchObject([{ kind: 'entry', oin: recipient, outcome: which === 'unreleased' ? 'absent' : 'refused', entryId: ids[which] }, { outcome: 'absent' }]);
  });

  test('records every look at entries with the trace of the request', async () => {
    lines.length = 0;
    await get('own/entries?limit=1', 'sender', { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });
    await get('checkpoint', 'sender');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ event: 'log.read', kind: 'own', outcome: 'given', count: 1, oin: sender, step: '4bf92f3577b34da6a3ce929d0e0e4736' }]);
    expect(lines.join('')).not.toContain(tokens.sender);
    const { rows } = await database.pool.query('select question, first, outcome, entries, trace from program_read order by seq desc limit 1');
    expect(rows).toEqual([{ question: 'own', first: '0', outcome: 'given', entries: 1, trace: '4bf92f3577b34da6a3ce929d0e0e4736' }]);
    await expect(database.pool.query('delete from program_read')).rejects.toThrow('go only when their term is over');
  });

  test.each([['own/entries?after=x', 400], ['own/entries?oin=1', 400], ['nothing', 404], ['tile/0/0', 404], ['', 404]])('%s is %i, as a problem', async (path, status) => {
    const response = await get(path, 'sender');
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ type: 'about:blank', status });
  });

  test('says when too much is asked, and of whom it was asked enough', async () => {
    const answers = await Promise.all(Array.from({ length: 205 }, () => get('key', 'stranger')));
    const last = answers.find(({ status }) => status === 429);
    expect([last?.headers.get('retry-after'), (await get('key', 'sender')).status]).toEqual(['1', 200]);
  });

  test('shows nothing when the log cannot be read, and tells only us', async () => {
    lines.length = 0;
    await database.pool.query("alter table tlog_tile rename to tlog_tile_away");
    const response = await get('tile/0/000', 'auditor');
    await database.pool.query("alter table tlog_tile_away rename to tlog_tile");
    expect([response.status, await response.json()]).toEqual([503, { type: 'about:blank', title: 'Not available now', status: 503 }]);
    expect(lines.map((line) => JSON.parse(line).event)).toEqual(['log.unreadable']);
  });
});

describe('readers', () => {
  const ports = (): ReaderPorts => ({ clock: hub.clock, ids: hub.ids, readers: hub.store.readers, registers: emptyRegisters });

  test('are in the log, their tokens nowhere', async () => {
    const added = await addReader({ name: 'Auditdienst Noorderwaard', role: 'auditor', oin: null, ...year }, 'test', ports());
    if (added.kind === 'refused') throw new Error(added.detail);
    expect(added.token).toMatch(/^klr_[A-Za-z0-9_-]{43}$/);
    const { rows } = await database.pool.query("select convert_from(leaf, 'UTF8') as leaf from entry where kind = 'policy' and leaf like ('%reader/' || $1::text || '%')::bytea", [added.reader.id]);
    expect(JSON.parse(rows[0].leaf)).toMatchObject({ code: 'reader.new', schema: `reader/${added.reader.id}` });
    const everything = await database.pool.query('select row_to_json(reader)::text as text from reader');
    expect(everything.rows.map(({ text }) => text).join()).not.toContain(added.token);
  });

  test('are only revoked, and only once', async () => {
    const one = (await hub.store.readers.list()).find(({ oin }) => oin !== null);
    await expect(database.pool.query("update reader set role = 'auditor', oin = null where id = $1", [one?.id])).rejects.toThrow('revoked, never changed');
    await expect(database.pool.query('delete from reader')).rejects.toThrow('never changed or removed');
    await expect(database.pool.query("update reader set revoked_at = null, revoked_by = null where name = 'revoked'")).rejects.toThrow('revoked, never changed');
  });

  test('need an OIN of the register', async () => {
    const refused = await addReader({ name: 'x', role: 'party', oin: stranger, ...year }, 'test', ports());
    expect(refused).toEqual({ kind: 'refused', detail: 'no party in the register has this OIN' });
  });
});
