import { daysLeft, mailboxOf } from '@ketensluis/domain';
import { readCertificate } from '@ketensluis/flow';
import { parseCrl, validatePath, type Certificate, type PathInput, type Trust } from '@ketensluis/mail';
import { derOf } from '@ketensluis/platform';
import type { Desk } from '../desk.js';

/** What a certificate is for. */
export type CertificateUse = 'sign' | 'decrypt' | 'encrypt' | 'tls' | 'issue';

/** A certificate in use or proposed, with how long it is good and whether it can be proven now. */
export interface CertificateRow {
  readonly sha256: string;
  readonly side: 'ours' | 'theirs' | 'authority';
  /** OIN of the party; null for ours and for authorities. */
  readonly party: string | null;
  readonly use: CertificateUse;
  /** Id of the key or proposal behind it; null for one from a file or the register. */
  readonly id: string | null;
  readonly state: 'active' | 'announced' | 'retiring' | 'decrypt-only' | 'register' | 'proposed' | 'approved' | 'anchor';
  /** Of an authority only: others may be persons. */
  readonly name: string | null;
  readonly endsAt: Date;
  /** Why it cannot be proven now; null: it can. */
  readonly problem: string | null;
  /** When whether it was revoked was last said, by a list or an answer. */
  readonly revocationAt: Date | null;
}

/** A list of revoked certificates the hub goes by. */
export interface ListRow {
  readonly issuer: string;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | null;
}

/** All of them at one moment. */
export interface CertificatesNow {
  readonly rows: readonly CertificateRow[];
  readonly lists: readonly ListRow[];
}

const keptMs = 60_000;
const known = new WeakMap<Desk['hub'], { readonly mark: string; readonly trust: Trust; readonly at: number; readonly now: CertificatesNow }>();

/** Everything that ends some day, the first first. Kept for a minute, unless registers or keys changed. */
export const certificatesNow = async (desk: Pick<Desk, 'hub'>, at: Date): Promise<CertificatesNow> => {
  const { hub } = desk;
  const { mark } = await hub.registers.current();
  const records = hub.keyring.records();
  const [trust, text] = [hub.trust(), `${mark}/${records.head}`];
  const before = known.get(hub);
  if (before?.mark === text && before.trust === trust && Math.abs(at.getTime() - before.at) < keptMs) return before.now;
  const now = await gather(desk, trust, at);
  known.set(hub, { mark: text, trust, at: at.getTime(), now });
  return now;
};

/** How many in use end within thirty days, or have ended. */
export const endingSoon = async (desk: Pick<Desk, 'hub'>, at: Date): Promise<number> => (await certificatesNow(desk, at)).rows.filter((row) => endsWithin(row, 30, at)).length;

/** True for one in use with so many days left, or fewer. */
export const endsWithin = ({ endsAt, state }: CertificateRow, days: number, at: Date): boolean => state !== 'proposed' && state !== 'decrypt-only' && daysLeft(endsAt, at) <= days;

const gather = async ({ hub }: Pick<Desk, 'hub'>, trust: Trust, at: Date): Promise<CertificatesNow> => {
  const lists = listsOf(trust);
  const answers = new Map(hub.keyring.records().answers.map(({ certificate, thisUpdate }) => [certificate, thisUpdate]));
  const describe = (certificate: Certificate, use: CertificateUse): Pick<CertificateRow, 'sha256' | 'use' | 'name' | 'endsAt' | 'problem' | 'revocationAt'> => ({
    sha256: certificate.sha256, use, name: null, endsAt: certificate.notAfter, problem: use === 'issue' ? null : problemOf(certificate, use, trust, at),
    revocationAt: answers.get(certificate.sha256) ?? lists.find(({ canonical }) => canonical === certificate.issuer.canonical)?.thisUpdate ?? null,
  });
  const rows = [...ownRows(hub, describe), ...(await partyRows(hub, describe)), ...authorityRows(trust, describe)];
  return { rows: rows.toSorted((a, b) => a.endsAt.getTime() - b.endsAt.getTime()), lists: lists.map(({ canonical: _canonical, ...list }) => list) };
};

