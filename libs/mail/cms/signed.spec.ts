import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { der, readDer, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { contentTypeOf } from './content.js';
import { attribute, forgedSignedData, type Forgery } from './fuzz/forged.js';
import { inventedPair } from './fuzz/invented-keys.js';
import type { KeyPair } from './keys.js';
import { signData } from './sign.js';
import { verifySignedData } from './signed.js';

const at = new Date('2026-11-20T10:00:00Z');
const content = Buffer.from('Content-Type: text/plain\r\n\r\nhuisverbod.opgelegd\r\n');
const rsa = inventedPair('rsa-2048');
const p256 = inventedPair('p256');
const inside = { detachedContent: null, at };
const digestOf = (bytes: Uint8Array, hash = 'sha256'): Der => der.octets(createHash(hash).update(bytes).digest());

describe('a message we sign', () => {
  test.each([
    ['rsa-2048', 'default', 'rsa-sha256'],
    ['rsa-2048', 'rsa-pss', 'rsa-pss-sha256'],
    ['rsa-pss', 'default', 'rsa-pss-sha256'],
    ['p256', 'default', 'ecdsa-p256-sha256'],
    ['p384', 'default', 'ecdsa-p384-sha384'],
    ['ed25519', 'default', 'ed25519'],
  ] as const)('verifies with its content inside and beside: %s %s', (kind, signature, algorithm) => {
    const signer = inventedPair(kind);
    const opaque = verifySignedData(signData({ content, detached: false, signer, at, signature }), inside);
    const beside = verifySignedData(signData({ content, detached: true, signer, at, signature }), { detachedContent: content, at });
    for (const verified of [opaque, beside]) {
      expect(verified).toMatchObject({ kind: 'verified', signers: [{ algorithm, signingTime: at, certificate: { raw: signer.certificate } }] });
      expect(verified.kind === 'verified' && content.equals(verified.content)).toBe(true);
    }
  });

  test('carries its certificate, its intermediates and the certificate to answer to', () => {
    const intermediate = inventedPair('p256').certificate;
    const encryption = inventedPair('rsa-2048').certificate;
    const signed = signData({ content, detached: false, signer: { ...p256, chain: [intermediate] }, at, encryptionCertificate: encryption });
    const verified = verifySignedData(signed, inside);
    const included = verified.kind === 'verified' ? verified.signers[0]?.certificates.map((one) => Buffer.from(one).toString('hex')) : [];
    expect(new Set(included)).toEqual(new Set([p256.certificate, intermediate, encryption].map((one) => Buffer.from(one).toString('hex'))));
  });

  test('says which algorithms it reads, GCM first', () => {
    const verified = verifySignedData(signData({ content, detached: false, signer: p256, at }), inside);
    expect(verified.kind === 'verified' && verified.signers[0]?.capabilities).toEqual([
      oids.cekHkdfSha256,
      oids.aes256Gcm,
      oids.aes128Gcm,
      oids.aes256Cbc,
      oids.dhSinglePassStdDhSha256Kdf,
      oids.rsaesOaep,
      oids.preferBinaryInside,
    ]);
  });

  test('is known by its object identifier, not by its name', () => {
    expect(contentTypeOf(signData({ content, detached: false, signer: p256, at }))).toBe('signed-data');
    expect(contentTypeOf(der.sequence(der.oid(oids.compressedData), der.explicit(0, der.sequence())))).toBe('compressed-data');
    expect(contentTypeOf(der.sequence(der.oid(oids.digestedData), der.explicit(0, der.sequence())))).toBe('other');
    expect(contentTypeOf(Buffer.from('From: burgemeester@voorbeeldstad.example'))).toMatchObject({ kind: 'refused', code: 'malformed' });
  });
});

describe('the keys of RFC 9216', () => {
  const vectors = process.env['KETENSLUIS_VECTORS'] ?? join(process.cwd(), '..', 'shared', 'vectors');
  const isPresent = existsSync(join(vectors, 'rfc9216', 'carlos-sign.key'));
  if (!isPresent) console.warn('outside vectors absent: the keys of RFC 9216 were NOT tried');
  test('are there when the build demands them', () => expect(isPresent || process.env['CI'] !== 'true').toBe(true));
  (isPresent ? test : test.skip)('sign and verify with Ed25519 and RSA', () => {
    for (const name of ['carlos', 'alice']) {
      const read = (kind: string): Buffer => readFileSync(join(vectors, 'rfc9216', `${name}-sign.${kind}`));
      const signer: KeyPair = { certificate: new X509Certificate(read('crt')).raw, privateKey: createPrivateKey(read('key')), chain: [] };
      const verified = verifySignedData(signData({ content, detached: false, signer, at }), inside);
      expect(verified).toMatchObject({ kind: 'verified', signers: [{ algorithm: name === 'carlos' ? 'ed25519' : 'rsa-sha256' }] });
    }
  });
});

describe('an attack on a signature', () => {
  const bent = (bend: Omit<Forgery, 'signer' | 'content'> & Partial<Forgery>): Uint8Array => forgedSignedData({ signer: rsa, content, ...bend });

  test('is only found by what is bent: the unbent forgery verifies', () => {
    expect(verifySignedData(bent({}), inside)).toMatchObject({ kind: 'verified' });
    expect(verifySignedData(bent({ embedded: null }), { detachedContent: content, at })).toMatchObject({ kind: 'verified' });
  });

  const other = Buffer.from('Content-Type: text/plain\r\n\r\nhuisverbod.ingetrokken\r\n');
  const sha1 = der.sequence(der.oid(oids.sha1));
  const certificateDigest = (certificate: Uint8Array): Der => attribute(oids.signingCertificateV2, der.sequence(der.sequence(der.sequence(digestOf(certificate)))));
  const attacks: readonly (readonly [string, Omit<Forgery, 'signer' | 'content'>, string])[] = [
    ['content that was not signed', { embedded: other }, 'digest'],
    ['content type attribute unlike the content', { attributes: ([, digest]) => [attribute(oids.contentType, der.oid(oids.signedData)), digest ?? der.null()] }, 'attributes'],
    ['no content type attribute', { attributes: ([, digest]) => [digest ?? der.null()] }, 'attributes'],
    ['no messageDigest', { attributes: ([type]) => [type ?? der.null()] }, 'attributes'],
    ['messageDigest twice', { attributes: (honest) => [...honest, attribute(oids.messageDigest, digestOf(other))] }, 'attributes'],
    ['messageDigest with two values', { attributes: ([type]) => [type ?? der.null(), attribute(oids.messageDigest, digestOf(other), digestOf(content))] }, 'attributes'],
    ['messageDigest without a value', { attributes: ([type]) => [type ?? der.null(), attribute(oids.messageDigest)] }, 'attributes'],
    ['no signed attributes', { attributes: () => null }, 'attributes'],
    ['attributes not in the order of DER', { encode: (values) => der.set(...[...values].sort(Buffer.compare).reverse()) }, 'attributes'],
    ['attributes with a length not in its shortest form', { encode: (values) => longForm(der.setOf(...values)) }, 'attributes'],
    ['another signing certificate', { attributes: (honest) => [...honest, certificateDigest(p256.certificate)] }, 'attributes'],
    ['signing time a month ago', { attributes: (honest) => [...honest, attribute(oids.signingTime, der.time(new Date('2026-10-20T10:00:00Z')))] }, 'attributes'],
    ['signing time tomorrow', { attributes: (honest) => [...honest, attribute(oids.signingTime, der.time(new Date('2026-11-21T10:00:00Z')))] }, 'attributes'],
    ['protected algorithms unlike the real ones', { attributes: (honest) => [...honest, attribute(oids.cmsAlgorithmProtection, der.sequence(der.sequence(der.oid(oids.sha512)), der.context(1, der.oid(oids.rsaEncryption), der.null())))] }, 'attributes'],
    ['SHA-1', { hash: 'sha1', digest: sha1 }, 'algorithm'],
    ['MD5', { hash: 'md5', digest: der.sequence(der.oid(oids.md5)) }, 'algorithm'],
    ['a signature over SHA-1 under a digest of SHA-256', { signature: der.sequence(der.oid(oids.sha1WithRsa), der.null()) }, 'algorithm'],
    ['a signature over SHA-512 under a digest of SHA-256', { signature: der.sequence(der.oid(oids.sha512WithRsa), der.null()) }, 'algorithm'],
    ['an ECDSA signature by an RSA key', { signature: der.sequence(der.oid(oids.ecdsaWithSha256)) }, 'algorithm'],
    ['parameters where none belong', { signature: der.sequence(der.oid(oids.rsaEncryption), der.octets(content)) }, 'algorithm'],
    ['PSS with the SHA-1 of its defaults', { signature: der.sequence(der.oid(oids.rsaPss), der.sequence()) }, 'algorithm'],
    ['PSS with another digest for the mask', { signature: pss(oids.sha256, oids.sha512) }, 'algorithm'],
    ['PSS claimed of a PKCS#1 signature', { signature: pss(oids.sha256, oids.sha256) }, 'signature'],
    ['no signer', { signerInfos: () => [] }, 'no-signer'],
    ['nine signers', { signerInfos: (one) => Array.from({ length: 9 }, () => one) }, 'too-large'],
    ['33 certificates', { certificates: Array.from({ length: 33 }, () => rsa.certificate) }, 'too-large'],
    ['a good signer beside a bad one', { signerInfos: (one) => [one, Uint8Array.from(one).fill(0, -1)] }, 'signature'],
    ['the certificate of somebody else', { certificates: [p256.certificate] }, 'unknown-signer'],
    ['content of another type', { encapsulatedType: oids.signedData }, 'wrong-content-type'],
    ['no content', { embedded: null }, 'content'],
    ['a version that does not exist', { version: 9 }, 'malformed'],
  ];
  test.each(attacks)('is refused: %s', (_name, bend, code) => {
    expect(verifySignedData(bent(bend), inside)).toMatchObject({ kind: 'refused', code });
  });

  test('is refused: content inside beside the content outside', () => {
    expect(verifySignedData(bent({}), { detachedContent: other, at })).toMatchObject({ kind: 'refused', code: 'content' });
    expect(verifySignedData(bent({}), { detachedContent: content, at })).toMatchObject({ kind: 'refused', code: 'content' });
  });

  test('is refused: signed attributes passed off as content', () => {
    const honest = [attribute(oids.contentType, der.oid(oids.data)), attribute(oids.messageDigest, digestOf(content))];
    const swapped = forgedSignedData({ signer: rsa, content: der.setOf(...honest), attributes: () => null });
    expect(verifySignedData(swapped, inside)).toMatchObject({ kind: 'refused', code: 'attributes' });
  });

  test('is refused: bytes after the message', () => {
    expect(verifySignedData(Buffer.concat([bent({}), Buffer.from('\r\n')]), inside)).toMatchObject({ kind: 'refused', code: 'malformed' });
  });

  test.each([
    ['RSA of 1024 bits', 'rsa-1024', der.sequence(der.oid(oids.rsaEncryption), der.null())],
    ['P-521', 'p521', der.sequence(der.oid(oids.ecdsaWithSha256))],
  ] as const)('is refused: a key below the minimums, %s', (_name, kind, signature) => {
    expect(verifySignedData(forgedSignedData({ signer: inventedPair(kind), content, signature }), inside)).toMatchObject({ code: 'algorithm' });
  });

  test('is refused: a certificate that is not meant for mail', () => {
    const server = inventedPair('rsa-2048', { extendedKeyUsage: oids.serverAuth });
    expect(verifySignedData(forgedSignedData({ signer: server, content }), inside)).toMatchObject({ code: 'unknown-signer' });
  });

  test('does not pass for a new message by the other form of an ECDSA signature', () => {
    const attributes = der.setOf(attribute(oids.contentType, der.oid(oids.data)), attribute(oids.messageDigest, digestOf(content)));
    const signature = sign('sha256', attributes, { key: p256.privateKey, dsaEncoding: 'ieee-p1363' });
    const messages = [signature, otherForm(signature)].map((form) => {
      const forged = forgedSignedData({ signer: p256, content, signature: der.sequence(der.oid(oids.ecdsaWithSha256)), signerInfos: (one) => [withSignature(one, form)] });
      return verifySignedData(forged, inside);
    });
    const identities = messages.map((verified) => (verified.kind === 'verified' ? verified.signers[0]?.signatureSha256 : verified.code));
    expect(identities[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(identities[1]).toBe(identities[0]);
  });
});

function pss(digest: string, mask: string): Der {
  const algorithm = (id: string): Der => der.sequence(der.oid(id), der.null());
  return der.sequence(der.oid(oids.rsaPss), der.sequence(der.explicit(0, algorithm(digest)), der.explicit(1, der.sequence(der.oid(oids.mgf1), algorithm(mask))), der.explicit(2, der.integer(32))));
}

/** The same value with its length in one octet more than needed: BER, not DER. */
function longForm(value: Der): Uint8Array {
  return Uint8Array.of(value[0] ?? 0, 0x82, 0x00, ...value.subarray(value[1] === 0x81 ? 2 : 1));
}

const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** (r, n - s) for (r, s). */
function otherForm(signature: Buffer): Buffer {
  const s = BigInt(`0x${signature.subarray(32).toString('hex')}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from((p256Order - s).toString(16).padStart(64, '0'), 'hex')]);
}

/** The SignerInfo with another signature in its last field. */
function withSignature(signerInfo: Der, signature: Buffer): Der {
  const [version, identifier, digest, attributes, algorithm] = readDer(signerInfo).children.map(({ raw }) => raw);
  const encoded = der.octets(der.sequence(der.integer(signature.subarray(0, 32)), der.integer(signature.subarray(32))));
  return der.sequence(...[version, identifier, digest, attributes, algorithm].map((field) => field ?? der.null()), encoded);
}
