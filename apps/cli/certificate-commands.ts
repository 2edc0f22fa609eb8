import { daysLeft, mailboxOf } from '@ketensluis/domain';
import {
  approveCertificateOf, proposeCertificate, readCertificate, rejectCertificateOf, revokeCertificateOf, type CertificateVerdict, type KeptCertificate, type TrustDocument,
} from '@ketensluis/flow';
import { derOf } from '@ketensluis/platform';
import type { Command } from 'commander';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { withDatabase } from './place.js';
import { PlainFault, say } from './terminal.js';
import { openTrustPlace, type TrustPlace } from './trust-place.js';

/** `ketensluis certificates list|show|propose|approve|reject|revoke`: to what mail for the parties is encrypted. */
export const addCertificateCommands = (program: Command): void => {
  const certificates = program.command('certificates').description('certificates of the parties: in the register, learnt from their mail, published by them');
  certificates.command('list').description('every certificate in use or proposed, with the days it has left').option('--json', 'as JSON').action(list);
  certificates.command('show <id>').description('a certificate, by the id of its proposal or its sha256').action(show);
  by(certificates.command('propose <file>'), 'propose a certificate (PEM) that a party handed over; two others must approve it')
    .action((file: string, options: ByOptions) => propose(file, options));
  by(certificates.command('approve <id>'), 'approve a proposal, after asking the party by another way; two persons must')
    .action((id: string, options: ByOptions) => decide(async (place) => {
      const { documents, certificates } = await place.trust.load();
      const proposed = documents.find((one) => one.kind === 'certificate' && one.id === id);
      const der = proposed?.kind === 'certificate' ? certificates.get(proposed.sha256)?.der : undefined;
      if (der !== undefined) await place.ask([der]);
      return approveCertificateOf(id, options.by, place);
    }));
  by(certificates.command('reject <id>'), 'turn a proposal down for good')
    .action((id: string, options: ByOptions) => decide((place) => rejectCertificateOf(id, options.by, place)));
  by(certificates.command('revoke <sha256>'), 'end all use of a certificate at once, whatever its issuer says')
    .option('--party <oin>', 'whose it is; needed for one that was never proposed')
    .action((sha256: string, options: ByOptions & { readonly party?: string }) => decide(async (place) => {
      const known = await namedBy(sha256.toLowerCase(), place);
      return revokeCertificateOf(known.sha256, options.party ?? known.party, options.by, place);
    }));
};

/** The list shows the first digits: they suffice where they name one certificate. One from the register brings its party along. */
const namedBy = async (digits: string, place: TrustPlace): Promise<{ readonly sha256: string; readonly party: string | null }> => {
  if (!/^[0-9a-f]{16,64}$/.test(digits)) throw new PlainFault('Name the certificate by its sha256, at least the 16 digits of: ketensluis certificates list', 2);
  const [{ documents }, { registers }] = await Promise.all([place.trust.load(), place.registers.current()]);
  const proposed = documents.flatMap((one) => (one.kind === 'certificate' ? [{ sha256: one.sha256, party: null }] : []));
  const inRegister = registers.parties.flatMap((party) => place.ofPem(party.encryptionCertificate ?? '').slice(0, 1).flatMap((der) => {
    const certificate = readCertificate(der);
    return certificate === null ? [] : [{ sha256: certificate.sha256, party: party.oin }];
  }));
  const found = [...new Map([...inRegister, ...proposed].filter((one) => one.sha256.startsWith(digits)).map((one) => [one.sha256, one])).values()];
  if (found.length > 1) throw new PlainFault('More than one certificate begins with these digits: write all 64.', 2);
  if (found[0] === undefined && digits.length < 64) throw new PlainFault('No certificate in the list begins with these digits: write all 64 of one that is not there.', 2);
  return found[0] ?? { sha256: digits, party: null };
};

const by = (command: Command, description: string): Command => command.description(description).option('--by <name>', 'who does this; kept in the database', userInfo().username);

interface ByOptions {
  readonly by: string;
}

const withPlace = (work: (place: TrustPlace) => Promise<void>): Promise<void> => withDatabase(async (pool, configuration) => work(await openTrustPlace(pool, configuration)));

interface Listed {
  readonly party: string;
  readonly address: string;
  readonly sha256: string;
  readonly state: string;
  readonly days: number | null;
  readonly id: string | null;
  readonly approvals: readonly string[];
}

