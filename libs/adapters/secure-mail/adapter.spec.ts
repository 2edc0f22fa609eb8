import { createHash, X509Certificate } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Answer } from 'dns-packet';
import { simpleParser } from 'mailparser';
import { findProof } from '@ketensluis/contract';
import type { DeliveryOutcome, OutgoingDisclosure, TlsSession } from '@ketensluis/flow';
import { dnsPeer, type DnsPeer, type DnsScript } from '../../../test/fixtures/dns-peer.js';
import { smtpPeer, type PeerScript, type SmtpPeer } from '../../../test/fixtures/smtp-peer.js';
import { tlsFixture, type TlsFixture } from '../../../test/fixtures/tls-certificates.js';
import { partyAdapterConformance, type PeerBehaviour } from '../conformance.js';
import { networksOf } from '../egress.js';
import type { RouteParts } from '../mail-route/carrier.js';
import { createResolver } from '../mail-route/resolver.js';
import type { SmtpLimits } from '../smtp/limits.js';
import { secureMailAdapter, type SecureMailOptions } from './adapter.js';

const tls = tlsFixture('mx.party.example');
const other = tlsFixture('mx.party.example');
const at = new Date('2026-11-22T09:00:00Z');
const domain = 'party.example';
const nta = 'v=NTA7516-1;startdate=2026-01;enddate=2027-12;provider=Voorbeeld';
const small: Partial<SmtpLimits> = { connectMs: 1_500, greetingMs: 1_500, silenceMs: 700, tryMaxMs: 1_500 };

const spkiSha256 = ({ cert }: TlsFixture): Buffer => createHash('sha256').update(new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })).digest();
const of = <Type extends Answer['type']>(name: string, type: Type, ...data: readonly unknown[]): DnsScript => ({ answers: data.map((one) => ({ name, type, data: one }) as Answer) });
const tlsaOf = (port: number, name: string, certificate: Buffer, usage = 3): Readonly<Record<string, DnsScript>> =>
  ({ [`_${port}._tcp.${name} TLSA`]: of(`_${port}._tcp.${name}`, 'TLSA', { usage, selector: 1, matchingType: 1, certificate }) });

const zoneOf = (port: number): Readonly<Record<string, DnsScript>> => ({
  'party.example TXT': of(domain, 'TXT', nta, 'v=spf1 mx -all'),
  'party.example MX': of(domain, 'MX', { preference: 10, exchange: 'mx.party.example' }),
  '_dmarc.party.example TXT': of(`_dmarc.${domain}`, 'TXT', 'v=DMARC1;p=reject'),
  'mx.party.example A': of('mx.party.example', 'A', '127.0.0.1'),
  ...tlsaOf(port, 'mx.party.example', spkiSha256(tls)),
});

async function channel(changes: Partial<SecureMailOptions> = {}, route: Partial<RouteParts> = {}) {
  const [peer, dns] = await Promise.all([smtpPeer(tls), dnsPeer()]);
  const sessions: TlsSession[] = [];
  dns.tell(zoneOf(peer.port));
  const parts: RouteParts = {
    resolve: createResolver({ address: '127.0.0.1', port: dns.port }, { datagramMs: 300, datagrams: 1, streamMs: 300 }),
    sts: { policies: { find: async () => null, save: async () => undefined }, fetch: async () => ({ kind: 'fetched', text: 'version: STSv1\nmode: enforce\nmx: mx.party.example\nmax_age: 86400\n' }) },
    allowed: networksOf(['127.0.0.0/8']), within: null, portOf: () => peer.port,
    sessions: { count: async (session) => void sessions.push(session), ofDay: async () => [] },
    ...route,
  };
  const adapter = secureMailAdapter({
    address: 'wth@party.example', floor: 'nta', from: 'hub@sluis.example', route: parts, letter: () => ({ subject: 'Verstrekking 2', body: 'Tekst' }), limits: small, ...changes,
  });
  return { peer, dns, adapter, sessions };
}

