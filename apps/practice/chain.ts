import { expiredBefore, keepKeys, makePracticePki, type PartyFiles } from '../../certs/practice.js';
import { mailboxOf, type Channel, type Party, type RegisterDocument } from '@ketensluis/domain';
import { openMail, writeSignedReceipt, type OpenedMail, type Trust } from '@ketensluis/mail';
import { readIdentity, readTrust, type Identity } from '@ketensluis/platform';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mailDomainsOf } from './dns/domains.js';
import type { MailDomain } from './dns/zone.js';
import { domainOf, entriesOf, hubEntry, practiceHubAddress, serverName } from './entries.js';
import { findKeptProof } from './mailbox/inbox.js';
import { proofCheck, type ReadMail } from './mailbox/proof-check.js';
import { bringReport } from './mailbox/report.js';
import type { MailboxBehaviour } from './mailbox/behaviour.js';
import { startMailbox, type Mailbox } from './mailbox/server.js';
import { checkByChannel, isSealed, openUnsealed, peopleCheck } from './mailbox/unsealed-check.js';
import { practiceSender, type PracticeSender } from './sender.js';

export { practiceHubAddress };

/** The simulated parties: their keys, their mail servers, their inboxes. */
export interface PracticeChain extends PracticeSender {
  readonly identity: Identity;
  /** Whom to believe, as read at the start. */
  readonly trust: Trust;
  /** Renews revocation lists that run out and reads all of them again, so that a revocation counts without a restart. */
  readonly renewTrust: () => Promise<Trust>;
  /** The registers with the certificates of the practice authority filled in. */
  readonly withCertificates: (document: RegisterDocument) => Promise<RegisterDocument>;
  /** Where mail for a party goes: its own server on this machine. */
  readonly route: (party: Party) => { readonly host: string; readonly port: number; readonly servername: string; readonly tlsCa: string } | null;
  /** Opens a received mail with the keys of the party, as its own mail program would. */
  readonly open: (party: string, raw: Uint8Array, at: Date) => Promise<OpenedMail>;
  /** The same for mail that was not sealed, which is read as it came. */
  readonly read: (party: string, raw: Uint8Array, at: Date) => Promise<ReadMail>;
  readonly mailboxes: ReadonlyMap<string, Mailbox>;
  /** The mail domains of the parties, each with the server it has here, and that of the hub: what a resolver of practice knows. */
  readonly mailDomains: () => Promise<readonly MailDomain[]>;
  readonly behave: (party: string, behaviour: MailboxBehaviour) => void;
  readonly close: () => Promise<void>;
}

