import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type ECDH,
  type KeyObject,
} from 'node:crypto';
import { Asn1Error, der, oid, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { readAlgorithm, type AlgorithmIdentifier } from '../x509/signature.js';
import { digestBytes, expectNoParameters, keyAgreements, keyWraps, type KeyAgreement, type KeyWrap } from './algorithms.js';
import { tags } from './fields.js';
import { refuse } from './refusal.js';

/** The kinds of key with which a key can be agreed. */
export type AgreementKeyKind = 'p256' | 'p384' | 'x25519';

/** How a key-encryption key comes from the agreed secret, and how it wraps the content key. */
export interface AgreementScheme {
  readonly agreement: KeyAgreement;
  readonly wrap: KeyWrap;
  /** The wrap's AlgorithmIdentifier as written: it is part of what the key is derived from. */
  readonly wrapIdentifier: Uint8Array;
}

/** The scheme that `algorithm` names; refused when it is not in the tables of `algorithms.ts`. */
export function agreementSchemeOf(algorithm: AlgorithmIdentifier): AgreementScheme {
  const agreement = keyAgreements.find((known) => known.oid === algorithm.id);
  if (agreement === undefined || algorithm.parameters === null) return refuse('algorithm', `key agreement ${algorithm.id}`);
  const identifier = readAlgorithm(algorithm.parameters);
  expectNoParameters(identifier);
  const wrap = keyWraps.find((known) => known.oid === identifier.id);
  return wrap === undefined ? refuse('algorithm', `key wrap ${identifier.id}`) : { agreement, wrap, wrapIdentifier: identifier.raw };
}

/** What the log calls a key agreement. */
export function agreementName(kind: AgreementKeyKind, scheme: AgreementScheme): string {
  const derivation = scheme.agreement.derivation === 'hkdf' ? `hkdf-${scheme.agreement.digest}` : `${scheme.agreement.digest}kdf`;
  return `ecdh-${kind}-${derivation}-${scheme.wrap.id.slice('id-'.length)}`;
}

/** A content key wrapped for one recipient under an ephemeral key. */
export interface AgreedKey {
  readonly originator: Der;
  readonly identifier: Der;
  readonly encryptedKey: Uint8Array;
}

const curveName = { p256: 'prime256v1', p384: 'secp384r1' } as const;
const curveOid = { p256: oids.p256, p384: oids.p384 } as const;

/** The content key wrapped for the recipient's public `point`, under a fresh ephemeral key; the wrap is as strong as the key (RFC 8551 §2.3). */
export function agreeKey(kind: AgreementKeyKind, point: Uint8Array, contentKey: Uint8Array): AgreedKey {
  const agreement = keyAgreements.find(({ derivation, digest }) => `${derivation} ${digest}` === ownDerivation[kind]);
  const wrap = keyWraps.find((known) => known.keyBytes === contentKey.length);
  if (agreement === undefined || wrap === undefined) throw new Error('bug: no key agreement for this key');
  const wrapIdentifier = der.sequence(der.oid(wrap.oid));
  const scheme = { agreement, wrap, wrapIdentifier };
  const ephemeral = kind === 'x25519' ? ephemeralX25519(point) : ephemeralCurve(kind, point);
  const algorithm = kind === 'x25519' ? der.sequence(der.oid(oids.x25519)) : der.sequence(der.oid(oids.ecPublicKey));
  const cipher = createCipheriv(wrap.id, keyEncryptionKey(scheme, ephemeral.secret, null), wrapInitial);
  return {
    originator: der.context(1, algorithm, der.bits(ephemeral.point)),
    identifier: der.sequence(der.oid(agreement.oid), wrapIdentifier),
    encryptedKey: Buffer.concat([cipher.update(contentKey), cipher.final()]),
  };
}

const ownDerivation = { p256: 'x963 sha256', p384: 'x963 sha384', x25519: 'hkdf sha256' } as const;

const wrapInitial = Buffer.from('a6a6a6a6a6a6a6a6', 'hex'); // RFC 3394 §2.2.3.1

interface Ephemeral {
  readonly point: Uint8Array;
  readonly secret: Uint8Array;
}

/** `createECDH` costs half of a KeyObject's key generation and Diffie-Hellman. */
function ephemeralCurve(kind: 'p256' | 'p384', point: Uint8Array): Ephemeral {
  const ephemeral = createECDH(curveName[kind]);
  return { point: ephemeral.generateKeys(), secret: ephemeral.computeSecret(point) };
}

function ephemeralX25519(point: Uint8Array): Ephemeral {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  return {
    point: publicKey.export({ format: 'der', type: 'spki' }).subarray(-x25519Bytes),
    secret: diffieHellman({ privateKey, publicKey: x25519Key(point) }),
  };
}

const x25519Bytes = 32;

/** The originator's ephemeral point; `parameters` may name the curve but only the recipient's (RFC 5753 §3.1.1). */
export function ephemeralPoint(kind: AgreementKeyKind, algorithm: AlgorithmIdentifier, point: Uint8Array): Uint8Array {
  const expected = kind === 'x25519' ? oids.x25519 : oids.ecPublicKey;
  if (algorithm.id !== expected) return refuse('algorithm', `ephemeral key ${algorithm.id}`);
  if (kind !== 'x25519' && algorithm.parameters?.tag === tags.oid) {
    if (oid(algorithm.parameters) !== curveOid[kind]) return refuse('algorithm', 'ephemeral key on another curve');
  } else expectNoParameters(algorithm);
  if (!isPoint(kind, point)) throw new Asn1Error('ephemeral key of another size');
  return point;
}

function isPoint(kind: AgreementKeyKind, point: Uint8Array): boolean {
  switch (kind) {
    case 'x25519':
      return point.length === x25519Bytes;
    case 'p256':
      return point.length === 65 && point[0] === 0x04;
    case 'p384':
      return point.length === 97 && point[0] === 0x04;
  }
}

/** Our side of an agreement. */
export interface OurAgreement {
  readonly kind: AgreementKeyKind;
  readonly privateKey: KeyObject;
  readonly scheme: AgreementScheme;
  readonly point: Uint8Array;
  readonly keyingMaterial: Uint8Array | null;
}

/** The content key, or null when point, secret or wrap are not right. */
export function unwrapAgreed(input: OurAgreement, encryptedKey: Uint8Array): Uint8Array | null {
  try {
    const kek = keyEncryptionKey(input.scheme, agreedSecret(input), input.keyingMaterial);
    const cipher = createDecipheriv(input.scheme.wrap.id, kek, wrapInitial);
    return Buffer.concat([cipher.update(encryptedKey), cipher.final()]);
  } catch {
    return null; // one outcome for a point off the curve, a secret of nought and a wrap that does not fit
  }
}

function agreedSecret(input: OurAgreement): Uint8Array {
  if (input.kind === 'x25519') return diffieHellman({ privateKey: input.privateKey, publicKey: x25519Key(input.point) });
  return ecdhOf(input.kind, input.privateKey).computeSecret(input.point);
}

const ecdhByKey = new WeakMap<KeyObject, ECDH>();

/** Importing the sender's point as a KeyObject costs more than the agreement itself; ECDH takes it as it is, and refuses points off the curve. */
function ecdhOf(kind: 'p256' | 'p384', privateKey: KeyObject): ECDH {
  const known = ecdhByKey.get(privateKey);
  if (known !== undefined) return known;
  const { d } = privateKey.export({ format: 'jwk' });
  if (d === undefined) throw new Error('bug: not a private key');
  const ecdh = createECDH(curveName[kind]);
  ecdh.setPrivateKey(Buffer.from(d, 'base64url'));
  ecdhByKey.set(privateKey, ecdh);
  return ecdh;
}

const x25519Prefix = der.sequence(der.oid(oids.x25519));

function x25519Key(point: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.from(der.sequence(x25519Prefix, der.bits(point))), format: 'der', type: 'spki' });
}

/** X9.63 or HKDF over the secret with ECC-CMS-SharedInfo (RFC 5753 §7.2, RFC 8418 §2). */
function keyEncryptionKey(scheme: AgreementScheme, secret: Uint8Array, keyingMaterial: Uint8Array | null): Uint8Array {
  const { agreement, wrap, wrapIdentifier } = scheme;
  const entity = keyingMaterial === null ? [] : [der.explicit(0, der.octets(keyingMaterial))];
  const keyBits = Buffer.alloc(4);
  keyBits.writeUInt32BE(wrap.keyBytes * 8);
  const sharedInfo = der.sequence(wrapIdentifier, ...entity, der.explicit(2, der.octets(keyBits)));
  if (agreement.derivation === 'hkdf') return new Uint8Array(hkdfSync(agreement.digest, secret, '', sharedInfo, wrap.keyBytes));
  if (digestBytes[agreement.digest] < wrap.keyBytes) throw new Error('bug: one round of X9.63 does not fill the key');
  return createHash(agreement.digest).update(secret).update(firstRound).update(sharedInfo).digest().subarray(0, wrap.keyBytes);
}

const firstRound = Uint8Array.of(0, 0, 0, 1); // every key we derive fits in the first digest
