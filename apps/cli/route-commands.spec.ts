import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from 'dns-packet';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runCommand } from '../../test/harness/command.js';
import { openTestDatabase, type TestDatabase } from '../../test/harness/database.js';
import { mailRoutes } from '@ketensluis/platform';
import { dnsPeer, type DnsPeer, type DnsScript } from '../../test/fixtures/dns-peer.js';
import { addRegisterCommands } from './register-commands.js';
import { addRouteCommands } from './route-commands.js';

const before = { ...process.env };
let database: TestDatabase;
let dns: DnsPeer;
let folder: string;
let documents: string;
const of = <Type extends Answer['type']>(name: string, type: Type, ...data: readonly unknown[]): DnsScript => ({ answers: data.map((one) => ({ name, type, data: one }) as Answer) });
beforeAll(async () => {
  [database, dns, folder, documents] = await Promise.all([openTestDatabase(), dnsPeer(), mkdtemp(join(tmpdir(), 'ketensluis-route-')), mkdtemp(join(tmpdir(), 'ketensluis-route-data-'))]);
  process.env['KETENSLUIS_DATA'] = documents;
  process.env['KETENSLUIS_DATABASE_URL'] = database.connectionString;
  process.env['KETENSLUIS_RESOLVER'] = `127.0.0.1:${dns.port}`;
  dns.tell({
    'vt.example TXT': of('vt.example', 'TXT', 'v=NTA7516-1;startdate=2020-01;enddate=2099-12;provider=Voorbeeld', 'v=spf1 -all'),
    'vt.example MX': of('vt.example', 'MX', { preference: 10, exchange: 'mx.vt.example' }),
    '_dmarc.vt.example TXT': of('_dmarc.vt.example', 'TXT', 'v=DMARC1;p=reject'),
    'mx.vt.example A': of('mx.vt.example', 'A', '8.8.8.8', '10.0.0.1'),
    '_25._tcp.mx.vt.example TLSA': of('_25._tcp.mx.vt.example', 'TLSA', { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32, 0xab) }),
  });
});
afterAll(async () => {
  process.env = before;
  await Promise.all([database.close(), dns.close(), ...[folder, documents].map((one) => rm(one, { recursive: true, force: true }))]);
});

const run = (...words: readonly string[]): Promise<string> => runCommand(addRouteCommands, words);

describe('ketensluis route', () => {
  test('tells the facts of a domain and the way for each kind of channel', async () => {
    const told = await run('route', 'vt.example');
    expect(told).toContain('NTA 7516: 2020-01 through 2099-12, Voorbeeld (DNSSEC)');
    expect(told).toContain('10 mx.vt.example: 8.8.8.8 (DNSSEC); 1 left out: no connection may be led there');
    expect(told).toContain(`TLSA: 3 1 1 ${'ab'.repeat(32)} (DNSSEC)`);
    expect(told).toContain('secure-mail, floor nta (the default): NTA 7516, by mx.vt.example');
    expect(told).toContain('smime-mail: S/MIME over TLS, by mx.vt.example');
  });

  test('tells why there is none', async () => {
    const told = await run('route', 'other.example');
    expect(told).toContain('no safe route; mail is held with a task\n  - the domain does not declare NTA 7516');
  });

  test('gives the same as JSON', async () => {
    const { facts, routes } = JSON.parse(await run('route', 'vt.example', '--json'));
    expect([facts.domain, routes[0]]).toMatchObject(['vt.example', { protection: 'nta', kind: 'open', way: 'nta-direct', hosts: [{ name: 'mx.vt.example', proof: { kind: 'dane' } }] }]);
  });

  test('tells the portal as the last way of a party that can be told there, and whether that mail has a way', async () => {
    const party = (key: string, number: number, channel: object) => ({ kind: 'party', key, name: key, oin: `000000019000000007${String(number).padStart(2, '0')}`, roles: ['VT'], municipality: null, serves: [], addresses: [], functions: [], from: '2026-01-01T00:00:00Z', to: null, channel });
    const file = join(documents, 'parties.json');
    await writeFile(file, JSON.stringify([
      party('met-portaal', 1, { kind: 'secure-mail', address: 'post@other.example', portalNotice: 'balie@vt.example' }), party('zonder-portaal', 2, { kind: 'secure-mail', address: 'post@other.example' }),
      party('alleen-portaal', 3, { kind: 'portal', portalNotice: 'balie@vt.example' }),
    ]));
    await runCommand(addRegisterCommands, ['party', 'apply', file, '--by', 'test']);
    const told = await run('route', 'met-portaal');
    expect(told).toContain('secure-mail, floor nta (the default): no safe route; the party is told by mail without content and reads it at the console (portal)\n  - the domain does not declare NTA 7516');
    expect(told).toContain('portal, told at vt.example: a mail without content, over TLS, by mx.vt.example');
    expect(told).not.toContain('held with a task');
    expect(await run('route', 'zonder-portaal')).toContain('mail is held with a task');
    const only = await run('route', 'alleen-portaal');
    expect(only).toContain('portal, told at vt.example: a mail without content, over TLS');
    expect(only).not.toContain('smime-mail');
    expect(JSON.parse(await run('route', 'met-portaal', '--json')).portal).toMatchObject({ domain: 'vt.example', kind: 'open', way: 'notice' });
    expect(JSON.parse(await run('route', 'zonder-portaal', '--json')).portal).toBeNull();
  });

  test('says what it cannot use', async () => expect(run('route', 'nobody')).rejects.toThrow('neither a mail domain nor a party'));
});

describe('ketensluis tlsrpt write', () => {
  test('writes the reports of a day, packed', async () => {
    await mailRoutes(database.pool, { resolver: null, within: [], allowed: [] }).sessions.count({ at: new Date('2026-11-21T10:00:00Z'), domain: 'vt.example', policyType: 'tlsa', policyText: ['3 1 1 ab'], result: 'tlsa-invalid', server: 'mx.vt.example', address: '8.8.8.8' });
    expect(await run('tlsrpt', 'write', folder, '--contact', 'post@sluis.example', '--day', '2026-11-21')).toContain('1 reports of 2026-11-21');
    const [name = ''] = await readdir(folder);
    expect(name).toBe('sluis.example!vt.example!1795219200!1795305599.json.gz');
    expect(JSON.parse(gunzipSync(await readFile(join(folder, name))).toString())).toMatchObject({ policies: [{ summary: { 'total-failure-session-count': 1 }, 'failure-details': [{ 'result-type': 'tlsa-invalid' }] }] });
  });

  test.each([[['--contact', 'x'], '--contact is a mail address'], [['--contact', 'a@b.example', '--day', 'x'], '--day is a day']])('refuses %j in words', async (words, problem) => {
    await expect(run('tlsrpt', 'write', folder, ...words)).rejects.toThrow(problem);
  });

  test('says that there is nothing', async () => expect(await run('tlsrpt', 'write', folder, '--contact', 'a@b.example', '--day', '2026-01-01')).toContain('nothing to report'));
});
