import { publicKeyOf, type Certificate } from '../x509/certificate.js';
import type { KeyUsage } from '../x509/extensions.js';

/** How a key of this kind receives a content key, and the usage that allows it (RFC 8550 §4.4.2); null: it cannot. */
export const receivingUsage = (certificate: Certificate): KeyUsage | null => {
  const key = publicKeyOf(certificate);
  switch (key?.asymmetricKeyType) {
    case 'rsa':
      return 'keyEncipherment';
    case 'ec':
      return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' || key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'keyAgreement' : null;
    case 'x25519':
      return 'keyAgreement';
    default:
      return null;
  }
};

/** Whether a certificate is meant to encrypt to, as far as it says itself. */
export const canReceive = (certificate: Certificate): boolean => {
  const usage = receivingUsage(certificate);
  return usage !== null && (certificate.keyUsage === null || certificate.keyUsage.includes(usage));
};
