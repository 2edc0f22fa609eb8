import { mailboxOf, parseRegisterDocument, type RegisterDocument } from '@ketensluis/domain';
import { applyLawPack, applyRegister, previewRegister } from '@ketensluis/flow';
import { decisionsOf, deskStore, isQuiet, logKeyFile, logVkey, messageState, practiceBehaviours, type Configuration, type Hub, type PracticeClock } from '@ketensluis/platform';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { PeopleMail } from '../console/practice/practice-desk.js';
import { mailboxBehaviours } from '../practice/mailbox/behaviour.js';
import { makePracticeKeys, startPracticeChain, type PracticeChain } from '../practice/chain.js';
import { dnsFaults } from '../practice/dns/zone.js';
import { domainOf } from '../practice/entries.js';
import { playStep } from '../practice/story.js';
import { configFolder, foldersOf, practiceOrigin } from './place.js';
import { channelsNow } from './practice-channel.js';
import { openPracticeDns, type OpenPracticeDns } from './practice-dns.js';
import { practicePost } from './practice-post.js';
import { openStory, type Story } from './practice-story.js';
import { foreignWitnesses, startPracticeWitnesses, witnessBehaviours, type PracticeWitnesses } from './practice-witnesses.js';
import { readDocuments } from './register-commands.js';
import { PlainFault, say } from './terminal.js';
import { practiceTrust } from './trust-place.js';

/** The practice parties beside the hub. */
export interface Practice extends Pick<PracticeChain, 'identity' | 'route' | 'mailboxes' | 'close'>, Pick<PracticeWitnesses, 'policy'> {
  readonly trust: () => PracticeChain['trust'];
  /** The law and the practice registers are loaded; at later starts only a changed law pack is. */
  readonly loadRegisters: (hub: Hub) => Promise<void>;
  /** Parties behave as they were last told to, and revocation lists are those of now. */
  readonly refresh: () => Promise<void>;
  readonly story: Story;
  /** The resolver of practice; null where the settings name another one, or none was asked for. */
  readonly dns: Pick<OpenPracticeDns, 'lookedUpBy'> | null;
  /** What people got by mail last, the newest first. */
  readonly post: (most: number) => Promise<readonly PeopleMail[]>;
  /** Plays what was not played yet; a later start goes on where an earlier one ended. */
  readonly play: (hub?: Hub) => Promise<void>;
}

/** How a practice party can be told to behave: its mail server, or the DNS of its domain. */
export const partyBehaviours = [...mailboxBehaviours, ...dnsFaults] as const;

/** Reads the practice registers and makes the keys that are missing. */
export const preparePractice = async (configuration: Configuration): Promise<readonly RegisterDocument[]> => {
  const documents = await practiceDocuments();
  await makePracticeKeys(foldersOf(configuration).practice, documents);
  return documents;
};

