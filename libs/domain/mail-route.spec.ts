import { describe, expect, test } from '@jest/globals';
import { decideRoute, isNamed, type Finding, type MailHost, type MailProtection, type MailRouteFacts } from './mail-route.js';
import { routeEvidence } from './route-evidence.js';
import { usableTlsa, type TlsaRecord } from './tlsa-record.js';

const at = new Date('2026-11-22T12:00:00Z');
const found = <T>(value: T, secure = true): Finding<T> => ({ kind: 'found', secure, value });
const absent = (secure = true): Finding<never> => ({ kind: 'absent', secure });
const failed: Finding<never> = { kind: 'failed', cause: 'servfail' };
const unknown: Finding<never> = { kind: 'unknown' };
const tlsa = (usage = 3, selector = 1, matching = 1, hex = 'ab'.repeat(matching === 2 ? 64 : 32)): TlsaRecord => ({ usage, selector, matching, hex });
const host = (changes: Partial<MailHost> = {}): MailHost => ({
  name: 'mx.gemeente.example', preference: 10, addresses: found(['8.8.8.8']), refusedAddresses: 0, tlsaBase: 'mx.gemeente.example', tlsa: found([tlsa()]), ...changes,
});
const nta = (startMonth = '2026-01', endMonth = '2026-12'): MailRouteFacts['nta'] =>
  found({ kind: 'record', record: { text: 'v=NTA7516-1', startMonth, endMonth, provider: null, servers: [] } });
const facts = (changes: Partial<MailRouteFacts> = {}): MailRouteFacts => ({
  domain: 'gemeente.example', nta: nta(), ntaHosts: null, mx: found([host()]), sts: { kind: 'absent' }, spf: found(true), dmarc: found('reject'), geography: 'not-judged', ...changes,
});
const sts = (mode: 'enforce' | 'testing' | 'none', mx = ['mx.gemeente.example']): MailRouteFacts['sts'] => ({ kind: 'policy', id: '1', mode, mx, source: 'fetched', text: '' });
const plain = { nta: absent(), mx: found([host({ tlsa: absent() })]) } as const;

