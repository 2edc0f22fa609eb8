import { isWithin, mailboxOf, ownKeyRoles, parseRegisterDocument, type OwnKey, type OwnKeyRole, type Party } from '@ketensluis/domain';
import type { Clock, TrustRecords } from '@ketensluis/flow';
import { mailAddressesOf, parseCertificate, validatePath, type Certificate, type KeyProvider, type PathInput, type Trust } from '@ketensluis/mail';
import { databaseFacts, registerVersions } from '@ketensluis/store';
import { createPublicKey } from 'node:crypto';
import type pg from 'pg';
import type { Configuration } from './config.js';
import { derOf } from './identity.js';
import { isPracticeResolver } from './mail-routes.js';
import { processFacts, processProblems, type ProcessFacts } from './production-process.js';
import type { HubKey } from './roles.js';
import { practiceOrganisation } from './trust-sets.js';

/** Why a hub for real parties does not start, and what to do about it; both are for the person at the terminal. */
export interface StartProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** What is looked at before a hub for real parties starts. */
export interface StartParts {
  readonly pool: pg.Pool;
  readonly configuration: Pick<Configuration, 'logLevel' | 'resolver'>;
  readonly address: string;
  readonly clock: Clock;
  /** Null where it cannot be read, which is told by whoever reads it. */
  readonly trust: Trust | null;
  readonly records: TrustRecords;
  readonly provider: Pick<KeyProvider, 'handle'>;
  /** Secrets this process opens; all when absent. Of the others only the certificates are looked at. */
  readonly held?: ReadonlySet<HubKey>;
  /** How the program was started; absent: this process as it is. */
  readonly process?: ProcessFacts;
}

/** The log of a hub is named after the domain of its address, first line of every checkpoint (C2SP tlog-checkpoint). */
export const logOriginOf = (address: string): string => `${domainOf(address)}/log`;

/**
 * Everything that keeps a hub from starting for real parties, all at once: what is left of practice, a key that is missing or that nobody could prove, a clock
 * that is off, weak TLS, a log that would tell too much. Nothing is changed.
 */
export const startProblems = async (parts: StartParts): Promise<readonly StartProblem[]> => [
  ...processProblems(parts.process ?? processFacts()),
  ...(parts.configuration.logLevel === 'debug' ? [problem('KETENSLUIS_LOG_LEVEL is debug, which is for practice.', 'Leave it out, or set it to info.')] : []),
  ...(parts.configuration.resolver !== null && (await isPracticeResolver(parts.configuration.resolver))
    ? [problem('KETENSLUIS_RESOLVER is the resolver of practice, which vouches for names without checking them.', 'Name a validating resolver on this computer, such as unbound.')] : []),
  ...(isForExamples(domainOf(parts.address)) ? [problem(`KETENSLUIS_ADDRESS is at ${domainOf(parts.address)}, a name for examples.`, 'Use an address of your own domain.')] : []),
  ...(parts.trust?.anchors.length === 0 ? [problem('Nobody is believed: KETENSLUIS_TRUST holds no trust set for real parties.', 'Write one, as config/trust/README.md says.')] : []),
  ...(await databaseProblems(parts)),
  ...partyProblems(await partiesOf(parts.pool), parts.clock.now()),
  ...(await keyProblems(parts)),
];

const problem = (what: string, remedy: string): StartProblem => ({ problem: what, remedy });
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

// RFC 2606 and RFC 6761: nobody can have these, so whoever has one is invented.
const exampleNames = ['example', 'example.org', 'example.com', 'example.net', 'test', 'localhost', 'invalid'];
const isForExamples = (domain: string): boolean => exampleNames.some((name) => domain === name || domain.endsWith(`.${name}`));

/** So far the clocks of hub and database server may be apart: signatures and terms depend on both. */
const clockApartMaxMs = 2_000;

const databaseProblems = async ({ pool, address, clock }: StartParts): Promise<readonly StartProblem[]> => {
  await pool.query('select');
  // Between these two it was asked: a slow answer is no wrong clock.
  const asked = clock.now();
  const { now, lastEntryAt, logName, practiceAheadMs } = await databaseFacts(pool);
  const at = clock.now();
  const apartMs = Math.max(asked.getTime() - now.getTime(), now.getTime() - at.getTime());
  const isOther = logName !== null && logName !== logOriginOf(address);
  return [
    ...(apartMs > clockApartMaxMs
      ? [problem(`The clock of this computer and that of the database server are ${(apartMs / 1_000).toFixed(1)} seconds apart.`, 'Have both follow a time server (NTP).')] : []),
    ...(lastEntryAt !== null && lastEntryAt.getTime() > at.getTime() + clockApartMaxMs
      ? [problem(`The clock of this computer is behind the log, whose last entry is of ${lastEntryAt.toISOString()}.`, 'Have it follow a time server (NTP).')] : []),
    ...(isOther ? [problem(`The database holds the log ${logName}, and this hub would write ${logOriginOf(address)}.`, 'Use a database and a data folder (KETENSLUIS_DATA) that no other hub, and no practice, was started with.')] : []),
    ...(practiceAheadMs > 0 ? [problem('The practice clock of this database was moved.', 'Use a database that no practice was started with.')] : []),
  ];
};

