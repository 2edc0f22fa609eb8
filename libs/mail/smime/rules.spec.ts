import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { der, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { encryptFor } from '../cms/enveloped.js';
import { attribute, forgedEnvelope, forgedSignedData, type Forgery } from '../cms/fuzz/forged.js';
import { signData } from '../cms/sign.js';
import { encodeBase64 } from '../mime/base64.js';
import { issuedPair, party, practiceTrust, sampleMail } from './fuzz/correspondents.js';
import type { KeyPair } from './identity.js';
import { openMail, type OpenedMail } from './inbound.js';
import { sealMail } from './outbound.js';
import { checkRecipient } from './recipient.js';
import type { MailRefusal } from './refusal.js';

// The nine rules of the design, each held against mails made to break it.

const at = new Date('2026-06-01T12:00:00Z');
const police = party('meldkamer@politie.example', 'rsa');
const hub = party('sluis@hub.example', 'rsa');
const trust = practiceTrust();
const open = (mail: Uint8Array): OpenedMail | MailRefusal => openMail(mail, { keys: [hub.encrypt], trust, at });
const outcome = (mail: Uint8Array): string => {
  const result = open(mail);
  return result.kind === 'refused' ? result.code : result.kind;
};

const text = (content: string): Uint8Array => Buffer.from(content.replace(/\n/g, '\r\n'));
const join = (...pieces: readonly (Uint8Array | string)[]): Uint8Array => Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? text(piece) : piece)));
const plain = text('Content-Type: text/plain; charset=utf-8\n\nHallo\n');

const cmsHead = (type: string): string => `Content-Type: application/pkcs7-mime${type === '' ? '' : `; smime-type=${type}`}; name="smime.p7m"\nContent-Transfer-Encoding: base64\n\n`;
const cmsEntity = (cms: Uint8Array, type = ''): Uint8Array => join(cmsHead(type), encodeBase64(cms));
const sign = (content: Uint8Array, signer: KeyPair = police.sign, signedAt = at): Uint8Array => signData({ content, detached: false, signer, at: signedAt });
const signedEntity = (content: Uint8Array, signer: KeyPair = police.sign): Uint8Array => cmsEntity(sign(content, signer), 'signed-data');
const besideEntity = (content: Uint8Array, cms = signData({ content, detached: true, signer: police.sign, at })): Uint8Array =>
  join(
    'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=s\n\n--s\n',
    content,
    '\n--s\nContent-Type: application/pkcs7-signature; name=smime.p7s\nContent-Transfer-Encoding: base64\n\n',
    encodeBase64(cms),
    '--s--\n',
  );
const encrypt = (content: Uint8Array, cipher: 'aes256-gcm' | 'aes256-cbc' = 'aes256-gcm'): Uint8Array =>
  encryptFor({ content, certificates: [hub.encrypt.certificate], cipher, keyTransport: 'oaep' });
const envelopedEntity = (content: Uint8Array): Uint8Array => cmsEntity(encrypt(content), 'authEnveloped-data');
const mailOf = (entity: Uint8Array, headers = `From: ${police.address}\nSubject: x\nMIME-Version: 1.0\n`): Uint8Array => join(headers, entity);
const honest = (): Uint8Array => mailOf(envelopedEntity(signedEntity(plain)));

test('a mail that keeps all rules is opened', () => {
  expect(open(honest())).toMatchObject({ kind: 'opened', from: police.address, parts: [{ contentType: 'text/plain', content: Buffer.from('Hallo\r\n') }] });
  expect(outcome(mailOf(envelopedEntity(besideEntity(plain))))).toBe('opened');
  expect(outcome(sealMail(sampleMail(police, hub, at)))).toBe('opened');
});

