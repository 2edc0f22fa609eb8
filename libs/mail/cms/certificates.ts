import type { KeyObject } from 'node:crypto';
import type { DerNode } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { parseCertificate, publicKeyOf, type Certificate } from '../x509/certificate.js';
import { readName, type Name } from '../x509/name.js';
import { keyWeakness } from '../x509/signature.js';
import { fieldsOf, tags } from './fields.js';
import { refuse } from './refusal.js';

/** The kinds of key this library signs, verifies, wraps and agrees with; others are below the minimums (rule 7). */
export type KeyKind = 'rsa' | 'rsa-pss' | 'p256' | 'p384' | 'ed25519' | 'x25519';

/** A certificate with the key that CMS needs of it. Nothing here says that it is valid or trusted: the caller validates the path. */
export interface KnownCertificate {
  readonly certificate: Certificate;
  readonly publicKey: KeyObject;
  readonly keyKind: KeyKind;
}

const known = new WeakMap<Certificate, KnownCertificate>();

/** The certificate that `raw` is, read once per process while it is remembered; refused when its key is below the minimums. */
export function knownCertificate(raw: Uint8Array): KnownCertificate {
  const certificate = parseCertificate(raw);
  const earlier = known.get(certificate);
  if (earlier !== undefined) return earlier;
  const publicKey = publicKeyOf(certificate);
  const keyKind = publicKey === null || keyWeakness(publicKey) !== null ? null : keyKindOf(publicKey);
  if (publicKey === null || keyKind === null) return refuse('algorithm', `key ${certificate.keyAlgorithm.id} of certificate ${certificate.sha256}`);
  const made = { certificate, publicKey, keyKind };
  known.set(certificate, made);
  return made;
}

function keyKindOf(key: KeyObject): KeyKind | null {
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
    case 'ed25519':
    case 'x25519':
      return key.asymmetricKeyType;
    case 'ec':
      return key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'p384' : 'p256';
    default:
      return null;
  }
}

/** Issuer and serial number as complete DER values, in the order of IssuerAndSerialNumber (RFC 5652 §10.2.4). */
export function issuerAndSerial({ issuer, serialRaw }: Certificate): readonly [Uint8Array, Uint8Array] {
  return [issuer.raw, serialRaw];
}

/** Whether an IssuerAndSerialNumber names this certificate. */
export function isIssuerAndSerialOf(node: DerNode, certificate: Certificate): boolean {
  const fields = fieldsOf(node);
  const issuer = fields.required(tags.sequence);
  const serial = fields.required(tags.integer);
  fields.end();
  return Buffer.compare(serial.raw, certificate.serialRaw) === 0 && isSameName(issuer, certificate.issuer);
}

/** Whether two names are one; senders write the text types of a name anew, so the octets may differ (RFC 5280 §7.1). */
export function isSameName(node: DerNode, name: Name): boolean {
  return Buffer.compare(node.raw, name.raw) === 0 || readName(node).canonical === name.canonical;
}

/** Whether a key identifier names this certificate; one without the extension is named by issuer and serial number only. */
export function isKeyIdentifierOf(identifier: Uint8Array, certificate: Certificate): boolean {
  return certificate.subjectKeyIdentifier !== null && Buffer.compare(identifier, certificate.subjectKeyIdentifier) === 0;
}

/** Refuses a certificate that may not sign mail: keyUsage and extendedKeyUsage bind when present (RFC 8550 §4.4.2, §4.4.4; rule 8). */
export function expectMaySign({ keyUsage, extendedKeyUsage }: Certificate): void {
  const signs = keyUsage === null || keyUsage.includes('digitalSignature') || keyUsage.includes('nonRepudiation');
  const mails = extendedKeyUsage === null || extendedKeyUsage.includes(oids.emailProtection) || extendedKeyUsage.includes(oids.anyExtendedKeyUsage);
  if (!signs || !mails) refuse('unknown-signer', 'certificate not meant for signing mail');
}
