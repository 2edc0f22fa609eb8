import type { WitnessClient } from '@ketensluis/flow';
import type { Trust } from '@ketensluis/mail';
import { createStore, type FileSignerPlace, type LogHead } from '@ketensluis/store';
import type { LogPolicy } from '@ketensluis/tlog';
import type pg from 'pg';
import { practiceClock } from './clock.js';
import type { Configuration } from './config.js';
import { doctorFacts, findingsOf, type Finding } from './doctor.js';
import { closedVault } from './hub-keys.js';
import type { Identity } from './identity.js';
import { keyFiles } from './key-files.js';
import { openKeyring } from './keyring.js';
import { logMemories, type LogMemory } from './log-memories.js';
import { registerReader } from './registers.js';
import { providerFault, readSignIn, signInCallback } from './sign-in.js';
import { ownKeysFolder } from './trust-upkeep.js';

/** Where a hub is, for a look from beside it. */
export interface BesidePlace {
  readonly pool: pg.Pool;
  readonly configuration: Pick<Configuration, 'dataFolder' | 'databaseUrl' | 'signIn' | 'consoleUrl'>;
  readonly keysFolder: string;
  readonly signer: FileSignerPlace;
  readonly policy: LogPolicy | null;
  readonly client: WitnessClient;
  /** Certificates of the hub; no private half is used. */
  readonly identity: Identity;
  readonly trust: Trust;
}

/** What was found. */
export interface Examination {
  readonly head: LogHead;
  readonly memories: readonly LogMemory[];
  readonly findings: readonly Finding[];
}

/** What the page of the console tells, for a hub that runs or not, and what signer and witnesses remember of its log. Opens no private key and changes nothing. */
export const examine = async ({ pool, configuration, keysFolder, signer, policy, client, identity, trust }: BesidePlace): Promise<Examination> => {
  const clock = await practiceClock(pool);
  const store = createStore(pool, closedVault);
  const keyring = await openKeyring({ identity, trust: () => trust, store: store.trust, provider: keyFiles(ownKeysFolder(keysFolder)), held: new Set() });
  const { head, memories } = await logMemories({ pool, signer, policy, client });
  const facts = await doctorFacts({ pool, clock, store, keyring, registers: registerReader(pool, clock) }, { ...configuration, memories, signInFault: async () => (configuration.signIn === null ? null : providerFault(await readSignIn(configuration.signIn), signInCallback(configuration.consoleUrl))) });
  return { head, memories, findings: findingsOf(facts, clock.now()) };
};
