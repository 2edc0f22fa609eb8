import { describe, expect, test } from '@jest/globals';
import { inventedPair } from './fuzz/invented-keys.js';
import { signData, verifySignedData } from './signed.js';
import { encryptFor, decryptData } from './enveloped.js';

const at = new Date('2026-11-20T10:00:00Z');
const content = Buffer.from('Content-Type: text/plain\r\n\r\nhuisverbod opgelegd\r\n');
describe('x', () => {
  test.each(['rsa-2048', 'rsa-pss', 'p256', 'p384', 'ed25519'] as const)('sign %s', (kind) => {
    const signer = inventedPair(kind);
    for (const detached of [true, false]) {
      const signed = signData({ content, detached, signer, at });
      const r = verifySignedData(signed, { detachedContent: detached ? content : null, at });
      expect(r).toMatchObject({ kind: 'verified' });
    }
  });
  test.each(['rsa-2048', 'p256', 'p384', 'x25519'] as const)('enc %s', (kind) => {
    const own = inventedPair(kind);
    for (const cipher of ['aes256-gcm', 'aes256-cbc'] as const) for (const keyTransport of ['oaep', 'rsaes-pkcs1'] as const) {
      const r = decryptData(encryptFor({ content, certificates: [own.certificate], cipher, keyTransport }), [own]);
      if (r.kind !== 'decrypted') throw new Error(r.detail);
      expect(Buffer.from(r.content).equals(content)).toBe(true);
    }
  });
});
