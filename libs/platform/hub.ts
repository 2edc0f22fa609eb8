import { caseLawSource, dnsLookup, mailJudge, networksOf, type CaseLawClientOptions, type RoutePlaces, type SmtpTarget } from '@ketensluis/adapters';
import type { Party } from '@ketensluis/domain';
import type { CaseLawSource, Clock, Ids, LogStore, MailOpener, PartyAdapter, PersonMailSender, ReportTlsPorts, SenderJudge, WitnessPorts } from '@ketensluis/flow';
import { createMailPool, type MailPool, type Trust } from '@ketensluis/mail';
import { createLogStore, createStore, demandQuorum, deskStore, hubState, isSealing, markReader, openPool, releaseStore, uuidV7, type HubState, type Store } from '@ketensluis/store';
import type { LogPolicy } from '@ketensluis/tlog';
import { availableParallelism } from 'node:os';
import type pg from 'pg';
import type { EventLog } from './logging.js';
import type { AccessTokens } from './access-tokens.js';
import { openLogReads } from './log-reads.js';
import { adapterBook } from './adapter-book.js';
import type { Identity } from './identity.js';
import { keyFiles } from './key-files.js';
import { openKeyring, type Keyring } from './keyring.js';
import { mailOpener } from './mail-opener.js';
import { revocationClient, type RevocationHost } from './revocation-client.js';
import { ownKeysFolder, trustUpkeep, type TrustUpkeep } from './trust-upkeep.js';
import { openKeys, withheld } from './hub-keys.js';
import type { OperatorMail } from './operator-mail.js';
import { mailRoutes, noRoutes, personMail, tlsReporting, type MailRouteSettings } from './mail-routes.js';
import { replay } from './retention.js';
import { hubRoles, keysOf, type HubRole } from './roles.js';
import { registerReader, type MarkedReader } from './registers.js';
import { witnessClient } from './witness-client.js';
import { usablePolicy } from './witness-policy.js';

/** Everything a process of the hub works with; each flow takes the few parts it touches. */
export interface Hub {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly mail: MailOpener;
  readonly registers: MarkedReader;
  readonly logReads: ReturnType<typeof openLogReads>;
  readonly store: Store;
  readonly log: LogStore;
  /** Who cosigns the log, and what asking them takes; null when its own signature suffices. */
  readonly witnesses: { readonly policy: LogPolicy; readonly ports: WitnessPorts } | null;
  readonly events: EventLog;
  /** Its keys are always those of now. */
  readonly identity: Identity;
  /** Keys and certificates in memory, and what keeps them in order. */
  readonly keyring: Keyring;
  readonly trustUpkeep: TrustUpkeep;
  /** Under which address the parties know the API; no slash at the end. */
  readonly publicUrl: string;
  /** Access tokens of the API. */
  readonly tokens: AccessTokens;
  /** Where people find the console; no slash at the end. */
  readonly consoleUrl: string;
  /** Whose certificates are believed now. */
  readonly trust: () => Trust;
  /** What the envelope ids of our mail are made with: reports are bound by them. */
  readonly reportSecret: Uint8Array;
  /** Judges by DNS who a mail is from; says `not-judged` where no resolver is configured. */
  readonly judge: SenderJudge;
  readonly isJudging: boolean;
  readonly adapterOf: (oin: string, mark?: string) => Promise<PartyAdapter | null>;
  /** The public case-law feed; null: it is not read. */
  readonly caseLaw: CaseLawSource | null;
  /** What sends reports on TLS to the domains mail went to; null: none are sent. */
  readonly tlsReports: ReportTlsPorts | null;
  /** What the monitor of a municipality is counted from, since a moment. */
  readonly countedMessages: ReturnType<typeof deskStore.countedMessages>;
  /** What mails people at the console that there is something; null: nobody can be mailed. */
  readonly personMail: PersonMailSender | null;
  /** What mails the operator each morning what is wrong; null: nobody is named, or no mail server could be looked up. */
  readonly operatorMail: OperatorMail | null;
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
  readonly folders: { readonly keys: string; readonly signer: string; /** Of the list of erased ids. */ readonly destruction: string };
  /** Name of the log, first line of every checkpoint. */
  readonly origin: string;
  readonly identity: Identity;
  readonly trust: () => Trust;
  /** Who may be asked for revocation lists and OCSP; nobody when absent. */
  readonly revocationHosts?: readonly RevocationHost[];
  /** As `Hub.publicUrl`; the default of the settings when absent. */
  readonly publicUrl?: string;
  /** As `Hub.consoleUrl`; the default of the settings when absent. */
  readonly consoleUrl?: string;
  /** Networks that are not the public internet and that webhooks may go to all the same; none when absent. */
  readonly callNetworks?: readonly string[];
  /** Spans are sent somewhere, so webhooks carry a `traceparent`. */
  readonly isTraced?: boolean;
  /** The public case-law feed to be read; none when absent. */
  readonly caseLaw?: Omit<CaseLawClientOptions, 'allowed'>;
  /** Where mail for a party goes when its channel names no host. */
  readonly route: (party: Party) => SmtpTarget | null;
  readonly clock: Clock;
  readonly events: EventLog;
  /** Witnesses of the log (C2SP tlog-policy); without, or with `quorum none`, its own signature suffices. */
  readonly policy?: LogPolicy;
  /** As `Hub.judge`; absent: by the resolver of the routes, and without one nothing is judged. */
  readonly judge?: SenderJudge;
  /** How routes to mail domains are looked up; without a resolver none is proven. */
  readonly mailRoutes?: MailRouteSettings;
  /** As `RoutePlaces`: for tests. */
  readonly mailPlaces?: RoutePlaces;
  /** Threads for S/MIME; made by the hub when absent. */
  readonly mail?: MailPool;
  /**
   * What this process does; everything when absent. A part of the hub opens only the keys it needs and leaves the schema, what was erased and whether the log
   * has witnesses as `ketensluis prepare` left them: its database role could not change them.
   */
  readonly roles?: readonly HubRole[];
}

