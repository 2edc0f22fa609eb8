import { smimeMailAdapter, type SmtpTarget } from '@ketensluis/adapters';
import type { Party } from '@ketensluis/domain';
import type { Clock, Ids, LogStore, MailOpener, PartyAdapter, RegisterReader } from '@ketensluis/flow';
import { checkRecipient, createMailPool, type MailPool, type Trust } from '@ketensluis/mail';
import { createFileSigner, createLogStore, createStore, createVault, demandOwnKeys, ensureLogKey, hubState, isSealing, openPool, uuidV7, type FileSignerPlace, type HubState, type Store } from '@ketensluis/store';
import { availableParallelism } from 'node:os';
import type pg from 'pg';
import type { EventLog } from './logging.js';
import { derOf, type Identity } from './identity.js';
import { masterKey } from './master-key.js';
import { registerReader } from './registers.js';

/** Everything a process of the hub works with; each flow takes the few parts it touches. */
export interface Hub {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly mail: MailOpener;
  readonly registers: RegisterReader;
  readonly store: Store;
  readonly log: LogStore;
  readonly events: EventLog;
  readonly identity: Identity;
  readonly adapterOf: (oin: string) => Promise<PartyAdapter | null>;
  /** True when mail can be stored and the log is sealed. */
  readonly isReady: () => Promise<boolean>;
  /** Numbers for a person who asks how it goes. */
  readonly state: () => Promise<HubState>;
  readonly pool: pg.Pool;
  /** Resolves when threads, connections and adapters are closed. */
  readonly close: () => Promise<void>;
}

/** What a hub is opened with. */
export interface HubOptions {
  readonly connectionString: string;
  readonly folders: { readonly keys: string; readonly signer: string };
  /** Name of the log, first line of every checkpoint. */
  readonly origin: string;
  readonly identity: Identity;
  readonly trust: () => Trust;
  /** Where mail for a party goes when its channel names no host. */
  readonly route: (party: Party) => SmtpTarget | null;
  readonly clock: Clock;
  readonly events: EventLog;
  /** Threads for S/MIME; made by the hub when absent. */
  readonly mail?: MailPool;
}

/** Opens the hub: pool, keys, signer and worker threads. Nothing listens and nothing is sent yet. */
export const openHub = async (options: HubOptions): Promise<Hub> => {
  const pool = openPool(options.connectionString);
  const vault = createVault(await masterKey(options.folders.keys));
  const signer = await openSigner(options);
  await demandOwnKeys(pool, vault, signer.vkey);
  const mail = options.mail ?? createMailPool({ size: availableParallelism(), workerUrl: new URL('../mail/worker/thread.js', import.meta.url) });
  const registers = registerReader(pool);
  // One object for good: the threads are sent the keys only when they change.
  const keys = [options.identity.encrypt];
  const adapters = adapterBook(options, registers, mail);
  await pool.query("select ensure_partitions($1::date, 13)", [options.clock.now()]);
  return {
    clock: options.clock,
    ids: { next: uuidV7 },
    mail: { open: (raw, at) => mail.open(raw, { keys, trust: options.trust(), at }) },
    registers,
    store: createStore(pool, vault),
    log: createLogStore(pool, signer),
    events: options.events,
    identity: options.identity,
    adapterOf: adapters.of,
    isReady: () => isSealing(pool, options.clock.now()).catch(() => false),
    state: () => hubState(pool),
    pool,
    close: async () => {
      await adapters.close();
      await mail.close();
      await pool.end();
    },
  };
};

/** Where key and memory of the log's signer are, below a folder. */
export const signerPlace = (folder: string, origin: string): FileSignerPlace => ({
  keyFile: `${folder}/log.skey`,
  stateFile: `${folder}/state`,
  origin,
});

const openSigner = async ({ folders, origin }: HubOptions) => {
  const place = signerPlace(folders.signer, origin);
  await ensureLogKey(place);
  return createFileSigner(place);
};

/** One adapter per version of a party; a newer version closes the older one's connections. */
const adapterBook = (options: HubOptions, registers: RegisterReader, mail: MailPool) => {
  const open = new Map<string, { readonly version: number; readonly adapter: PartyAdapter }>();
  const build = (party: Party): PartyAdapter | null => {
    const { channel } = party;
    if (channel === null) return null;
    const target = channel.host === undefined ? options.route(party) : { host: channel.host, port: channel.port ?? 25 };
    if (target === null) return null;
    const [certificate] = derOf(party.encryptionCertificate ?? '');
    return smimeMailAdapter({
      target: { ...target, address: channel.address, encryptionCertificate: certificate ?? null },
      from: options.identity.address,
      signer: options.identity.sign,
      encryptionCertificate: options.identity.encrypt.certificate,
      seal: (input) => mail.seal(input),
      checkRecipient: (der, { address, at }) => checkRecipient(der, { trust: options.trust(), address, at }),
    });
  };
  return {
    of: async (oin: string): Promise<PartyAdapter | null> => {
      const { registers: current } = await registers.current();
      const party = current.parties.find((one) => one.oin === oin);
      if (party === undefined) return null;
      const known = open.get(oin);
      if (known?.version === party.version) return known.adapter;
      const adapter = build(party);
      if (adapter === null) return null;
      void known?.adapter.close();
      open.set(oin, { version: party.version, adapter });
      return adapter;
    },
    close: async () => void (await Promise.all([...open.values()].map(({ adapter }) => adapter.close()))),
  };
};
