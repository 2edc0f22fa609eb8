import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { decryptData, encryptFor } from './enveloped.js';
import { inventedPair, type InventedKind } from './fuzz/invented-keys.js';
import type { KeyPair } from './keys.js';
import { signData } from './sign.js';
import { verifySignedData } from './signed.js';

// The `openssl cms` command as outside oracle, in both directions. It has no Ed25519 and X25519 in CMS; those go through the RFC 9216 keys.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? describe : describe.skip;
if (!hasOpenssl) console.warn('openssl is not on PATH: CMS was NOT compared with an outside implementation');

test('the outside oracle is there when the build demands it', () => {
  expect(hasOpenssl || process.env['CI'] !== 'true').toBe(true);
});

const folder = mkdtempSync(join(tmpdir(), 'cms-oracle-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = new Date();
const content = Buffer.concat([Buffer.from('Content-Type: application/octet-stream\r\n\r\n'), randomBytes(70_000)]);
const file = (name: string): string => join(folder, name);
writeFileSync(file('content'), content);

function run(...parts: readonly string[]): Uint8Array {
  execFileSync('openssl', ['cms', '-binary', ...parts, '-out', file('out')], { stdio: ['ignore', 'ignore', 'pipe'] });
  return readFileSync(file('out'));
}

const pairs = new Map<InventedKind, KeyPair>();
/** One pair per kind, written as PEM for the command: `<kind>.crt` and `<kind>.key`. */
function pairOf(kind: InventedKind): KeyPair {
  const known = pairs.get(kind);
  if (known !== undefined) return known;
  const pair = inventedPair(kind);
  writeFileSync(file(`${kind}.crt`), new X509Certificate(pair.certificate).toString());
  writeFileSync(file(`${kind}.key`), pair.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  pairs.set(kind, pair);
  return pair;
}

withOpenssl('messages that openssl made', () => {
  const signed: readonly (readonly [string, InventedKind, readonly string[], string])[] = [
    ['RSA PKCS#1 with SHA-256', 'rsa-2048', ['-md', 'sha256'], 'rsa-sha256'],
    ['RSA PKCS#1 with SHA-384', 'rsa-2048', ['-md', 'sha384'], 'rsa-sha384'],
    ['RSA PKCS#1 with SHA-512', 'rsa-2048', ['-md', 'sha512'], 'rsa-sha512'],
    ['RSA-PSS with SHA-256 and the longest salt', 'rsa-2048', ['-md', 'sha256', '-keyopt', 'rsa_padding_mode:pss'], 'rsa-pss-sha256'],
    ['RSA-PSS with SHA-384 and a salt as long as the digest', 'rsa-2048', ['-md', 'sha384', '-keyopt', 'rsa_padding_mode:pss', '-keyopt', 'rsa_pss_saltlen:-1'], 'rsa-pss-sha384'],
    ['ECDSA P-256 with SHA-256', 'p256', ['-md', 'sha256'], 'ecdsa-p256-sha256'],
    ['ECDSA P-384 with SHA-384', 'p384', ['-md', 'sha384'], 'ecdsa-p384-sha384'],
    ['a signer named by key identifier', 'p256', ['-md', 'sha256', '-keyid'], 'ecdsa-p256-sha256'],
    ['a signing certificate among the attributes', 'rsa-2048', ['-md', 'sha256', '-cades'], 'rsa-sha256'],
  ];
  test.each(signed)('are verified: %s', (_name, kind, options, algorithm) => {
    const signer = pairOf(kind);
    const key = ['-signer', file(`${kind}.crt`), '-inkey', file(`${kind}.key`), ...options];
    const streamed = algorithm.startsWith('rsa-pss') ? [] : [['-nodetach', '-stream']]; // openssl 3.0 fails to stream PSS
    for (const shape of [['-nodetach'], ...streamed, []]) {
      const message = run('-sign', '-in', file('content'), '-outform', 'DER', ...key, ...shape);
      const verified = verifySignedData(message, { detachedContent: shape.length === 0 ? content : null, at });
      expect(verified).toMatchObject({ kind: 'verified', signers: [{ algorithm, certificate: { raw: signer.certificate } }] });
      expect(verified.kind === 'verified' && content.equals(verified.content)).toBe(true);
    }
  });

  const oaep256 = ['-keyopt', 'rsa_padding_mode:oaep', '-keyopt', 'rsa_oaep_md:sha256'];
  const encrypted: readonly (readonly [string, InventedKind, string, readonly string[], string])[] = [
    ['AES-128-CBC, RSAES-PKCS1', 'rsa-2048', 'aes-128-cbc', [], 'rsaes-pkcs1'],
    ['AES-192-CBC, RSAES-PKCS1', 'rsa-2048', 'aes-192-cbc', [], 'rsaes-pkcs1'],
    ['AES-256-CBC, OAEP with SHA-256', 'rsa-2048', 'aes-256-cbc', oaep256, 'rsaes-oaep-sha256'],
    ['AES-256-CBC, OAEP with the SHA-1 openssl takes by itself', 'rsa-2048', 'aes-256-cbc', ['-keyopt', 'rsa_padding_mode:oaep'], 'rsaes-oaep-sha1'],
    ['AES-128-GCM, RSAES-PKCS1', 'rsa-2048', 'aes-128-gcm', [], 'rsaes-pkcs1'],
    ['AES-256-GCM, OAEP with SHA-256', 'rsa-2048', 'aes-256-gcm', oaep256, 'rsaes-oaep-sha256'],
    ['AES-256-GCM, a recipient named by key identifier', 'rsa-2048', 'aes-256-gcm', ['-keyid'], 'rsaes-pkcs1'],
    ['AES-128-CBC, ECDH P-256', 'p256', 'aes-128-cbc', ['-keyopt', 'ecdh_kdf_md:sha256'], 'ecdh-p256-sha256kdf-aes128-wrap'],
    ['AES-192-CBC, ECDH P-256', 'p256', 'aes-192-cbc', ['-keyopt', 'ecdh_kdf_md:sha256'], 'ecdh-p256-sha256kdf-aes192-wrap'],
    ['AES-256-GCM, ECDH P-256', 'p256', 'aes-256-gcm', ['-keyopt', 'ecdh_kdf_md:sha256', '-aes256-wrap'], 'ecdh-p256-sha256kdf-aes256-wrap'],
    ['AES-256-GCM, ECDH P-384', 'p384', 'aes-256-gcm', ['-keyopt', 'ecdh_kdf_md:sha384', '-aes256-wrap'], 'ecdh-p384-sha384kdf-aes256-wrap'],
    ['AES-256-GCM, ECDH P-256 named by key identifier', 'p256', 'aes-256-gcm', ['-keyopt', 'ecdh_kdf_md:sha256', '-aes256-wrap', '-keyid'], 'ecdh-p256-sha256kdf-aes256-wrap'],
  ];
  test.each(encrypted)('are opened: %s', (_name, kind, cipher, options, keyTransport) => {
    const own = pairOf(kind);
    for (const shape of [[], ['-stream']]) {
      const message = run('-encrypt', `-${cipher}`, '-in', file('content'), '-outform', 'DER', ...shape, '-recip', file(`${kind}.crt`), ...options);
      const opened = decryptData(message, [own]);
      expect(opened).toMatchObject({ kind: 'decrypted', authenticated: cipher.endsWith('gcm'), algorithms: { content: cipher, keyTransport } });
      expect(opened.kind === 'decrypted' && content.equals(opened.content)).toBe(true);
    }
  });

  test('are refused: ECDH with the SHA-1 derivation openssl takes by itself', () => {
    const own = pairOf('p256');
    const message = run('-encrypt', '-aes-256-gcm', '-in', file('content'), '-outform', 'DER', '-recip', file('p256.crt'));
    expect(decryptData(message, [own])).toMatchObject({ kind: 'refused', code: 'algorithm' });
  });

  test.each([
    ['SHA-1', ['-md', 'sha1'], 'algorithm'],
    ['MD5', ['-md', 'md5'], 'algorithm'],
    ['no signed attributes', ['-md', 'sha256', '-noattr'], 'attributes'],
    ['no certificates', ['-md', 'sha256', '-nocerts'], 'unknown-signer'],
  ])('are refused: signed with %s', (_name, options, code) => {
    pairOf('rsa-2048');
    const message = run('-sign', '-nodetach', '-in', file('content'), '-outform', 'DER', '-signer', file('rsa-2048.crt'), '-inkey', file('rsa-2048.key'), ...options);
    expect(verifySignedData(message, { detachedContent: null, at })).toMatchObject({ kind: 'refused', code });
  });

  test('are refused: encrypted with 3DES', () => {
    const own = pairOf('rsa-2048');
    const message = run('-encrypt', '-des3', '-in', file('content'), '-outform', 'DER', '-recip', file('rsa-2048.crt'));
    expect(decryptData(message, [own])).toMatchObject({ kind: 'refused', code: 'algorithm' });
  });
});

withOpenssl('messages that we made', () => {
  test.each([
    ['rsa-2048', 'default'],
    ['rsa-2048', 'rsa-pss'],
    ['p256', 'default'],
    ['p384', 'default'],
  ] as const)('are verified by openssl: %s %s', (kind, signature) => {
    const signer = pairOf(kind);
    for (const detached of [false, true]) {
      writeFileSync(file('message'), signData({ content, detached, signer, at, signature, encryptionCertificate: pairOf('p256').certificate }));
      const beside = detached ? ['-content', file('content')] : [];
      expect(content.equals(run('-verify', '-partial_chain', '-CAfile', file(`${kind}.crt`), '-cades', '-inform', 'DER', '-in', file('message'), ...beside))).toBe(true);
    }
  });

  test.each([
    ['rsa-2048', 'aes256-cbc', 'rsaes-pkcs1'],
    ['rsa-2048', 'aes256-cbc', 'oaep'],
    ['rsa-2048', 'aes256-gcm', 'oaep'],
    ['p256', 'aes256-cbc', 'oaep'],
    ['p256', 'aes256-gcm', 'oaep'],
    ['p384', 'aes256-gcm', 'oaep'],
  ] as const)('are opened by openssl: %s %s %s', (kind, cipher, keyTransport) => {
    const certificates = [pairOf('rsa-2048'), pairOf(kind)].map(({ certificate }) => certificate);
    writeFileSync(file('message'), encryptFor({ content, certificates: [...new Set(certificates)], cipher, keyTransport }));
    const opened = run('-decrypt', '-inform', 'DER', '-in', file('message'), '-recip', file(`${kind}.crt`), '-inkey', file(`${kind}.key`));
    expect(content.equals(opened)).toBe(true);
  });
});