/** What the practice parties are started with; `documents` are those of `preparePractice`. */
export interface PracticeInput {
  readonly configuration: Configuration;
  readonly documents: readonly RegisterDocument[];
  readonly pool: pg.Pool;
  readonly clock: PracticeClock;
  /** Starts the resolver of practice too, which serves only the hub in this process and commands beside it. */
  readonly resolves?: boolean;
  /** Where the hub takes mail; as its settings say when absent. */
  readonly hub?: { readonly host: string; readonly port: number };
  /** Where the mail servers listen; on this computer only when absent. */
  readonly host?: string;
  /** On which ports, by party; a free one where it names none. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** Starts the practice parties of `config/practice`. */
export const startPractice = async ({ configuration, documents, pool, clock, resolves = false, hub = { host: configuration.host, port: configuration.smtpPort }, host, ports }: PracticeInput): Promise<Practice> => {
  const arrivals: { readonly party: string; readonly file: string }[] = [];
  const directory = foldersOf(configuration).practice;
  const witnessesOf = async (): Promise<PracticeWitnesses> => {
    if (configuration.witnessPolicy !== null) return foreignWitnesses(join(directory, 'witness'), configuration.witnessPolicy);
    return startPracticeWitnesses({ folder: join(directory, 'witness'), vkey: await logVkey(foldersOf(configuration).signer, practiceOrigin), now: clock.now });
  };
  const witnessing = witnessesOf();
  witnessing.catch(() => undefined);
  const chain = await startPracticeChain({
    directory, at: clock.now(), now: clock.now, documents, logKeyFile: logKeyFile(foldersOf(configuration).signer), onMail: (party, file) => void arrivals.push({ party, file }),
    hub: () => hub, channelOf: async (party) => (await channelsNow(pool)).get(party) ?? null, ...(host === undefined ? {} : { host }), ...(ports === undefined ? {} : { ports }),
  });
  const witnesses = await witnessing;
  const dns = resolves && configuration.resolver === null ? await openPracticeDns(configuration, await chain.mailDomains(), clock.now) : null;
  let trust = chain.trust;
  const parties = documents.flatMap((document) => (document.kind === 'party' ? [document] : []));
  const domains = new Map(parties.map(({ key, channel }) => [key, domainOf(mailboxOf(channel) ?? '')]));
  const refresh = async (): Promise<void> => {
    await chain.renewTrust();
    trust = await practiceTrust(directory);
    for (const [party, behaviour] of await practiceBehaviours(pool)) {
      // A server behaves while the DNS of its domain does not.
      if (chain.mailboxes.has(party)) chain.behave(party, mailboxBehaviours.find((one) => one === behaviour) ?? 'normal');
      const domain = domains.get(party);
      if (domain !== undefined) dns?.setFault(domain, dnsFaults.find((one) => one === behaviour) ?? null);
      const asWitness = witnessBehaviours.find((one) => one === behaviour);
      if (asWitness !== undefined) witnesses.behave(party, asWitness);
    }
  };
  await refresh();
  const story = openStory({
    directory, now: clock.now,
    perform: (step, telling) => playStep(step, {
      ...telling, chain, parties,
      arrived: () => arrivals.splice(0),
      hub: {
        ...hub, now: clock.now,
        isQuiet: () => isQuiet(pool, clock.now()), stateOf: (id) => messageState(pool, id), decisionsOf: (id) => decisionsOf(pool, id),
        deliveriesOf: (id) => deskStore.deliveryStates(pool, id),
      },
    }),
  });
  // A list that fails to renew now is tried again in an hour; meanwhile what was read holds.
  const hourly = setInterval(() => void refresh().catch(() => undefined), 3_600_000).unref();
  return {
    identity: chain.identity,
    trust: () => trust,
    route: chain.route,
    mailboxes: chain.mailboxes,
    policy: witnesses.policy,
    close: async () => {
      clearInterval(hourly);
      await dns?.close();
      await witnesses.close();
      await chain.close();
    },
    refresh,
    dns,
    loadRegisters: (hub) => loadRegisters(hub, chain, documents),
    story,
    post: (most) => practicePost(chain.mailboxes, most),
    play: async (hub) => {
      const count = await story.playAll(say);
      hub?.events.tell('story.played', { count });
      say('');
    },
  };
};

/** The registers of `config/practice`, as documents. */
export const practiceDocuments = async (): Promise<readonly RegisterDocument[]> => {
  const folder = join(configFolder, 'practice');
  const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== 'story.yaml').sort();
  const values = (await Promise.all(files.map((name) => readDocuments(join(folder, name))))).flat();
  return values.map((value) => {
    const read = parseRegisterDocument(value);
    if (read.kind === 'refused') throw new PlainFault(`config/practice: ${read.detail}`);
    return read.document;
  });
};

const loadRegisters = async (hub: Hub, chain: PracticeChain, documents: readonly RegisterDocument[]): Promise<void> => {
  const ports = { clock: hub.clock, ids: hub.ids, register: hub.store.register };
  await applyLawPack({ key: 'wth', text: await readFile(join(configFolder, 'law', 'wth.yaml'), 'utf8') }, 'start', ports);
  const first = documents[0];
  // Loaded once: what an operator applies later must not be undone by a restart.
  if (first !== undefined && (await hub.store.register.find(first.kind, first.key)) !== null) return;
  const preview = await previewRegister(await Promise.all(documents.map(chain.withCertificates)), hub.store.register);
  if (preview.kind === 'refused') throw new PlainFault(`config/practice: ${preview.detail}`);
  await applyRegister(preview.steps, 'start', ports);
};
