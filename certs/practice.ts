import path from 'node:path';
import { keepAuthorities, keepCrls, revoke } from './authorities.js';
import { keepKeys, keepParty, type PartyFiles, type PracticeParty } from './party.js';

/** What to make and where; `at` is the moment from which certificates and lists count. */
export interface PracticeInput {
  readonly directory: string;
  readonly at: Date;
  readonly parties: readonly PracticeParty[];
  /** Ids of parties whose signing certificate is to stand on the revocation list; once there it stays there. */
  readonly revoked?: readonly string[];
}

/** Where everything is: the authority in `directory/ca`, each party in `directory/<id>`. */
export interface PracticePki {
  readonly ca: { readonly folder: string; readonly root: string; readonly chain: string; readonly crls: readonly string[] };
  readonly parties: Readonly<Record<string, PartyFiles>>;
}

/**
 * A practice PKI with the shape of PKIoverheid: root, domain authority, provider, revocation lists, and for each party a signing, an encryption and a TLS
 * certificate. May be called again: what is there is kept, what is missing is added, lists that run out are renewed. Throws when a party's address or host lies
 * outside the domains reserved for examples, which the domain authority may not certify.
 */
export async function makePracticePki({ directory, at, parties, revoked = [] }: PracticeInput): Promise<PracticePki> {
  const ca = path.join(directory, 'ca');
  const authorities = await keepAuthorities(ca, at);
  await keepKeys(directory, parties);
  const files: Record<string, PartyFiles> = {};
  for (const party of parties) files[party.id] = await keepParty(directory, party, { authorities, at });
  for (const id of revoked) {
    const party = files[id];
    if (party === undefined) throw new Error(`no practice party "${id}" to revoke`);
    revoke(ca, party.sign.certificate);
  }
  const crls = keepCrls(ca, authorities, at);
  return { ca: { folder: ca, root: path.join(ca, 'root.cert.pem'), chain: path.join(ca, 'chain.pem'), crls }, parties: files };
}

/** For `validity`: a period that ended the day before `at`, so that a practice party signs with an expired certificate. */
export function expiredBefore(at: Date): { readonly notBefore: Date; readonly notAfter: Date } {
  const dayMs = 86_400_000;
  return { notBefore: new Date(at.getTime() - 366 * dayMs), notAfter: new Date(at.getTime() - dayMs) };
}

export { keepKeys, practicePassword } from './party.js';
export type { PartyFiles, PracticeParty } from './party.js';
