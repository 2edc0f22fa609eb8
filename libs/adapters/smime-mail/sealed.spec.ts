import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import { findProof, readMessage, writeDisclosure } from '@ketensluis/contract';
import { categories } from '@ketensluis/domain';
import type { OutgoingDisclosure } from '@ketensluis/flow';
import { checkRecipient, issueCertificate, openMail, sealMail, type KeyPair, type Trust } from '@ketensluis/mail';
import { smtpPeer, type SmtpPeer } from '../../../test/fixtures/smtp-peer.js';
import { tlsFixture } from '../../../test/fixtures/tls-certificates.js';
import { smimeMailAdapter } from './adapter.js';

// The whole way with nothing standing in: sealed by libs/mail, sent over TLS, opened with the key of the party.

const tls = tlsFixture('mail.party.example');
const at = new Date('2026-03-02T09:00:00Z');
const emailProtection = '1.3.6.1.5.5.7.3.4';
let serial = 1n;

interface Holder {
  readonly certificate: Uint8Array;
  readonly privateKey: KeyObject;
}

const root = issue('Oefenwortel', null, { authority: { pathLength: null }, keyUsage: ['keyCertSign', 'cRLSign'] });
const hub = pair('hub@sluis.example', ['digitalSignature']);
const party = pair('wth@party.example', ['keyAgreement']);
const trust: Trust = { anchors: [{ certificate: root.certificate, policies: null }], intermediates: [], crls: [], revocation: 'if-available' };

function issue(commonName: string, issuer: Holder | null, extensions: Parameters<typeof issueCertificate>[0]['extensions'], notAfter = new Date('2027-01-01T00:00:00Z')): Holder {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  serial += 1n;
  const certificate = issueCertificate({ subject: { commonName }, issuer: issuer ?? { certificate: null, privateKey }, publicKey, serial, notBefore: new Date('2026-01-01T00:00:00Z'), notAfter, extensions });
  return { certificate, privateKey };
}

function pair(address: string, keyUsage: readonly ('digitalSignature' | 'keyAgreement')[], notAfter?: Date): KeyPair {
  return { ...issue(address, root, { keyUsage, extendedKeyUsage: [emailProtection], emails: [address] }, notAfter), chain: [] };
}

const peers: SmtpPeer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.close()));
});

async function channel(recipient: KeyPair) {
  const peer = await smtpPeer(tls);
  peers.push(peer);
  const adapter = smimeMailAdapter({
    target: { address: 'wth@party.example', host: '127.0.0.1', port: peer.port, servername: 'mail.party.example', tlsCa: tls.ca, encryptionCertificate: recipient.certificate },
    from: 'hub@sluis.example',
    signer: hub,
    seal: async (input) => sealMail(input),
    checkRecipient: (certificate, context) => checkRecipient(certificate, { trust, ...context }),
  });
  return { peer, adapter };
}


const read = readMessage(readFileSync(new URL('../../../test/fixtures/messages/huisverbod.opgelegd.json', import.meta.url)), 'application/json');
if (read.kind === 'refused') throw new Error(read.detail);
const document = writeDisclosure(
  {
    ...read.message,
    receivedAt: at,
    recipient: { oin: '00000001999030003000', role: 'INST' },
    event: null, endsAt: null,
    ground: { rule: 'WTH-08', article: 'Wth art. 2(8)', authority: 'law', mode: 'mandatory', agreement: null, senderAgreement: null, setting: null, categories },
    omitted: [],
  },
  'application/xml',
);

const disclosure: OutgoingDisclosure = {
  id: '018f2f6e-0000-7000-8000-000000000001',
  caseId: 'b51a4f6e-0000-4000-8000-000000000001',
  number: 1,
  messageType: 'huisverbod.opgelegd',
  document,
  mediaType: 'application/xml',
  attachments: [{ name: 'besluit.pdf', contentType: 'application/pdf', content: Buffer.from(Array.from({ length: 100_000 }, (_none, index) => (index * 31) % 256)), sha256: '' }],
  proof: { leaf: Buffer.from('{"v":1}'), opening: Buffer.from('{"label":"payload"}'), proof: Buffer.from('c2sp.org/tlog-proof@v1\nindex 0\n\nhub.example/log\n') },
};

const sha256 = (bytes: Uint8Array | undefined) => createHash('sha256').update(bytes ?? '').digest('hex');

describe('a sealed disclosure', () => {
  test('reaches the party byte for byte, proven to come from the hub, twice under one Message-ID', async () => {
    const { peer, adapter } = await channel(party);
    expect((await adapter.deliver(disclosure, at)).kind).toBe('delivered');
    expect((await adapter.deliver(disclosure, at)).kind).toBe('delivered');
    await adapter.close();
    expect(peer.mails()).toHaveLength(2);
    for (const content of peer.mails()) {
      const opened = openMail(Buffer.from(content.replace(/(^|\r\n)\./g, '$1'), 'latin1'), { keys: [party], trust, at });
      if (opened.kind === 'refused') throw new Error(`${opened.code}: ${opened.detail}`);
      expect(opened).toMatchObject({ from: 'hub@sluis.example', subject: 'Verstrekking 1 in zaak 9901/HV-2026-0001', headerProtection: 'cipher' });
      expect(opened.messageId).toContain('018f2f6e-0000-7000-8000-000000000001@sluis.example');
      expect(opened.signer.sha256).toBe(sha256(hub.certificate));
      const [text, document, attachment] = opened.parts;
      expect(Buffer.from(text?.content ?? '').toString()).toContain('Huisverbod opgelegd\r\n  Zaak: HV-2026-0001');
      expect(document?.name).toBe('verstrekking.xml');
      expect(sha256(document?.content)).toBe(sha256(disclosure.document));
      expect(attachment?.name).toBe('besluit.pdf');
      expect(sha256(attachment?.content)).toBe(sha256(disclosure.attachments[0]?.content));
      expect(findProof(opened.parts)).toEqual(disclosure.proof);
    }
  });

  test('shows nothing on the outside but addresses, date and the id', async () => {
    const { peer, adapter } = await channel(party);
    await adapter.deliver(disclosure, at);
    await adapter.close();
    const head = peer.mails()[0]?.split('\r\n\r\n')[0] ?? '';
    expect(head).toContain('Subject: [...]');
    expect(peer.mails()[0]).not.toMatch(/Huisverbod|besluit/);
    // Four digits stand somewhere in sealed bytes by chance, once in a thousand mails.
    expect(head).not.toContain('9901');
  });

  test.each([
    ['expired', pair('wth@party.example', ['keyAgreement'], new Date('2026-02-01T00:00:00Z'))],
    ['of somebody else', pair('iemand@party.example', ['keyAgreement'])],
    ['meant for signing only', pair('wth@party.example', ['digitalSignature'])],
  ])('is held when the certificate is %s', async (_name, recipient) => {
    const { peer, adapter } = await channel(recipient);
    expect(await adapter.deliver(disclosure, at)).toMatchObject({ kind: 'unusable', code: 'certificate-unusable', evidence: null });
    expect(peer.connections()).toBe(0);
    await adapter.close();
  });
});
