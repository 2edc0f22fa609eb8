import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { readEntity, type Entity } from '../mime/parse.js';
import { party, practiceTrust, rootCertificate, sampleMail, type Correspondent, type PartyKind } from './fuzz/correspondents.js';
import type { KeyPair } from './identity.js';
import { openMail } from './inbound.js';
import { binaryInsideFromBytes, sealMail } from './outbound.js';

// Whole mails against the `openssl cms` command, in both directions.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? describe : describe.skip;
if (!hasOpenssl) console.warn('openssl is not on PATH: mail was NOT exchanged with an outside implementation');

test('the outside oracle is there when the build demands it', () => {
  expect(hasOpenssl || process.env['CI'] !== 'true').toBe(true);
});

const folder = mkdtempSync(join(tmpdir(), 'mail-oracle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
const pem = (der: Uint8Array): string => new X509Certificate(der).toString();

const keep = (name: string, pair: KeyPair): void => {
  writeFileSync(file(`${name}.crt`), pem(pair.certificate));
  writeFileSync(file(`${name}.chain`), pair.chain.map(pem).join(''));
  writeFileSync(file(`${name}.key`), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
};

const parties = new Map<string, Correspondent>();
const partyOf = (role: 'police' | 'hub', kind: PartyKind): Correspondent => {
  const name = `${role}-${kind}`;
  const known = parties.get(name) ?? party(`${name}@keten.example`, kind);
  if (!parties.has(name)) {
    keep(`${name}-sign`, known.sign);
    keep(`${name}-encrypt`, known.encrypt);
    parties.set(name, known);
  }
  return known;
};
writeFileSync(file('root.crt'), pem(rootCertificate));

const cms = (...parts: readonly string[]): void => void execFileSync('openssl', ['cms', ...parts], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
const at = new Date();
const trust = practiceTrust();
const bodyText = 'Geachte hub,\n\nZie de bijlage: één bericht.\n';

interface Variant {
  readonly name: string;
  readonly content?: 'crlf' | 'lf';
  readonly sign?: readonly string[];
  readonly encrypt?: readonly string[];
  readonly recipient?: readonly string[];
  readonly kind?: PartyKind;
}

const variants: readonly Variant[] = [
  { name: 'opaque, GCM', sign: ['-nodetach'], encrypt: ['-aes-256-gcm'] },
  { name: 'opaque, CBC', sign: ['-nodetach'], encrypt: ['-aes-256-cbc'] },
  { name: 'opaque, AES-128-CBC', sign: ['-nodetach'], encrypt: ['-aes-128-cbc'] },
  { name: 'opaque, AES-128-GCM', sign: ['-nodetach'], encrypt: ['-aes-128-gcm'] },
  { name: 'opaque, streamed', sign: ['-nodetach', '-stream'], encrypt: ['-aes-256-cbc', '-stream'] },
  { name: 'opaque, indefinite lengths', sign: ['-nodetach', '-indef'], encrypt: ['-aes-256-gcm', '-indef'] },
  { name: 'opaque, no streaming', sign: ['-nodetach', '-noindef'], encrypt: ['-aes-256-cbc', '-noindef'] },
  { name: 'beside' },
  { name: 'beside, GCM', encrypt: ['-aes-256-gcm'] },
  { name: 'beside, streamed', sign: ['-stream'], encrypt: ['-aes-256-gcm', '-stream'] },
  { name: 'beside, LF content', content: 'lf' },
  { name: 'beside, LF content, encrypted as stored', content: 'lf', encrypt: ['-aes-256-cbc', '-binary'] },
  { name: 'beside, binary LF content', content: 'lf', sign: ['-binary'], encrypt: ['-aes-256-gcm', '-binary'] },
  { name: 'beside, all line ends CRLF', sign: ['-crlfeol'], encrypt: ['-aes-256-gcm', '-crlfeol'] },
  { name: 'beside, CRLF inside LF', encrypt: ['-aes-256-gcm', '-binary'] },
  { name: 'opaque, binary LF content', content: 'lf', sign: ['-nodetach', '-binary'], encrypt: ['-aes-256-gcm', '-binary'] },
  { name: 'OAEP', sign: ['-nodetach'], recipient: ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'] },
  { name: 'PSS', sign: ['-nodetach', '-keyopt', 'rsa_padding_mode:pss'] },
  { name: 'SHA-512', sign: ['-nodetach', '-md', 'sha512'] },
  { name: 'key identifiers', sign: ['-keyid'], encrypt: ['-aes-256-gcm', '-keyid'] },
  { name: 'CAdES', sign: ['-nodetach', '-cades'] },
  // Left to itself this version of openssl derives with SHA-1, which is below the minimums (rule 7).
  { name: 'P-256, GCM', kind: 'p256', sign: ['-nodetach'], encrypt: ['-aes-256-gcm'], recipient: ['-keyopt', 'ecdh_kdf_md:sha256'] },
  { name: 'P-256, CBC, beside', kind: 'p256', recipient: ['-keyopt', 'ecdh_kdf_md:sha256'] },
];

const sentByOpenssl = (variant: Variant): { readonly mail: Uint8Array; readonly from: Correspondent; readonly to: Correspondent } => {
  const kind = variant.kind ?? 'rsa';
  const [from, to] = [partyOf('police', kind), partyOf('hub', kind)];
  const content = `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${bodyText}`;
  writeFileSync(file('content'), variant.content === 'lf' ? content : content.replace(/\n/g, '\r\n'));
  const signer = `police-${kind}-sign`;
  cms('-sign', '-in', 'content', '-signer', `${signer}.crt`, '-inkey', `${signer}.key`, '-certfile', `${signer}.chain`, ...(variant.sign ?? []), '-out', 'signed');
  const headers = ['-from', from.address, '-to', to.address, '-subject', 'Zaak 9901-2026-17'];
  cms('-encrypt', '-in', 'signed', ...headers, ...(variant.encrypt ?? ['-aes-256-cbc']), '-out', 'mail', '-recip', `hub-${kind}-encrypt.crt`, ...(variant.recipient ?? []));
  return { mail: readFileSync(file('mail')), from, to };
};

withOpenssl('mail that openssl signs and encrypts is opened', () => {
  test.each(variants.map((variant) => [variant.name, variant] as const))('%s', (_, variant) => {
    const { mail, from, to } = sentByOpenssl(variant);
    const opened = openMail(mail, { keys: [to.encrypt], trust, at });
    expect(opened).toMatchObject({ kind: 'opened', from: from.address, subject: 'Zaak 9901-2026-17', headerProtection: 'none' });
    if (opened.kind !== 'opened') return;
    expect(opened.parts.map((part) => Buffer.from(part.content).toString().replace(/\r\n/g, '\n'))).toEqual([bodyText]);
    // The same mail after a relay made all its line ends CRLF, as SMTP does.
    const relayed = Buffer.from(Buffer.from(mail).toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
    expect(openMail(relayed, { keys: [to.encrypt], trust, at }).kind).toBe('opened');
  });
});

const entityOf = (bytes: Uint8Array): Entity => {
  const entity = readEntity(bytes);
  if ('kind' in entity) throw new Error(entity.detail);
  return entity;
};

withOpenssl('mail that we seal is opened by openssl, layer by layer', () => {
  const rows: readonly (readonly [PartyKind, 'aes256-gcm' | 'aes256-cbc', 'oaep' | 'rsaes-pkcs1', string])[] = [
    ['rsa', 'aes256-gcm', 'oaep', 'authEnveloped-data'],
    ['rsa', 'aes256-gcm', 'rsaes-pkcs1', 'authEnveloped-data'],
    ['rsa', 'aes256-cbc', 'oaep', 'enveloped-data'],
    ['rsa', 'aes256-cbc', 'rsaes-pkcs1', 'enveloped-data'],
    ['p256', 'aes256-gcm', 'oaep', 'authEnveloped-data'],
    ['p256', 'aes256-cbc', 'oaep', 'enveloped-data'],
  ];
  test.each(rows)('%s, %s, %s', async (kind, content, keyTransport, smimeType) => {
    const [hub, police] = [partyOf('hub', kind), partyOf('police', kind)];
    const attachment = randomBytes(20_000);
    const name = 'besluit één, versie 2.pdf';
    const input = sampleMail(hub, police, at);
    const sealed = sealMail({ ...input, content, keyTransport, attachments: [...input.attachments, { name, contentType: 'application/pdf', content: attachment }] });
    writeFileSync(file('sealed'), sealed);

    const outer = entityOf(sealed);
    expect(outer.headers.map(({ name: header, value }) => [header, value])).toEqual([
      ['from', hub.address],
      ['to', police.address],
      ['subject', '[...]'],
      ['date', expect.stringMatching(/ \+0000$/)],
      ['message-id', `<${input.messageId}>`],
      ['mime-version', '1.0'],
      ['content-type', `application/pkcs7-mime; smime-type=${smimeType}; name="smime.p7m"`],
      ['content-transfer-encoding', 'base64'],
      ['content-disposition', 'attachment; filename="smime.p7m"'],
    ]);
    expect(Buffer.from(sealed).toString('latin1')).toMatch(/^(?:[\t -~]{0,78}\r\n)+$/);

    cms('-decrypt', '-in', 'sealed', '-recip', `police-${kind}-encrypt.crt`, '-inkey', `police-${kind}-encrypt.key`, '-out', 'decrypted');
    expect(entityOf(readFileSync(file('decrypted'))).contentType).toMatchObject({ value: 'application/pkcs7-mime', parameters: new Map([['smime-type', 'signed-data'], ['name', 'smime.p7m']]) });

    cms('-verify', '-in', 'decrypted', '-CAfile', 'root.crt', '-purpose', 'smimesign', '-out', 'payload', '-signer', 'signer.crt');
    expect(new X509Certificate(readFileSync(file('signer.crt'))).raw.equals(hub.sign.certificate)).toBe(true);
    const payload = entityOf(readFileSync(file('payload')));
    expect(payload.contentType.parameters.get('hp')).toBe('cipher');

    const parsed = await simpleParser(readFileSync(file('payload')));
    expect(parsed.subject).toBe(input.subject);
    expect(parsed.from?.text).toBe(hub.address);
    expect(parsed.text?.trim()).toBe(input.text.trim());
    expect(parsed.attachments.map((part) => [part.filename, part.content.length])).toEqual([
      ['bericht.xml', 38],
      [name, 20_000],
    ]);
    expect(parsed.attachments[1]?.content.equals(attachment)).toBe(true);
  });
});

// Every byte there is, every kind of line end, and what a mailer might take for the end of a line, a mail or a part.
const awkward = (sizeBytes: number): Buffer => {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_none, byte) => byte));
  const pattern = Buffer.concat([everyByte, Buffer.from('\r\n.\r\n\n\r\r\n\0\n--\r\n--=_\r\nFrom x\n \t\r', 'latin1')]);
  return Buffer.alloc(sizeBytes, pattern);
};

withOpenssl('a large mail that we seal is binary inside', () => {
  const partAfter = (payload: Buffer, name: string, sizeBytes: number): Buffer => {
    const start = payload.indexOf('\r\n\r\n', payload.indexOf(`filename="${name}"`)) + 4;
    return payload.subarray(start, start + sizeBytes);
  };
  const sealedLarge = (kind: PartyKind, content: 'aes256-gcm' | 'aes256-cbc') => {
    const [hub, police] = [partyOf('hub', kind), partyOf('police', kind)];
    const attachment = awkward(binaryInsideFromBytes + 7);
    const input = sampleMail(hub, police, at);
    const sealed = sealMail({ ...input, content, attachments: [...input.attachments, { name: 'beelden.bin', contentType: 'application/octet-stream', content: attachment }] });
    return { hub, police, attachment, sealed };
  };
  const rows: readonly (readonly [PartyKind, 'aes256-gcm' | 'aes256-cbc'])[] = [['rsa', 'aes256-gcm'], ['rsa', 'aes256-cbc'], ['p256', 'aes256-gcm']];

  test.each(rows)('and openssl gets every byte of it: %s, %s', (kind, content) => {
    const { attachment, sealed } = sealedLarge(kind, content);
    expect(Buffer.from(sealed).toString('latin1')).toMatch(/^(?:[\t -~]{0,78}\r\n)+$/); // outside it is as any other mail
    expect(sealed.length).toBeLessThan(attachment.length * 1.4 + 20_000);
    writeFileSync(file('sealed'), sealed);
    cms('-decrypt', '-in', 'sealed', '-recip', `police-${kind}-encrypt.crt`, '-inkey', `police-${kind}-encrypt.key`, '-out', 'decrypted');
    const decrypted = readFileSync(file('decrypted'));
    expect(entityOf(decrypted)).toMatchObject({ transferEncoding: 'binary', contentType: { value: 'application/pkcs7-mime' } });
    // The MIME reader of openssl knows base64 only, so its CMS is given by itself.
    writeFileSync(file('signed.der'), entityOf(decrypted).body);
    for (const more of [[], ['-binary']]) {
      cms('-verify', '-inform', 'DER', '-in', 'signed.der', ...more, '-CAfile', 'root.crt', '-purpose', 'smimesign', '-out', 'payload');
      expect(partAfter(readFileSync(file('payload')), 'beelden.bin', attachment.length).equals(attachment)).toBe(true);
    }
  });

  test.each(rows)('and our own reader as well: %s, %s', (kind, content) => {
    const { hub, police, attachment, sealed } = sealedLarge(kind, content);
    const opened = openMail(sealed, { keys: [police.encrypt], trust, at });
    if (opened.kind !== 'opened') throw new Error(opened.detail);
    expect(opened.from).toBe(hub.address);
    expect(opened.parts.map(({ name }) => name)).toEqual([null, 'bericht.xml', 'beelden.bin']);
    expect(attachment.equals(opened.parts[2]?.content ?? Buffer.alloc(0))).toBe(true);
  });
});