describe('rule 1: only the outermost form counts, and all is bounded', () => {
  const mixed = (...parts: readonly Uint8Array[]): Uint8Array =>
    join('Content-Type: multipart/mixed; boundary=m\n\n', ...parts.flatMap((part) => ['--m\n', part, '\n']), '--m--\n');

  test('an encrypted part inside a multipart is not decrypted', () => {
    expect(outcome(mailOf(mixed(plain, envelopedEntity(signedEntity(plain)))))).toBe('not-encrypted');
  });

  test('an encrypted part inside a proven mail stays closed', () => {
    const inner = encrypt(signedEntity(plain));
    const result = open(mailOf(envelopedEntity(signedEntity(mixed(plain, cmsEntity(inner, 'authEnveloped-data'))))));
    expect(result).toMatchObject({ kind: 'opened', parts: [{ contentType: 'text/plain' }, { contentType: 'application/pkcs7-mime', name: 'smime.p7m' }] });
    expect(result.kind === 'opened' && Buffer.compare(result.parts[1]?.content ?? plain, inner)).toBe(0);
  });

  test('a signed part inside a multipart is not shown as signed', () => {
    expect(outcome(mailOf(envelopedEntity(mixed(plain, signedEntity(plain)))))).toBe('not-signed');
    expect(outcome(mailOf(envelopedEntity(mixed(plain, besideEntity(plain)))))).toBe('not-signed');
  });

  const wrapped = (times: number): Uint8Array => mailOf(Array.from({ length: times }).reduce<Uint8Array>((entity) => envelopedEntity(entity), signedEntity(plain)));
  test('five envelopes and a signature are six layers; one more is refused', () => {
    expect(outcome(wrapped(5))).toBe('opened');
    expect(outcome(wrapped(6))).toBe('malformed');
    expect(outcome(wrapped(9))).toBe('malformed');
  });

  const forged = (forgery: Partial<Forgery>): Uint8Array => mailOf(envelopedEntity(cmsEntity(forgedSignedData({ signer: police.sign, content: plain, ...forgery }))));
  const crowds: readonly (readonly [string, () => Uint8Array])[] = [
    ['nine signers', () => forged({ signerInfos: (one) => Array.from({ length: 9 }, () => one) })],
    ['33 certificates', () => forged({ certificates: Array.from({ length: 33 }, () => police.sign.certificate) })],
    ['501 recipients', () => mailOf(cmsEntity(forgedEnvelope({ recipient: hub.encrypt, content: signedEntity(plain), mode: 'gcm', recipientInfos: (one) => Array.from({ length: 501 }, () => one) })))],
  ];
  test.each(crowds)('%s are refused', (_, make) => expect(outcome(make())).not.toBe('opened'));
});

describe('rule 2: signed, then encrypted, and nothing else', () => {
  const rows: readonly (readonly [string, () => Uint8Array, string])[] = [
    ['a plain mail', () => mailOf(plain), 'not-encrypted'],
    ['a mail signed only', () => mailOf(signedEntity(plain)), 'not-encrypted'],
    ['a mail signed only, beside', () => mailOf(besideEntity(plain)), 'not-encrypted'],
    ['a mail encrypted only', () => mailOf(envelopedEntity(plain)), 'not-signed'],
    ['a signature over ciphertext', () => mailOf(signedEntity(envelopedEntity(plain))), 'signed-outside'],
    ['a signature beside ciphertext', () => mailOf(besideEntity(envelopedEntity(plain))), 'signed-outside'],
    ['a triple-wrapped mail', () => mailOf(signedEntity(envelopedEntity(signedEntity(plain)))), 'signed-outside'],
    ['a signature over a signature', () => mailOf(envelopedEntity(signedEntity(signedEntity(plain)))), 'malformed'],
    ['a signature over an envelope, in an envelope', () => mailOf(envelopedEntity(signedEntity(envelopedEntity(plain)))), 'malformed'],
  ];
  test.each(rows)('%s is refused', (_, make, code) => expect(outcome(make())).toBe(code));

  test('what stands around the signed part is not forwarded', () => {
    const around = join(besideEntity(plain), '\nepilogue\n');
    expect(open(mailOf(envelopedEntity(around)))).toMatchObject({ parts: [{ content: Buffer.from('Hallo\r\n') }] });
  });

  test('a third part in multipart/signed is refused', () => {
    const three = Buffer.from(Buffer.from(besideEntity(plain)).toString('latin1').replace('--s--', '--s\r\n\r\nmore\r\n--s--'), 'latin1');
    expect(outcome(mailOf(envelopedEntity(three)))).toBe('malformed');
  });

  test('content both inside and beside the signature is refused (CVE-2018-18509)', () => {
    expect(outcome(mailOf(envelopedEntity(besideEntity(text('\n\nvals\n'), sign(plain)))))).toBe('bad-signature');
  });

  test('text stored with bare LF is verified in its canonical form, and only that form is forwarded', () => {
    const beside = Buffer.from(Buffer.from(besideEntity(plain)).toString('latin1').replace(/\r\n/g, '\n'), 'latin1');
    expect(open(mailOf(envelopedEntity(beside)))).toMatchObject({ kind: 'opened', parts: [{ content: Buffer.from('Hallo\r\n') }] });
  });
});

