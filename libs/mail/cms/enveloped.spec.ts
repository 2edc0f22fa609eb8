import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { der, readDer, tlv, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { derivedKey } from './content-encryption.js';
import { contentTypeOf } from './content.js';
import { decryptData, encryptFor } from './enveloped.js';
import { forgedEnvelope, wrapBare, wrapPkcs1 } from './fuzz/forged.js';
import { inventedPair } from './fuzz/invented-keys.js';
import type { KeyPair } from './keys.js';

const content = Buffer.from('Content-Type: text/plain\r\n\r\nhuisverbod.opgelegd\r\n');
const rsa = inventedPair('rsa-2048');
const p256 = inventedPair('p256');
const cannotOpen = { kind: 'refused', code: 'cannot-open', detail: 'key, padding or tag' };
const contentText = (opened: ReturnType<typeof decryptData>): string => (opened.kind === 'decrypted' ? Buffer.from(opened.content).toString() : opened.detail);

describe('a message we encrypt', () => {
  test.each([
    ['rsa-2048', 'oaep', 'rsaes-oaep-sha256'],
    ['rsa-2048', 'rsaes-pkcs1', 'rsaes-pkcs1'],
    ['p256', 'oaep', 'ecdh-p256-sha256kdf-aes256-wrap'],
    ['p384', 'oaep', 'ecdh-p384-sha384kdf-aes256-wrap'],
    ['x25519', 'oaep', 'ecdh-x25519-hkdf-sha256-aes256-wrap'],
  ] as const)('is opened by its recipient, with GCM and with CBC: %s %s', (kind, keyTransport, name) => {
    const own = inventedPair(kind);
    for (const mode of ['gcm', 'cbc'] as const) {
      const message = encryptFor({ content, certificates: [own.certificate], cipher: `aes256-${mode}`, keyTransport });
      expect(contentTypeOf(message)).toBe(mode === 'gcm' ? 'auth-enveloped-data' : 'enveloped-data');
      const opened = decryptData(message, [own]);
      expect(opened).toMatchObject({ authenticated: mode === 'gcm', algorithms: { content: `aes-256-${mode}`, keyTransport: name } });
      expect(contentText(opened)).toBe(content.toString());
    }
  });

  test('is opened by each of its recipients and by nobody else', () => {
    const certificates = [rsa.certificate, p256.certificate];
    const message = encryptFor({ content, certificates, cipher: 'aes256-gcm', keyTransport: 'oaep' });
    expect(contentText(decryptData(message, [inventedPair('p256'), p256]))).toBe(content.toString());
    expect(contentText(decryptData(message, [rsa]))).toBe(content.toString());
    expect(decryptData(message, [inventedPair('p256')])).toMatchObject({ kind: 'refused', code: 'not-for-us' });
    expect(decryptData(message, [])).toMatchObject({ kind: 'refused', code: 'not-for-us' });
  });

  test('is the same for content in one piece and in chunks, and for no content', () => {
    const options = { certificates: [p256.certificate], keyTransport: 'oaep' } as const;
    for (const cipher of ['aes256-gcm', 'aes256-cbc'] as const) {
      const chunks = [content.subarray(0, 7), content.subarray(7, 7), content.subarray(7)];
      expect(contentText(decryptData(encryptFor({ ...options, cipher, content: chunks }), [p256]))).toBe(content.toString());
      expect(contentText(decryptData(encryptFor({ ...options, cipher, content: [] }), [p256]))).toBe('');
    }
  });

  test('is bound to its cipher for a recipient that can read that (RFC 9709)', () => {
    for (const cipher of ['aes256-gcm', 'aes256-cbc'] as const) {
      const message = encryptFor({ content, certificates: [p256.certificate], cipher, keyTransport: 'oaep', derivation: 'hkdf-sha256' });
      expect(Buffer.from(message).includes(Buffer.from(der.oid(oids.cekHkdfSha256)))).toBe(true);
      expect(contentText(decryptData(message, [p256]))).toBe(content.toString());
    }
  });

  test('derives its key as the example of RFC 9709 does', () => {
    const identifier = Buffer.from('301d06096086480165030401020410651f722ffd512c52fe072e507d72b377', 'hex');
    const key = derivedKey(Buffer.from('c702e7d0a9e064b09ba55245fb733cf3', 'hex'), identifier);
    expect(Buffer.from(key).toString('hex')).toBe('9cd102c52f1e19ece8729b35bfeceb50');
  });

  test.each(['ed25519', 'rsa-pss', 'rsa-1024', 'p521'] as const)('is never made for a key that cannot open it or is too weak: %s', (kind) => {
    const { certificate } = inventedPair(kind);
    expect(() => encryptFor({ content, certificates: [certificate], cipher: 'aes256-gcm', keyTransport: 'oaep' })).toThrow('bug: recipient not checked');
  });
});

describe('the keys of RFC 9216', () => {
  const vectors = process.env['KETENSLUIS_VECTORS'] ?? join(process.cwd(), '..', 'shared', 'vectors');
  const isPresent = existsSync(join(vectors, 'rfc9216', 'dana-encrypt.key'));
  if (!isPresent) console.warn('outside vectors absent: the keys of RFC 9216 were NOT tried');
  test('are there when the build demands them', () => expect(isPresent || process.env['CI'] !== 'true').toBe(true));
  (isPresent ? test : test.skip)('open what is encrypted for X25519 and RSA', () => {
    for (const name of ['dana', 'bob']) {
      const read = (kind: string): Buffer => readFileSync(join(vectors, 'rfc9216', `${name}-encrypt.${kind}`));
      const own: KeyPair = { certificate: new X509Certificate(read('crt')).raw, privateKey: createPrivateKey(read('key')), chain: [] };
      const message = encryptFor({ content, certificates: [own.certificate], cipher: 'aes256-gcm', keyTransport: 'oaep' });
      expect(contentText(decryptData(message, [own]))).toBe(content.toString());
    }
  });
});

describe('what cannot be opened', () => {
  test('is one refusal, whatever is wrong with key, padding or tag', () => {
    const contentKey = randomBytes(32);
    const envelope = { recipient: rsa, content, contentKey } as const;
    const badPadding = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(221, 0x55), Buffer.from([0]), contentKey]);
    const zeroInPadding = Buffer.concat([Buffer.from([0, 2, 7, 0]), Buffer.alloc(219, 0x55), Buffer.from([0]), contentKey]);
    const refusals: readonly (readonly [string, Uint8Array])[] = [
      ['another key', forgedEnvelope({ ...envelope, mode: 'gcm', encryptedKey: wrapPkcs1(rsa, randomBytes(32)) })],
      ['a key of another length', forgedEnvelope({ ...envelope, mode: 'gcm', encryptedKey: wrapPkcs1(rsa, randomBytes(16)) })],
      ['block type 1', forgedEnvelope({ ...envelope, mode: 'gcm', encryptedKey: wrapBare(rsa, badPadding) })],
      ['a zero inside the padding', forgedEnvelope({ ...envelope, mode: 'gcm', encryptedKey: wrapBare(rsa, zeroInPadding) })],
      ['a wrapped key above the modulus', forgedEnvelope({ ...envelope, mode: 'gcm', encryptedKey: new Uint8Array(256).fill(0xff) })],
      ['a wrapped key cut short', forgedEnvelope({ ...envelope, mode: 'gcm', encryptedKey: wrapPkcs1(rsa, contentKey).subarray(1) })],
      ['CBC that does not end in padding', forgedEnvelope({ ...envelope, mode: 'cbc', isPadded: false, content: Buffer.alloc(32, 0x20) })],
      ['CBC with padding of nought', forgedEnvelope({ ...envelope, mode: 'cbc', isPadded: false, content: Buffer.alloc(32) })],
      ['CBC not in whole blocks', bitFlipped(forgedEnvelope({ ...envelope, mode: 'cbc' }), 'cut')],
      ['GCM with a flipped bit', bitFlipped(forgedEnvelope({ ...envelope, mode: 'gcm' }), 'content')],
      ['GCM with a flipped tag', bitFlipped(forgedEnvelope({ ...envelope, mode: 'gcm' }), 'tag')],
      ['OAEP that does not fit', bitFlipped(encryptFor({ content, certificates: [rsa.certificate], cipher: 'aes256-gcm', keyTransport: 'oaep' }), 'key')],
      ['key wrap that does not fit', bitFlipped(encryptFor({ content, certificates: [p256.certificate], cipher: 'aes256-gcm', keyTransport: 'oaep' }), 'key')],
    ];
    expect(refusals.map(([name, message]) => [name, decryptData(message, [rsa, p256])])).toEqual(refusals.map(([name]) => [name, cannotOpen]));
    expect(contentText(decryptData(forgedEnvelope({ ...envelope, mode: 'gcm' }), [rsa]))).toBe(content.toString());
  });

  test('is not opened under CBC with a key that opened GCM before', () => {
    const envelope = { recipient: rsa, content, contentKey: randomBytes(32) } as const;
    const downgraded = forgedEnvelope({ ...envelope, mode: 'cbc' });
    expect(contentText(decryptData(downgraded, [rsa]))).toBe(content.toString());
    expect(decryptData(forgedEnvelope({ ...envelope, mode: 'gcm' }), [rsa])).toMatchObject({ kind: 'decrypted' });
    expect(decryptData(downgraded, [rsa])).toEqual(cannotOpen);
  });
});

