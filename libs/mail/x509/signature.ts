import { createHash, constants, verify, type KeyObject } from 'node:crypto';
import { Asn1Error, context, oid, readDer, sequence, smallInteger, type DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';

/** Why a key or algorithm is not accepted, or `null` when it is. */
export type Weakness = 'weak-algorithm' | 'weak-key' | null;

/** An AlgorithmIdentifier: its identifier and its parameters, null when absent (RFC 5280 §4.1.1.2). */
export interface AlgorithmIdentifier {
  readonly id: string;
  readonly parameters: DerNode | null;
  readonly raw: Uint8Array;
}

/** Reads an AlgorithmIdentifier; throws Asn1Error when it is not one. */
export function readAlgorithm(node: DerNode): AlgorithmIdentifier {
  const [id, parameters, ...rest] = sequence(node);
  if (id === undefined || rest.length > 0) throw new Asn1Error('algorithm without identifier');
  return { id: oid(id), parameters: parameters ?? null, raw: node.raw };
}

type Hash = 'sha256' | 'sha384' | 'sha512';
interface SignatureScheme {
  readonly key: 'rsa' | 'ec' | 'ed25519';
  readonly hash: Hash | null;
  readonly padding: 'pkcs1' | 'pss' | null;
  readonly parameters: 'null' | 'absent' | 'pss';
}

// The one table of accepted certificate signatures. SHA-1, MD5 and DSA are not in it and no option puts them there (RFC 8551 §2.2, §6).
const schemes: Readonly<Record<string, SignatureScheme>> = {
  [oids.sha256WithRsa]: { key: 'rsa', hash: 'sha256', padding: 'pkcs1', parameters: 'null' },
  [oids.sha384WithRsa]: { key: 'rsa', hash: 'sha384', padding: 'pkcs1', parameters: 'null' },
  [oids.sha512WithRsa]: { key: 'rsa', hash: 'sha512', padding: 'pkcs1', parameters: 'null' },
  [oids.rsaPss]: { key: 'rsa', hash: null, padding: 'pss', parameters: 'pss' },
  [oids.ecdsaWithSha256]: { key: 'ec', hash: 'sha256', padding: null, parameters: 'absent' },
  [oids.ecdsaWithSha384]: { key: 'ec', hash: 'sha384', padding: null, parameters: 'absent' },
  [oids.ed25519]: { key: 'ed25519', hash: null, padding: null, parameters: 'absent' },
};

const curves: ReadonlySet<string> = new Set(['prime256v1', 'secp384r1']);
const rsaBitsMin = 2048;
/** A modulus beyond this makes one verification cost as much as a thousand ordinary ones. */
const rsaBitsMax = 8192;
const rsaExponentMin = 65_537n;
const rsaExponentMax = 1n << 64n;

/** Whether a key is strong enough to rely on: RSA of 2048 to 8192 bits, P-256, P-384, Ed25519 or X25519; anything else is weak. */
export function keyWeakness(key: KeyObject): Weakness {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss': {
      const size = details?.modulusLength ?? 0;
      const exponent = details?.publicExponent ?? 0n;
      const isStrong = size >= rsaBitsMin && size <= rsaBitsMax && exponent >= rsaExponentMin && exponent < rsaExponentMax;
      return isStrong ? null : 'weak-key';
    }
    case 'ec':
      return curves.has(details?.namedCurve ?? '') ? null : 'weak-key';
    case 'ed25519':
    case 'x25519':
      return null;
    default:
      return 'weak-key';
  }
}

/** The outcome of checking one signature. */
export type SignatureVerdict = 'good' | 'bad-signature' | 'weak-algorithm' | 'weak-key';

/** Checks a signature over `signed` under the accepted algorithms only; a scheme that does not fit the key counts as a bad signature. */
export function checkSignature(input: {
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly algorithm: AlgorithmIdentifier;
  readonly key: KeyObject;
}): SignatureVerdict {
  const { algorithm, key } = input;
  const scheme = schemes[algorithm.id];
  if (scheme === undefined) return 'weak-algorithm';
  const weakness = keyWeakness(key);
  if (weakness !== null) return weakness;
  const type = key.asymmetricKeyType === 'rsa-pss' && scheme.padding === 'pss' ? 'rsa' : key.asymmetricKeyType;
  if (type !== scheme.key) return 'bad-signature';
  const hash = scheme.parameters === 'pss' ? pssHash(algorithm.parameters) : scheme.hash;
  if (hash === null && scheme.key !== 'ed25519') return 'weak-algorithm';
  if (!hasParameters(scheme, algorithm.parameters)) return 'bad-signature';
  return isGood(input, scheme, hash) ? 'good' : 'bad-signature';
}

function isGood(input: { signed: Uint8Array; signature: Uint8Array; key: KeyObject }, scheme: SignatureScheme, hash: Hash | null): boolean {
  const { signed, signature, key } = input;
  try {
    if (scheme.padding !== 'pss' || hash === null) return verify(hash, signed, key, signature);
    const saltLength = saltBytes[hash];
    return verify(hash, signed, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
  } catch {
    // OpenSSL throws on encodings it cannot take, and on PSS keys restricted to another hash; either way nothing is proven.
    return false;
  }
}

function hasParameters(scheme: SignatureScheme, parameters: DerNode | null): boolean {
  switch (scheme.parameters) {
    // RFC 4055 §5 writes NULL; some authorities leave it out and RFC 5280 readers take both.
    case 'null':
      return parameters === null || parameters.tag === 0x05;
    case 'absent':
      return parameters === null;
    case 'pss':
      return parameters !== null;
  }
}

const hashes: Readonly<Record<string, Hash>> = { [oids.sha256]: 'sha256', [oids.sha384]: 'sha384', [oids.sha512]: 'sha512' };
const saltBytes: Readonly<Record<Hash, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** The hash of RSASSA-PSS parameters when mask and salt agree with it (RFC 8017 §9.1, RFC 4055 §3.1), else null: the defaults are SHA-1. */
function pssHash(parameters: DerNode | null): Hash | null {
  try {
    return parameters === null ? null : readPssHash(parameters);
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
}

function readPssHash(parameters: DerNode): Hash | null {
  const field = (number: number): DerNode | undefined => sequence(parameters).find((candidate) => context(candidate, number))?.children[0];
  const [hashField, maskField, saltField, trailerField] = [field(0), field(1), field(2), field(3)];
  if (hashField === undefined || maskField === undefined || saltField === undefined) return null;
  const hash = hashes[readAlgorithm(hashField).id];
  const mask = readAlgorithm(maskField);
  if (hash === undefined || mask.id !== oids.mgf1 || mask.parameters === null) return null;
  if (hashes[readAlgorithm(mask.parameters).id] !== hash) return null;
  if (smallInteger(saltField) !== saltBytes[hash]) return null;
  return trailerField === undefined || smallInteger(trailerField) === 1 ? hash : null;
}

/** SHA-256 in hexadecimal: the name of a certificate or CRL in logs and evidence. */
export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads the AlgorithmIdentifier that `raw` is. */
export function readAlgorithmRaw(raw: Uint8Array): AlgorithmIdentifier {
  return readAlgorithm(readDer(raw));
}
