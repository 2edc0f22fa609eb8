import { expiredBefore, makePracticePki, type PartyFiles } from '../../certs/practice.js';
import type { Party, RegisterDocument } from '@ketensluis/domain';
import { openMail, type OpenedMail, type Trust } from '@ketensluis/mail';
import { readIdentity, readTrust, type Identity } from '@ketensluis/platform';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entriesOf, hubEntry, practiceHubAddress } from './entries.js';
import { startMailbox, type Mailbox, type MailboxBehaviour } from './mailbox/server.js';
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
  readonly mailboxes: ReadonlyMap<string, Mailbox>;
  readonly behave: (party: string, behaviour: MailboxBehaviour) => void;
  readonly close: () => Promise<void>;
}

/** What the practice chain is started with. `onMail` hears of each mail a party received. */
export interface PracticeOptions {
  readonly directory: string;
  readonly at: Date;
  readonly now: () => Date;
  readonly documents: readonly RegisterDocument[];
  readonly onMail: (party: string, file: string) => void;
}

/** Makes what is missing (keys, inboxes) and starts a mail server for every party with a channel. */
export const startPracticeChain = async (options: PracticeOptions): Promise<PracticeChain> => {
  const { directory } = options;
  const parties = options.documents.filter((document): document is Party => document.kind === 'party');
  const pki = await makePracticePki({ directory, at: options.at, parties: [hubEntry, expiredEntry(options.at), ...parties.flatMap(entriesOf)] });
  const root = await readFile(pki.ca.root, 'utf8');
  const trust = await readTrust(pki.ca.folder, null);
  const identity = await readIdentity(practiceHubAddress, join(directory, hubEntry.id));
  const mailboxes = new Map<string, Mailbox>();
  for (const party of parties) {
    if (party.channel !== null) mailboxes.set(party.key, await openMailbox(options, party, { files: filesOf(pki.parties, party.key), expired: filesOf(pki.parties, 'expired') }));
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
      document.kind !== 'party' || document.channel === null
        ? document
        : { ...document, encryptionCertificate: await readFile(filesOf(pki.parties, document.key).encrypt.certificate, 'utf8') },
    route: (party) => {
      const mailbox = mailboxes.get(party.key);
      return mailbox === undefined ? null : { host: '127.0.0.1', port: mailbox.port, servername: 'localhost', tlsCa: root };
    },
    open: async (party, raw, at) => {
      const { encrypt } = await readIdentity(practiceHubAddress, join(directory, party));
      const opened = openMail(raw, { keys: [encrypt], trust, at });
      if (opened.kind === 'refused') throw new Error(`${party} cannot open its mail: ${opened.detail}`);
      return opened;
    },
    mailboxes,
    behave: (party, behaviour) => {
      const mailbox = mailboxes.get(party);
      if (mailbox === undefined) throw new Error(`there is no practice party "${party}"; there are: ${[...mailboxes.keys()].join(', ')}`);
      mailbox.setBehaviour(behaviour);
    },
    close: async () => void (await Promise.all([...mailboxes.values()].map((mailbox) => mailbox.close()))),
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

const openMailbox = async (options: PracticeOptions, party: Party, { files, expired }: { readonly files: PartyFiles; readonly expired: PartyFiles }): Promise<Mailbox> => {
  return startMailbox({
    party: { id: party.key, address: party.channel?.address ?? '', tls: await tlsOf(files) },
    expiredTls: await tlsOf(expired),
    inboxDirectory: join(options.directory, party.key, 'inbox'),
    now: options.now,
    onMail: ({ file }) => options.onMail(party.key, file),
  });
};