describe('the way to a mail domain', () => {
  const rows: readonly (readonly [string, Partial<MailRouteFacts>, MailProtection, string, string])[] = [
    // NTA 7516: everything must be proven.
    ['all of it proven', {}, 'nta', 'nta-direct', 'nta-proven dane-complete'],
    ['the servers named in the record', { mx: absent(), ntaHosts: [host({ name: 'nta.gemeente.example' })] }, 'nta', 'nta-direct', 'nta-proven dane-complete'],
    ['one server not to be looked up, the other proven', { mx: found([host({ tlsa: failed }), host()]) }, 'nta', 'nta-direct', 'nta-proven dane-partial'],
    ['in the networks of the settings', { geography: 'inside' }, 'nta', 'nta-direct', 'nta-proven dane-complete'],
    ['no record', { nta: absent() }, 'nta', 'closed', 'nta-absent tls-not-allowed'],
    ['a record nobody vouches for', { nta: { ...nta(), secure: false } as MailRouteFacts['nta'] }, 'nta', 'closed', 'nta-not-secure tls-not-allowed'],
    ['two records', { nta: found({ kind: 'invalid', fault: 'doubled' }) }, 'nta', 'closed', 'nta-invalid tls-not-allowed'],
    ['a record of last month', { nta: nta('2026-01', '2026-10') }, 'nta', 'closed', 'nta-not-in-force tls-not-allowed'],
    ['a record of next month', { nta: nta('2026-12', '2027-10') }, 'nta', 'closed', 'nta-not-in-force tls-not-allowed'],
    ['a record with a broken signature', { nta: failed }, 'nta', 'unknown', 'nta-unknown'],
    ['servers nobody vouches for', { mx: found([host()], false) }, 'nta', 'closed', 'mx-not-secure tls-not-allowed'],
    ['servers that cannot be looked up', { mx: failed }, 'nta', 'unknown', 'mx-unknown'],
    ['a domain that takes no mail', { mx: found([]) }, 'nta', 'closed', 'takes-no-mail tls-not-allowed'],
    ['one of two servers without TLSA', { mx: found([host(), host({ tlsa: absent() })]) }, 'nta', 'closed', 'dane-incomplete tls-not-allowed'],
    ['TLSA nobody vouches for', { mx: found([host({ tlsa: found([tlsa()], false) })]) }, 'nta', 'closed', 'dane-incomplete tls-not-allowed'],
    ['addresses nobody vouches for', { mx: found([host({ addresses: found(['8.8.8.8'], false) })]) }, 'nta', 'closed', 'dane-incomplete tls-not-allowed'],
    ['TLSA of a kind mail does not use', { mx: found([host({ tlsa: found([tlsa(1), tlsa(0)]) })]) }, 'nta', 'closed', 'dane-incomplete tls-not-allowed'],
    ['a server at an address of our own network', { mx: found([host({ addresses: absent(), refusedAddresses: 1 })]) }, 'nta', 'closed', 'dane-incomplete address-not-allowed tls-not-allowed'],
    ['TLSA with a broken signature everywhere', { mx: found([host({ tlsa: failed })]) }, 'nta', 'unknown', 'dane-unknown'],
    ['no SPF', { spf: absent() }, 'nta', 'closed', 'authentication-incomplete tls-not-allowed'],
    ['DMARC that asks for nothing', { dmarc: found('none') }, 'nta', 'closed', 'authentication-incomplete tls-not-allowed'],
    ['DMARC that cannot be looked up', { dmarc: failed }, 'nta', 'unknown', 'authentication-unknown'],
    ['a server outside the networks', { geography: 'outside' }, 'nta', 'closed', 'geography-outside tls-not-allowed'],
    ['nobody to ask', { nta: unknown, mx: unknown }, 'nta', 'closed', 'no-resolver'],
    // Enforced TLS, where the channel allows it.
    ['no record, DANE', { nta: absent() }, 'nta-or-tls', 'tls-enforced', 'nta-absent dane-complete'],
    ['no record, MTA-STS', { ...plain, sts: sts('enforce') }, 'nta-or-tls', 'tls-enforced', 'nta-absent sts-enforced'],
    ['no record, MTA-STS and servers nobody vouches for', { ...plain, mx: found([host({ tlsa: absent() })], false), sts: sts('enforce') }, 'nta-or-tls', 'tls-enforced', 'nta-absent sts-enforced'],
    ['DANE nobody vouches for does not count', { nta: absent(), mx: found([host()], false) }, 'nta-or-tls', 'closed', 'nta-absent mx-not-secure dane-incomplete sts-not-enforced'],
    ['MTA-STS that only tests', { ...plain, sts: sts('testing') }, 'nta-or-tls', 'closed', 'nta-absent dane-incomplete sts-not-enforced'],
    ['MTA-STS that names other servers', { ...plain, sts: sts('enforce', ['mx.other.example']) }, 'nta-or-tls', 'closed', 'nta-absent dane-incomplete sts-mismatch'],
    ['MTA-STS that cannot be fetched', { ...plain, sts: { kind: 'failed', code: 'sts-policy-fetch-error', cause: 'timeout' } }, 'nta-or-tls', 'unknown', 'nta-absent sts-unknown'],
    ['MTA-STS never stands in for DANE with a broken signature', { nta: absent(), mx: found([host({ tlsa: failed })]), sts: sts('enforce') }, 'nta-or-tls', 'unknown', 'nta-absent dane-unknown'],
    ['nothing', plain, 'nta-or-tls', 'closed', 'nta-absent dane-incomplete sts-not-enforced'],
    ['a component of NTA that fails is not gone around', { nta: failed }, 'nta-or-tls', 'unknown', 'nta-unknown'],
    // Sealed by S/MIME: what the domain publishes, and at least a certificate for the name.
    ['sealed, DANE', {}, 'smime', 'smime', 'sealed'],
    ['sealed, nothing published', plain, 'smime', 'smime', 'sealed'],
    ['sealed, MTA-STS', { ...plain, sts: sts('enforce') }, 'smime', 'smime', 'sealed sts-enforced'],
    ['sealed, MTA-STS that names other servers', { ...plain, sts: sts('enforce', ['mx.other.example']) }, 'smime', 'closed', 'sts-mismatch'],
    ['sealed, TLSA with a broken signature', { mx: found([host({ tlsa: failed })]) }, 'smime', 'unknown', 'dane-unknown'],
    ['sealed, nobody to ask', { nta: unknown, mx: unknown }, 'smime', 'closed', 'no-resolver'],
    ['sealed, the NTA record does not matter', { nta: failed }, 'smime', 'smime', 'sealed'],
  ];
  test.each(rows)('%s (%j, %s): %s', (_name, changes, protection, expected, reasons) => {
    const route = decideRoute(facts(changes), protection, at);
    expect(route.kind === 'open' ? route.way : route.kind).toBe(expected);
    expect(route.reasons.join(' ')).toBe(reasons);
  });

  test('whatever fails, nothing goes by a lesser way than without the failure', () => {
    const rank = { 'nta-direct': 3, 'tls-enforced': 1, smime: 3, notice: 3, closed: 0, unknown: 0 } as const;
    const full = facts();
    const broken: readonly Partial<MailRouteFacts>[] = [{ nta: failed }, { mx: failed }, { spf: failed }, { dmarc: failed }, { mx: found([host({ tlsa: failed })]) }, { mx: found([host({ addresses: failed })]) }];
    for (const change of broken) {
      const route = decideRoute({ ...full, ...change }, 'nta-or-tls', at);
      expect([0, 3]).toContain(rank[route.kind === 'open' ? route.way : route.kind]);
    }
  });

  test('a server proven by DANE must prove itself by DANE, never by name alone', () => {
    const route = decideRoute(facts({ nta: absent(), sts: sts('enforce'), mx: found([host(), host({ name: 'b.example', tlsa: absent() })]) }), 'nta-or-tls', at);
    expect(route.kind === 'open' && route.hosts.map(({ proof }) => proof.kind)).toEqual(['dane']);
  });

  test('what is kept of it is bounded', () => {
    const many = facts({ mx: found(Array.from({ length: 500 }, (_none, index) => host({ name: `mx${index}.gemeente.example` }))) });
    expect(routeEvidence(many, decideRoute(many, 'nta', at), null).mx?.names).toHaveLength(20);
  });
});

