import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, test } from '@jest/globals';
import { findProof } from '@ketensluis/contract';
import type { OutgoingDisclosure } from '@ketensluis/flow';
import type { SealInput } from '@ketensluis/mail';
import { smtpPeer, type PeerScript } from '../../../test/fixtures/smtp-peer.js';
import { tlsFixture } from '../../../test/fixtures/tls-certificates.js';
import { partyAdapterConformance, type PeerBehaviour } from '../conformance.js';
import { smimeMailAdapter, type SmimeMailOptions } from './adapter.js';
import type { SmtpLimits } from '../smtp/limits.js';

const tls = tlsFixture('mail.party.example');
const expired = tlsFixture('mail.party.example', -1);
const otherHost = tlsFixture('mail.other.example');
const at = new Date('2026-03-02T09:00:00Z');
const signer = { certificate: new Uint8Array(), privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, chain: [] };

/** What the party finds in the mails that were sealed for it, in order; it alone can read them. */
const sealed: SealInput[] = [];

/** Stands in for sealing, so that only the transport is under test: a mail of which nothing can be read, as large as what went in. */
const seal = async (input: SealInput): Promise<Uint8Array> => {
  sealed.push(input);
  const head = `From: ${input.from}\r\nTo: ${input.to}\r\nMessage-ID: ${input.messageId}\r\nSubject: [...]\r\n\r\n.\r\n..\r\n`;
  const lines = input.attachments.reduce((sum, one) => sum + Math.ceil(one.content.length / 54), 0);
  return Buffer.from(head + `${'AAAA'.repeat(18)}\r\n`.repeat(lines));
};

const small: Partial<SmtpLimits> = { connectMs: 1_500, greetingMs: 1_500, silenceMs: 700, tryMaxMs: 1_500 };

async function channel(changes: Partial<SmimeMailOptions> = {}, port?: number) {
  const peer = await smtpPeer(tls);
  const adapter = smimeMailAdapter({
    target: { address: 'wth@party.example', host: '127.0.0.1', port: port ?? peer.port, servername: 'mail.party.example', tlsCa: tls.ca, encryptionCertificate: new Uint8Array([1]) },
    from: 'hub@sluis.example',
    signer,
    seal,
    checkRecipient: () => ({ kind: 'usable' }),
    letter: () => ({ subject: 'Verstrekking 2', body: 'Tekst' }),
    limits: small,
    ...changes,
  });
  return { peer, adapter };
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

partyAdapterConformance('smime-mail', async () => {
  sealed.length = 0;
  const { peer, adapter } = await channel();
  return {
    adapter,
    boundMs: 5_000,
    behave: async (behaviour) => peer.play(behaviour === 'gone' ? { greeting: 'drop' } : scripts[behaviour]),
    received: () => peer.mails().map((mail) => /Message-ID: <(.*)@sluis\.example>/.exec(mail)?.[1] ?? 'none'),
    proofs: () => peer.mails().map((_mail, place) => {
      const found = findProof(sealed[place]?.attachments ?? []);
      if (typeof found === 'string') throw new Error(`without ${found}`);
      return found;
    }),
    clear: peer.clear,
    open: peer.open,
    close: peer.close,
  };
});

const disclosure: OutgoingDisclosure = {
  id: '018f2f6e-0000-7000-8000-000000000001',
  caseId: 'b51a4f6e-0000-4000-8000-000000000001',
  number: 2,
  messageType: 'huisverbod.opgelegd',
  document: Buffer.from('<verstrekking/>'),
  mediaType: 'application/xml',
  attachments: [{ name: 'besluit.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF'), sha256: '' }],
  proof: { leaf: Buffer.from('{}'), opening: Buffer.from('{}'), proof: Buffer.from('bewijs') },
};