describe('rule 3: one answer for whatever goes wrong behind the private key', () => {
  const flipped = (cms: Uint8Array, fromEnd: number): Uint8Array => {
    const bytes = new Uint8Array(cms);
    bytes[bytes.length - fromEnd] = (bytes[bytes.length - fromEnd] ?? 0) ^ 1;
    return bytes;
  };
  const cbc = (content: Uint8Array, isPadded = true): Uint8Array => forgedEnvelope({ recipient: hub.encrypt, content, mode: 'cbc', isPadded });
  const stranger = party('vreemd@elders.example', 'rsa');
  const signed = signedEntity(plain);
  const padded = Buffer.concat([signed, Buffer.alloc(16 - (signed.length % 16), 0x20)]);
  const rows: readonly (readonly [string, () => Uint8Array])[] = [
    ['a wrong content key', () => forgedEnvelope({ recipient: hub.encrypt, content: signed, mode: 'cbc', encryptedKey: randomBytes(256).fill(0, 0, 1) })],
    ['a mail for somebody else', () => encryptFor({ content: signed, certificates: [stranger.encrypt.certificate], cipher: 'aes256-gcm', keyTransport: 'oaep' })],
    ['a changed GCM tag', () => flipped(encrypt(signed), 1)],
    ['changed GCM content', () => flipped(encrypt(signed), 40)],
    ['changed CBC content', () => flipped(cbc(signed), 200)],
    ['CBC with wrong padding', () => cbc(padded, false)],
    ['CBC of no mail at all', () => cbc(randomBytes(64))],
    ['CBC, encrypted only', () => cbc(plain)],
    ['CBC over a broken signature', () => cbc(cmsEntity(flipped(sign(plain), 1), 'signed-data'))],
    ['GCM over a broken signature', () => encrypt(cmsEntity(flipped(sign(plain), 1), 'signed-data'))],
    ['a signature by nobody we know', () => encrypt(signedEntity(plain, { ...police.sign, privateKey: stranger.sign.privateKey }))],
    ['a signed body that is no MIME', () => encrypt(signedEntity(text('Hallo')))],
    ['another From', () => encrypt(signedEntity(plain, stranger.sign))],
  ];
  const answers = new Set<string>();
  test.each(rows)('%s', (_, make) => {
    const result = open(mailOf(cmsEntity(make())));
    if (result.kind !== 'refused') throw new Error('opened');
    answers.add(JSON.stringify({ ...result, code: '', detail: '' }));
    expect(answers.size).toBe(1);
    expect(Object.keys(result).toSorted()).toEqual(['code', 'detail', 'kind', 'public']);
  });

  test('good CBC under a good signature is opened', () => expect(outcome(mailOf(cmsEntity(cbc(signed), 'enveloped-data')))).toBe('opened'));
});