const partiesOf = async (pool: pg.Pool): Promise<readonly Party[]> => {
  const latest = new Map((await registerVersions(pool)).filter(({ kind }) => kind === 'party').map(({ key, body }) => [key, body]));
  return [...latest.values()].flatMap((body) => {
    const read = parseRegisterDocument(body);
    return read.kind === 'refused' || read.document.kind !== 'party' ? [] : [read.document];
  });
};

const partyProblems = (parties: readonly Party[], at: Date): readonly StartProblem[] => {
  const invented = parties.filter((party) => isWithin(party, at) && isOfPractice(party)).map(({ key }) => key);
  return invented.length === 0 ? [] : [problem(`Parties of practice are connected: ${invented.join(', ')}.`, 'Use a database that no practice was started with, or end them: ketensluis party apply FILE, with "to".')];
};

const isOfPractice = (party: Party): boolean => {
  const mailbox = mailboxOf(party.channel);
  const addresses = [...(mailbox === null ? [] : [mailbox]), ...party.addresses, ...party.functions.flatMap((post) => post.addresses)];
  return addresses.some((address) => isForExamples(domainOf(address))) || derOf(party.encryptionCertificate ?? '').some((der) => isIssuedInPractice(parseCertificate(der)));
};

const isIssuedInPractice = ({ issuer }: Certificate): boolean => issuer.printable.includes(practiceOrganisation);

const needed: readonly Exclude<OwnKeyRole, 'dkim'>[] = ownKeyRoles.filter((role) => role !== 'dkim');
const uses = { sign: 'signs mail', decrypt: 'opens mail', tls: 'identifies the servers' } as const;
const secretOf = { sign: 'signing', decrypt: 'opening', tls: 'tls' } as const satisfies Readonly<Record<(typeof needed)[number], HubKey>>;
const purposes: Readonly<Record<(typeof needed)[number], PathInput['purpose']>> = { sign: 'sign-mail', decrypt: 'encrypt-mail', tls: 'serve-tls' };

const keyProblems = async (parts: StartParts): Promise<readonly StartProblem[]> => {
  const keys = parts.records.documents.filter((one) => one.kind === 'own-key');
  const found = await Promise.all(needed.map(async (role) => {
    const active = keys.filter((key) => key.role === role && key.state === 'active');
    if (active.length > 1) return [problem(`Two keys are active for ${role}.`, 'See ketensluis keys list; put a new one into use.')];
    return active[0] === undefined ? [problem(`No key of the hub ${uses[role]} yet (${role}).`, nextStep(role, keys))] : activeProblems(active[0], role, parts);
  }));
  return found.flat();
};

/** The next command on the way to a key in use. */
const nextStep = (role: (typeof needed)[number], keys: readonly OwnKey[]): string => {
  const ofRole = keys.filter((key) => key.role === role);
  const announced = ofRole.find(({ state }) => state === 'announced');
  if (announced !== undefined) return `ketensluis keys activate ${announced.id}`;
  const made = ofRole.find(({ state }) => state === 'made');
  if (made !== undefined) return `When the authority certified it: ketensluis keys announce ${made.id} CERTIFICATE.pem`;
  return `ketensluis keys new ${role} --organization "YOUR ORGANISATION"${role === 'tls' ? ' --host THE.NAME.OF.THIS.SERVER --oin YOUR.OIN' : ''} --out ${role}.req.pem`;
};

const activeProblems = async (key: OwnKey, role: (typeof needed)[number], parts: StartParts): Promise<readonly StartProblem[]> => {
  const { address, clock, trust, records, provider, held } = parts;
  const another = `Put another one into use: ketensluis keys new ${role}`;
  const kept = records.certificates.get(key.certificate ?? '');
  if (kept === undefined) return [problem(`The certificate of the ${role} key is not in the database.`, another)];
  const certificate = parseCertificate(kept.der);
  if (isIssuedInPractice(certificate)) return [problem(`The ${role} key is certified by the authority of practice.`, another)];
  const isNeeded = held === undefined || held.has(secretOf[role]);
  const privateKey = isNeeded ? await provider.handle(key.id).catch(() => null) : null;
  if (isNeeded && privateKey === null) return [problem(`The private half of the ${role} key ${key.id} is not in the folder keys/own.`, `Bring it back from the backup of KETENSLUIS_DATA. ${another}`)];
  const isPair = privateKey === null || Buffer.compare(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }), certificate.spki) === 0;
  if (!isPair) return [problem(`The ${role} key ${key.id} in keys/own is not the one its certificate is of.`, 'Bring it back from the backup of KETENSLUIS_DATA.')];
  const isForUs = role === 'tls' || mailAddressesOf(certificate).some((one) => one.toLowerCase() === address);
  const chain = key.chain.flatMap((sha256) => records.certificates.get(sha256)?.der ?? []).map(parseCertificate);
  const path = trust === null ? null : validatePath({ target: certificate, intermediates: chain, trust, at: clock.now(), purpose: purposes[role], profile: 'strict' });
  return [
    ...(isForUs ? [] : [problem(`The certificate of the ${role} key is not for ${address}.`, `Have one made for KETENSLUIS_ADDRESS. ${another}`)]),
    // Whether it was revoked the hub finds out when it runs: a hub that was off for long has no list that is still good.
    ...(path?.kind === 'refused' && path.code !== 'revocation-unknown' ? [problem(`The certificate of the ${role} key cannot be proven: ${path.code}, ${path.detail}.`, `See KETENSLUIS_TRUST. ${another}`)] : []),
  ];
};
