import { Asn1Error } from '../asn1/der.js';
import { readAddress } from '../mime/address.js';
import { parseCertificate, publicKeyOf, type Certificate } from '../x509/certificate.js';
import type { KeyUsage } from '../x509/extensions.js';
import { validatePath } from '../x509/path.js';
import type { Trust } from './identity.js';
import { refuseMail, type MailRefusal } from './refusal.js';
import { isIssuedFor } from './signer.js';

/** For which address a certificate should serve, whom we trust, and when. */
export interface RecipientContext {
  readonly trust: Trust;
  readonly address: string;
  readonly at: Date;
}

const parse = (der: Uint8Array): Certificate | null => {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof Asn1Error) return null;
    throw error;
  }
};

// How a key of this kind receives a content key, and the usage that allows it (RFC 8550 §4.4.2); null: it cannot.
const usageOf = (certificate: Certificate): KeyUsage | null => {
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

/**
 * Whether mail to `address` may be encrypted to this certificate (DER) at this moment: its path holds, it is not revoked, it
 * is meant for encrypting mail, and it is issued for exactly this address (I12: never downgrade, never to another).
 */
export const checkRecipient = (certificate: Uint8Array, context: RecipientContext): { readonly kind: 'usable' } | MailRefusal => {
  const address = readAddress(context.address);
  const target = parse(certificate);
  if (target === null) return refuseMail('unusable-certificate', 'not a certificate');
  const usage = usageOf(target);
  if (usage === null) return refuseMail('unusable-certificate', 'key cannot receive');
  if (target.keyUsage !== null && !target.keyUsage.includes(usage)) return refuseMail('unusable-certificate', `key usage without ${usage}`);
  if (address === null || !isIssuedFor(target, address)) return refuseMail('wrong-address', 'certificate of another address');
  const path = validatePath({ target, intermediates: [], trust: context.trust, at: context.at, purpose: 'encrypt-mail', profile: 'strict' });
  return path.kind === 'valid' ? { kind: 'usable' } : refuseMail('unusable-certificate', `${path.code}: ${path.detail}`);
};