describe('what an answer of the mail server means', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });
  const open = async (changes: Partial<SmimeMailOptions> = {}, port?: number) => {
    const opened = await channel(changes, port);
    closers.push(opened.adapter.close, opened.peer.close);
    return opened;
  };

  const rows: readonly (readonly [string, PeerScript, object])[] = [
    ['4xx to the greeting', { greeting: '421 4.3.2 busy' }, { kind: 'deferred', cause: 'peer-busy', code: 421 }],
    ['5xx to the greeting is about the server, not the mail', { greeting: '554 5.3.2 no service' }, { kind: 'deferred', cause: 'peer-busy', code: 554 }],
    ['silence instead of a greeting', { greeting: 'silence' }, { kind: 'deferred', cause: 'timeout', code: null }],
    ['5xx to EHLO', { ehlo: '550 5.7.1 go away' }, { kind: 'deferred', code: 550 }],
    ['4xx to STARTTLS', { startTls: '454 4.7.0 no TLS now' }, { kind: 'deferred', cause: 'peer-busy', code: 454 }],
    ['no STARTTLS', { startTls: '500 5.5.1 what', ehlo: '250 peer.example' }, { kind: 'unusable', code: 'starttls-not-supported' }],
    ['a TLS certificate of a CA we do not trust', { tls: otherHost }, { kind: 'unusable', code: 'certificate-not-trusted' }],
    ['TLS below the floor', { tlsMaxVersion: 'TLSv1.1' }, { kind: 'unusable', code: 'validation-failure' }],
    ['4xx to MAIL', { mail: '452 4.3.1 full' }, { kind: 'deferred', cause: 'peer-busy', code: 452 }],
    ['5xx to MAIL', { mail: '550 5.7.1 no' }, { kind: 'rejected', code: 550, text: '5.7.1 no' }],
    ['4xx to RCPT', { rcpt: '450 4.2.0 greylisted' }, { kind: 'deferred', code: 450 }],
    ['5xx to RCPT, without the address in our records', { rcpt: '550 5.1.1 <wth@party.example> unknown' }, { kind: 'rejected', code: 550, text: '5.1.1 <(address)> unknown' }],
    ['503: the order of commands, not the mail', { mail: '503 5.5.1 order' }, { kind: 'deferred', cause: 'protocol-error', code: 503 }],
    ['4xx to DATA', { data: '451 4.3.0 later' }, { kind: 'deferred', code: 451 }],
    ['5xx to DATA', { data: '554 5.6.0 no' }, { kind: 'rejected', code: 554 }],
    ['silence after RCPT', { rcpt: 'silence' }, { kind: 'deferred', cause: 'timeout', code: null }],
    ['connection lost at DATA', { data: 'drop' }, { kind: 'deferred', cause: 'connection-lost', code: null }],
    ['4xx after the final dot', { dot: '451 4.3.0 not stored' }, { kind: 'deferred', cause: 'peer-busy', code: 451 }],
    ['5xx after the final dot', { dot: '554 5.7.1 refused' }, { kind: 'rejected', code: 554 }],
    ['connection lost after the final dot', { dot: 'drop' }, { kind: 'unknown', cause: 'connection-lost' }],
    ['silence after the final dot', { dot: 'silence' }, { kind: 'unknown', cause: 'timeout' }],
    ['a yes with control characters', { dot: '250 2.0.0 ok \u001b[31m id=7' }, { kind: 'delivered', receipt: { code: 250, text: '2.0.0 ok [31m id=7' } }],
  ];
  test.each(rows)('%s', async (_name, script, expected) => {
    const { peer, adapter } = await open();
    peer.play(script);
    expect(await adapter.deliver(disclosure, at)).toMatchObject(expected);
  });

  test('an expired certificate of a CA we trust, and one for another name, each say so', async () => {
    for (const [fixture, servername, code] of [[expired, 'mail.party.example', 'certificate-expired'], [otherHost, 'mail.party.example', 'certificate-host-mismatch']] as const) {
      const peer = await smtpPeer(fixture);
      const { adapter } = await open({ target: { address: 'wth@party.example', host: '127.0.0.1', port: peer.port, servername, tlsCa: fixture.ca, encryptionCertificate: new Uint8Array([1]) } });
      expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code });
      expect(peer.mails()).toEqual([]);
      await peer.close();
    }
  });

  test('nobody listens', async () => {
    const gone = await smtpPeer(tls);
    await gone.close();
    const { adapter } = await open({}, gone.port);
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'deferred', cause: 'connection-refused', code: null, evidence: { tls: null } });
  });

  test('a yes before the content came is no yes', async () => {
    const { peer, adapter } = await open({ seal: async () => Buffer.alloc(8 * 1024 * 1024, 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n') });
    peer.play({ early: '250 2.0.0 taken' });
    expect((await adapter.deliver(disclosure, at)).kind).not.toBe('delivered');
  });

  test('a mail larger than the peer announces is refused without sending it', async () => {
    const { peer, adapter } = await open({ seal: async () => Buffer.alloc(50_000_001, 'A') });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'rejected', code: 552 });
    expect(peer.mails()).toEqual([]);
  });

  test('the content arrives unchanged, dots included', async () => {
    const { peer, adapter } = await open();
    await adapter.deliver(disclosure, at);
    expect(peer.mails()[0]).toContain('\r\n\r\n..\r\n...\r\nAAAA');
    expect(peer.mails()[0]).toContain('Message-ID: <018f2f6e-0000-7000-8000-000000000001@sluis.example>');
  });

  test('what is sealed is the document, its attachments and last the proof, dated and signed for this try', async () => {
    const inputs: SealInput[] = [];
    const { adapter } = await open({ seal: (input) => (inputs.push(input), seal(input)) });
    await adapter.deliver(disclosure, at);
    expect(inputs[0]).toMatchObject({ to: 'wth@party.example', from: 'hub@sluis.example', date: at, subject: 'Verstrekking 2', text: 'Tekst' });
    expect(inputs[0]?.attachments.map((one) => one.name)).toEqual(['verstrekking.xml', 'besluit.pdf', 'bewijs.leaf.json', 'bewijs.opening.json', 'bewijs.tlog-proof']);
    expect(inputs[0]?.attachments[0]?.content).toBe(disclosure.document);
  });

  test('without a usable certificate nothing is sealed and nobody is called (I12)', async () => {
    const { peer, adapter } = await open({ checkRecipient: () => ({ kind: 'refused', code: 'unusable-certificate', public: 'no', detail: 'expired' }) });
    expect(await adapter.deliver(disclosure, at)).toEqual({ kind: 'unusable', code: 'certificate-unusable', detail: 'unusable-certificate: expired', evidence: null });
    expect(peer.connections()).toBe(0);
  });

  test('a party without a certificate is held', async () => {
    const { adapter } = await open({ target: { address: 'wth@party.example', host: '127.0.0.1', port: 1, encryptionCertificate: null } });
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'no-certificate' });
  });
});