describe('rule 4: no cipher in the wrong envelope, no key twice', () => {
  const signed = signedEntity(plain);
  test('CBC in AuthEnvelopedData and GCM in EnvelopedData are refused', () => {
    const odd = { recipient: hub.encrypt, content: signed } as const;
    expect(outcome(mailOf(cmsEntity(forgedEnvelope({ ...odd, mode: 'cbc', type: oids.authEnvelopedData }))))).toBe('cannot-open');
    expect(outcome(mailOf(cmsEntity(forgedEnvelope({ ...odd, mode: 'gcm', type: oids.envelopedData }))))).toBe('cannot-open');
  });

  test('a content key that opened GCM opens no CBC', () => {
    const contentKey = randomBytes(32);
    const make = (mode: 'gcm' | 'cbc'): Uint8Array => mailOf(cmsEntity(forgedEnvelope({ recipient: hub.encrypt, content: signed, mode, contentKey })));
    expect([outcome(make('gcm')), outcome(make('cbc'))]).toEqual(['opened', 'cannot-open']);
  });
});

describe('rule 5: From is the signer', () => {
  const entity = envelopedEntity(signedEntity(plain));
  const from = police.address;
  const rows: readonly (readonly [string, string, string])[] = [
    ['the address of the certificate', `From: ${from}\n`, 'opened'],
    ['its domain in capitals', 'From: meldkamer@POLITIE.example\n', 'opened'],
    ['any display name', `From: "burgemeester@stad.example" <${from}>\n`, 'opened'],
    ['an equal Sender', `From: ${from}\nSender: Meldkamer <${from}>\n`, 'opened'],
    ['another local part', 'From: Meldkamer@politie.example\n', 'wrong-from'],
    ['another domain', 'From: meldkamer@politie.example.org\n', 'wrong-from'],
    ['two mailboxes', `From: ${from}, burgemeester@stad.example\n`, 'wrong-from'],
    ['a group', `From: allen: ${from};\n`, 'wrong-from'],
    ['a comment', `From: ${from} (burgemeester@stad.example)\n`, 'wrong-from'],
    ['no From', 'Subject: x\n', 'wrong-from'],
    ['another Sender', `From: ${from}\nSender: burgemeester@stad.example\n`, 'wrong-from'],
    ['two From headers', `From: ${from}\nFrom: burgemeester@stad.example\n`, 'malformed'],
    ['two Subjects', `From: ${from}\nSubject: a\nSubject: b\n`, 'malformed'],
    ['two MIME-Versions', `From: ${from}\nMIME-Version: 1.0\nMIME-Version: 1.0\n`, 'malformed'],
    ['two Content-Types', `From: ${from}\nContent-Type: text/plain\n`, 'malformed'],
    ['two transfer encodings', `From: ${from}\nContent-Transfer-Encoding: 7bit\n`, 'malformed'],
  ];
  test.each(rows)('%s: %j is %s', (_, headers, code) => expect(outcome(mailOf(entity, headers))).toBe(code));

  const protectedBy = (inner: string): Uint8Array => mailOf(envelopedEntity(signedEntity(text(`${inner}Content-Type: text/plain; hp="cipher"\n\nHallo\n`))));
  test('a protected From must be the outer one', () => {
    expect(open(protectedBy(`From: ${from}\nSubject: echt\n`))).toMatchObject({ kind: 'opened', subject: 'echt', headerProtection: 'cipher' });
    expect(outcome(protectedBy('From: burgemeester@stad.example\n'))).toBe('wrong-from');
    expect(outcome(protectedBy('Subject: echt\n'))).toBe('wrong-from');
  });

  test('a mail that its author wrote to others is refused, though it was encrypted to us', () => {
    const to = (recipients: string): string => outcome(protectedBy(`From: ${from}\nTo: ${recipients}\n`));
    expect(to(`burgemeester@stad.example, Sluis <${hub.address}>`)).toBe('opened');
    expect(to('undisclosed-recipients:;')).toBe('opened');
    expect(to('burgemeester@stad.example')).toBe('wrong-recipient');
  });

  test('an address beyond ASCII is proven by a SmtpUTF8Mailbox name', () => {
    const address = 'jörg@politie.example';
    const jorg = issuedPair(address, 'p256', 'sign');
    expect(outcome(mailOf(envelopedEntity(signedEntity(plain, jorg)), `From: ${address}\n`))).toBe('opened');
  });
});

