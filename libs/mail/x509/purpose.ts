import { oids } from '../asn1/oid.js';
import type { Certificate } from './certificate.js';
import type { KeyUsage } from './extensions.js';
import { refusePath, type PathRefusal } from './path-refusal.js';

/** What the certificate at the end of a path is to be used for. */
export type Purpose = 'any' | 'sign-mail' | 'encrypt-mail' | 'serve-tls' | 'authenticate-client' | 'sign-crl';

interface Demand {
  /** The use of an anchor this is of; null for what serves either. */
  readonly use: 'mail' | 'tls' | null;
  /** One of these bits must be set when keyUsage is there (RFC 8550 §4.4.2; RFC 5280 §6.3.3 (f)). */
  readonly keyUsage: readonly KeyUsage[] | null;
  /** This purpose, or any, must be listed when extended key usage is there (RFC 8550 §4.4.4), in authorities too. */
  readonly extended: string | null;
}

const demands: Readonly<Record<Purpose, Demand>> = {
  any: { use: null, keyUsage: null, extended: null },
  'sign-mail': { use: 'mail', keyUsage: ['digitalSignature', 'nonRepudiation'], extended: oids.emailProtection },
  'encrypt-mail': { use: 'mail', keyUsage: ['keyEncipherment', 'keyAgreement'], extended: oids.emailProtection },
  'serve-tls': { use: 'tls', keyUsage: ['digitalSignature', 'keyEncipherment', 'keyAgreement'], extended: oids.serverAuth },
  'authenticate-client': { use: 'tls', keyUsage: ['digitalSignature', 'keyAgreement'], extended: oids.clientAuth },
  'sign-crl': { use: null, keyUsage: ['cRLSign'], extended: null },
};

/** True when an anchor with these uses may vouch for this purpose: PKIoverheid has a root for mail and another for servers. */
export const vouchesFor = (uses: readonly ('mail' | 'tls')[] | undefined, purpose: Purpose): boolean => {
  const { use } = demands[purpose];
  return uses === undefined || use === null || uses.includes(use);
};

/** The refusal when the certificate at the end of a path may not be used for `purpose`, else null. */
export function refusePurpose(certificate: Certificate, purpose: Purpose): PathRefusal | null {
  const { keyUsage, extended } = demands[purpose];
  const isForbidden = keyUsage !== null && certificate.keyUsage !== null && !keyUsage.some((usage) => certificate.keyUsage?.includes(usage) === true);
  if (isForbidden) return refusePath('key-usage', certificate, `key usage does not allow ${purpose}`);
  return allowsExtended(certificate, extended) ? null : refusePath('extended-key-usage', certificate, `extended key usage does not allow ${purpose}`);
}

/** The refusal when an authority was limited to other purposes than this one, else null: a server authority vouches for no mail. */
export function refuseAuthorityPurpose(authority: Certificate, purpose: Purpose): PathRefusal | null {
  if (allowsExtended(authority, demands[purpose].extended)) return null;
  return refusePath('extended-key-usage', authority, `authority is not allowed to vouch for ${purpose}`);
}

function allowsExtended(certificate: Certificate, extended: string | null): boolean {
  const listed = certificate.extendedKeyUsage;
  return extended === null || listed === null || listed.includes(extended) || listed.includes(oids.anyExtendedKeyUsage);
}