/** What the practice chain is started with. `onMail` hears of each mail a party received. */
export interface PracticeOptions {
  readonly directory: string;
  readonly at: Date;
  readonly now: () => Date;
  readonly documents: readonly RegisterDocument[];
  /** The key of the hub's log: parties take no disclosure without proof under it. May be made later than the parties are started. */
  readonly logKeyFile: string;
  readonly onMail: (party: string, file: string) => void;
  /** Where the hub takes mail, once it does: parties that report on mail bring it there. */
  readonly hub?: () => { readonly host: string; readonly port: number } | null;
  /** How a party is reached at this moment, by its key; as its document says when absent. */
  readonly channelOf?: (party: string) => Promise<Channel | null>;
  /** Where the mail servers listen; on this computer only when absent. */
  readonly host?: string;
  /** On which ports, by party; a free one where it names none. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** Makes the keys that are missing, which takes longest and needs nothing else: a start does it while other things start. */
export const makePracticeKeys = (directory: string, documents: readonly RegisterDocument[]): Promise<void> =>
  keepKeys(directory, [hubEntry, ...partiesOf(documents).flatMap(entriesOf)]);

/** Makes what is missing (keys, inboxes) and starts a mail server for every party with a channel. */
export const startPracticeChain = async (options: PracticeOptions): Promise<PracticeChain> => {
  const { directory } = options;
  const parties = partiesOf(options.documents);
  const pki = await makePracticePki({ directory, at: options.at, parties: [hubEntry, expiredEntry(options.at), ...parties.flatMap(entriesOf)] });
  const root = await readFile(pki.ca.root, 'utf8');
  const trust = await readTrust(pki.ca.folder, null);
  const identity = await readIdentity(practiceHubAddress, join(directory, hubEntry.id));
  const mailboxes = new Map<string, Mailbox>();
  const open = openerOf(directory, trust);
  for (const party of parties) {
    if (mailboxOf(party.channel) !== null) mailboxes.set(party.key, await openMailbox({ options, party, open, files: filesOf(pki.parties, party.key), expired: filesOf(pki.parties, 'expired'), root }));
  }
  return {
    ...practiceSender({ directory, parties, now: options.now }),
    identity,
    trust,
    renewTrust: async () => {
      await makePracticePki({ directory, at: options.now(), parties: [] });
      return readTrust(pki.ca.folder, null);
    },
    withCertificates: async (document) =>
      document.kind !== 'party' || mailboxOf(document.channel) === null
        ? document
        : { ...document, encryptionCertificate: await readFile(filesOf(pki.parties, document.key).encrypt.certificate, 'utf8') },
    route: (party) => {
      const mailbox = mailboxes.get(party.key);
      return mailbox === undefined ? null : { host: '127.0.0.1', port: mailbox.port, servername: 'localhost', tlsCa: root };
    },
    open,
    read: async (party, raw, at) => (isSealed(raw) ? open(party, raw, at) : openUnsealed(raw)),
    mailboxes,
    mailDomains: () => mailDomainsOf(directory, parties, (party) => mailboxes.get(party)?.port ?? null),
    behave: (party, behaviour) => {
      const mailbox = mailboxes.get(party);
      if (mailbox === undefined) throw new Error(`there is no practice party "${party}"; there are: ${[...mailboxes.keys()].join(', ')}`);
      mailbox.setBehaviour(behaviour);
    },
    close: async () => void (await Promise.all([...mailboxes.values()].map((mailbox) => mailbox.close()))),
  };
};

const partiesOf = (documents: readonly RegisterDocument[]): readonly Party[] => documents.filter((document) => document.kind === 'party');

/** Opens mail with the keys of a party, which are read once. */
const openerOf = (directory: string, trust: Trust): PracticeChain['open'] => {
  const identities = new Map<string, Promise<Identity>>();
  return async (party, raw, at) => {
    const identity = identities.get(party) ?? readIdentity(practiceHubAddress, join(directory, party));
    identities.set(party, identity);
    const opened = openMail(raw, { keys: [(await identity).encrypt], trust, at });
    if (opened.kind === 'refused') throw new Error(`${party} cannot open its mail: ${opened.detail}`);
    return opened;
  };
};

const filesOf = (files: Readonly<Record<string, PartyFiles>>, id: string): PartyFiles => {
  const found = files[id];
  if (found === undefined) throw new Error(`bug: practice party ${id} has no keys`);
  return found;
};

// One for all: what every mail server shows while it is told to show a certificate that has ended.
const expiredEntry = (at: Date) => ({ id: 'expired', address: 'expired@ketensluis.example', name: 'Verlopen certificaat', keys: 'p-256', validity: expiredBefore(at) }) as const;

const tlsOf = async (files: PartyFiles) => {
  const [key, cert, chain] = await Promise.all([files.tls.key, files.tls.certificate, files.chain].map((file) => readFile(file, 'utf8')));
  return { key: key ?? '', cert: `${cert}\n${chain}` };
};

interface MailboxInput {
  readonly options: PracticeOptions;
  readonly party: Party;
  readonly open: PracticeChain['open'];
  readonly files: PartyFiles;
  readonly expired: PartyFiles;
  /** PEM. */
  readonly root: string;
}

const openMailbox = async ({ options, party, open, files, expired, root }: MailboxInput): Promise<Mailbox> => {
  const address = mailboxOf(party.channel) ?? '';
  const name = serverName(domainOf(address));
  const checkWith = (opening: (raw: Uint8Array, at: Date) => Promise<ReadMail>) => proofCheck({
    oin: party.oin, hubAddress: practiceHubAddress, logKeyFile: options.logKeyFile, policyFile: join(options.directory, 'witness', 'policy'), open: opening,
    kept: (message) => findKeptProof(join(options.directory, party.key, 'inbox'), message),
  });
  return startMailbox({
    party: { id: party.key, address, tls: await tlsOf(files) }, name,
    expiredTls: await tlsOf(expired),
    inboxDirectory: join(options.directory, party.key, 'inbox'),
    now: options.now, ...(options.host === undefined ? {} : { host: options.host }), port: options.ports?.[party.key] ?? 0,
    check: checkByChannel({
      sealed: checkWith((raw, at) => open(party.key, raw, at)), unsealed: checkWith(openUnsealed),
      channel: async () => (options.channelOf === undefined ? party.channel : options.channelOf(party.key)), hubAddress: practiceHubAddress,
    }),
    checkPeople: peopleCheck(practiceHubAddress),
    onMail: ({ file }) => options.onMail(party.key, file),
    signReceipt: async (raw, at) => {
      if (!isSealed(raw)) return null;
      const { receiptRequest: request, from } = await open(party.key, raw, at);
      const { sign } = await readIdentity(practiceHubAddress, join(options.directory, party.key));
      return request === null ? null : writeSignedReceipt({ from: address, to: from, messageId: `<${randomUUID()}@${party.key}.example>`, date: at, request, signer: sign });
    },
    bring: async (report, to) => {
      const hub = options.hub?.() ?? null;
      if (hub !== null) await bringReport(report, to, { ...hub, tlsCa: root, name });
    },
  });
};
