import {
  approveCertificate, mailboxOf, mayReceive, maySign, rejectCertificate, revokeCertificate, senderOf, type Party, type PartyCertificate, type Registers,
} from '@ketensluis/domain';
import { canReceive, checkRecipient, mailAddressesOf, type Certificate, type Trust } from '@ketensluis/mail';
import type { SeenCapabilities, TrustChange, TrustDocument, TrustExtras, TrustStore } from './certificate-ports.js';
import { keptFrom, readCertificate } from './kept-certificate.js';
import { onLatest } from './on-latest.js';
import type { Clock, Ids, RegisterReader } from './ports.js';

/** What changing the certificates of parties takes. */
export interface CertificatePorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly registers: RegisterReader;
  readonly trust: TrustStore;
  readonly believe: () => Trust;
  /** The certificates in the PEM text of a register document. */
  readonly ofPem: (pem: string) => readonly Uint8Array[];
}

/** `known`: it is in use, or proposed, or was turned down before. */
export type CertificateVerdict =
  | { readonly kind: 'changed'; readonly certificate: PartyCertificate }
  | { readonly kind: 'known'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string };

const refused = (detail: string): CertificateVerdict => ({ kind: 'refused', detail });

/** Proposes a certificate that a party published: it is used when two persons approved it. One that can never be used is refused at once, with the reason. */
export const proposeCertificate = async (der: Uint8Array, by: string, ports: CertificatePorts): Promise<CertificateVerdict> => {
  const certificate = readCertificate(der);
  if (certificate === null) return refused('this is no certificate');
  const { registers } = await ports.registers.current();
  const addresses = mailAddressesOf(certificate).map((address) => address.toLowerCase());
  const [party, ...others] = registers.parties.filter((one) => addresses.includes(mailboxOf(one.channel) ?? ''));
  if (party === undefined || others.length > 0) return refused('no party, or more than one, receives mail at an address of this certificate');
  return propose({ certificate, party, source: 'published', by }, ports);
};

interface Proposal {
  readonly certificate: Certificate;
  readonly party: Party;
  readonly source: PartyCertificate['source'];
  readonly by: string;
}

const propose = (proposal: Proposal, ports: CertificatePorts): Promise<CertificateVerdict> => onLatest(() => proposeOnce(proposal, ports));

const proposeOnce = async ({ certificate, party, source, by }: Proposal, ports: CertificatePorts): Promise<CertificateVerdict | 'overtaken'> => {
  const at = ports.clock.now();
  const address = mailboxOf(party.channel) ?? '';
  const inRegister = party.encryptionCertificate === undefined ? [] : ports.ofPem(party.encryptionCertificate);
  if (inRegister.some((der) => Buffer.compare(der, certificate.raw) === 0)) return { kind: 'known', detail: 'it is the certificate in the register' };
  const records = await ports.trust.load();
  const same = certificatesOf(records).find((one) => one.party === party.oin && one.sha256 === certificate.sha256);
  // A revoked one may be proposed again by a person, and never by being seen in a mail.
  if (same !== undefined && (same.state !== 'revoked' || source === 'learnt')) return { kind: 'known', detail: `it is ${same.state}: ${same.id}` };
  const checked = checkRecipient(certificate.raw, { trust: ports.believe(), address, at });
  if (checked.kind === 'refused' && checked.code !== 'revocation-unknown') return refused(`it cannot be used: ${checked.detail}`);
  const id = ports.ids.next(at);
  const document: PartyCertificate = {
    kind: 'certificate', id, party: party.oin, address, sha256: certificate.sha256, state: 'proposed', source, proposedAt: at.toISOString(), proposedBy: by, approvals: [], endedAt: null,
  };
  const task = { ref: id, party: party.oin, cause: `certificate ${certificate.sha256.slice(0, 16)} ${source}, until ${certificate.notAfter.toISOString().slice(0, 10)}` };
  const isSaved = await save({ document, version: 1, by, at, head: records.head }, { certificates: [keptFrom(certificate)], task }, ports);
  return isSaved ? { kind: 'changed', certificate: document } : 'overtaken';
};

