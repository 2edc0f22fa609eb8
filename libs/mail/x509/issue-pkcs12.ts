import { createCipheriv, createHash, createHmac, hash, pbkdf2Sync, randomBytes, type KeyObject } from 'node:crypto';
import { der, tlv, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';

export interface Pkcs12Input {
  readonly privateKey: KeyObject;
  /** DER, the certificate of the key first, then its authorities. */
  readonly certificates: readonly Uint8Array[];
  readonly password: string;
  /** What mail programs call the key. */
  readonly name: string;
}

const keyBag = '1.2.840.113549.1.12.10.1.2';
const certificateBag = '1.2.840.113549.1.12.10.1.3';
const x509Certificate = '1.2.840.113549.1.9.22.1';
const friendlyName = '1.2.840.113549.1.9.20';
const localKeyId = '1.2.840.113549.1.9.21';
const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2 = '1.2.840.113549.1.5.12';
const hmacWithSha256 = '1.2.840.113549.2.9';
const iterations = 20_000;

/**
 * A PKCS #12 file (RFC 7292) that Outlook and Thunderbird import: AES-256 and SHA-256 throughout, none of the older ciphers. For practice keys and tests; keys
 * of any kind, whereas node-forge packs RSA keys under RSA authorities only.
 */
export function issuePkcs12({ privateKey, certificates, password, name }: Pkcs12Input): Uint8Array {
  const [leaf = new Uint8Array()] = certificates;
  const keyId = createHash('sha1').update(leaf).digest(); // A label that ties key to certificate, as OpenSSL and Windows write it; it proves nothing.
  const attributes = der.setOf(
    der.sequence(der.oid(friendlyName), der.set(tlv(0x1e, Buffer.from(name, 'utf16le').swap16()))),
    der.sequence(der.oid(localKeyId), der.set(der.octets(keyId))),
  );
  const shrouded = privateKey.export({ format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: password });
  const keys = der.sequence(der.sequence(der.oid(keyBag), der.explicit(0, shrouded), attributes));
  const bags = certificates.map((certificate, i) => bag(certificate, i === 0 ? [attributes] : []));
  const safe = der.sequence(encryptedContent(der.sequence(...bags), password), content(keys));
  return der.sequence(der.integer(3), content(safe), mac(safe, password));
}

function bag(certificate: Uint8Array, attributes: readonly Der[]): Der {
  const value = der.sequence(der.oid(x509Certificate), der.explicit(0, der.octets(certificate)));
  return der.sequence(der.oid(certificateBag), der.explicit(0, value), ...attributes);
}

function content(value: Der): Der {
  return der.sequence(der.oid(oids.data), der.explicit(0, der.octets(value)));
}

function encryptedContent(value: Der, password: string): Der {
  const [salt, iv] = [randomBytes(16), randomBytes(16)];
  const cipher = createCipheriv('aes-256-cbc', pbkdf2Sync(password, salt, iterations, 32, 'sha256'), iv);
  const encrypted = Buffer.concat([cipher.update(value), cipher.final()]);
  const derivation = der.sequence(der.oid(pbkdf2), der.sequence(der.octets(salt), der.integer(iterations), der.sequence(der.oid(hmacWithSha256), der.null())));
  const algorithm = der.sequence(der.oid(pbes2), der.sequence(derivation, der.sequence(der.oid(oids.aes256Cbc), der.octets(iv))));
  const info = der.sequence(der.oid(oids.data), algorithm, der.implicit(0, encrypted));
  return der.sequence(der.oid(oids.encryptedData), der.explicit(0, der.sequence(der.integer(0), info)));
}

function mac(value: Der, password: string): Der {
  const salt = randomBytes(16);
  const digest = createHmac('sha256', macKey(password, salt)).update(value).digest();
  const algorithm = der.sequence(der.oid(oids.sha256), der.null());
  return der.sequence(der.sequence(algorithm, der.octets(digest)), der.octets(salt), der.integer(iterations));
}

/** The key of RFC 7292 appendix B.2 for purpose 3; with SHA-256 one round gives all 32 octets. */
function macKey(password: string, salt: Uint8Array): Uint8Array {
  const blockSize = 64;
  const filled = (bytes: Uint8Array): Uint8Array => Buffer.alloc(Math.ceil(bytes.length / blockSize) * blockSize, bytes);
  const secret = Buffer.from(`${password}\0`, 'utf16le').swap16();
  let block: Uint8Array = Buffer.concat([Buffer.alloc(blockSize, 3), filled(salt), filled(secret)]);
  for (let i = 0; i < iterations; i += 1) block = hash('sha256', block, 'buffer');
  return block;
}
