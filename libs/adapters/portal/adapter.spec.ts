import { describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import type { DeliveryOutcome, OutgoingDisclosure, PartyAdapter } from '@ketensluis/flow';
import { dnsPeer } from '../../../test/fixtures/dns-peer.js';
import { smtpPeer, type PeerScript } from '../../../test/fixtures/smtp-peer.js';
import { tlsFixture } from '../../../test/fixtures/tls-certificates.js';
import { partyAdapterConformance, type PeerBehaviour } from '../conformance.js';
import { networksOf } from '../egress.js';
import { createResolver } from '../mail-route/resolver.js';
import type { SmtpLimits } from '../smtp/limits.js';
import { portalAdapter, type PortalOptions } from './adapter.js';
import { orPortal } from './or-portal.js';

const tls = tlsFixture('mx.party.example');
const at = new Date('2026-11-22T09:00:00Z');
const small: Partial<SmtpLimits> = { connectMs: 1_500, greetingMs: 1_500, silenceMs: 700, tryMaxMs: 1_500 };

const toward = (target: PortalOptions['target']): PartyAdapter =>
  portalAdapter({ address: 'balie@party.example', target, from: 'hub@sluis.example', consoleUrl: 'https://console.sluis.example', limits: small });

async function channel() {
  const peer = await smtpPeer(tls);
  return { peer, adapter: toward({ host: '127.0.0.1', port: peer.port, servername: 'mx.party.example', tlsCa: tls.ca }) };
}

const scripts: Readonly<Record<Exclude<PeerBehaviour, 'gone'>, PeerScript>> = {
  take: {}, later: { mail: '451 4.3.0 not now' }, refuse: { rcpt: '550 5.1.1 <balie@party.example> unknown here' }, 'lose-answer': { dot: 'drop' }, 'lose-content': { dropAfterBytes: 1 },
  stall: { dot: '250-wait\r\n'.repeat(5).trimEnd(), trickleMs: 30 }, unsafe: { startTls: '502 5.5.1 no such command' },
};

partyAdapterConformance('portal', async () => {
  const { peer, adapter } = await channel();
  return {
    adapter, boundMs: 5_000,
    behave: async (behaviour) => peer.play(behaviour === 'gone' ? { greeting: 'drop' } : scripts[behaviour]),
    received: () => peer.mails().map((mail) => /Message-ID: <(.*)@sluis\.example>/.exec(mail)?.[1] ?? 'none'),
    // No mail of this channel has a file in it, and so no proof.
    proofs: () => peer.mails().filter((mail) => /attachment|filename/i.test(mail)).map(() => ({ leaf: new Uint8Array(), opening: new Uint8Array(), proof: new Uint8Array() })),
    clear: peer.clear, open: peer.open, close: peer.close,
  };
}, 'announced');

const secrets = ['Geheimwoord', 'WV-2026-0007', 'huisverbod', '9901'];
const disclosure: OutgoingDisclosure = {
  id: '018f2f6e-0000-7000-8000-000000000001', caseId: 'b51a4f6e-0000-4000-8000-000000000001', number: 2, messageType: 'huisverbod.opgelegd', mediaType: 'application/xml',
  document: Buffer.from('<verstrekking>Geheimwoord WV-2026-0007</verstrekking>'), attachments: [{ name: 'huisverbod 9901.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF Geheimwoord'), sha256: '' }],
  proof: { leaf: Buffer.from('{"case":"WV-2026-0007"}'), opening: Buffer.from('{}'), proof: Buffer.from('bewijs') },
};

