import { warningsOf, type Ending } from '@ketensluis/domain';
import type { Certificate } from '@ketensluis/mail';
import type { FetchedList, TrustStore } from './certificate-ports.js';

/** What the hub leans on and what ends: its own certificates, those of parties with the OIN, authorities between, and lists. */
export interface InUse {
  readonly own: readonly Certificate[];
  readonly parties: readonly { readonly party: string; readonly certificate: Certificate }[];
  readonly authorities: readonly Certificate[];
  readonly lists: readonly Pick<FetchedList, 'issuer' | 'nextUpdate' | 'url'>[];
}

/** Everything of it that ends, named by hashes and addresses of authorities only (I13). */
export const endingsOf = ({ own, parties, authorities, lists }: InUse): readonly Ending[] => {
  const short = ({ sha256 }: Certificate): string => sha256.slice(0, 16);
  return [
    ...own.map((one): Ending => ({ ref: `own-certificate-${short(one)}`, party: null, what: 'own-certificate', endsAt: one.notAfter })),
    ...parties.map(({ party, certificate }): Ending => ({ ref: `party-certificate-${short(certificate)}`, party, what: 'party-certificate', endsAt: certificate.notAfter })),
    ...authorities.map((one): Ending => ({ ref: `authority-${short(one)}`, party: null, what: 'authority', endsAt: one.notAfter })),
    ...lists.map(({ url, nextUpdate }): Ending => ({ ref: `revocation-list-${url}`, party: null, what: 'revocation-list', endsAt: nextUpdate })),
  ];
};

/** Turns what ends into tasks, each step of each once; tasks of what was renewed are closed. Returns how many are new. */
export const warnEndings = (inUse: InUse, at: Date, trust: Pick<TrustStore, 'saveWarnings'>): Promise<number> => trust.saveWarnings(warningsOf(endingsOf(inUse), at), at);