describe('rule 6: names are hints, the CMS decides', () => {
  const cms = encrypt(signedEntity(plain));
  const part = (type: string): Uint8Array => mailOf(join(`Content-Type: ${type}\nContent-Transfer-Encoding: base64\n\n`, encodeBase64(cms)));
  const rows: readonly (readonly [string, string])[] = [
    ['application/pkcs7-mime', 'opened'],
    ['application/x-pkcs7-mime; smime-type=authEnveloped-data; name=smime.p7m', 'opened'],
    ['application/octet-stream; name=smime.p7m', 'opened'],
    ['application/octet-stream; name=brief.pdf', 'not-encrypted'],
    ['application/pkcs7-mime; smime-type=enveloped-data', 'type-mismatch'],
    ['application/pkcs7-mime; smime-type=signed-data', 'type-mismatch'],
    ['application/pkcs7-mime; smime-type=onbekend', 'type-mismatch'],
    ['application/pkcs7-mime; name=smime.p7c', 'type-mismatch'],
    ['application/pkcs7-mime; smime-type=certs-only', 'unsupported'],
    ['application/pkcs7-mime; smime-type=compressed-data', 'unsupported'],
  ];
  test.each(rows)('an AuthEnvelopedData called %s is %s', (type, code) => expect(outcome(part(type))).toBe(code));

  test('compressed data and certificates only are refused, whatever they are called', () => {
    const compressed = der.sequence(der.oid(oids.compressedData), der.explicit(0, der.sequence(der.integer(0))));
    expect(outcome(mailOf(cmsEntity(compressed)))).toBe('unsupported');
    const certsOnly = forgedSignedData({ signer: police.sign, content: plain, embedded: null, signerInfos: () => [] });
    expect(outcome(mailOf(envelopedEntity(cmsEntity(certsOnly))))).toBe('not-signed');
  });
});

