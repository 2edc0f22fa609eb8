import { makePracticePki, type PartyFiles } from '../../certs/practice.js';
import type { Party, RegisterDocument } from '@ketensluis/domain';
import { openMail, sealMail, type KeyPair, type OpenedMail, type Trust } from '@ketensluis/mail';
import { readIdentity, readTrust, type Identity } from '@ketensluis/platform';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startMailbox, type Mailbox, type MailboxBehaviour } from './mailbox/server.js';
import { submit } from './submit.js';

/** The hub's own address in the practice chain. */
export const practiceHubAddress = 'hub@ketensluis.example';

/** Police keys are RSA, as on most smart cards of today; everybody else has P-256. */
const rsaParties = ['politie-noorderwaard'];

/** What a practice party sends; see `PracticeChain.send`. */
export interface PracticeMail {
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly { readonly name: string; readonly contentType: string; readonly content: Uint8Array }[];
}

/** The simulated parties: their keys, their mail servers, their inboxes. */
export interface PracticeChain {
  readonly identity: Identity;
  readonly trust: Trust;
  /** The registers with the certificates of the practice authority filled in. */
  readonly withCertificates: (document: RegisterDocument) => Promise<RegisterDocument>;
  /** Where mail for a party goes: its own server on this machine. */
  readonly route: (party: Party) => { readonly host: string; readonly port: number; readonly servername: string; readonly tlsCa: string } | null;
  /** Signs, encrypts to the hub and submits over SMTP; resolves with the hub's reply, also when it refuses. */
  readonly send: (mail: PracticeMail, hub: { readonly host: string; readonly port: number }) => Promise<{ readonly code: number; readonly text: string }>;
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
  const pki = await makePracticePki({ directory, at: options.at, parties: [hubEntry, ...parties.flatMap(entriesOf)] });
  const root = await readFile(pki.ca.root, 'utf8');
  const trust = await readTrust(pki.ca.folder, null);
  const identity = await readIdentity(practiceHubAddress, join(directory, hubEntry.id));
  const mailboxes = new Map<string, Mailbox>();
  for (const party of parties) {
    if (party.channel !== null) mailboxes.set(party.key, await openMailbox(options, party, filesOf(pki.parties, party.key)));
  }
  return {
    identity,
    trust,
    withCertificates: async (document) =>
      document.kind !== 'party' || document.channel === null
        ? document
        : { ...document, encryptionCertificate: await readFile(filesOf(pki.parties, document.key).encrypt.certificate, 'utf8') },
    route: (party) => {
      const mailbox = mailboxes.get(party.key);
      return mailbox === undefined ? null : { host: '127.0.0.1', port: mailbox.port, servername: 'localhost', tlsCa: root };
    },
    send: async (mail, hub) => {
      const signer = await signerOf(directory, parties, mail.from);
      const raw = sealMail({
        ...mail, to: practiceHubAddress, messageId: `<${crypto.randomUUID()}@${domainOf(mail.from)}>`, date: options.now(), signer,
        recipientCertificate: identity.encrypt.certificate,
      });
      return submit(raw, { from: mail.from, to: practiceHubAddress }, { ...hub, tlsCa: root });
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

// RSA, because `openssl cms` and Outlook encrypt to P-256 with a key derivation over SHA-1, which the hub refuses.
const hubEntry = { id: 'hub', address: practiceHubAddress, name: 'Ketensluis', keys: 'rsa-3072' } as const;

/** A party and each of its posts has keys of its own, for an address of its own. */
const entriesOf = (party: Party) => {
  const keys = rsaParties.includes(party.key) ? ('rsa-3072' as const) : ('p-256' as const);
  const own = party.channel?.address ?? party.addresses[0];
  return [
    ...(own === undefined ? [] : [{ id: party.key, address: own, name: party.name, keys }]),
    ...party.functions.flatMap((post) => post.addresses.slice(0, 1).map((address) => ({ id: `${party.key}-${post.code}`, address, name: post.name, keys }))),
  ];
};

const filesOf = (files: Readonly<Record<string, PartyFiles>>, id: string): PartyFiles => {
  const found = files[id];
  if (found === undefined) throw new Error(`bug: practice party ${id} has no keys`);
  return found;
};

const openMailbox = async (options: PracticeOptions, party: Party, files: PartyFiles): Promise<Mailbox> => {
  const [key, cert, chain] = await Promise.all([files.tls.key, files.tls.certificate, files.chain].map((file) => readFile(file, 'utf8')));
  return startMailbox({
    party: { id: party.key, address: party.channel?.address ?? '', tls: { key: key ?? '', cert: `${cert}\n${chain}` } },
    inboxDirectory: join(options.directory, party.key, 'inbox'),
    now: options.now,
    onMail: ({ file }) => options.onMail(party.key, file),
  });
};

/** The keys of whoever sends from this address: a party, or one of its posts. */
const signerOf = async (directory: string, parties: readonly Party[], address: string): Promise<KeyPair> => {
  const entry = parties.flatMap(entriesOf).find((one) => one.address === address);
  if (entry === undefined) throw new Error(`no practice party sends from ${address}`);
  return (await readIdentity(address, join(directory, entry.id))).sign;
};

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);