/** Opens the hub: pool, keys, signer and worker threads. Nothing listens and nothing is sent yet. Throws `PolicyNotUsable` for witnesses that cannot do. */
export const openHub = async (options: HubOptions): Promise<Hub> => {
  const pool = openPool(options.connectionString);
  const roles = options.roles ?? hubRoles;
  const held = keysOf(roles);
  const publicUrl = options.publicUrl ?? 'https://localhost:8443';
  const { vault, signer, vkey, reportSecret, tokens } = await openKeys({ pool, folders: options.folders, origin: options.origin, publicUrl }, held);
  const policy = options.policy === undefined ? null : usablePolicy(options.policy, vkey);
  if (options.roles === undefined) {
    // Before anything else looks at the data: a restored backup may have brought back what was erased.
    const { erasedAgain, keysAgain, addedToList } = await replay({ pool, vault, folder: options.folders.destruction }, options.clock.now());
    if (erasedAgain + keysAgain + addedToList > 0) options.events.tell('erased.replayed', { count: erasedAgain, state: `${keysAgain}-keys-${addedToList}-listed` });
    await demandQuorum(pool, policy !== null);
  }
  const mail = options.mail ?? createMailPool({ size: availableParallelism(), workerUrl: new URL('../mail/worker/thread.js', import.meta.url) });
  const marks = markReader(pool);
  const registers = registerReader(pool, options.clock, marks);
  const consoleUrl = options.consoleUrl ?? 'http://localhost:8081';
  const store = createStore(pool, vault, marks);
  const keyring = await openKeyring({ identity: options.identity, trust: options.trust, store: store.trust, provider: keyFiles(ownKeysFolder(options.folders.keys)), held });
  const revocation = options.revocationHosts === undefined || options.revocationHosts.length === 0 ? null : revocationClient(options.revocationHosts);
  const upkeep = trustUpkeep({ keyring, store: store.trust, registers, clock: options.clock, ids: { next: uuidV7 }, events: options.events, client: pool, revocation, isKeeper: roles.includes('watch'), isSender: roles.includes('deliver') });
  const webhookParts = {
    identity: keyring.identity, trust: keyring.trust, keys: store.webhookKeys, endpoints: store.webhookEndpoints, ids: { next: uuidV7 }, publicUrl, callNetworks: options.callNetworks ?? [], isTraced: options.isTraced === true,
  };
  const routes = mailRoutes(pool, options.mailRoutes ?? noRoutes, { events: options.events, ...(options.mailPlaces === undefined ? {} : { places: options.mailPlaces }) });
  const reporting = tlsReporting(pool, options.mailRoutes ?? noRoutes, { identity: keyring.identity, routes });
  const [mailing, contact] = [personMail(options.mailRoutes ?? noRoutes, { identity: keyring.identity, routes, consoleUrl }), options.mailRoutes?.operatorContact ?? null];
  const adapters = adapterBook({ ...options, identity: keyring.identity, trust: keyring.trust, keyring, mail, reportSecret, feeds: store.feeds, routes, webhooks: webhookParts, consoleUrl }, registers);
  const judge = options.judge ?? judgeBy(options.mailRoutes?.resolver ?? null, options.identity.address);
  // By whoever owns the tables, and by who keeps watch over what ends: a process may run for longer than the months it found.
  if (options.roles === undefined || roles.includes('watch')) await pool.query('select ensure_partitions($1::date, 13)', [options.clock.now()]);
  return {
    clock: options.clock,
    ids: { next: uuidV7 },
    mail: mailOpener(mail, keyring, upkeep),
    registers,
    logReads: openLogReads(pool, vkey, policy),
    store,
    log: signer === null ? { seal: withheld('log'), hold: withheld('log'), leave: () => undefined } : createLogStore(pool, signer),
    witnesses: policy === null ? null : { policy, ports: { clock: options.clock, client: witnessClient(), releases: releaseStore(pool) } },
    events: options.events,
    identity: keyring.identity,
    keyring,
    trustUpkeep: upkeep,
    reportSecret,
    judge: judge ?? (async () => ({ kind: 'not-judged' })),
    isJudging: judge !== null,
    publicUrl,
    consoleUrl,
    tokens,
    trust: keyring.trust,
    // Only who delivers has what a channel takes.
    adapterOf: roles.includes('deliver') ? adapters.of : async () => null,
    caseLaw: options.caseLaw === undefined ? null : caseLawSource({ ...options.caseLaw, allowed: networksOf(options.callNetworks ?? []) }),
    tlsReports: reporting === null ? null : { clock: options.clock, ...reporting },
    countedMessages: deskStore.countedMessages(pool, vault),
    personMail: mailing,
    operatorMail: contact === null || mailing === null ? null : { contact, send: mailing, dataFolder: options.folders.keys, databaseUrl: options.connectionString },
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

const judgeBy = (resolver: string | null, address: string): SenderJudge | null =>
  resolver === null ? null : mailJudge({ lookup: dnsLookup(resolver), name: address.slice(address.lastIndexOf('@') + 1) });