describe('an envelope that is refused before any key is used', () => {
  const envelope = { recipient: rsa, content } as const;
  const forgeries: readonly (readonly [string, Uint8Array, string])[] = [
    ['GCM in EnvelopedData', forgedEnvelope({ ...envelope, mode: 'gcm', type: oids.envelopedData }), 'algorithm'],
    ['CBC in AuthEnvelopedData', forgedEnvelope({ ...envelope, mode: 'cbc', type: oids.authEnvelopedData }), 'algorithm'],
    ['a tag of 8 octets', forgedEnvelope({ ...envelope, mode: 'gcm', tagBytes: 8 }), 'algorithm'],
    ['a tag shorter than announced', forgedEnvelope({ ...envelope, mode: 'gcm', tagBytes: 12, announcedTagBytes: 16 }), 'algorithm'],
    ['501 recipients', forgedEnvelope({ ...envelope, mode: 'gcm', recipientInfos: (one) => Array.from({ length: 501 }, () => one) }), 'too-large'],
    ['501 recipients behind one key agreement', forgedEnvelope({ ...envelope, mode: 'gcm', recipientInfos: () => [agreementFor(501)] }), 'too-large'],
    ['no recipients', forgedEnvelope({ ...envelope, mode: 'gcm', recipientInfos: () => [] }), 'malformed'],
    ['compressed data', der.sequence(der.oid(oids.compressedData), der.explicit(0, der.sequence())), 'wrong-content-type'],
    ['bytes after the message', Buffer.concat([forgedEnvelope({ ...envelope, mode: 'gcm' }), Buffer.alloc(1)]), 'malformed'],
    ['nothing', new Uint8Array(0), 'malformed'],
  ];
  test.each(forgeries)('%s', (_name, message, code) => {
    expect(decryptData(message, [rsa])).toMatchObject({ kind: 'refused', code });
  });

  test('but a tag of 12 octets and 500 recipients are read', () => {
    const message = forgedEnvelope({ ...envelope, mode: 'gcm', tagBytes: 12, recipientInfos: (one) => Array.from({ length: 500 }, () => one) });
    expect(contentText(decryptData(message, [rsa]))).toBe(content.toString());
  });
});

