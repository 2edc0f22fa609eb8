import { applyLawPack } from '@ketensluis/flow';
import {
  createTrust, identityFrom, keyFiles, logOriginOf, ownKeysFolder, practiceClock, readPolicy, readSignIn, routeSettings, startProblems, systemClock, withFetched, databaseFacts,
  type Configuration, type Hub, type HubOptions, type SignInSettings, type StartProblem,
} from '@ketensluis/platform';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import type { PracticeDesk } from '../console/practice/practice-desk.js';
import { practiceLevel } from '../practice/identity/accounts.js';
import { configFolder, foldersOf, practiceOrigin } from './place.js';
import { preparePractice, startPractice } from './practice.js';
import { practiceDesk } from './practice-desk.js';
import { practiceNetworks } from './practice-dns.js';
import { startPracticeIdentity } from './practice-identity.js';
import { PlainFault, say } from './terminal.js';
import { realTrust } from './trust-place.js';

/** Who can come to the console. */
export interface People {
  readonly signIn: SignInSettings;
  readonly practice: PracticeDesk | null;
  readonly close: () => Promise<void>;
}

/** What stands around a hub that `up` starts: the practice chain, or nothing but what its settings say. */
export interface Surroundings {
  readonly options: Pick<HubOptions, 'origin' | 'identity' | 'trust' | 'revocationHosts' | 'callNetworks' | 'route' | 'clock' | 'policy' | 'mailRoutes' | 'mailPlaces'>;
  /** Before anything works: law and registers are there. */
  readonly begin: (hub: Hub) => Promise<void>;
  /** How people sign in, and the page of the practice chain; null: nobody can sign in yet, and there is no console. */
  readonly people: () => Promise<People | null>;
  /** Somebody moved the practice clock, or told a practice party how to behave. */
  readonly refresh: () => Promise<void>;
  /** When everything listens. */
  readonly running: (hub: Hub) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Begins at once with what takes long, and opens when the database is there. Throws `PlainFault`, with everything that is wrong, when it must not start. */
export type Surround = (configuration: Configuration) => (pool: pg.Pool) => Promise<Surroundings>;

/** The practice chain of `config/practice`, by a clock that can be moved. */
export const practiceAround: Surround = (configuration) => {
  if (configuration.trust !== null) throw new PlainFault('KETENSLUIS_TRUST and KETENSLUIS_ADDRESS are for real parties. Leave them out for practice, or start with: npx ketensluis up', 2);
  const preparing = preparePractice(configuration);
  // Told where it is waited for.
  preparing.catch(() => undefined);
  return async (pool) => {
    const { logName } = await databaseFacts(pool);
    if (logName !== null && logName !== practiceOrigin) throw new PlainFault(`The database holds the log ${logName} of a hub for real parties: practice must not be started on it.`, 2);
    const clock = await practiceClock(pool);
    const practice = await startPractice({ configuration, documents: await preparing, pool, clock, resolves: true });
    const { settings: mailRoutes, places: mailPlaces } = practice.dns?.lookedUpBy ?? { settings: routeSettings(configuration), places: {} };
    return {
      options: {
        origin: practiceOrigin, identity: practice.identity, trust: practice.trust, route: practice.route, clock,
        // The endpoints of practice stand on this computer.
        callNetworks: [...practiceNetworks, ...configuration.callNetworks], mailRoutes, mailPlaces,
        policy: configuration.witnessPolicy === null ? practice.policy : await readPolicy(configuration.witnessPolicy),
      },
      begin: practice.loadRegisters,
      people: async () => ({ ...(await startPracticeIdentity(configuration)), practice: practiceDesk(pool, configuration, practice) }),
      refresh: async () => void (await Promise.all([clock.refresh(), practice.refresh()])),
      running: practice.play,
      close: practice.close,
    };
  };
};

/** Real parties, by the clock of the computer: keys and parties as they were written down, and whom to believe from the folder of the settings. */
export const realAround: Surround = (configuration) => {
  const { address, trust: trustFolder } = configuration;
  if (address === null || trustFolder === null) {
    throw new PlainFault([
      'For practice: npm start, or ketensluis up --practice. For real parties two settings are missing (README, Run it for real):',
      '  KETENSLUIS_ADDRESS: the mail address of the hub, for example hub@ketensluis.nl',
      '  KETENSLUIS_TRUST: the folder that says whom it believes, for example /etc/ketensluis/trust (config/trust/README.md)',
    ].join('\n'), 2);
  }
  return async (pool) => {
    const folders = foldersOf(configuration);
    // One reason among the others, so that all are told at once.
    const believed = await realTrust(trustFolder).catch((fault: unknown) => {
      if (fault instanceof PlainFault) return { problem: fault.message, remedy: 'See config/trust/README.md.' };
      throw fault;
    });
    const { store } = await createTrust(pool, configuration, systemClock);
    const records = await store.load();
    const provider = keyFiles(ownKeysFolder(folders.keys));
    const trust = 'problem' in believed ? null : withFetched(believed.base, records);
    const problems = [
      ...('problem' in believed ? [believed] : []),
      ...(await leftOfPractice(configuration)),
      ...(await startProblems({ pool, configuration, address, clock: systemClock, trust, records, provider })),
    ];
    const identity = problems.length > 0 ? null : await identityFrom(records, provider, address);
    if (identity === null || 'problem' in believed) throw new PlainFault(toldOf(problems), 2);
    const { base, hosts } = believed;
    return {
      options: {
        origin: logOriginOf(address), identity, trust: () => base, revocationHosts: hosts, route: () => null, clock: systemClock, callNetworks: configuration.callNetworks, mailRoutes: routeSettings(configuration),
        ...(configuration.witnessPolicy === null ? {} : { policy: await readPolicy(configuration.witnessPolicy) }),
      },
      begin: async (hub) => {
        const text = await readFile(join(configFolder, 'law', 'wth.yaml'), 'utf8');
        await applyLawPack({ key: 'wth', text }, 'start', { clock: hub.clock, ids: hub.ids, register: hub.store.register });
      },
      people: async () => (configuration.signIn === null ? null : { signIn: await realSignIn(configuration.signIn), practice: null, close: async () => undefined }),
      refresh: async () => undefined,
      running: async (hub) => (await notesOf(hub, configuration)).forEach(say),
      close: async () => undefined,
    };
  };
};

/** How people sign in at a hub for real parties; throws for the provider of practice. */
export const realSignIn = async (file: string): Promise<SignInSettings> => {
  const signIn = await readSignIn(file);
  // The practice provider asks for no proof of anybody.
  if (signIn.issuer.startsWith('http:') || signIn.levels.includes(practiceLevel)) throw new PlainFault(`${file} names the practice identity provider: name the one of your organisation, over https`, 2);
  return signIn;
};

/** What says that practice was started on this data folder. */
const leftOfPractice = async ({ dataFolder }: Configuration): Promise<readonly StartProblem[]> => {
  const isThere = await access(join(foldersOf({ dataFolder }).practice, 'ca')).then(() => true, () => false);
  return isThere ? [{ problem: `The data folder ${dataFolder} holds a practice chain.`, remedy: 'Set KETENSLUIS_DATA to a folder of its own, such as /var/lib/ketensluis.' }] : [];
};

/** All problems, each with its remedy, for a person at a terminal. */
export const toldOf = (problems: readonly StartProblem[]): string =>
  ['The hub does not start for real parties yet:', ...problems.flatMap(({ problem, remedy }) => [`  ${problem}`, `    ${remedy}`])].join('\n');

/** What a person may not have thought of; none of it is wrong. */
const notesOf = async (hub: Hub, { host, witnessPolicy, signIn }: Configuration): Promise<readonly string[]> => {
  const { registers } = await hub.registers.current();
  return [
    ...(registers.parties.length === 0 ? ['No party is connected yet: ketensluis party apply FILE (as in config/practice/parties.yaml), then: ketensluis acceptance KEY'] : []),
    ...(host === '127.0.0.1' ? ['Only this computer reaches the hub: set KETENSLUIS_HOST to the address the parties reach.'] : []),
    ...(signIn === null ? ['Nobody can sign in, so there is no console: write down how (config/sign-in/example.yaml) and name that file with KETENSLUIS_SIGN_IN.'] : []),
    ...(witnessPolicy === null ? ['Nobody witnesses the log: what it proves rests on its own key (KETENSLUIS_WITNESS_POLICY).'] : []),
  ];
};
