import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createResolver, gatherFacts, networksOf } from '@ketensluis/adapters';
import { decideRoute, type MailRouteFacts } from '@ketensluis/domain';
import { isPracticeResolver } from '@ketensluis/platform';
import { AUTHENTIC_DATA, decode, encode, RECURSION_DESIRED } from 'dns-packet';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { startPracticeDns, type PracticeDns } from '../../apps/practice/dns/server.js';
import type { DnsFault, MailDomain } from '../../apps/practice/dns/zone.js';

const at = new Date('2026-11-22T09:00:00Z');
const domains: readonly MailDomain[] = [
  { name: 'vt.example', server: { port: 20_025, keySha256: `ab${'cd'.repeat(31)}` }, dkim: null },
  { name: 'hub.example', server: null, dkim: { selector: 'ketensluis', text: 'v=DKIM1; k=ed25519; p=AAAA' } },
];

describe('what the resolver of practice says', () => {
  let dns: PracticeDns;
  beforeAll(async () => {
    dns = await startPracticeDns({ domains, now: () => at });
  });
  afterAll(() => dns.close());

  const factsOf = (domain: string): Promise<MailRouteFacts> => gatherFacts(domain, at, {
    resolve: createResolver(dns, { datagramMs: 1_000, datagrams: 2, streamMs: 1_000 }), within: null, allowed: networksOf(['127.0.0.0/8']), portOf: () => 20_025,
    sts: { policies: { find: async () => null, save: async () => undefined }, fetch: async () => ({ kind: 'failed', code: 'sts-policy-fetch-error', cause: 'none' } as const) },
  });
  const routeWith = async (fault: DnsFault | null) => {
    dns.setFault('vt.example', fault);
    return decideRoute(await factsOf('vt.example'), 'nta', at);
  };

  test('opens the way of NTA 7516 to a party, proven by the key of its server', async () => {
    expect(await routeWith(null)).toMatchObject({ kind: 'open', way: 'nta-direct', reasons: ['nta-proven', 'dane-complete'] });
    expect((await factsOf('vt.example')).ntaHosts).toBeNull();
  });

  test.each([
    ['dnssec-missing', { kind: 'closed', reasons: ['nta-not-secure', 'tls-not-allowed'] }],
    ['nta-expired', { kind: 'closed', reasons: ['nta-not-in-force', 'tls-not-allowed'] }],
    ['dnssec-broken', { kind: 'unknown', reasons: ['nta-unknown'] }],
  ] as const)('%s closes it or makes it unknown, and mended it is open again', async (fault, expected) => {
    expect(await routeWith(fault)).toMatchObject(expected);
    expect((await routeWith(null)).kind).toBe('open');
  });

  test('tlsa-mismatch names another key, and the way looks open until the server is met', async () => {
    const keyOf = (route: Awaited<ReturnType<typeof routeWith>>) => (route.kind === 'open' && route.hosts[0]?.proof.kind === 'dane' ? route.hosts[0].proof.records[0]?.hex : null);
    expect([keyOf(await routeWith('tlsa-mismatch')), keyOf(await routeWith(null))]).toEqual([`${'cd'.repeat(31)}ab`, `ab${'cd'.repeat(31)}`]);
  });

  test('refuses every name that is not of practice, so that no practice mail leaves this computer', async () => {
    const resolve = createResolver(dns, { datagramMs: 1_000, datagrams: 1, streamMs: 1_000 });
    for (const name of ['gmail.com', 'example', 'other.example', 'notvt.example']) expect(await resolve(name, 'MX')).toEqual({ kind: 'failed', cause: 'refused' });
    expect(await resolve('nobody.vt.example', 'A')).toEqual({ kind: 'absent', secure: true });
    expect(await resolve('_tcp.mx.vt.example', 'TLSA')).toEqual({ kind: 'absent', secure: true });
    expect(await resolve('KetenSluis._DomainKey.HUB.example', 'TXT')).toMatchObject({ kind: 'found', secure: true, records: ['v=DKIM1; k=ed25519; p=AAAA'] });
  });

  test('is known by a mark, by which a hub for real parties refuses it', async () => {
    expect(await isPracticeResolver(`127.0.0.1:${dns.port}`)).toBe(true);
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(0, '127.0.0.1', resolve));
    expect(await isPracticeResolver(`127.0.0.1:${other.address().port}`)).toBe(false);
    other.close();
  });

  test('answers questions over a stream one after the other, in pieces too, and ends with what is no question', async () => {
    const question = (id: number) => encode({ type: 'query', id, flags: RECURSION_DESIRED | AUTHENTIC_DATA, questions: [{ name: 'vt.example', type: 'MX' }] });
    const framed = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
    const said = await new Promise<Buffer>((resolve) => {
      const parts: Buffer[] = [];
      const socket = connect(dns.port, '127.0.0.1').on('data', (part) => parts.push(part)).on('close', () => resolve(Buffer.concat(parts))).on('error', () => undefined);
      const all = Buffer.concat([framed(question(1)), framed(question(2)), framed(Buffer.from('nonsense'))]);
      for (let place = 0; place < all.length; place += 7) socket.write(all.subarray(place, place + 7));
    });
    const first = said.subarray(2, 2 + said.readUInt16BE(0));
    const second = said.subarray(4 + first.length);
    expect([decode(first).id, decode(second).id, decode(second).flag_ad]).toEqual([1, 2, true]);
  });
});