describe('TLSA records mail can be judged by', () => {
  test.each([
    ['DANE-EE and DANE-TA', [tlsa(3), tlsa(2)], 2],
    ['the usages of browsers', [tlsa(0), tlsa(1)], 0],
    ['a selector that does not exist', [tlsa(3, 2)], 0],
    ['a digest that does not exist', [tlsa(3, 1, 3)], 0],
    ['a digest of the wrong length', [tlsa(3, 1, 1, 'ab')], 0],
    ['a whole key', [tlsa(3, 1, 0, 'ab')], 1],
    ['nothing as a whole key', [tlsa(3, 1, 0, '')], 0],
    ['both digests: the stronger', [tlsa(3, 1, 1), tlsa(3, 1, 2)], 1],
    ['both digests of different selectors', [tlsa(3, 1, 1), tlsa(3, 0, 2)], 2],
  ])('%s', (_name, records, expected) => expect(usableTlsa(records)).toHaveLength(expected));
});

test.each([['mail.example', ['mail.example'], true], ['a.example.nl', ['*.example.nl'], true], ['a.b.example.nl', ['*.example.nl'], false], ['example.nl', ['*.example.nl'], false], ['mail.example', [], false]])(
  'an MTA-STS policy names %s by %j: %p', (name, patterns, expected) => expect(isNamed(name, patterns)).toBe(expected),
);
