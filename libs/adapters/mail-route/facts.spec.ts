import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Answer } from 'dns-packet';
import { decideRoute } from '@ketensluis/domain';
import { dnsPeer, type DnsPeer, type DnsScript } from '../../../test/fixtures/dns-peer.js';
import { networksOf } from '../egress.js';
import { gatherFacts, type FactsParts } from './facts.js';
import { createResolver } from './resolver.js';

const at = new Date('2026-11-22T12:00:00Z');
const domain = 'gemeente.example';
let peer: DnsPeer;
let parts: FactsParts;
beforeAll(async () => {
  peer = await dnsPeer();
  parts = {
    resolve: createResolver({ address: '127.0.0.1', port: peer.port }, { datagramMs: 150, datagrams: 1, streamMs: 300 }),
    sts: { policies: { find: async () => null, save: async () => undefined }, fetch: async () => ({ kind: 'failed', code: 'sts-policy-fetch-error', cause: 'timeout' }) },
    allowed: null, within: null, portOf: () => 25,
  };
});
afterAll(() => peer.close());

const of = <Type extends Answer['type']>(name: string, type: Type, ...data: readonly unknown[]): DnsScript => ({ answers: data.map((one) => ({ name, type, data: one }) as Answer) });
const nta = 'v=NTA7516-1;startdate=2026-01;enddate=2027-12;provider=Voorbeeld';
const good: Readonly<Record<string, DnsScript>> = {
  'gemeente.example TXT': of(domain, 'TXT', nta, 'v=spf1 mx -all'),
  'gemeente.example MX': of(domain, 'MX', { preference: 20, exchange: 'b.gemeente.example' }, { preference: 10, exchange: 'A.gemeente.example' }),
  '_dmarc.gemeente.example TXT': of(`_dmarc.${domain}`, 'TXT', 'v=DMARC1; p=reject'),
  'a.gemeente.example A': of('a.gemeente.example', 'A', '8.8.8.8'),
  'b.gemeente.example AAAA': of('b.gemeente.example', 'AAAA', '2a02:2770::1'),
  ...Object.fromEntries(['a', 'b'].map((label) => [`_25._tcp.${label}.gemeente.example TLSA`, of(`_25._tcp.${label}.gemeente.example`, 'TLSA', { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32, 1) })])),
};
const gather = (changes: Readonly<Record<string, DnsScript>> = {}, other: Partial<FactsParts> = {}) => {
  peer.tell({ ...good, ...changes });
  return gatherFacts(domain, at, { ...parts, ...other });
};
const wayOf = async (...about: Parameters<typeof gather>): Promise<string> => {
  const route = decideRoute(await gather(...about), 'nta', at);
  return route.kind === 'open' ? route.way : `${route.kind} ${route.reasons[0] ?? ''}`;
};

