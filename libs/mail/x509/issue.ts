import { constants, createHash, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { Asn1Error, der, readDer, tlv, type Der } from '../asn1/der.js';
import { oids } from '../asn1/oid.js';
import { parseCertificate, type Certificate } from './certificate.js';
import { certificateExtensions, type IssueExtensions } from './issue-extensions.js';

/** The parts of a name that practice and test certificates use; absent parts are left out. */
export interface SubjectName {
  readonly commonName: string;
  readonly organization?: string;
  readonly organizationIdentifier?: string;
  readonly country?: string;
  /** The OIN, in certificates of organisations. */
  readonly serialNumber?: string;
}

/** Who signs: a certificate (DER) with its private key; null for a certificate that its own key signs. */
export interface Issuer {
  readonly certificate: Uint8Array | null;
  readonly privateKey: KeyObject;
}

export interface IssueInput {
  readonly subject: SubjectName;
  readonly issuer: Issuer;
  readonly publicKey: KeyObject;
  readonly serial: bigint;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly extensions: IssueExtensions;
  /** RSA issuers sign PKCS #1 v1.5 by default, the form every mail program reads. */
  readonly scheme?: 'rsa-pss';
}

/**
 * A new certificate in DER (RFC 5280 §4.1) with key identifiers filled in. For the practice authority and for tests: it issues what it is asked, also what
 * `validatePath` must refuse. RSA, P-256, P-384 and Ed25519 issuers; any public key the platform can export.
 */
export function issueCertificate(input: IssueInput): Uint8Array {
  const { issuer, publicKey, extensions, scheme = null } = input;
  const authority = issuer.certificate === null ? null : parseCertificate(issuer.certificate);
  const subject = nameOf(input.subject);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const algorithm = signatureAlgorithm(issuer.privateKey, scheme);
  const keyIdentifier = keyIdentifierOf(spki);
  const issuerKeyIdentifier = authority === null ? keyIdentifierOf(createPublicKey(issuer.privateKey).export({ format: 'der', type: 'spki' })) : subjectKeyIdentifierOf(authority);
  const tbs = der.sequence(
    der.explicit(0, der.integer(2)),
    der.integer(input.serial),
    algorithm,
    authority?.subject.raw ?? subject,
    der.sequence(der.time(input.notBefore), der.time(input.notAfter)),
    subject,
    spki,
    der.explicit(3, certificateExtensions(extensions, { keyIdentifier, issuerKeyIdentifier })),
  );
  return signed(tbs, algorithm, issuer.privateKey);
}

/** A name in DER, one attribute per relative name, country and organisation first. */
export function nameOf(subject: SubjectName): Der {
  const attribute = (type: string, value: Der): Der => der.set(der.sequence(der.oid(type), value));
  const { country, organization, organizationIdentifier, commonName, serialNumber } = subject;
  return der.sequence(
    ...(country === undefined ? [] : [attribute(oids.country, der.printable(country))]),
    ...(organization === undefined ? [] : [attribute(oids.organization, der.utf8(organization))]),
    ...(organizationIdentifier === undefined ? [] : [attribute(oids.organizationIdentifier, der.utf8(organizationIdentifier))]),
    attribute(oids.commonName, der.utf8(commonName)),
    ...(serialNumber === undefined ? [] : [attribute(oids.serialNumber, der.printable(serialNumber))]),
  );
}

/** The key identifier of a key: the leftmost 160 bits of SHA-256 over its octets (RFC 7093 §2, method 1). */
function keyIdentifierOf(spki: Uint8Array): Uint8Array {
  const key = readDer(spki).children[1];
  if (key === undefined) throw new Asn1Error('public key without two parts');
  return createHash('sha256').update(key.content.subarray(1)).digest().subarray(0, 20);
}

/** The identifier by which others name the key of an authority: as its certificate says, or computed when it says nothing. */
export function subjectKeyIdentifierOf(authority: Certificate): Uint8Array {
  return authority.subjectKeyIdentifier ?? keyIdentifierOf(authority.spki);
}

/** The AlgorithmIdentifier with which this key signs certificates and lists. */
export function signatureAlgorithm(key: KeyObject, scheme: 'rsa-pss' | null): Der {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return scheme === 'rsa-pss' ? pssAlgorithm : der.sequence(der.oid(oids.sha256WithRsa), der.null());
    case 'ec':
      return der.sequence(der.oid(isP384(key) ? oids.ecdsaWithSha384 : oids.ecdsaWithSha256));
    case 'ed25519':
      return der.sequence(der.oid(oids.ed25519));
    default:
      throw new Error('bug: an issuer signs with RSA, P-256, P-384 or Ed25519');
  }
}

const isP384 = (key: KeyObject): boolean => key.asymmetricKeyDetails?.namedCurve === 'secp384r1';
const sha256Algorithm = der.sequence(der.oid(oids.sha256), der.null());
const pssAlgorithm = der.sequence(
  der.oid(oids.rsaPss),
  der.sequence(der.explicit(0, sha256Algorithm), der.explicit(1, der.sequence(der.oid(oids.mgf1), sha256Algorithm)), der.explicit(2, der.integer(32))),
);

/** The SIGNED form that certificates and lists share: what is signed, how, and the signature (RFC 5280 §4.1.1, §5.1.1). */
export function signed(tbs: Der, algorithm: Der, key: KeyObject): Der {
  const hash = key.asymmetricKeyType === 'ed25519' ? null : isP384(key) ? 'sha384' : 'sha256';
  const pss = Buffer.compare(algorithm, pssAlgorithm) === 0 ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } : {};
  return tlv(0x30, tbs, algorithm, der.bits(sign(hash, tbs, { key, ...pss })));
}