/** What a proven mail let us know of its signer. */
export interface SeenMail {
  readonly from: string;
  readonly signerSha256: string;
  readonly capabilities: readonly string[];
  readonly certificates: readonly Uint8Array[];
  /** When its sender says it signed, or we had it. */
  readonly signedAt: Date;
}

/** Name under which the hub itself proposes. */
const learntBy = 'mail';

/**
 * Keeps what a party says it can read, the freshest, and proposes certificates that were not seen before. Nobody but a party is learnt from, and only for the
 * address its mail is sent to. Returns how much was new.
 */
export const learnFromMail = async (seen: SeenMail, ports: CertificatePorts): Promise<number> => {
  const at = ports.clock.now();
  const { registers } = await ports.registers.current();
  const party = senderOf(registers, seen.from, at);
  if (party === null || mailboxOf(party.channel) !== seen.from.toLowerCase() || !maySign(party, seen.from, seen.signerSha256)) return 0;
  let count = await learnCapabilities({ address: seen.from.toLowerCase(), algorithms: seen.capabilities, signedAt: seen.signedAt }, at, ports);
  for (const der of seen.certificates) {
    const certificate = readCertificate(der);
    if (certificate === null || !canReceive(certificate)) continue;
    const verdict = await propose({ certificate, party, source: 'learnt', by: learntBy }, ports);
    if (verdict.kind === 'changed') count += 1;
  }
  return count;
};

const learnCapabilities = async (seen: SeenCapabilities, at: Date, { trust }: CertificatePorts): Promise<number> => {
  if (seen.algorithms.length === 0) return 0;
  await trust.saveCapabilities(seen, at);
  return 1;
};

/** One approval; with the second, of another person, mail is encrypted to the certificate and what waited for it is tried again. */
export const approveCertificateOf = (id: string, by: string, ports: CertificatePorts): Promise<CertificateVerdict> => onLatest(() => approveOnce(id, by, ports));

const approveOnce = async (id: string, by: string, ports: CertificatePorts): Promise<CertificateVerdict | 'overtaken'> => {
  const at = ports.clock.now();
  const records = await ports.trust.load();
  const current = certificatesOf(records).find((one) => one.id === id);
  if (current === undefined) return refused('there is no such certificate; see: ketensluis certificates list');
  const { version, ...before } = current;
  const approved = approveCertificate(before, by, at);
  if (approved.kind === 'refused') return approved;
  const { certificate } = approved;
  const problem = usableProblem(certificate, records.certificates.get(certificate.sha256)?.der, (await ports.registers.current()).registers, ports);
  if (problem !== null) return refused(problem);
  const isDone = certificate.state === 'approved';
  const isSaved = await save({ document: certificate, version: version + 1, by, at, head: records.head }, { done: isDone ? [id] : [] }, ports);
  return isSaved ? approved : 'overtaken';
};

const usableProblem = (one: PartyCertificate, der: Uint8Array | undefined, registers: Registers, ports: CertificatePorts): string | null => {
  const party = registers.parties.find(({ oin }) => oin === one.party);
  if (party === undefined || mailboxOf(party.channel) !== one.address) return 'the party does not receive mail at this address any more';
  if (!mayReceive(party, one.sha256)) return 'the party names its certificates in the register, and not this one';
  if (der === undefined) return 'the certificate is not there';
  const checked = checkRecipient(der, { trust: ports.believe(), address: one.address, at: ports.clock.now() });
  return checked.kind === 'refused' ? `it cannot be used now: ${checked.code}, ${checked.detail}` : null;
};

/** A proposal turned down for good. */
export const rejectCertificateOf = (id: string, by: string, ports: CertificatePorts): Promise<CertificateVerdict> => onLatest(() => rejectOnce(id, by, ports));

