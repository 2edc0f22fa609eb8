import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { encryptFor } from '../cms/enveloped.js';
import { signData } from '../cms/sign.js';
import { encodeBase64 } from '../mime/base64.js';
import type { KeyPair, Trust } from './identity.js';
import { openMail } from './inbound.js';
import { sealMail, type SealInput } from './outbound.js';
import { checkRecipient } from './recipient.js';

// The sample persons of RFC 9216 (Alice and Bob have RSA, Carlos and Dana Ed25519 and X25519 keys), read from outside the repository.
const vectors = process.env['KETENSLUIS_VECTORS'] ?? fileURLToPath(new URL('../../../../shared/vectors', import.meta.url));
const folder = join(vectors, 'rfc9216');
const hasVectors = existsSync(folder);
const withVectors = hasVectors ? describe : describe.skip;
if (!hasVectors) console.warn(`RFC 9216 samples are absent from ${folder}: mail was NOT tried with them`);

test('the RFC 9216 samples are there when the build demands it', () => {
  expect(hasVectors || process.env['CI'] !== 'true').toBe(true);
});

const certificate = (name: string): Uint8Array => new X509Certificate(readFileSync(join(folder, `${name}.crt`))).raw;
const pair = (name: string): KeyPair => ({
  certificate: certificate(name),
  privateKey: createPrivateKey(readFileSync(join(folder, `${name}.key`))),
  chain: [],
});

const at = new Date('2026-06-01T12:00:00Z');
const trust = (...roots: readonly string[]): Trust => ({
  anchors: roots.map((root) => ({ certificate: certificate(root), policies: null })),
  intermediates: [],
  crls: [],
  revocation: 'if-available',
});

const mailBetween = (from: string, to: string): SealInput => ({
  from: `${from}@smime.example`,
  to: `${to}@smime.example`,
  subject: 'Voorbeeld: één bijlage',
  messageId: `${from}-${to}@smime.example`,
  date: at,
  text: 'Zie de bijlage.',
  attachments: [{ name: 'bericht.xml', contentType: 'application/xml', content: Buffer.from('<bericht/>') }],
  signer: pair(`${from}-sign`),
  recipientCertificate: certificate(`${to}-encrypt`),
});

withVectors('the sample persons of RFC 9216 exchange mail', () => {
  const both = ['root-rsa', 'root-ed25519'] as const;
  const rows: readonly (readonly [string, string, string, string])[] = [
    ['alice', 'bob', 'rsa', 'oaep'],
    ['bob', 'alice', 'rsa', 'oaep'],
    ['carlos', 'dana', 'ed25519', 'x25519'],
    ['dana', 'carlos', 'ed25519', 'x25519'],
    ['alice', 'dana', 'rsa', 'x25519'],
    ['carlos', 'bob', 'ed25519', 'oaep'],
  ];
  test.each(rows)('%s to %s', (from, to, signature, keyTransport) => {
    const opened = openMail(sealMail(mailBetween(from, to)), { keys: [pair(`${to}-encrypt`)], trust: trust(...both), at });
    expect(opened).toMatchObject({
      kind: 'opened',
      from: `${from}@smime.example`,
      subject: 'Voorbeeld: één bijlage',
      messageId: `<${from}-${to}@smime.example>`,
      date: at,
      headerProtection: 'cipher',
      parts: [{ contentType: 'text/plain' }, { contentType: 'application/xml', name: 'bericht.xml' }],
    });
    if (opened.kind !== 'opened') return;
    expect(opened.algorithms.signature).toContain(signature);
    expect(opened.algorithms.keyTransport).toContain(keyTransport);
  });

  test('the example of RFC 9788 appendix C.3.1.2, signed and encrypted anew, shows its protected subject', () => {
    const fields = ['Subject: smime-signed-enc-hp-baseline', 'Message-ID: <smime-signed-enc-hp-baseline@example>', 'From: Alice <alice@smime.example>', 'To: Bob <bob@smime.example>'];
    const payload = [...fields, 'HP-Outer: Subject: [...]', ...fields.slice(1).map((field) => `HP-Outer: ${field}`), 'Content-Type: text/plain; charset="utf-8"; hp="cipher"', '', 'This is the', 'message.', ''].join('\r\n');
    const signed = signData({ content: Buffer.from(payload), detached: false, signer: pair('alice-sign'), at });
    const head = 'Content-Type: application/pkcs7-mime; name="smime.p7m"; smime-type=';
    const entity = Buffer.concat([Buffer.from(`${head}"signed-data"\r\nContent-Transfer-Encoding: base64\r\n\r\n`), encodeBase64(signed)]);
    const envelope = encryptFor({ content: entity, certificates: [certificate('alice-encrypt'), certificate('bob-encrypt')], cipher: 'aes256-cbc', keyTransport: 'rsaes-pkcs1' });
    const outer = `From: Alice <alice@smime.example>\r\nSubject: [...]\r\n${head}"enveloped-data"\r\nContent-Transfer-Encoding: base64\r\n\r\n`;
    expect(openMail(Buffer.concat([Buffer.from(outer), encodeBase64(envelope)]), { keys: [pair('bob-encrypt')], trust: trust('root-rsa'), at })).toMatchObject({
      kind: 'opened',
      subject: 'smime-signed-enc-hp-baseline',
      headerProtection: 'cipher',
      parts: [{ contentType: 'text/plain', content: Buffer.from('This is the\r\nmessage.\r\n') }],
    });
  });

  test('but not with who trusts another root', () => {
    const sealed = sealMail(mailBetween('alice', 'bob'));
    expect(openMail(sealed, { keys: [pair('bob-encrypt')], trust: trust('root-ed25519'), at })).toMatchObject({ code: 'unknown-signer' });
  });

  test('and only to certificates that receive', () => {
    const context = { trust: trust(...both), at };
    expect(checkRecipient(certificate('bob-encrypt'), { ...context, address: 'bob@smime.example' })).toEqual({ kind: 'usable' });
    expect(checkRecipient(certificate('dana-encrypt'), { ...context, address: 'dana@SMIME.example' })).toEqual({ kind: 'usable' });
    expect(checkRecipient(certificate('bob-sign'), { ...context, address: 'bob@smime.example' })).toMatchObject({ code: 'unusable-certificate' });
    expect(checkRecipient(certificate('dana-sign'), { ...context, address: 'dana@smime.example' })).toMatchObject({ code: 'unusable-certificate' });
    expect(checkRecipient(certificate('bob-encrypt'), { ...context, address: 'alice@smime.example' })).toMatchObject({ code: 'wrong-address' });
  });
});
