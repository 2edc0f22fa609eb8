import { oids } from '../asn1/oid.js';
import { isSelfIssued, type Certificate } from './certificate.js';
import { refusePath, type PathRefusal } from './path-refusal.js';

/**
 * How much of what RFC 5280 asks of authorities is demanded. 'rfc5280' is path validation alone (§6.1); 'strict' adds the certificate profile (§4), as
 * PKIoverheid and every public authority keep it: what deviates was not issued by the procedures we rely on.
 */
export type Profile = 'strict' | 'rfc5280';

const serialSizeMaxBytes = 20;

/** The first deviation of a certificate from the strict profile, else null. */
export function refuseProfile(certificate: Certificate, role: 'authority' | 'crl-issuer' | 'end'): PathRefusal | null {
  const deviation = commonDeviation(certificate) ?? deviationOfRole(certificate, role);
  return deviation === null ? null : refusePath('profile', certificate, deviation);
}

function deviationOfRole(certificate: Certificate, role: 'authority' | 'crl-issuer' | 'end'): string | null {
  switch (role) {
    case 'authority':
      return authorityDeviation(certificate);
    case 'end':
      return endDeviation(certificate);
    case 'crl-issuer':
      return certificate.keyUsage === null ? 'issuer of lists without key usage (RFC 5280 §4.2.1.3)' : null;
  }
}

function commonDeviation(certificate: Certificate): string | null {
  const { serial, version, hasUniqueIds, issuer, notBefore, notAfter } = certificate;
  if (version !== 3) return 'not of version 3 (RFC 5280 §4.1.2.1)';
  if (/^[89a-f]/.test(serial) || /^(00)*$/.test(serial) || serial.length > serialSizeMaxBytes * 2) return 'serial number not positive or too long (RFC 5280 §4.1.2.2)';
  if (hasUniqueIds) return 'unique identifiers (RFC 5280 §4.1.2.8)';
  if (issuer.rdns.length === 0) return 'issuer without a name (RFC 5280 §4.1.2.4)';
  if (notAfter < notBefore) return 'validity that ends before it begins (RFC 5280 §4.1.2.5)';
  return null;
}

function authorityDeviation(certificate: Certificate): string | null {
  const { critical, keyUsage, subject, subjectKeyIdentifier, authorityKeyIdentifier } = certificate;
  if (subject.rdns.length === 0) return 'authority without a name (RFC 5280 §4.1.2.6)';
  if (!critical.includes(oids.basicConstraints)) return 'basic constraints not critical (RFC 5280 §4.2.1.9)';
  if (keyUsage === null) return 'authority without key usage (RFC 5280 §4.2.1.3)';
  if (subjectKeyIdentifier === null) return 'authority without key identifier (RFC 5280 §4.2.1.2)';
  if (!isSelfIssued(certificate) && authorityKeyIdentifier?.keyIdentifier == null) return 'no authority key identifier (RFC 5280 §4.2.1.1)';
  if (certificate.nameConstraints !== null && !critical.includes(oids.nameConstraints)) return 'name constraints not critical (RFC 5280 §4.2.1.10)';
  if (certificate.policyConstraints !== null && !critical.includes(oids.policyConstraints)) return 'policy constraints not critical (RFC 5280 §4.2.1.11)';
  return null;
}

function endDeviation(certificate: Certificate): string | null {
  const { critical, keyUsage, subject, subjectAltNames, nameConstraints, authorityKeyIdentifier } = certificate;
  if (certificate.basicConstraints?.isCa === true) return 'an authority is not a party';
  if (keyUsage === null) return 'no key usage (RFC 5280 §4.2.1.3)';
  if (keyUsage.includes('keyCertSign')) return 'certificate signing without authority (RFC 5280 §4.2.1.3)';
  if (nameConstraints !== null) return 'name constraints without authority (RFC 5280 §4.2.1.10)';
  if (authorityKeyIdentifier?.keyIdentifier == null) return 'no authority key identifier (RFC 5280 §4.2.1.1)';
  if (subject.rdns.length === 0 && (subjectAltNames.length === 0 || !critical.includes(oids.subjectAltName))) return 'no subject and no critical alternative name (RFC 5280 §4.1.2.6)';
  return null;
}