const scripts: Readonly<Record<Exclude<PeerBehaviour, 'gone'>, PeerScript>> = {
  take: {},
  later: { mail: '451 4.3.0 not now' },
  refuse: { rcpt: '550 5.1.1 <wth@party.example> unknown here' },
  'lose-answer': { dot: 'drop' },
  'lose-content': { dropAfterBytes: 1 },
  stall: { dot: '250-wait\r\n'.repeat(5).trimEnd(), trickleMs: 30 },
  unsafe: { startTls: '502 5.5.1 no such command' },
};

const unstuffed = (mail: string): Buffer => Buffer.from(mail.replace(/(^|\r\n)\./g, '$1'), 'latin1');

/** The files of a mail, as a mail program of somebody else reads them. */
async function filesOf(mail: string) {
  const { attachments, subject, text, headers } = await simpleParser(unstuffed(mail));
  return { subject, text, headers, files: attachments.map(({ filename, content, contentType }) => ({ name: filename ?? '', contentType, content })) };
}

partyAdapterConformance('secure-mail', async () => {
  const { peer, dns, adapter } = await channel();
  const parsed = new Map<string, Awaited<ReturnType<typeof filesOf>>['files']>();
  return {
    adapter: {
      ...adapter,
      // The reader is asynchronous and the conformance asks at once: what arrived is read before the try counts as ended.
      deliver: async (disclosure, when) => readAll(await adapter.deliver(disclosure, when)),
      prove: async (proof, when) => readAll(await adapter.prove(proof, when)),
    },
    boundMs: 5_000,
    behave: async (behaviour) => peer.play(behaviour === 'gone' ? { greeting: 'drop' } : scripts[behaviour]),
    received: () => peer.mails().map((mail) => /Message-ID: <(.*)@sluis\.example>/.exec(mail)?.[1] ?? 'none'),
    proofs: () => peer.mails().map((mail) => {
      const found = findProof(parsed.get(mail) ?? []);
      if (typeof found === 'string') throw new Error(`without ${found}`);
      return found;
    }),
    clear: peer.clear,
    open: peer.open,
    close: async () => void (await Promise.all([peer.close(), dns.close()])),
  };

  async function readAll(outcome: DeliveryOutcome): Promise<DeliveryOutcome> {
    for (const mail of peer.mails()) if (!parsed.has(mail)) parsed.set(mail, (await filesOf(mail)).files);
    return outcome;
  }
});

const disclosure: OutgoingDisclosure = {
  id: '018f2f6e-0000-7000-8000-000000000001', caseId: 'b51a4f6e-0000-4000-8000-000000000001', number: 2, messageType: 'huisverbod.opgelegd',
  document: Buffer.from('<verstrekking/>'), mediaType: 'application/xml',
  attachments: [{ name: 'besluit é.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF'), sha256: '' }],
  proof: { leaf: Buffer.from('{}'), opening: Buffer.from('{}'), proof: Buffer.from('bewijs') },
};

