import { mailboxOf, type Party } from '@ketensluis/domain';
import { readCertificate } from '@ketensluis/flow';
import { certificatePorts, derOf, type Hub } from '@ketensluis/platform';
import { X509Certificate } from 'node:crypto';

/** A certificate to encrypt mail for the party to, and how far it is. */
export interface ListedCertificate {
  readonly sha256: string;
  readonly address: string;
  readonly issuer: string;
  readonly notAfter: Date | null;
  readonly state: 'register' | 'proposed' | 'approved' | 'rejected' | 'revoked';
  readonly approvals: number;
}

/** What changing certificates takes, of the running hub. */
export const portsOf = ({ clock, ids, registers, store, trust }: Hub) => certificatePorts({ clock, ids, registers, store: store.trust, believe: trust });

/** Those in the register and those proposed, of this party alone. */
export const certificatesOf = async ({ store }: Hub, party: Party): Promise<readonly ListedCertificate[]> => {
  const { documents, certificates } = await store.trust.load();
  const inRegister = derOf(party.encryptionCertificate ?? '').slice(0, 1).map((der): ListedCertificate =>
    ({ ...factsOf(der), address: mailboxOf(party.channel) ?? '-', state: 'register', approvals: 0 }));
  const proposed = documents.flatMap((one): readonly ListedCertificate[] => (one.kind !== 'certificate' || one.party !== party.oin ? [] : [{
    ...factsOf(certificates.get(one.sha256)?.der), sha256: one.sha256, address: one.address, state: one.state, approvals: one.approvals.length,
  }]));
  return [...inRegister, ...proposed];
};

const factsOf = (der: Uint8Array | undefined): Pick<ListedCertificate, 'sha256' | 'issuer' | 'notAfter'> => {
  const read = der === undefined ? null : readCertificate(der);
  if (der === undefined || read === null) return { sha256: '-', issuer: '-', notAfter: null };
  // Names in certificates are text from outside.
  const issuer = new X509Certificate(der).issuer.replace(/\n/g, ', ').replace(/\p{C}/gu, '?').slice(0, 200);
  return { sha256: read.sha256, issuer, notAfter: read.notAfter };
};