describe('the facts of a mail domain', () => {
  test('are found, the servers by preference', async () => {
    const facts = await gather();
    expect(facts).toMatchObject({ domain, nta: { kind: 'found', secure: true, value: { kind: 'record' } }, ntaHosts: null, spf: { kind: 'found' }, dmarc: { value: 'reject' }, sts: { kind: 'absent' }, geography: 'not-judged' });
    expect(facts.mx.kind === 'found' && facts.mx.value.map(({ name, tlsaBase, tlsa }) => [name, tlsaBase, tlsa.kind])).toEqual([['a.gemeente.example', 'a.gemeente.example', 'found'], ['b.gemeente.example', 'b.gemeente.example', 'found']]);
  });

  test('of a server outside DNSSEC nobody asks for TLSA: such zones often fail on it', async () => {
    const from = peer.asked().length;
    await gather({ 'a.gemeente.example A': { ...of('a.gemeente.example', 'A', '8.8.8.8'), secure: false } });
    expect(peer.asked().slice(from)).not.toContain('_25._tcp.a.gemeente.example TLSA');
  });

  const rows: readonly (readonly [string, Readonly<Record<string, DnsScript>>, string])[] = [
    ['all proven', {}, 'nta-direct'],
    ['the record in several strings', { 'gemeente.example TXT': of(domain, 'TXT', ['v=NTA7516-1;startdate=2026-01;end', 'date=2027-12'], 'v=spf1 -all') }, 'nta-direct'],
    ['two records', { 'gemeente.example TXT': of(domain, 'TXT', nta, nta) }, 'closed nta-invalid'],
    ['the record without DNSSEC', { 'gemeente.example TXT': { ...of(domain, 'TXT', nta), secure: false } }, 'closed nta-not-secure'],
    ['a broken signature', { 'gemeente.example TXT': { rcode: 2 } }, 'unknown nta-unknown'],
    ['two SPF records', { 'gemeente.example TXT': of(domain, 'TXT', nta, 'v=spf1 -all', 'v=spf1 mx') }, 'closed authentication-incomplete'],
    ['DMARC of the domain above', { '_dmarc.gemeente.example TXT': {}, '_dmarc.example TXT': of('_dmarc.example', 'TXT', 'v=DMARC1; p=reject') }, 'closed authentication-incomplete'],
    ['DMARC that is tried out', { '_dmarc.gemeente.example TXT': of(`_dmarc.${domain}`, 'TXT', 'v=DMARC1; p=reject; t=y') }, 'closed authentication-incomplete'],
    ['DMARC for a part', { '_dmarc.gemeente.example TXT': of(`_dmarc.${domain}`, 'TXT', 'v=DMARC1; p=reject; pct=20') }, 'closed authentication-incomplete'],
    ['ntamx in our own network', { 'gemeente.example TXT': of(domain, 'TXT', `${nta};ntamx=10 in.gemeente.example`, 'v=spf1 -all'), 'in.gemeente.example A': of('in.gemeente.example', 'A', '127.0.0.1', '10.0.0.1', '169.254.169.254') }, 'closed dane-incomplete'],
    ['one kind of address cannot be looked up', { 'a.gemeente.example AAAA': { rcode: 2 } }, 'nta-direct'],
    ['TLSA of the first server cannot be looked up', { '_25._tcp.a.gemeente.example TLSA': { behave: 'silence' } }, 'nta-direct'],
    ['a server without TLSA', { '_25._tcp.a.gemeente.example TLSA': {} }, 'closed dane-incomplete'],
    ['a thousand TLSA records', { '_25._tcp.a.gemeente.example TLSA': of('_25._tcp.a.gemeente.example', 'TLSA', ...Array.from({ length: 1_000 }, () => ({ usage: 3, selector: 1, matchingType: 1, certificate: Buffer.alloc(32) }))), 'gemeente.example MX': of(domain, 'MX', { preference: 10, exchange: 'a.gemeente.example' }) }, 'unknown dane-unknown'],
    ['no mail wanted', { 'gemeente.example MX': of(domain, 'MX', { preference: 0, exchange: '.' }) }, 'closed takes-no-mail'],
    ['servers with names that are none', { 'gemeente.example MX': of(domain, 'MX', { preference: 0, exchange: '127.0.0.1' }) }, 'unknown mx-unknown'],
    ['no servers and no address', { 'gemeente.example MX': {} }, 'closed mx-absent'],
  ];
  test.each(rows)('%s', async (_name, changes, expected) => expect(await wayOf(changes)).toBe(expected));

  test('without MX the domain itself takes the mail', async () => {
    const facts = await gather({ 'gemeente.example MX': {}, 'gemeente.example A': of(domain, 'A', '8.8.4.4') });
    expect(facts.mx).toMatchObject({ kind: 'found', secure: true, value: [{ name: domain, addresses: { value: ['8.8.4.4'] } }] });
  });

  test('a server that is an alias has its TLSA under the name behind it (RFC 7672 §2.2.2)', async () => {
    const facts = await gather({
      'a.gemeente.example A': { answers: [{ type: 'CNAME', name: 'a.gemeente.example', data: 'mx.post.example' }, { type: 'A', name: 'mx.post.example', data: '8.8.8.8' }] },
      'a.gemeente.example AAAA': { answers: [{ type: 'CNAME', name: 'a.gemeente.example', data: 'mx.post.example' }] },
      '_25._tcp.mx.post.example TLSA': of('_25._tcp.mx.post.example', 'TLSA', { usage: 2, selector: 1, matchingType: 1, certificate: Buffer.alloc(32) }),
    });
    expect(facts.mx.kind === 'found' && facts.mx.value[0]).toMatchObject({ name: 'a.gemeente.example', tlsaBase: 'mx.post.example', tlsa: { value: [{ usage: 2 }] } });
  });

  test('the networks of the settings are asked when there are any', async () => {
    expect((await gather({}, { within: networksOf(['8.8.0.0/16', '2a02:2770::/32']) })).geography).toBe('inside');
    expect(await wayOf({}, { within: networksOf(['8.8.0.0/16']) })).toBe('closed geography-outside');
  });

  test('without a resolver nothing is known', async () => expect(await wayOf({}, { resolve: null })).toBe('closed no-resolver'));
});