/** One KeyAgreeRecipientInfo for this many strangers. */
function agreementFor(strangers: number): Der {
  const stranger = der.sequence(der.sequence(der.sequence(), der.integer(1)), der.octets(new Uint8Array(40)));
  return der.context(1, der.integer(3), der.explicit(0, der.null()), der.sequence(), der.sequence(...Array.from({ length: strangers }, () => stranger)));
}

/** The message with one bit of its content, tag or wrapped key flipped, or its content cut by an octet. */
function bitFlipped(message: Uint8Array, part: 'content' | 'tag' | 'key' | 'cut'): Uint8Array {
  const [type, wrapper] = readDer(message).children;
  const [version, recipients, info, mac] = wrapper?.children[0]?.children ?? [];
  if (type === undefined || version === undefined || recipients === undefined || info === undefined) throw new Error('bug: not an envelope');
  const flip = (bytes: Uint8Array): Uint8Array => Uint8Array.from(bytes, (octet, i) => (i === bytes.length - 1 ? octet ^ 1 : octet));
  const parts = info.children.map(({ raw }) => raw);
  const encrypted = info.children[2]?.content ?? new Uint8Array(0);
  const changed = part === 'content' ? der.implicit(0, flip(encrypted)) : part === 'cut' ? der.implicit(0, encrypted.subarray(1)) : parts[2];
  const sequence = der.sequence(...parts.slice(0, 2), changed ?? der.null());
  const tag = mac === undefined ? [] : [part === 'tag' ? der.octets(flip(mac.content)) : mac.raw];
  // The wrapped key is the last octet string of the one RecipientInfo in both forms.
  const keys = part === 'key' ? flip(recipients.raw) : recipients.raw;
  return der.sequence(type.raw, tlv(0xa0, der.sequence(version.raw, keys, sequence, ...tag)));
}