describe('rules 7 and 8: what a signature must be, also inside a whole mail', () => {
  const forged = (forgery: Partial<Forgery>): string => outcome(mailOf(envelopedEntity(cmsEntity(forgedSignedData({ signer: police.sign, content: plain, ...forgery })))));
  const withTime = (...more: readonly Der[]) => (values: readonly Der[]): readonly Der[] => [...values, attribute(oids.signingTime, der.time(at)), ...more];
  const digest = der.octets(createHash('sha256').update(plain).digest());
  const rows: readonly (readonly [string, () => string, string])[] = [
    ['rule 7: a SHA-1 signature', () => forged({ hash: 'sha1', digest: der.sequence(der.oid('1.3.14.3.2.26')), attributes: withTime() }), 'bad-signature'],
    ['rule 7: a MD5 signature', () => forged({ hash: 'md5', digest: der.sequence(der.oid('1.2.840.113549.2.5')), attributes: withTime() }), 'bad-signature'],
    ['rule 8: an honest forgery, to compare with', () => forged({ attributes: withTime() }), 'opened'],
    ['rule 8: no signed attributes', () => forged({ attributes: () => null }), 'bad-signature'],
    ['rule 8: a second messageDigest', () => forged({ attributes: withTime(attribute(oids.messageDigest, digest)) }), 'bad-signature'],
    ['rule 8: another content type inside', () => forged({ encapsulatedType: oids.signedData }), 'bad-signature'],
    ['rule 8: a signing time of last month', () => outcome(mailOf(envelopedEntity(cmsEntity(sign(plain, police.sign, new Date('2026-05-01T12:00:00Z')))))), 'bad-signature'],
    ['rule 8: a signing time of tomorrow', () => outcome(mailOf(envelopedEntity(cmsEntity(sign(plain, police.sign, new Date('2026-06-02T12:00:00Z')))))), 'bad-signature'],
  ];
  test.each(rows)('%s', (_, run, code) => expect(run()).toBe(code));

  const signedBy = (pair: KeyPair): string => outcome(mailOf(envelopedEntity(signedEntity(plain, pair))));
  const certificates: readonly (readonly [string, () => KeyPair, string])[] = [
    ['for web servers only', () => issuedPair(police.address, 'p256', 'sign', { extensions: { extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] } }), 'unknown-signer'],
    ['for encryption only', () => issuedPair(police.address, 'rsa', 'encrypt'), 'unknown-signer'],
    ['that has expired', () => issuedPair(police.address, 'p256', 'sign', { notAfter: new Date('2026-05-31T00:00:00Z') }), 'unknown-signer'],
    ['under another policy', () => issuedPair(police.address, 'p256', 'sign', { extensions: { policies: ['1.2.3'] } }), 'unknown-signer'],
    ['of two addresses, one of them From', () => issuedPair('x@politie.example', 'p256', 'sign', { extensions: { emails: ['x@politie.example', police.address] } }), 'opened'],
    ['without any address', () => issuedPair(police.address, 'p256', 'sign', { extensions: { emails: [] } }), 'wrong-from'],
  ];
  test.each(certificates)('rule 8: a signer with a certificate %s', (_, make, code) => expect(signedBy(make())).toBe(code));

  test('rule 8: revocation is judged by now, not by the signing time', () => {
    const pair = issuedPair(police.address, 'p256', 'sign', { serial: 77n });
    const mail = mailOf(envelopedEntity(signedEntity(plain, pair)));
    expect(openMail(mail, { keys: [hub.encrypt], trust: practiceTrust([77n]), at })).toMatchObject({ code: 'unknown-signer' });
    expect(openMail(mail, { keys: [hub.encrypt], trust: { ...trust, crls: [] }, at })).toMatchObject({ code: 'revocation-unknown' });
  });

  test('rule 8: a recipient must be meant to receive, at this address, today', () => {
    const check = (pair: KeyPair, address = 'a@x.example'): string => {
      const result = checkRecipient(pair.certificate, { trust: practiceTrust([78n]), address, at });
      return result.kind === 'refused' ? result.code : result.kind;
    };
    expect(check(issuedPair('a@x.example', 'rsa', 'encrypt'))).toBe('usable');
    expect(check(issuedPair('a@x.example', 'p256', 'encrypt'), 'a@X.EXAMPLE')).toBe('usable');
    expect(check(issuedPair('a@x.example', 'rsa', 'sign'))).toBe('unusable-certificate');
    expect(check(issuedPair('a@x.example', 'p256', 'encrypt', { extensions: { keyUsage: ['keyEncipherment'] } }))).toBe('unusable-certificate');
    expect(check(issuedPair('a@x.example', 'rsa', 'encrypt'), 'b@x.example')).toBe('wrong-address');
    expect(check(issuedPair('a@x.example', 'rsa', 'encrypt', { serial: 78n }))).toBe('unusable-certificate');
    expect(check(issuedPair('a@x.example', 'rsa', 'encrypt', { notAfter: at }), 'a@x.example')).toBe('usable');
    expect(check(issuedPair('a@x.example', 'rsa', 'encrypt', { notAfter: new Date(at.getTime() - 1_000) }))).toBe('unusable-certificate');
    expect(checkRecipient(Buffer.from('x'), { trust, address: 'a@x.example', at })).toMatchObject({ code: 'unusable-certificate' });
  });
});

describe('rule 9: a replay is known by its signature', () => {
  const hashOf = (mail: Uint8Array): string => {
    const result = open(mail);
    return result.kind === 'opened' ? result.signatureSha256 : result.code;
  };
  test('also when it was encrypted anew under other headers', () => {
    const signed = signedEntity(plain);
    const first = hashOf(mailOf(envelopedEntity(signed)));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(hashOf(mailOf(envelopedEntity(envelopedEntity(signed)), `From: ${police.address}\nMessage-ID: <2@x.example>\n`))).toBe(first);
    expect(hashOf(mailOf(envelopedEntity(signedEntity(text('Content-Type: text/plain\n\nAnders\n')))))).not.toBe(first);
  });
});
