import { parseCertificate, type Certificate } from '@ketensluis/mail';
import type { KeptCertificate } from './certificate-ports.js';

/** A certificate as it is kept, with what people find it by. Throws for bytes that are none. */
export const keptCertificate = (der: Uint8Array): KeptCertificate => keptFrom(parseCertificate(der));

/** The same of one that was read. */
export const keptFrom = (certificate: Certificate): KeptCertificate => ({
  sha256: certificate.sha256,
  der: certificate.raw,
  subject: certificate.subject.printable,
  issuer: certificate.issuer.printable,
  serial: certificate.serial,
  ski: certificate.subjectKeyIdentifier,
  notBefore: certificate.notBefore,
  notAfter: certificate.notAfter,
  usages: [...(certificate.keyUsage ?? []), ...(certificate.extendedKeyUsage ?? [])],
  policies: certificate.policies ?? [],
});

/** A certificate from outside; null for bytes that are none. */
export const readCertificate = (der: Uint8Array): Certificate | null => {
  try {
    return parseCertificate(der);
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'Asn1Error') return null;
    throw fault;
  }
};