const rejectOnce = async (id: string, by: string, ports: CertificatePorts): Promise<CertificateVerdict | 'overtaken'> => {
  const at = ports.clock.now();
  const records = await ports.trust.load();
  const current = certificatesOf(records).find((one) => one.id === id);
  if (current === undefined) return refused('there is no such certificate; see: ketensluis certificates list');
  const { version, ...before } = current;
  const rejected = rejectCertificate(before, at);
  if (rejected.kind === 'refused') return rejected;
  const isSaved = await save({ document: rejected.certificate, version: version + 1, by, at, head: records.head }, { done: [id] }, ports);
  return isSaved ? rejected : 'overtaken';
};

/**
 * Ends all use of a certificate from now on, by one person and whatever its issuer says: nothing is encrypted to it, and what it signed is refused. `party`
 * (OIN) is needed for one that was never proposed, such as the certificate of the register or one that signs.
 */
export const revokeCertificateOf = (sha256: string, party: string | null, by: string, ports: CertificatePorts): Promise<CertificateVerdict> =>
  onLatest(() => revokeOnce({ sha256, party, by }, ports));

interface Revocation {
  readonly sha256: string;
  readonly party: string | null;
  readonly by: string;
}

const revokeOnce = async (asked: Revocation, ports: CertificatePorts): Promise<CertificateVerdict | 'overtaken'> => {
  const at = ports.clock.now();
  const { sha256, party, by } = asked;
  const records = await ports.trust.load();
  const known = certificatesOf(records).filter((one) => one.sha256 === sha256 && (party === null || one.party === party));
  if (known.some(({ state }) => state === 'revoked')) return { kind: 'known', detail: 'it is revoked' };
  const current = known.find(({ state }) => state === 'approved' || state === 'proposed');
  if (current === undefined) return distrust(asked, records.head, ports);
  const { version, ...before } = current;
  const revoked = revokeCertificate(before, at);
  if (revoked.kind === 'refused') return revoked;
  const isSaved = await save({ document: revoked.certificate, version: version + 1, by, at, head: records.head }, { done: [current.id] }, ports);
  return isSaved ? revoked : 'overtaken';
};

const distrust = async ({ sha256, party: oin, by }: Revocation, head: number, ports: CertificatePorts): Promise<CertificateVerdict | 'overtaken'> => {
  const at = ports.clock.now();
  const party = (await ports.registers.current()).registers.parties.find((one) => one.oin === oin);
  if (party === undefined) return refused('name the party it belongs to, by its OIN: --party OIN');
  const address = mailboxOf(party.channel) ?? party.addresses[0] ?? party.functions.flatMap(({ addresses }) => addresses)[0];
  if (address === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return refused('a certificate is named by the 64 digits of its sha256');
  const document: PartyCertificate = {
    kind: 'certificate', id: ports.ids.next(at), party: party.oin, address, sha256, state: 'revoked', source: 'published', proposedAt: at.toISOString(), proposedBy: by, approvals: [],
    endedAt: at.toISOString(),
  };
  return (await save({ document, version: 1, by, at, head }, {}, ports)) ? { kind: 'changed', certificate: document } : 'overtaken';
};

const certificatesOf = ({ documents }: { readonly documents: readonly TrustDocument[] }): readonly Extract<TrustDocument, { kind: 'certificate' }>[] =>
  documents.filter((one) => one.kind === 'certificate');

interface Change extends Pick<TrustChange, 'by' | 'at' | 'version'> {
  readonly document: PartyCertificate;
  readonly head: number;
}

const save = ({ head, ...change }: Change, extras: Partial<TrustExtras>, { trust, ids }: CertificatePorts): Promise<boolean> =>
  trust.save([{ ...change, code: `certificate.${change.document.state}`, entryId: ids.next(change.at) }], { certificates: [], task: null, done: [], ...extras }, head);
