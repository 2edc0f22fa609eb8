import {
  identityFrom, keyFiles, keysOf, loadTrust, logOriginOf, ownKeysFolder, practiceClock, readIdentity, readPolicy, startProblems, systemClock, withFetched,
  type Configuration, type HubOptions, type HubRole,
} from '@ketensluis/platform';
import { existsSync, readFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { z } from 'zod';
import { hubEntry, practiceHubAddress } from '../practice/entries.js';
import { foldersOf, practiceOrigin } from './place.js';
import { practiceNetworks } from './practice-dns.js';
import { startPracticeIdentity } from './practice-identity.js';
import { realSignIn, toldOf, type People } from './surroundings.js';
import { PlainFault } from './terminal.js';
import { practiceTrust, realTrust } from './trust-place.js';

/** What stands around a part of the hub: as `Surroundings`, without what a whole hub does at its start. */
export interface Apart {
  readonly options: Pick<HubOptions, 'origin' | 'identity' | 'trust' | 'revocationHosts' | 'callNetworks' | 'route' | 'clock' | 'policy'>;
  /** How people sign in; null: nobody can yet. Asked for by the console only. */
  readonly people: () => Promise<People | null>;
  /** Somebody moved the practice clock. */
  readonly refresh: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens it with the keys these roles need and no others; throws `PlainFault` with everything that is wrong. */
export type OpenApart = (configuration: Configuration, roles: readonly HubRole[], pool: pg.Pool) => Promise<Apart>;

/** Real parties. What `ketensluis prepare` and the commands of keys wrote down is taken as it is. */
export const realApart: OpenApart = async (configuration, roles, pool) => {
  const { address, trust: trustFolder, signIn } = configuration;
  if (address === null || trustFolder === null) throw new PlainFault('A part of a hub for real parties needs KETENSLUIS_ADDRESS and KETENSLUIS_TRUST (README, Run it for real); for practice: --practice', 2);
  const held = keysOf(roles);
  const [{ base, hosts }, records] = [await realTrust(trustFolder), await loadTrust(pool)];
  const provider = keyFiles(ownKeysFolder(foldersOf(configuration).keys));
  const problems = await startProblems({ pool, configuration, address, clock: systemClock, trust: withFetched(base, records), records, provider, held });
  const identity = problems.length > 0 ? null : await identityFrom(records, provider, address, held);
  if (identity === null) throw new PlainFault(toldOf(problems), 2);
  return {
    options: {
      origin: logOriginOf(address), identity, trust: () => base, revocationHosts: hosts, route: () => null, clock: systemClock, callNetworks: configuration.callNetworks,
      ...(await policyOf(configuration.witnessPolicy)),
    },
    people: async () => (signIn === null ? null : { signIn: await realSignIn(signIn), practice: null, close: async () => undefined }),
    refresh: async () => undefined,
    close: async () => undefined,
  };
};

/** Where the practice chain told that its mail servers are, beside its keys. */
export const routesFile = (practiceFolder: string): string => join(practiceFolder, 'routes.json');
// Mail servers of the practice parties, by key.
const routesSchema = z.record(z.string(), z.object({ host: z.string(), port: z.number().int() }));

/** The practice chain runs as a process of its own (`ketensluis run practice`); all share its folder. */
export const practiceApart: OpenApart = async (configuration, roles, pool) => {
  if (configuration.trust !== null) throw new PlainFault('KETENSLUIS_TRUST and KETENSLUIS_ADDRESS are for real parties. Leave them out for practice.', 2);
  const { practice } = foldersOf(configuration);
  const identity = await readIdentity(practiceHubAddress, join(practice, hubEntry.id), keysOf(roles)).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'ENOENT') throw fault;
    throw new PlainFault(`The practice chain of this data folder is not made yet, or a key is missing (${fault.path ?? ''}). Once: ketensluis prepare --practice`, 2);
  });
  const clock = await practiceClock(pool);
  const tlsCa = await readFile(join(practice, 'ca', 'root.cert.pem'), 'utf8');
  let trust = await practiceTrust(practice);
  let routes = readRoutes(practice);
  const refresh = async (): Promise<void> => {
    trust = await practiceTrust(practice);
    await clock.refresh();
  };
  // The chain renews its revocation lists.
  const looking = setInterval(() => void refresh().catch(() => undefined), 5_000).unref();
  const known = join(practice, 'witness', 'policy');
  return {
    options: {
      origin: practiceOrigin, identity, trust: () => trust, clock, callNetworks: [...practiceNetworks, ...configuration.callNetworks],
      route: (party) => {
        // The chain may be started after us; asked for once per party and version of it.
        if (routes[party.key] === undefined) routes = readRoutes(practice);
        const route = routes[party.key];
        return route === undefined ? null : { ...route, servername: 'localhost', tlsCa };
      },
      ...(await policyOf(configuration.witnessPolicy ?? (await access(known).then(() => known, () => null)))),
    },
    people: async () => ({ ...(await startPracticeIdentity(configuration, configuration.host)), practice: null }),
    refresh,
    close: async () => clearInterval(looking),
  };
};

/** Empty before the chain was started for the first time. */
export const readRoutes = (practiceFolder: string): z.infer<typeof routesSchema> => {
  const file = routesFile(practiceFolder);
  return routesSchema.parse(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});
};

const policyOf = async (file: string | null): Promise<Pick<HubOptions, 'policy'>> => (file === null ? {} : { policy: await readPolicy(file) });
