import { createPublicKey } from 'node:crypto';
import path from 'node:path';
import { issueCertificate, practicePolicies, type IssueExtensions } from '@ketensluis/mail';
import { addDays, crlUrl, keepAuthorities, newSerial, practiceDomains } from './authorities.js';

/** A key that the practice authority is asked to certify. */
export interface KeyToCertify {
  readonly use: 'sign' | 'encrypt' | 'tls';
  readonly name: string;
  readonly address: string;
  readonly hosts: readonly string[];
  /** Of the organisation, as PKIoverheid writes it: the serialNumber of the subject. */
  readonly oin?: string;
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /** How long it lasts; two years when absent. */
  readonly days?: number;
}

const [emailProtection, serverAuth, clientAuth] = ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'];
const validDays = 2 * 365;

/**
 * A certificate of the practice authority in `directory/ca`, followed by what leads to its root, for a key whose private half stays where it is. Throws for an
 * address outside the domains that are reserved for examples.
 */
export async function certify(directory: string, key: KeyToCertify, at: Date): Promise<readonly Uint8Array[]> {
  const { tsp, domain } = await keepAuthorities(path.join(directory, 'ca'), at);
  const host = key.address.slice(key.address.lastIndexOf('@') + 1).toLowerCase();
  if (!practiceDomains.some((one) => host === one || host.endsWith(`.${one}`))) throw new Error(`the practice authority certifies nothing outside ${practiceDomains.join(', ')}`);
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
  const certificate = issueCertificate({
    subject: { commonName: key.name, organization: key.name, country: 'NL', ...(key.oin === undefined ? {} : { serialNumber: key.oin }) },
    issuer: tsp, publicKey, serial: newSerial(), notBefore: addDays(at, -1), notAfter: addDays(at, key.days ?? validDays),
    extensions: { ...extensionsOf(key, publicKey.asymmetricKeyType === 'rsa'), crlUrls: [crlUrl('tsp')] },
  });
  return [certificate, tsp.certificate, domain.certificate];
}

function extensionsOf({ use, address, hosts }: KeyToCertify, isRsa: boolean): IssueExtensions {
  switch (use) {
    case 'sign':
      return { keyUsage: ['digitalSignature', 'nonRepudiation'], extendedKeyUsage: [emailProtection], emails: [address], policies: [practicePolicies.sign] };
    case 'encrypt':
      return { keyUsage: [isRsa ? 'keyEncipherment' : 'keyAgreement'], extendedKeyUsage: [emailProtection], emails: [address], policies: [practicePolicies.encrypt] };
    case 'tls':
      return { keyUsage: ['digitalSignature'], extendedKeyUsage: [serverAuth, clientAuth], dns: [...hosts], ip: ['127.0.0.1'], policies: [practicePolicies.server] };
  }
}
