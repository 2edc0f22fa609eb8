import { Asn1Error } from '../asn1/der.js';
import { readAddress } from '../mime/address.js';
import { parseCertificate, type Certificate } from '../x509/certificate.js';
import { validatePath } from '../x509/path.js';
import { receivingUsage } from './encryption-use.js';
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

/**
 * Whether mail to `address` may be encrypted to this certificate (DER) at this moment: its path holds, it is not revoked, it
 * is meant for encrypting mail, and it is issued for exactly this address (I12: never downgrade, never to another). Refused as
 * 'revocation-unknown' it may be usable as soon as an answer or a list is there.
 */
export const checkRecipient = (certificate: Uint8Array, context: RecipientContext): { readonly kind: 'usable' } | MailRefusal => {
  const address = readAddress(context.address);
  const target = parse(certificate);
  if (target === null) return refuseMail('unusable-certificate', 'not a certificate');
  const usage = receivingUsage(target);
  if (usage === null) return refuseMail('unusable-certificate', 'key cannot receive');
  if (target.keyUsage !== null && !target.keyUsage.includes(usage)) return refuseMail('unusable-certificate', `key usage without ${usage}`);
  if (address === null || !isIssuedFor(target, address)) return refuseMail('wrong-address', 'certificate of another address');
  const path = validatePath({ target, intermediates: [], trust: context.trust, at: context.at, purpose: 'encrypt-mail', profile: 'strict' });
  if (path.kind === 'valid') return { kind: 'usable' };
  if (path.code === 'revocation-unknown') return refuseMail('revocation-unknown', path.detail);
  return refuseMail('unusable-certificate', `${path.code}: ${path.detail}`);
};