describe('mail that only its way protects', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  const open = async (...about: Parameters<typeof channel>) => {
    const opened = await channel(...about);
    closers.push(opened.adapter.close, opened.peer.close, opened.dns.close);
    return opened;
  };
  const tell = ({ dns, peer }: { readonly dns: DnsPeer; readonly peer: SmtpPeer }, zone: Readonly<Record<string, DnsScript>>) => dns.tell({ ...zoneOf(peer.port), ...zone });

  test('is read with any program: letter, document, files and proof', async () => {
    const { peer, adapter } = await open();
    expect((await adapter.deliver(disclosure, at)).kind).toBe('delivered');
    const { subject, text, files } = await filesOf(peer.mails()[0] ?? '');
    expect([subject, text?.trim(), files.map(({ name }) => name)]).toEqual(['Verstrekking 2', 'Tekst', ['verstrekking.xml', 'besluit é.pdf', 'bewijs.leaf.json', 'bewijs.opening.json', 'bewijs.tlog-proof']]);
    expect(Buffer.from(disclosure.document).equals(files[0]?.content ?? Buffer.of())).toBe(true);
  });

  test('keeps what its way was chosen by', async () => {
    const { adapter, peer, sessions } = await open();
    const outcome = await adapter.deliver(disclosure, at);
    const record = `3 1 1 ${spkiSha256(tls).toString('hex')}`;
    expect(outcome).toMatchObject({
      receipt: {
        code: 250,
        evidence: {
          host: 'mx.party.example', port: peer.port, remoteAddress: '127.0.0.1', tls: { version: 'TLSv1.3', peerCertificateSha256: new X509Certificate(tls.cert).fingerprint256.replaceAll(':', '').toLowerCase() }, reply: '250 2.0.0 taken',
          route: { way: 'nta-direct', domain, nta: { text: nta, secure: true }, mx: { names: ['mx.party.example'], secure: true }, tlsa: { name: 'mx.party.example', records: [record], secure: true }, matched: record, spf: true, dmarc: 'reject', sts: null },
        },
      },
    });
    expect(sessions).toEqual([{ at, domain, policyType: 'tlsa', policyText: [record], result: null, server: 'mx.party.example', address: '127.0.0.1' }]);
    await adapter.deliver(disclosure, at);
    expect(sessions).toHaveLength(1); // the same session carried both
  });

  const rows: readonly (readonly [string, Readonly<Record<string, DnsScript>>, object])[] = [
    ['an NTA record with a broken signature', { 'party.example TXT': { rcode: 2 } }, { kind: 'deferred', cause: 'route-unknown', text: 'no safe route: nta-unknown' }],
    ['silence of the resolver', { 'party.example MX': { behave: 'silence' } }, { kind: 'deferred', cause: 'route-unknown' }],
    ['no NTA record', { 'party.example TXT': of(domain, 'TXT', 'v=spf1 -all') }, { kind: 'unusable', code: 'no-safe-route', detail: 'no safe route: nta-absent, tls-not-allowed' }],
    ['a server without DNSSEC', { 'mx.party.example A': { ...of('mx.party.example', 'A', '127.0.0.1'), secure: false } }, { kind: 'unusable', code: 'no-safe-route' }],
    ['a server at an address of its own network only', { 'mx.party.example A': of('mx.party.example', 'A', '10.0.0.1') }, { kind: 'unusable', detail: 'no safe route: dane-incomplete, address-not-allowed, tls-not-allowed' }],
  ];
  test.each(rows)('goes nowhere with %s, and nobody is called', async (_name, zone, expected) => {
    const opened = await open();
    tell(opened, zone);
    expect(await opened.adapter.deliver(disclosure, at)).toMatchObject({ ...expected, evidence: { tls: null, route: { domain } } });
    expect(opened.peer.connections()).toBe(0);
  });

  test('goes nowhere without a resolver', async () => {
    const { adapter, peer } = await open({}, { resolve: null });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'no-safe-route', detail: 'no safe route: no-resolver' });
    expect(peer.connections()).toBe(0);
  });

  test('a server with another key than its TLSA record gets nothing of the mail', async () => {
    const { peer, adapter, sessions } = await open();
    peer.play({ tls: other });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'tlsa-invalid', evidence: { tls: null, route: { matched: null } } });
    expect(peer.mails()).toEqual([]);
    expect(sessions).toMatchObject([{ result: 'tlsa-invalid', server: 'mx.party.example' }]);
  });

  test('a kept connection is not used any more when the TLSA record changed', async () => {
    const opened = await open();
    expect((await opened.adapter.deliver(disclosure, at)).kind).toBe('delivered');
    tell(opened, tlsaOf(opened.peer.port, 'mx.party.example', spkiSha256(other)));
    expect(await opened.adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'tlsa-invalid' });
  });

  test('the next server is taken when the first is down, proves nothing or cannot be looked up', async () => {
    const opened = await open();
    const down = '127.0.0.9';
    const two = { 'party.example MX': of(domain, 'MX', { preference: 5, exchange: 'first.party.example' }, { preference: 10, exchange: 'mx.party.example' }), 'first.party.example A': of('first.party.example', 'A', down) };
    tell(opened, { ...two, ...tlsaOf(opened.peer.port, 'first.party.example', spkiSha256(tls)) });
    expect(await opened.adapter.deliver(disclosure, at)).toMatchObject({ kind: 'delivered', receipt: { evidence: { host: 'mx.party.example' } } });
    tell(opened, { ...two, 'first.party.example A': of('first.party.example', 'A', '127.0.0.1'), ...tlsaOf(opened.peer.port, 'first.party.example', spkiSha256(other)) });
    expect(await opened.adapter.deliver(disclosure, at)).toMatchObject({ kind: 'delivered', receipt: { evidence: { host: 'mx.party.example' } } });
    tell(opened, { ...two, [`_${opened.peer.port}._tcp.first.party.example TLSA`]: { rcode: 2 } });
    expect(await opened.adapter.deliver(disclosure, at)).toMatchObject({ kind: 'delivered', receipt: { evidence: { route: { reasons: ['nta-proven', 'dane-partial'] } } } });
  });

  test('a refusal of the first server is final: the next is not asked', async () => {
    const opened = await open();
    tell(opened, { 'mx.party.example A': of('mx.party.example', 'A', '127.0.0.1', '127.0.0.9') });
    opened.peer.play({ rcpt: '550 5.1.1 unknown' });
    expect(await opened.adapter.deliver(disclosure, at)).toMatchObject({ kind: 'rejected', code: 550 });
    expect(opened.peer.connections()).toBe(1);
  });

  test('enforced TLS is a way only where channel and rule say so, and then by name and CA', async () => {
    const zone = (port: number): Readonly<Record<string, DnsScript>> => ({ 'party.example TXT': {}, [`_${port}._tcp.mx.party.example TLSA`]: {}, '_mta-sts.party.example TXT': of(`_mta-sts.${domain}`, 'TXT', 'v=STSv1; id=1;') });
    for (const [floor, mayGoByTls, ca, expected] of [
      ['nta', true, tls.ca, { kind: 'unusable', code: 'no-safe-route' }],
      ['nta-or-tls', false, tls.ca, { kind: 'unusable', code: 'no-safe-route' }],
      ['nta-or-tls', undefined, tls.ca, { kind: 'unusable', code: 'no-safe-route' }],
      ['nta-or-tls', true, tls.ca, { kind: 'delivered', receipt: { evidence: { route: { way: 'tls-enforced', matched: 'name and CA', sts: { id: '1', mode: 'enforce' } } } } }],
      ['nta-or-tls', true, other.ca, { kind: 'unusable', code: 'certificate-not-trusted' }],
    ] as const) {
      const opened = await open({ floor }, { ca });
      tell(opened, zone(opened.peer.port));
      expect(await opened.adapter.deliver({ ...disclosure, ...(mayGoByTls === undefined ? {} : { mayGoByTls }) }, at)).toMatchObject(expected);
      if (floor === 'nta-or-tls' && mayGoByTls === true) expect(opened.sessions).toMatchObject([{ policyType: 'sts', policyText: ['version: STSv1', 'mode: enforce', 'mx: mx.party.example', 'max_age: 86400'] }]);
    }
  });

  test('is signed as mail of our domain where there is a key', async () => {
    const { adapter, peer } = await open({ sign: async (raw) => Buffer.concat([Buffer.from('DKIM-Signature: v=1\r\n'), raw]) });
    await adapter.deliver(disclosure, at);
    expect(peer.mails()[0]).toMatch(/^DKIM-Signature/);
  });
});