const list = (options: { readonly json?: boolean }): Promise<void> =>
  withPlace(async (place) => {
    const rows = await rowsOf(place);
    if (options.json === true) return say(JSON.stringify(rows, null, 2));
    for (const { party, address, sha256, state, days, id, approvals } of rows) {
      const left = days === null ? '' : days > 0 ? `  ${days} days left` : '  ENDED';
      say(`${party}  ${address}  ${sha256.slice(0, 16)}  ${state}${left}${approvals.length === 0 ? '' : `  approved by ${approvals.join(', ')}`}${id === null ? '' : `  ${id}`}`);
    }
    if (rows.length === 0) say('No certificates yet.');
  });

const rowsOf = async ({ registers, trust, clock, ofPem }: TrustPlace): Promise<readonly Listed[]> => {
  const [{ registers: current }, { documents, certificates }] = await Promise.all([registers.current(), trust.load()]);
  const at = clock.now();
  const nameOf = (oin: string): string => current.parties.find((party) => party.oin === oin)?.key ?? oin;
  const daysOf = (kept: Pick<KeptCertificate, 'notAfter'> | undefined): number | null => (kept === undefined ? null : daysLeft(kept.notAfter, at));
  const inRegister = current.parties.flatMap((party) => ofPem(party.encryptionCertificate ?? '').slice(0, 1).map((der): Listed => {
    const certificate = readCertificate(der);
    return {
      party: party.key, address: mailboxOf(party.channel) ?? '-', sha256: certificate?.sha256 ?? 'unreadable', state: 'register', days: daysOf(certificate ?? undefined), id: null, approvals: [],
    };
  }));
  const proposed = documents.filter((one): one is Extract<TrustDocument, { kind: 'certificate' }> => one.kind === 'certificate').map((one): Listed => ({
    party: nameOf(one.party), address: one.address, sha256: one.sha256, state: `${one.state} (${one.source})`, days: daysOf(certificates.get(one.sha256)), id: one.id,
    approvals: one.approvals.map((approval) => approval.by),
  }));
  return [...inRegister, ...proposed];
};

const show = (id: string): Promise<void> =>
  withPlace(async (place) => {
    const { documents, certificates } = await place.trust.load();
    const document = documents.find((one) => one.kind === 'certificate' && (one.id === id || one.sha256 === id));
    const sha256 = document?.kind === 'certificate' ? document.sha256 : id;
    const { registers } = await place.registers.current();
    const der = certificates.get(sha256)?.der ?? registers.parties.flatMap((party) => place.ofPem(party.encryptionCertificate ?? '')).find((one) => readCertificate(one)?.sha256 === sha256);
    if (der === undefined) throw new PlainFault('There is no such certificate; see: ketensluis certificates list');
    const read = new X509Certificate(der);
    if (document !== undefined) say(JSON.stringify(document, null, 2));
    say(`sha256   ${sha256}\nsubject  ${oneLine(read.subject)}\nissuer   ${oneLine(read.issuer)}\nserial   ${read.serialNumber}\nvalid    ${read.validFrom} - ${read.validTo}\n${read.toString().trimEnd()}`);
  });

// Names in certificates are text from outside: what could move the cursor of a terminal is taken out.
const oneLine = (text: string): string => text.replace(/\n/g, ', ').replace(/[\p{C}]/gu, '?');

const propose = (file: string, options: ByOptions): Promise<void> =>
  withPlace(async (place) => {
    const text = await readFile(file, 'utf8').catch(() => {
      throw new PlainFault(`${file}: cannot be read`, 2);
    });
    const [der, ...more] = derOf(text);
    if (der === undefined || more.length > 0) throw new PlainFault(`${file}: must hold one certificate (PEM)`, 2);
    tell(await proposeCertificate(der, options.by, place));
  });

const decide = (work: (place: TrustPlace) => Promise<CertificateVerdict>): Promise<void> => withPlace(async (place) => tell(await work(place)));

const tell = (verdict: CertificateVerdict): void => {
  if (verdict.kind === 'refused') throw new PlainFault(`Refused: ${verdict.detail}.`, 3);
  if (verdict.kind === 'known') return say(`Nothing changed: ${verdict.detail}.`);
  const { id, state, approvals, sha256 } = verdict.certificate;
  switch (state) {
    case 'proposed':
      return say(`${sha256.slice(0, 16)} is proposed, approved by ${approvals.length} of 2: ketensluis certificates approve ${id} --by NAME`);
    case 'approved':
      return say(`${sha256.slice(0, 16)} is approved by two: mail is encrypted to it from now on where it is the newest, and what waited for it is tried again.`);
    case 'rejected':
    case 'revoked':
      return say(`${sha256.slice(0, 16)} is ${state}.`);
  }
};