describe('the connections', () => {
  test('are kept and used again', async () => {
    const { peer, adapter } = await channel();
    for (let count = 0; count < 5; count += 1) expect((await adapter.deliver(disclosure, at)).kind).toBe('delivered');
    expect(peer.connections()).toBe(1);
    await adapter.close();
    await peer.close();
  });

  test('are replaced after so many mails, and never more than allowed at once', async () => {
    const { peer, adapter } = await channel({ limits: { ...small, mailsPerConnectionMax: 2, connectionsMax: 2 } });
    await Promise.all(Array.from({ length: 8 }, () => adapter.deliver(disclosure, at)));
    expect(peer.connections()).toBeGreaterThanOrEqual(4);
    expect(peer.mails()).toHaveLength(8);
    await adapter.close();
    await peer.close();
  });

  test('a kept connection that the peer closed costs no delivery', async () => {
    const { peer, adapter } = await channel();
    peer.play({ onceOnly: true });
    for (let count = 0; count < 3; count += 1) {
      expect((await adapter.deliver(disclosure, at)).kind).toBe('delivered');
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(peer.mails()).toHaveLength(3);
    await adapter.close();
    await peer.close();
  });

  test('are closed by us when unused', async () => {
    const { peer, adapter } = await channel({ limits: { ...small, idleMs: 100 } });
    await adapter.deliver(disclosure, at);
    expect(peer.connections()).toBe(1);
    while (peer.open() > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(peer.open()).toBe(0);
    await adapter.close();
    await peer.close();
  });
});