type Describe = (certificate: Certificate, use: CertificateUse) => Pick<CertificateRow, 'sha256' | 'use' | 'name' | 'endsAt' | 'problem' | 'revocationAt'>;

const purposes: Readonly<Record<Exclude<CertificateUse, 'issue'>, PathInput['purpose']>> = { sign: 'sign-mail', decrypt: 'encrypt-mail', encrypt: 'encrypt-mail', tls: 'serve-tls' };

const problemOf = (target: Certificate, use: Exclude<CertificateUse, 'issue'>, trust: Trust, at: Date): string | null => {
  const path = validatePath({ target, intermediates: trust.intermediates.map(readCertificate).filter((one) => one !== null), trust, at, purpose: purposes[use], profile: 'strict' });
  return path.kind === 'refused' ? path.code : null;
};

const ownRows = ({ keyring }: Desk['hub'], describe: Describe): readonly CertificateRow[] => {
  const { documents, certificates } = keyring.records();
  const keys = documents.filter((one) => one.kind === 'own-key');
  if (keys.length === 0) {
    const { sign, encrypt, tls } = keyring.identity;
    const inFiles = [['sign', sign.certificate], ['decrypt', encrypt.certificate], ['tls', derOf(tls.cert)[0]]] as const;
    return inFiles.flatMap(([use, der]) => {
      const read = der === undefined ? null : readCertificate(der);
      return read === null ? [] : [{ ...describe(read, use), side: 'ours' as const, party: null, id: null, state: 'active' as const }];
    });
  }
  return keys.flatMap((key) => {
    const kept = certificates.get(key.certificate ?? '');
    const read = kept === undefined ? null : readCertificate(kept.der);
    if (read === null || key.role === 'dkim' || key.state === 'made' || key.state === 'destroyed') return [];
    return [{ ...describe(read, key.role), side: 'ours' as const, party: null, id: key.id, state: key.state }];
  });
};

const partyRows = async ({ keyring, registers }: Desk['hub'], describe: Describe): Promise<readonly CertificateRow[]> => {
  const { parties } = (await registers.current()).registers;
  const { documents, certificates } = keyring.records();
  const inRegister = parties.filter(({ channel }) => mailboxOf(channel) !== null).flatMap((party) => {
    const [der] = derOf(party.encryptionCertificate ?? '');
    const read = der === undefined ? null : readCertificate(der);
    return read === null ? [] : [{ ...describe(read, 'encrypt'), side: 'theirs' as const, party: party.oin, id: null, state: 'register' as const }];
  });
  const proposed = documents.flatMap((one) => {
    const kept = one.kind === 'certificate' ? certificates.get(one.sha256) : undefined;
    const read = kept === undefined ? null : readCertificate(kept.der);
    if (one.kind !== 'certificate' || read === null || (one.state !== 'proposed' && one.state !== 'approved')) return [];
    return [{ ...describe(read, 'encrypt'), side: 'theirs' as const, party: one.party, id: one.id, state: one.state }];
  });
  return [...inRegister, ...proposed];
};

const authorityRows = ({ anchors, intermediates }: Trust, describe: Describe): readonly CertificateRow[] =>
  [...anchors.map(({ certificate }) => certificate), ...intermediates].map(readCertificate).filter((one) => one !== null)
    .map((one) => ({ ...describe(one, 'issue'), name: one.subject.commonName ?? null, side: 'authority' as const, party: null, id: null, state: 'anchor' as const }));

const listsOf = ({ crls }: Trust) => {
  const latest = new Map<string, ListRow & { readonly canonical: string }>();
  for (const der of crls) {
    const list = listOf(der);
    const before = list === null ? undefined : latest.get(list.canonical);
    if (list !== null && (before === undefined || before.thisUpdate < list.thisUpdate)) latest.set(list.canonical, list);
  }
  return [...latest.values()];
};

const listOf = (der: Uint8Array): (ListRow & { readonly canonical: string }) | null => {
  try {
    const { issuer, thisUpdate, nextUpdate } = parseCrl(der);
    return { issuer: issuer.commonName ?? issuer.printable, canonical: issuer.canonical, thisUpdate, nextUpdate };
  } catch {
    return null; // what is no list is left out wherever lists are read
  }
};
