import { openEventLog, openHub, type Hub, type HubOptions } from '@ketensluis/platform';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase, type TestDatabase } from './database.js';
import { testOrigin } from './log-entries.js';

/** A hub that has a log and no mail: nothing runs by itself, so a test says when the log is sealed. */
export interface LogHub {
  readonly hub: Hub;
  readonly database: TestDatabase;
  /** Lines of the event log. */
  readonly lines: string[];
  /** Everything recorded is in the tree and signed. */
  readonly seal: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens a log hub whose clock stands at `now`. */
export const openLogHub = async (now: Date, change: Partial<Pick<HubOptions, 'policy'>> = {}): Promise<LogHub> => {
  const [database, folder] = await Promise.all([openTestDatabase(), mkdtemp(join(tmpdir(), 'ketensluis-log-hub-'))]);
  const lines: string[] = [];
  const hub = await openHub({
    connectionString: database.connectionString, origin: testOrigin, ...mailless(), route: () => null, clock: { now: () => now },
    folders: { keys: join(folder, 'keys'), signer: join(folder, 'signer'), destruction: join(folder, 'destruction') },
    events: openEventLog('info', { write: (line: string) => void lines.push(line) }), ...change,
  });
  return {
    hub, database, lines,
    seal: async () => {
      while ((await hub.log.seal(now)) > 0);
    },
    close: async () => {
      await hub.close();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const mailless = (): Pick<HubOptions, 'identity' | 'trust' | 'mail'> => {
  const pair = { certificate: new Uint8Array(), privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, chain: [] };
  const unused = (): Promise<never> => Promise.reject(new Error('bug: mail in a hub without'));
  return {
    identity: { address: 'hub@hub.example', sign: pair, encrypt: pair, tls: { key: '', cert: '' } },
    trust: () => ({ anchors: [], intermediates: [], crls: [], revocation: 'require' }),
    mail: { open: unused, seal: unused, close: async () => undefined },
  };
};