describe('word that something waits at the console', () => {
  test('says where to sign in, Dutch first, and nothing of what waits, not even its kind', async () => {
    const { peer, adapter } = await channel();
    await adapter.deliver(disclosure, at);
    await adapter.prove({ id: disclosure.id, caseId: disclosure.caseId, number: 2, proof: disclosure.proof }, at);
    const read = await simpleParser(peer.mails()[0] ?? '');
    expect(read.subject).toBe('Nieuw bericht in Ketensluis');
    expect(read.headers.get('auto-submitted')).toBe('auto-generated');
    expect(read.text).toMatch(/^Er staat een bericht voor uw organisatie klaar in Ketensluis\.\nMeld u aan om het te openen: https:\/\/console\.sluis\.example\/\n[^]*\n--\nThere is a message for your organisation/);
    expect(read.attachments).toEqual([]);
    for (const mail of peer.mails()) expect(secrets.filter((one) => mail.includes(one) || mail.includes(Buffer.from(one).toString('base64').slice(0, -4)))).toEqual([]);
    await adapter.close();
    await peer.close();
  });

  test('goes to the servers a domain publishes, which must show their name; without a resolver it goes nowhere', async () => {
    const [peer, dns] = await Promise.all([smtpPeer(tls), dnsPeer()]);
    dns.tell({
      'party.example MX': { answers: [{ name: 'party.example', type: 'MX', data: { preference: 10, exchange: 'mx.party.example' } }] },
      'mx.party.example A': { answers: [{ name: 'mx.party.example', type: 'A', data: '127.0.0.1' }] },
    });
    const parts = {
      resolve: createResolver({ address: '127.0.0.1', port: dns.port }, { datagramMs: 300, datagrams: 1, streamMs: 300 }), within: null, allowed: networksOf(['127.0.0.0/8']), portOf: () => peer.port, ca: tls.ca,
      sts: { policies: { find: async () => null, save: async () => undefined }, fetch: async () => ({ kind: 'failed', code: 'sts-policy-fetch-error', cause: 'none' } as const) },
      sessions: { count: async () => undefined, ofDay: async () => [] },
    };
    const looked = toward({ route: parts });
    expect(await looked.deliver(disclosure, at)).toMatchObject({ kind: 'announced', receipt: { code: 250, evidence: { route: { way: 'notice', matched: 'name and CA' } } } });
    const other = toward({ route: { ...parts, ca: tlsFixture('mx.party.example').ca } });
    expect(await other.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'certificate-not-trusted' });
    const blind = toward({ route: { ...parts, resolve: null } });
    expect(await blind.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'no-safe-route', detail: 'no safe route: no-resolver' });
    expect(peer.mails()).toHaveLength(1);
    await Promise.all([looked.close(), other.close(), blind.close(), peer.close(), dns.close()]);
  });
});

describe('mail with a portal behind it', () => {
  const evidence = { host: 'party.example', port: 25, remoteAddress: null, tls: null, reply: null, startedAt: at, durationMs: 1, route: { way: 'closed', reasons: ['nta-absent', 'tls-not-allowed'], domain: 'party.example' } } as const;
  const ending = (outcome: unknown): PartyAdapter => ({ deliver: async () => outcome as DeliveryOutcome, prove: async () => outcome as DeliveryOutcome, close: async () => undefined });
  const toPortal: readonly unknown[] = [{ kind: 'unusable', code: 'no-certificate', detail: '', evidence: null }, { kind: 'unusable', code: 'no-safe-route', detail: '', evidence }];
  const notToPortal: readonly unknown[] = [
    { kind: 'unusable', code: 'certificate-unusable', detail: 'expired', evidence: null }, { kind: 'unusable', code: 'tlsa-invalid', detail: '', evidence },
    { kind: 'deferred', cause: 'route-unknown', code: null, text: '', evidence }, { kind: 'deferred', cause: 'revocation-unknown', code: null, text: '', evidence },
    { kind: 'rejected', code: 550, text: '', evidence }, { kind: 'unknown', cause: 'timeout', text: '', evidence },
  ];

  test.each(toPortal)('a party without a way of mail hears that something waits: %j', async (outcome) => {
    const { peer, adapter } = await channel();
    const both = orPortal(ending(outcome), adapter);
    const told = await both.deliver(disclosure, at);
    expect(told).toMatchObject({ kind: 'announced', receipt: { code: 250 } });
    // By which facts there was no way stays with the try (standards: the inputs of the decision).
    const { evidence: because } = outcome as { readonly evidence: typeof evidence | null };
    expect(told.kind === 'announced' ? told.receipt?.evidence.route : null).toEqual(because?.route);
    expect((await both.prove({ id: disclosure.id, caseId: disclosure.caseId, number: 2, proof: disclosure.proof }, at)).kind).toBe('announced');
    await both.close();
    await peer.close();
  });

  test.each(notToPortal)('what may pass, and what somebody must look at, is not turned into word of it: %j', async (outcome) => {
    const { peer, adapter } = await channel();
    const both = orPortal(ending(outcome), adapter);
    expect(await both.deliver(disclosure, at)).toBe(outcome);
    expect(await both.prove({ id: disclosure.id, caseId: disclosure.caseId, number: 2, proof: disclosure.proof }, at)).toBe(outcome);
    expect(peer.connections()).toBe(0);
    await both.close();
    await peer.close();
  });
});
